"""The two type checkers, run on user code, and what they said, in one form."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]

_REVEALED = re.compile(r'(?:Revealed type|Type of ".*") is "(.*)"', re.DOTALL)
_MODULE = re.compile(r"\b(?:[a-z_]+\w*\.)+(?=[A-Za-z])")
_PYRIGHT = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    # A statement that only names something is no error of types.
    "reportUnusedExpression": "none",
    "reportUnusedCoroutine": "none",
}


@attrs.frozen
class Said:
    """Something that a checker said of a line of user code."""

    file: str
    line: int
    text: str
    rule: str
    error: bool

    @property
    def revealed(self) -> str | None:
        """The type that a `reveal_type` on this line showed, without modules; None for anything else."""
        found = _REVEALED.fullmatch(self.text)
        if self.error or found is None:
            return None
        return _MODULE.sub("", found[1]).replace("CoroutineType", "Coroutine")


def mypy(folder: Path) -> list[Said]:
    """Run mypy, strict, on the Python files of a folder, as on code that uses an installed pareta."""
    arguments = [
        *("--strict", "--config-file=", "--follow-imports=silent", "--output=json", "--no-error-summary"),
        *(
            "--disable-error-code=unused-coroutine",
            f"--cache-dir={ROOT / '.mypy_cache' / 'user_code'}",
            "--python-version=3.11",
        ),
        *(path.name for path in sorted(folder.glob("*.py"))),
    ]
    out = _run("mypy", arguments, folder, {"MYPYPATH": str(ROOT)})
    return [
        Said(each["file"], each["line"], each["message"], each["code"] or "", each["severity"] == "error")
        for each in map(json.loads, out.splitlines())
    ]


def pyright(folder: Path) -> list[Said]:
    """Run pyright, strict, on the Python files of a folder, as on code that uses an installed pareta."""
    settings = {"include": ["."], "extraPaths": [str(ROOT)], **_PYRIGHT}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    arguments = ["--outputjson", "--pythonpath", sys.executable, "--project", str(folder)]
    out = _run("pyright", arguments, folder, {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})
    return [
        Said(
            Path(each["file"]).name,
            each["range"]["start"]["line"] + 1,
            each["message"],
            each.get("rule", ""),
            each["severity"] == "error",
        )
        for each in json.loads(out)["generalDiagnostics"]
    ]


def _run(tool: str, arguments: Sequence[str], folder: Path, more: dict[str, str]) -> str:
    command = [sys.executable, "-m", tool, *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **more}, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode not in (0, 1):  # 1: it found errors, as it should.
        raise AssertionError(f"{tool} failed:\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return done.stdout.decode()


@attrs.frozen
class Line:
    """A line of user code with what a trailing comment expects of it."""

    file: str
    number: int
    code: str
    comment: str
    waiting: bool
    """Whether it stands in an `async def`."""

    @property
    def refused(self) -> str | None:
        """A word of the refusal that is expected, empty for any; None where the line is to be accepted."""
        found = re.fullmatch(r"refused(?:: (\w+))?", self.comment)
        return (found[1] or "") if found else None


def lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the Python files of a folder."""
    for path in sorted(folder.glob("*.py")):
        waiting = False
        for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            if text.startswith(("def ", "async def ")):
                waiting = text.startswith("async")
            code, _, comment = text.partition("  # ")
            yield Line(path.name, number, code.strip(), comment, waiting)
