"""Use OpenAI's client on an endpoint.

`pa.openai()` gives OpenAI's own client, with the key and the base URL, for code that is written for it.
"""

from __future__ import annotations

import sys

from pareta import Pareta


def main(model: str, question: str) -> None:
    """Print an answer as it comes."""
    with Pareta.from_env() as pa, pa.openai() as client:
        stream = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": question}], stream=True
        )
        for chunk in stream:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
        print()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
