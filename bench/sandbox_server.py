"""The sandbox in a process of its own, on a core of its own, which tells the CPU time it has taken, and for what.

What it serves is the ordinary command's; only who asks for CPU time and samples is added, on standard input.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from types import FrameType

from .areas import area_of
from .environment import pin

_SAMPLE_SECONDS = 0.001


class Sampler:
    """Notes, each millisecond of CPU time that the system's clock lets it see, what this process is doing."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def start(self) -> None:
        """Begin; in the main thread."""
        signal.signal(signal.SIGPROF, self._note)
        signal.setitimer(signal.ITIMER_PROF, _SAMPLE_SECONDS, _SAMPLE_SECONDS)

    def take(self) -> dict[str, int]:
        """Return how often each area was seen since the last time."""
        taken, self._seen = self._seen, Counter()
        return dict(taken)

    def _note(self, _: int, frame: FrameType | None) -> None:
        self._seen[area_of(frame)] += 1


def _obey(sampler: Sampler) -> None:
    """Tell, for each line of standard input, what was taken so far; end the process with it."""
    for _ in sys.stdin:
        sys.stdout.write(json.dumps({"cpu": time.process_time(), "samples": sampler.take()}) + "\n")
        sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGTERM)


def main(tree: str, *options: str) -> int:
    """Serve the sandbox of a checkout until standard input ends."""
    pin("server")
    sys.path.insert(0, tree)
    from pareta.sandbox.__main__ import main as serve  # it is that checkout's.

    sampler = Sampler()
    if "--profile" in options:
        sampler.start()
    threading.Thread(target=_obey, args=(sampler,), daemon=True).start()
    return serve([each for each in options if each != "--profile"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
