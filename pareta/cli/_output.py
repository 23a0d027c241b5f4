"""What commands print: results to stdout, progress and questions to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import TextIOWrapper
from shutil import get_terminal_size
from textwrap import fill
from typing import TYPE_CHECKING, Any, TextIO

from ._text import cell, clean, clean_prose

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"live": "green", "ok": "green", "starting": "yellow", "stopped": "dim", "failed": "red"}
_NARROW = 60
"""Columns; a narrower terminal gets a line for each field."""


class Output:
    """The two streams of a command. Text from a server is neither markup nor an escape sequence in either."""

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # Code pages lack most characters.

    @cached_property
    def console(self) -> Console:
        """Rich's console on stdout."""
        return _console(sys.stdout)

    @cached_property
    def errors(self) -> Console:
        """Rich's console on stderr."""
        return _console(sys.stderr)

    @property
    def is_terminal(self) -> bool:
        """Whether stdout is a terminal."""
        return sys.stdout.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def can_redraw(self) -> bool:
        """Whether stderr is a terminal that can move its cursor."""
        return sys.stderr.isatty() and os.environ.get("TERM") not in {"dumb", "unknown"}

    def json(self, value: Any) -> None:
        """Print JSON: indented on a terminal, else on one line."""
        self.line(to_json(value, indent=2 if self.is_terminal else None))

    def json_line(self, value: Any) -> None:
        """Print one value of a stream, on a line."""
        self.line(to_json(value))

    def line(self, text: str) -> None:
        """Print a line that is clean already."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def prose(self, text: str) -> None:
        """Print a piece of text that goes on."""
        sys.stdout.write(clean_prose(text))
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Print a line to stderr."""
        line = clean(text)
        if sys.stderr.isatty():
            line = fill(line, get_terminal_size().columns - 1, break_long_words=False, break_on_hyphens=False)
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def ask(self, question: str) -> bool:
        """Ask on stderr; an empty answer is yes."""
        sys.stderr.write(f"{question} [Y/n] ")
        sys.stderr.flush()
        return sys.stdin.readline().lower() in {"\n", "y\n", "yes\n"}  # Not at the end of the input, Ctrl-D.

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print a table that fits the terminal; elsewhere lines with tabs, so that nothing is cut."""
        columns = [clean(name) for name in columns]
        cells = [[cell(value) for value in row] for row in rows]
        if not self.is_terminal:
            for row in [columns, *cells]:
                self.line("\t".join(row))
        elif self.console.width < _NARROW:
            for row in cells:
                self.record(dict(zip(columns, row, strict=True)))
                self.line("")
        else:
            self.console.print(grid(columns, cells))

    def record(self, fields: Mapping[str, Any]) -> None:
        """Print the fields of one object, a line each."""
        names = [clean(name) for name in fields]
        width = max(map(len, names), default=0) + 2
        for name, value in zip(names, fields.values(), strict=True):
            self.line(f"{name:<{width}}{cell(value)}")


def to_json(value: Any, indent: int | None = None) -> str:
    """Return JSON with the control characters escaped, and all of Unicode where stdout cannot carry it."""
    unicode = (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")
    text = json.dumps(value, indent=indent, ensure_ascii=not unicode)
    # JSON escapes those below 32 by itself; those that were its own layout stay.
    return "\n".join(
        "".join(f"\\u{ord(char):04x}" if clean(char) != char else char for char in line)
        if clean(line) != line
        else line
        for line in text.split("\n")
    )


def grid(columns: Sequence[str], cells: Iterable[Sequence[str]]) -> Any:
    """Return a table of rich. Its cells are texts, so that nothing in them is markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(Text(name), overflow="fold")
    for row in cells:
        table.add_row(*(Text(each, style=_STYLES.get(each, "")) for each in row))
    return table


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)
