"""A terminal with a program in it: keys go in, and what stands on the screen comes out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence

import pexpect
import pyte

PROGRAM = (sys.executable, "-m", "pareta.cli")


class Terminal:
    """A program on a pseudo-terminal, and the screen that it draws."""

    def __init__(self, line: Sequence[str], env: Mapping[str, str], *, columns: int = 80, rows: int = 40) -> None:
        self.raw = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(line[0], list(line[1:]), env=dict(env), dimensions=(rows, columns), timeout=None)

    @property
    def screen(self) -> str:
        """The lines of the screen, without the empty ones at the end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def press(self, keys: str) -> None:
        r"""Press keys: `\r` is Enter, `\x03` Ctrl-C, `\x04` Ctrl-D, `\t` Tab."""
        self._child.send(keys.encode())

    def shows(self, text: str, seconds: float = 30) -> str:
        """Wait until a text is on the screen, and return the screen."""
        end = time.monotonic() + seconds
        while text not in self.screen:
            assert self._read(end - time.monotonic()), f"{text!r} is not on the screen:\n{self.screen}"
        return self.screen

    def ends(self, seconds: float = 30) -> int:
        """Wait until the program ends, and return its exit code."""
        end = time.monotonic() + seconds
        while self._read(end - time.monotonic()):
            pass
        self._child.close()
        assert self._child.exitstatus is not None, f"killed by signal {self._child.signalstatus}:\n{self.screen}"
        return int(self._child.exitstatus)

    def close(self) -> None:
        """End the program if it still runs."""
        self._child.close(force=True)

    def _read(self, seconds: float) -> bool:
        """Draw what the program sends next; return False when it has ended. It must send something in time."""
        try:
            new = self._child.read_nonblocking(65536, timeout=max(seconds, 0.01))
        except pexpect.EOF:
            return False
        except pexpect.TIMEOUT:
            raise AssertionError(f"nothing more came in time:\n{self.screen}") from None
        self.raw += new
        self._stream.feed(new)
        return True


def plain_environment(**more: str) -> dict[str, str]:
    """Return an environment with nothing of pareta, of proxies, of certificates or of colours in it."""
    looks = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    ours = ("PARETA_", "HTTP", "ALL_PROXY", "NO_PROXY", "SSL_CERT", "XDG_", "_", *looks)
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(ours)}
    return {**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **more}
