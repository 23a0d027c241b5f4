"""What mypy and pyright, both strict, say of code that uses pareta: the types that it sees, and what is refused."""

from __future__ import annotations

import ast
import fcntl
import inspect
import os
import pickle
import re
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from checkers import Line, Said, lines, mypy, pyright

import pareta
from pareta import AsyncPareta, Pareta
from pareta._namespace import Namespace

HERE = Path(__file__).parent
CASES = HERE / "cases"
EXAMPLES = HERE.parent / "pages" / "examples"
FILES = sorted(path.name for path in CASES.glob("*.py"))
TOOLS: dict[str, Callable[[Path], list[Said]]] = {"mypy": mypy, "pyright": pyright}

PREAMBLE = """\
import time
from pareta import AsyncPareta, AuthenticationError, Pareta, ParetaError

pa = Pareta.from_env()

async def example() -> None:
"""
# The first line of an example within its preamble.
FIRST = PREAMBLE.count("\n") + 1
# What the examples leave out because they are short: annotations, and a use for what they import.
BREVITY = {"no-untyped-def", "no-untyped-call", "reportUnusedImport", "reportUnusedVariable"}
# The example asks for a task that is there; a checker cannot know.
RELIES = ("end_to_end.py", "task_id = match.chosen.task_id")

Reports = dict[str, list[Said]]


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Run each checker once, whatever workers there are, on all cases and all examples of the documentation."""
    base = tmp_path_factory.getbasetemp()
    place = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = place / "user_code.pickle"
    with (place / "user_code.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_run(tmp_path_factory.mktemp("user_code"))))
        found: Reports = pickle.loads(kept.read_bytes())
        return found


def _run(folder: Path) -> Reports:
    for path in CASES.glob("*.py"):
        copy(path, folder)
    for path in EXAMPLES.glob("*.py"):
        (folder / f"example_{path.name}").write_text(PREAMBLE + textwrap.indent(path.read_text("utf-8"), "    "))
    with ThreadPoolExecutor() as pool:
        runs = {name: pool.submit(tool, folder) for name, tool in TOOLS.items()}
        return {name: run.result() for name, run in runs.items()}


both = pytest.mark.parametrize("tool", TOOLS)
each_file = pytest.mark.parametrize("file", FILES)


@both
@each_file
def test_each_revealed_type_is_the_expected_one(reports: Reports, tool: str, file: str) -> None:
    """Every `reveal_type` shows the type that stands behind it."""
    shown = {said.line: said.revealed for said in reports[tool] if said.file == file and said.revealed}
    expected = {line.number: line.comment for line in lines(CASES) if line.file == file and _reveals(line)}
    assert {number: _sorted(text) for number, text in shown.items()} == {
        number: _sorted(text) for number, text in expected.items()
    }


@both
@each_file
def test_each_mistake_is_refused_and_nothing_else(reports: Reports, tool: str, file: str) -> None:
    """A line marked as refused has an error that names the mistake; no other line has any."""
    errors: dict[int, list[str]] = {}
    for said in reports[tool]:
        if said.file == file and said.error:
            errors.setdefault(said.line, []).append(f"{said.text} [{said.rule}]")
    expected = {line.number: line for line in lines(CASES) if line.file == file and line.refused is not None}
    unexpected = {number: texts for number, texts in errors.items() if number not in expected}
    assert unexpected == {}
    missed = [line for number, line in expected.items() if (line.refused or "") not in " ".join(errors.get(number, []))]
    accepted = [line for number, line in expected.items() if number not in errors]
    assert (missed, accepted) == ([], [])


@both
@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_the_examples_of_the_documentation_have_no_error_of_types(reports: Reports, tool: str, name: str) -> None:
    """The documentation's examples type-check, but for the one line that relies on there being a match."""
    text = (EXAMPLES / name).read_text("utf-8").splitlines()
    errors = [
        (name, text[said.line - FIRST].partition(" #")[0].strip())
        for said in reports[tool]
        if said.error and said.file == f"example_{name}" and said.rule not in BREVITY
    ]
    assert errors == [RELIES] * (name == RELIES[0])


@pytest.mark.parametrize("client", [Pareta, AsyncPareta])
def test_every_public_call_has_its_type_checked(client: type) -> None:
    """Each public method and property of the clients, their namespaces and streams stands in a `reveal_type`."""
    waiting = client is AsyncPareta
    revealed = {_path(line.code) for line in lines(CASES) if _reveals(line) and line.waiting is waiting}
    expected = {f"{client.__name__}()", *_members("pa", client)}
    for variable, name in (("deploying", "DeployStream"), ("answering", "ChatStream"), ("other", "Stream")):
        expected |= set(_members(variable, getattr(pareta, f"Async{name}" if waiting else name)))
    assert expected - revealed == set()


@pytest.mark.parametrize("client", [Pareta, AsyncPareta])
def test_every_method_without_further_keywords_has_a_misspelling_refused(client: type) -> None:
    """The constructor and each method that takes no further keywords are shown to refuse one that is not known."""
    waiting = client is AsyncPareta
    refused = {
        _path(line.code)
        for line in lines(CASES)
        if line.refused is not None and re.search(r"\w+=", line.code) and line.waiting is waiting
    }
    assert {f"{client.__name__}()", *_strict("pa", client)} - refused == set()


def _reveals(line: Line) -> bool:
    return line.code.startswith("reveal_type(")


def _sorted(text: str) -> str:
    """Put the members of each union in one order, which differs between the checkers and means nothing."""
    return ast.unparse(_Ordered().visit(ast.parse(text, mode="eval")))


class _Ordered(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # The name that ast calls.
        members = sorted(ast.unparse(self.visit(member)) for member in _union(node))
        return ast.parse(" | ".join(members), mode="eval").body


def _union(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _union(node.left)
        yield from _union(node.right)
    else:
        yield node


def _path(code: str) -> str:
    """Return what a line calls, without arguments: `pa.tasks.match()` of `reveal_type(await pa.tasks.match("x"))`."""
    statement = ast.parse(code).body[0] if not code.endswith(":") else ast.parse("None").body[0]
    node = statement.value if isinstance(statement, ast.Expr) else ast.parse("None", mode="eval").body
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reveal_type":
        node = node.args[0]
    if isinstance(node, ast.Await):
        node = node.value
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        call.args, call.keywords = [], []
    return ast.unparse(node)


def _public(kind: type) -> Iterator[tuple[str, Any]]:
    for name in dir(kind):
        if not name.startswith("_"):
            yield name, inspect.getattr_static(kind, name)


def _members(path: str, kind: type) -> Iterator[str]:
    """Yield how each public member of a class is reached, through its namespaces."""
    for name, member in _public(kind):
        here = f"{path}.{name}"
        if isinstance(member, classmethod):
            yield f"{kind.__name__}.{name}()"
        elif isinstance(member, property | Namespace):
            yield here
            yield from _below(here, member.fget if isinstance(member, property) else member.load)
        else:
            yield f"{here}()"
            yield from _below(f"{here}()", member)


def _strict(path: str, kind: type) -> Iterator[str]:
    """Yield how each method is reached that takes no further keywords."""
    for name, member in _public(kind):
        here = f"{path}.{name}"
        if isinstance(member, property | Namespace):
            yield from _strict_below(here, member.fget if isinstance(member, property) else member.load)
        elif not isinstance(member, classmethod):
            parameters = inspect.signature(member).parameters.values()
            if not any(each.kind is each.VAR_KEYWORD and each.annotation == "Any" for each in parameters):
                yield f"{here}()"
            yield from _strict_below(f"{here}()", member)


def _below(path: str, function: Any) -> Iterator[str]:
    kind = _namespace(function)
    if kind is not None:
        yield from _members(path, kind)


def _strict_below(path: str, function: Any) -> Iterator[str]:
    kind = _namespace(function)
    if kind is not None:
        yield from _strict(path, kind)


def _namespace(function: Any) -> type | None:
    """Return the namespace that a property or a handle leads to; None for what is an answer."""
    names = {name: getattr(pareta, name) for name in pareta.__all__}
    annotation = inspect.signature(function).return_annotation
    kind = names.get(annotation) if isinstance(annotation, str) else annotation
    bare = {"Chat", "Completions", "Endpoints", "Metrics", "Models", "Tasks"}
    if isinstance(kind, type) and kind.__name__.removeprefix("Async") in bare:
        return kind
    return None
