# ruff: noqa: T201  # It prints its figures.
"""Many streams one after another, in all the ways to leave one: `python -m tests.faults.leaks` makes 10,000."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from modes import AiohttpMode, AsyncioMode, Mode, SyncMode, TrioMode
from wire import DONE, delta, stream

from .cases import COMPLETE, PROGRESS, events
from .probe import ASK, _status
from .server import FaultServer, Step

CHAT: Step = stream(*[delta("x")] * 20, delta(finish="stop"), DONE)
TURNS: tuple[Step, ...] = (CHAT, stream(PROGRESS, COMPLETE), events(PROGRESS, end="hold"))
"""What the server sends in turn: a chat and a deployment to their ends, and one that goes on for ever."""


def descriptors() -> int:
    """Return how many files and sockets this process has open; 0 where the system cannot say."""
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def one_of_each(mode: Mode, client: Any) -> None:
    """Read a chat, read a deployment, and leave a deployment in the middle."""
    list(mode.each(mode.run(client.chat.completions.create(model="m", messages=ASK, stream=True))))
    list(mode.each(mode.run(client.endpoints.deploy(task="t"))))
    for _ in mode.each(mode.run(client.endpoints.deploy(task="t"))):
        break


def run(kind: type[Mode], streams: int) -> tuple[int, int, int]:
    """Make so many streams; return the growth in kB and descriptors after the first tenth, and the connections."""
    server = FaultServer(*TURNS, rounds=True)
    mode = kind()
    try:
        client = mode.client(server.url)
        before, connections = (0, 0), 0
        for turn in range(streams // 3):
            one_of_each(mode, client)
            connections += server.forget()
            if turn == streams // 30:
                gc.collect()
                before = (_status("VmRSS"), descriptors())
        for peer in list(server.peers):
            mode.wait(peer.gone, 0.5)
        gc.collect()
        return _status("VmRSS") - before[0], descriptors() - before[1], connections + len(server.peers)
    finally:
        mode.end()
        server.close()


def main() -> None:
    """Make them, in each mode, and print what grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.leaks", description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000, help="how many (default: %(default)s)")
    count = parser.parse_args().streams
    for kind in (SyncMode, AsyncioMode, TrioMode, AiohttpMode):
        begun = time.monotonic()
        memory, files, connections = run(kind, count)
        print(
            f"{kind.name:8} {count:,} streams in {time.monotonic() - begun:.0f} s: {memory:+,} kB,"
            f" {files:+} descriptors, {connections:,} connections (a third of the streams are left in the middle)"
        )


if __name__ == "__main__":
    main()
