"""Derives the blocking half of the SDK from the async half, token by token."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from .problems import Problem, RefusedError

FOLDERS = {"pareta/_async": "pareta/_sync", "pareta/_transport": "pareta/_transport"}
"""Where derived modules come from and go to. In one folder, the names differ: `async_x` becomes `sync_x`."""
BY_HAND = frozenset({"async_waiting.py", "async_workers.py"})
"""The async modules whose blocking twin is another thing, and so is written by hand."""

RENAMES = {
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "StopAsyncIteration": "StopIteration",
    "aclose": "close",
    "anext": "next",
    "aread": "read",
    "handle_async_request": "handle_request",
    "AsyncByteStream": "SyncByteStream",
    "DefaultAsyncHttpxClient": "DefaultHttpxClient",
}
"""Names beside `AsyncX`, which becomes `X`, and `async_x`, which becomes `sync_x`. An unused one is an error."""

_HEADER = """# Derived from {source}. DO NOT EDIT: change that file and run `make generate`.
"""
_DROPPED = frozenset({"async", "await"})
_WORD = re.compile(r"[A-Za-z_]\w*")
_PROSE = re.compile(r"\b(?:async (?=with\b|for\b|def\b)|await (?=[\w`(]))")


@attrs.define
class Deriver:
    """Rewrites modules, and remembers which renames they used."""

    renames: dict[str, str] = attrs.field(factory=lambda: dict(RENAMES))
    used: set[str] = attrs.field(factory=set[str])

    def module(self, source: str) -> str:
        """Return the sync form of an async module."""
        out: list[str] = []
        line, column, dropped = 1, 0, False
        lines = source.splitlines(keepends=True)
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in (tokenize.DEDENT, tokenize.ENDMARKER):  # They have no text.
                continue
            gap = _between(lines, (line, column), token.start)
            out.append("" if dropped else gap)  # What stood after `await` goes with it.
            dropped = token.type == tokenize.NAME and token.string in _DROPPED
            if not dropped:
                out.append(self._token(token.type, token.string))
            line, column = token.end
        return "".join(out)

    def unused(self) -> list[str]:
        """Return the renames that no module used."""
        return [name for name in self.renames if name not in self.used]

    def _token(self, kind: int, text: str) -> str:
        if kind == tokenize.NAME:
            return self._word(text)
        if kind in (tokenize.STRING, tokenize.COMMENT) or tokenize.tok_name[kind] == "FSTRING_MIDDLE":
            return _WORD.sub(lambda found: self._word(found[0]), _PROSE.sub("", text))
        return text

    def _word(self, word: str) -> str:
        if word in self.renames:
            self.used.add(word)
            return self.renames[word]
        if word.startswith("async_"):
            return word[1:]
        return word[5:] if re.match(r"Async[A-Z]", word) else word


def modules(
    project: Path, polish: Callable[[str, str], str], generated: Mapping[Path, str] | None = None
) -> dict[Path, str]:
    """Return the derived modules by path; RefusedError where one is missing, or a rename is of no use.

    Args:
        project: The project's directory.
        polish: Formats the text of a module, by its name.
        generated: The text of async modules that are generated too, by path.

    """
    given = generated or {}
    deriver = Deriver()
    derived: dict[Path, str] = {}
    problems: list[Problem] = []
    for source, target in targets(project, given):
        where = source.relative_to(project).as_posix()
        try:
            text = deriver.module(given[source] if source in given else source.read_text(encoding="utf-8"))
        except (tokenize.TokenError, SyntaxError, UnicodeDecodeError) as error:
            problems.append(Problem(where, 1, 1, f"not Python ({error}); correct it"))
        else:
            derived[target] = polish(target.name, _HEADER.format(source=where) + text)
    problems += [
        Problem(path.relative_to(project).as_posix(), 1, 1, "the module that it was derived from is gone; delete it")
        for path in twins(project)
        if path not in {target for _, target in targets(project, given)}
    ]
    unused = ", ".join(deriver.unused())
    if unused and not problems:
        problems.append(Problem("generator/derive.py", 1, 1, f"no module uses the rename of {unused}; remove it"))
    if problems:
        raise RefusedError(problems)
    return derived


def targets(project: Path, generated: Iterable[Path] = ()) -> Iterator[tuple[Path, Path]]:
    """Yield each async module with the path of its blocking twin."""
    for source, target in FOLDERS.items():
        pattern = "async_*.py" if source == target else "*.py"
        more = [path for path in generated if path.parent == project / source]
        for path in sorted({*(project / source).glob(pattern), *more}):
            if path.name not in BY_HAND:
                yield path, project / target / path.name.replace("async_", "sync_")


def twins(project: Path) -> Iterator[Path]:
    """Yield each blocking module that stands where derived ones do."""
    for source, target in FOLDERS.items():
        pattern = "sync_*.py" if source == target else "*.py"
        for path in sorted((project / target).glob(pattern)):
            if f"a{path.name}" not in BY_HAND:
                yield path


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return what stands between two tokens: white space, and the backslash of a continued line."""
    (first, column), (last, stop) = start, end
    if first == last:
        return lines[first - 1][column:stop] if first <= len(lines) else ""
    middle = "".join(lines[first : last - 1])
    return lines[first - 1][column:] + middle + lines[last - 1][:stop]
