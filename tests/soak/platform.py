# ruff: noqa: T201  # Its standard output is how it is asked.
"""The other side, in a process of its own: a sandbox and the bad line to it.

Each line of input sets a share of 429 and whether there is an outage, and asks how it stands.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from urllib.parse import urlsplit

from pareta.sandbox import Sandbox

from .line import Line

BALANCE = 10**12


def main(share: float, seed: int) -> None:
    """Serve until standard input ends."""
    with Sandbox(seed=7, pace=0, balance=BALANCE) as sandbox:
        parts = urlsplit(sandbox.base_url)
        line = Line((parts.hostname or "", parts.port or 0), share, seed)
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        port = asyncio.run_coroutine_threadsafe(line.start(), loop).result()
        where = {"line": f"http://127.0.0.1:{port}", "direct": sandbox.base_url, "key": sandbox.api_key}
        print(json.dumps(where), flush=True)
        for order in sys.stdin:
            line.refused, line.out = json.loads(order)
            print(json.dumps({"spent": BALANCE - sandbox.balance, "line": line.counts}), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
