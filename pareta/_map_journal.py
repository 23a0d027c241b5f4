"""The journal of a `map`: a JSON line for each completion, so that a run that was killed goes on where it was."""

from __future__ import annotations

import json
import os
import re
from array import array
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any

from ._exceptions import ParetaError

_HEAD = b'{"pareta_map_journal": 1, '
_LINE = re.compile(rb'\{"index": (\d{1,18}), ("model": "[^"]*"\})?')


class MapJournal:
    """Appends each completion and hands it to the system at once: a killed process loses none.

    Threads may append side by side. In memory is where each line of an earlier run begins, 8 bytes a row.

    Args:
        path: The file; it is made where there is none.
        settings: A hash of what is sent with each row. A journal of others is refused.

    Raises:
        ValueError: The file is no journal, or was written with other settings.
        ParetaError: Another run uses it.
        OSError: The file cannot be read or written.

    """

    def __init__(self, path: str | os.PathLike[str], settings: str) -> None:
        self.path = Path(path)
        self._file: IO[bytes] | None = self.path.open("a+b", buffering=0)
        self._lock = Lock()
        self._offsets = array("q")
        """Where the line of each row begins; -1 where it has none."""
        self.models: dict[int, str] = {}
        """The endpoint that was asked for a row which has no line yet, where there are several endpoints."""
        try:
            _lock_file(self._file, self.path)
            self.id = self._open(settings)
            self._reader = self.path.open("rb")
        except BaseException:
            self._file.close()
            raise

    def _open(self, settings: str) -> str:
        """Read what is there, or begin it; return its id."""
        with self.path.open("rb") as lines:
            first = lines.readline()
            if first.endswith(b"\n") and first.startswith(_HEAD):
                head = json.loads(first)
                if head["settings"] != settings:
                    raise ValueError(
                        f"The journal {self.path} was written with another model, or other parameters of the"
                        " completions. Pass those, or another path."
                    )
                self._end = self._scan(lines, len(first))
                self._truncate()
                return str(head["id"])
        if not (first.startswith(_HEAD) or _HEAD.startswith(first)) or first.endswith(b"\n"):
            raise ValueError(f"{self.path} is no journal of pareta's map. Pass another path.")
        self._end = 0
        self._truncate()
        own = os.urandom(12).hex()
        self._append(b'%b"id": "%b", "settings": "%b"}\n' % (_HEAD, own.encode(), settings.encode()))
        return own

    def _scan(self, lines: IO[bytes], at: int) -> int:
        """Note where each line begins; return where the last whole one ends."""
        for line in lines:
            if not line.endswith(b"\n"):  # The process was killed while it wrote.
                break
            found = _LINE.match(line)
            if found is None:
                raise ValueError(f"The journal {self.path} is damaged at byte {at}: {line[:60]!r}. Pass another path.")
            index = int(found[1])
            if found[2]:
                self.models[index] = json.loads(line)["model"]
            else:
                self.models.pop(index, None)
                if index >= len(self._offsets):
                    self._offsets.extend([-1] * (index + 1 - len(self._offsets)))
                self._offsets[index] = at
            at += len(line)
        return at

    def _truncate(self) -> None:
        """Cut off a last line that is torn."""
        if self._file is not None and os.fstat(self._file.fileno()).st_size > self._end:
            self._file.truncate(self._end)

    def read(self, index: int, digest: str) -> dict[str, Any] | None:
        """Return the line of a row; None where it has none.

        Raises:
            ValueError: It is the line of another row.

        """
        if index >= len(self._offsets) or self._offsets[index] < 0:
            return None
        self._reader.seek(self._offsets[index])
        line: dict[str, Any] = json.loads(self._reader.readline())
        if line["digest"] != digest:
            raise ValueError(f"The journal {self.path} was written for other inputs: row {index} differs. {_INSTEAD}")
        return line

    def check_end(self, rows: int) -> None:
        """Raise ValueError where it has lines of rows beyond so many, which the inputs have."""
        if rows < len(self._offsets):
            raise ValueError(
                f"The journal {self.path} was written for other inputs: it has a row {len(self._offsets) - 1},"
                f" and there are only {rows}. {_INSTEAD}"
            )

    def assign(self, index: int, model: str) -> None:
        """Note which endpoint is asked for a row, before it is."""
        self._append(b'{"index": %d, "model": %b}\n' % (index, json.dumps(model).encode()))

    def write(self, index: int, digest: str, rest: Mapping[str, Any]) -> None:
        """Append the line of a row. It does nothing once the journal is closed."""
        text = json.dumps({"digest": digest, **rest}, ensure_ascii=False, separators=(", ", ": "))
        self._append(b'{"index": %d, %b\n' % (index, text[1:].encode("utf-8", "surrogatepass")))

    def _append(self, line: bytes) -> None:
        with self._lock:
            if self._file is not None and self._file.write(line) != len(line):
                self._file.close()  # Nothing may follow half a line.
                self._file = None
                raise OSError(f"{self.path}: the disk is full")

    def close(self) -> None:
        """Close it; another run may use it."""
        with self._lock:
            file, self._file = self._file, None
        if file is not None:
            file.close()
            self._reader.close()


_INSTEAD = "Pass those, or another path."


def _lock_file(file: IO[bytes], path: Path) -> None:
    """Keep other runs out, as long as this process lives; a system without such locks goes without."""
    with suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ParetaError(f"The journal {path} is in use: another run of map writes to it.") from None
