"""Holds the SDK and the sandbox against the document: what cannot be reached from them, with the code to write."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from . import methods
from .plan import Argument, OperationPlan
from .problems import Problem
from .spec import Spec, entries

ASYNC, BOUND, HANDLERS = "pareta/_async", "pareta/_models.py", "pareta/sandbox/_handlers.py"
SPECS, TYPESCRIPT = "tests/conformance/_call_specs.py", "typescript/src"


@attrs.frozen
class _Call:
    """A call of an operation's function in the SDK."""

    file: str
    line: int
    positional: int
    keywords: frozenset[str]


def missing(spec: Spec, operations: list[OperationPlan], project: Path) -> list[Problem]:
    """Return what of the document the SDK, the sandbox or the conformance run does not have."""
    calls = _calls(project)
    options = {one.name for one in methods.options(project)}
    handled, specified = _keys(project / HANDLERS), _strings(project / SPECS)
    typescript = "".join(file.read_text(encoding="utf-8") for file in sorted((project / TYPESCRIPT).glob("*.ts")))
    read = _queries(project / HANDLERS)
    pointers = {str(operation.get("operationId")): (pointer, operation) for pointer, operation in spec.operations()}
    found: list[Problem] = []
    for one in operations:
        pointer, operation = pointers[one.id]
        if one.id not in calls:
            tag = str(next(iter(entries(operation.get("tags"))), "client"))
            text = f"no method of {ASYNC} calls {one.id}; add one to {ASYNC}/{tag}.py:\n\n{method_stub(one, tag)}"
            found.append(spec.problem(pointer, text))
        found += _parameters(one, calls.get(one.id, []), options)
        if handled and one.id not in handled:
            text = f"{HANDLERS} has no handler of {one.id}; add one, and its entry of `table`:\n\n{handler_stub(one)}"
            found.append(spec.problem(pointer, text))
        found += _unread(one, read)
        if typescript and f'"{one.id}"' not in typescript:
            tag = str(next(iter(entries(operation.get("tags"))), "client"))
            text = f"no method of {TYPESCRIPT} sends {one.id}; add one to {TYPESCRIPT}/{tag}.ts"
            found.append(spec.problem(pointer, text))
        if specified and one.id not in specified:
            tag = str(next(iter(entries(operation.get("tags"))), "client"))
            text = f"{SPECS} has no call of {one.id}; add one:\n\n{spec_stub(one, tag)}"
            found.append(spec.problem(pointer, text))
    return found


def method_stub(one: OperationPlan, tag: str) -> str:
    """Return the method that calls an operation, in the manner of the others."""
    name = _method_name(one, tag)
    parameters = "".join(f", {_declared(each)}" for each in one.arguments if each.location == "path")
    keywords = [each for each in one.arguments if each.location in ("query", "body_field")]
    star = ", *" if keywords else ""
    parameters += star + "".join(f", {_declared(each)}" for each in keywords)
    given = ", ".join(_given(each) for each in one.arguments if each.location in ("path", "query", "body_field"))
    result, send = one.result_type, "send"
    if not result:
        result, send = f"AsyncStream[{one.event_type}]", "stream"
    return (
        f"    async def {name}(self{parameters}, **options: Unpack[CallOptions]) -> {result}:\n"
        f'        """{one.summary}"""\n'
        f"        return await self._requester.{send}(api.{one.id}({given}), options)"
    )


def handler_stub(one: OperationPlan) -> str:
    """Return the sandbox's handler of an operation."""
    head = (
        f'            "{one.id}": self._{one.id},\n\n'
        f"    async def _{one.id}(self, values: RequestValues, _: Scenario | None) -> ServerResponse:\n"
    )
    if one.result_type:
        return f"{head}        return json_answer({{}})"
    names = list(one.events) or ["None"]
    steps = ["recording = Recording()", *(f"recording.write(event({{}}, name={name}))" for name in names)]
    return head + "\n".join(f"        {step}" for step in [*steps, "recording.end()", "return event_stream(recording)"])


def spec_stub(one: OperationPlan, tag: str) -> str:
    """Return the conformance run's call of an operation."""
    name = _method_name(one, tag)
    return f'    CallSpec(operation="{one.id}", call=lambda client: client.{tag}.{name}(…), path={one.path}),'


def _method_name(one: OperationPlan, tag: str) -> str:
    thing = tag.removesuffix("s")
    return one.id.removesuffix(f"_{thing}").removesuffix(f"_{tag}").removeprefix(f"{thing}_")


def _parameters(one: OperationPlan, calls: list[_Call], options: set[str]) -> Iterator[Problem]:
    path = [each for each in one.arguments if each.location == "path"]
    wanted = {each.name: each for each in one.arguments if each.location in ("query", "body_field", "header", "cookie")}
    for name, each in wanted.items():
        if name in options or not calls or any(name in call.keywords for call in calls):
            continue
        call = calls[0]
        text = f"{one.id} is called without {name!r}, so no method can send it; take it as `{_declared(each)}`"
        yield Problem(call.file, call.line, 1, f"{text}, and pass it on as `{name}={_given(each).split('=')[-1]}`")
    for call in calls:
        if call.positional + len(call.keywords & {each.name for each in path}) < len(path):
            text = f"{one.id} is called with {call.positional} of its {len(path)} path parameters; pass each"
            yield Problem(call.file, call.line, 1, text)


def _unread(one: OperationPlan, read: dict[str, tuple[int, set[str]]]) -> Iterator[Problem]:
    """Yield the query parameters that the sandbox's handler does not look at."""
    if one.id in read:
        line, names = read[one.id]
        for each in one.arguments:
            if each.location == "query" and each.literal.strip('"') not in names:
                text = f"the handler of {one.id} ignores {each.name!r}; read it as `values.query.get({each.literal})`"
                yield Problem(HANDLERS, line, 5, text)


def _queries(file: Path) -> dict[str, tuple[int, set[str]]]:
    """Return the line and the query parameters that each handler reads; no handler that passes all of them on."""
    if not file.exists():
        return {}
    tree = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    functions = {node.name: node for node in tree if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}
    pairs = [pair for node in tree if isinstance(node, ast.Dict) for pair in zip(node.keys, node.values, strict=True)]
    found: dict[str, tuple[int, set[str]]] = {}
    for key, value in pairs:
        target = value.func if isinstance(value, ast.Call) else value
        function = functions.get(target.attr) if isinstance(target, ast.Attribute) else None
        if not isinstance(key, ast.Constant) or function is None:
            continue
        code = ast.unparse(function)
        names = re.findall(r"""\.query(?:\.get\(|\[)['"]([^'"]+)""", code)
        if code.count(".query") == len(names):
            found[str(key.value)] = (function.lineno, set(names))
    return found


def _declared(each: Argument) -> str:
    if each.default == "UNSET":
        members = [part for part in each.type.split(" | ") if part not in ("Unset", "None")]
        return f"{each.name}: {' | '.join([*members, 'None'])} = None"
    return f"{each.name}: {each.type}" + (f" = {each.default}" if each.default else "")


def _given(each: Argument) -> str:
    if each.location == "path":
        return each.name
    value = f"UNSET if {each.name} is None else {each.name}" if each.default == "UNSET" else each.name
    return f"{each.name}={value}"


def _calls(project: Path) -> dict[str, list[_Call]]:
    """Return the calls of each operation's function, directly or by a bound constant."""
    bound: dict[str, str] = {}
    for node in ast.walk(ast.parse((project / BOUND).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
            target, first = node.targets[0], node.value.args[0]
            if isinstance(target, ast.Name) and (id_ := _operation(first, {})):
                bound[target.id] = id_
    found: dict[str, list[_Call]] = {}
    for file in sorted((project / ASYNC).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (id_ := _operation(node.func, bound)):
                keywords = frozenset(each.arg for each in node.keywords if each.arg)
                call = _Call(f"{ASYNC}/{file.name}", node.lineno, len(node.args), keywords)
                found.setdefault(id_, []).append(call)
    return found


def _operation(node: ast.expr, bound: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "api":
        return node.attr
    return bound.get(node.id, "") if isinstance(node, ast.Name) else ""


def _keys(file: Path) -> set[str]:
    """Return the keys of the dicts in a module; none if it is not there, as in a source distribution."""
    if not file.exists():
        return set()
    nodes = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Dict)]
    return {str(key.value) for node in nodes for key in node.keys if isinstance(key, ast.Constant)}


def _strings(file: Path) -> set[str]:
    """Return the values of `operation=` in a module; one that is put together may end in any argument there."""
    if not file.exists():
        return set()
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    given = [each for node in nodes if isinstance(node, ast.Call) for each in node.args]
    texts = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg == "operation":
            whole = not isinstance(node.value, ast.JoinedStr)
            first = node.value if isinstance(node.value, ast.Constant) else next(ast.iter_child_nodes(node.value), None)
            if isinstance(first, ast.Constant):
                found |= {f"{first.value!s}{text}" for text in ([""] if whole else texts)}
    return found
