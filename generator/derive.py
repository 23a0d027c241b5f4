"""Derives `pareta/_sync/` resources from `pareta/_async/`, token by token; drivers and engines are written by hand."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable
from pathlib import Path

import attrs

from .problems import Problem, RefusedError

MODULES = ("client", "models", "endpoints", "chat", "streams", "tasks")
"""The modules that differ between the two worlds in nothing but waiting."""

RENAMES = {
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "StopAsyncIteration": "StopIteration",
    "aclose": "close",
}
"""Names beside `AsyncX`, which becomes `X`. One that no module uses is an error."""

_HEADER = """# Derived from pareta/_async/{name}.py. DO NOT EDIT: change that file and run `make generate`.
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
        return word[5:] if re.match(r"Async[A-Z]", word) else word


def modules(project: Path, polish: Callable[[str, str], str]) -> dict[Path, str]:
    """Return the derived modules by path; RefusedError where one is missing, or a rename is of no use."""
    deriver = Deriver()
    derived: dict[Path, str] = {}
    problems: list[Problem] = []
    for name in MODULES:
        where = f"pareta/_async/{name}.py"
        try:
            text = deriver.module((project / where).read_text(encoding="utf-8"))
        except OSError as error:
            problems.append(Problem(where, 1, 1, f"cannot be read: {error.strerror}; write it, or correct `MODULES`"))
        except (tokenize.TokenError, SyntaxError, UnicodeDecodeError) as error:
            problems.append(Problem(where, 1, 1, f"not Python ({error}); correct it"))
        else:
            target = project / "pareta" / "_sync" / f"{name}.py"
            derived[target] = polish(f"{name}.py", _HEADER.format(name=name) + text)
    unused = ", ".join(deriver.unused())
    if unused and not problems:
        problems.append(Problem("generator/derive.py", 1, 1, f"no module uses the rename of {unused}; remove it"))
    if problems:
        raise RefusedError(problems)
    return derived


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return what stands between two tokens: white space, and the backslash of a continued line."""
    (first, column), (last, stop) = start, end
    if first == last:
        return lines[first - 1][column:stop] if first <= len(lines) else ""
    middle = "".join(lines[first : last - 1])
    return lines[first - 1][column:] + middle + lines[last - 1][:stop]
