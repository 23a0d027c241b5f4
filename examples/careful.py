"""Handle an empty balance and a stopped endpoint well.

402: say where to top up, and ask nothing more. 503: start the endpoint, wait, ask again, once.
"""

from __future__ import annotations

import sys

from pareta import EndpointNotReadyError, InsufficientCreditsError, Pareta


def ask(pa: Pareta, model: str, question: str) -> str | None:
    """Return the answer, from an endpoint that may have to be started."""
    try:
        return complete(pa, model, question)
    except EndpointNotReadyError:
        print(f"{model} is not ready: it is started.", file=sys.stderr)
        pa.endpoints.start(model)
        pa.endpoints.wait_until_live(model, timeout=300, poll_interval=0.5)
        return complete(pa, model, question)


def complete(pa: Pareta, model: str, question: str) -> str | None:
    """Return the answer of an endpoint that is live."""
    completion = pa.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
    return completion.choices[0].message.content


def main(model: str, question: str) -> None:
    """Ask one question."""
    with Pareta.from_env() as pa:
        try:
            print(ask(pa, model, question))
        except InsufficientCreditsError as error:
            raise SystemExit(f"The balance is empty: top it up in the dashboard. ({error.request_id})") from error


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
