"""Stop endpoints that cost more than a limit.

It looks at all live endpoints every minute; `--once` looks once, for cron.
"""

from __future__ import annotations

import sys
import time

from pareta import ConflictError, Pareta


def look(pa: Pareta, limit_micro_usd: int) -> list[str]:
    """Stop what was too expensive in the last 24 hours; return the ids."""
    stopped: list[str] = []
    for endpoint in pa.endpoints.list():
        if not endpoint.is_live or endpoint.id is None:
            continue
        spent = pa.endpoints.metrics(endpoint.id).cost(window="24h").spend_micro_usd or 0
        if spent > limit_micro_usd:
            try:
                pa.endpoints.stop(endpoint.id)
            except ConflictError:  # It is protected.
                continue
            stopped.append(endpoint.id)
            print(f"{endpoint.id} is stopped: it spent {spent} micro-USD.")
    return stopped


def main(limit_micro_usd: int, *, once: bool) -> None:
    """Look until Ctrl-C."""
    with Pareta.from_env() as pa:
        while True:
            look(pa, limit_micro_usd)
            if once:
                return
            time.sleep(60)


if __name__ == "__main__":
    main(int(sys.argv[1]), once="--once" in sys.argv)
