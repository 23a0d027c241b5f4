"""Renders the package, and alone knows openapi-python-client: no use of it as a library is stable."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import safe_for_docstring

from . import names, prose
from .operations import SSE
from .plan import OperationPlan, Plan
from .problems import Pointer, Problem, RefusedError, StoppedError
from .spec import Spec, at

TEMPLATES = Path(__file__).parent.parent / "templates"
_FILES = {
    "__init__.py": "package_init.py.jinja",
    "types.py": "types.py.jinja",
    "models.py": "models_init.py.jinja",
    "api.py": "api_init.py.jinja",
}
_CONFIG = ConfigFile(literal_enums=True, post_hooks=[], generate_all_tags=False)
_GENERATOR = f"openapi-python-client {version('openapi-python-client')}"


def members() -> dict[bool, frozenset[str]]:
    """Return the members that no property may hide: of a view (False) and of a feed (True)."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701
    )
    runtime = ModuleType("pareta_runtime")
    sys.modules[runtime.__name__] = runtime  # attrs looks there for what annotations name.
    try:
        exec(env.get_template("types.py.jinja").render(header=""), vars(runtime))  # noqa: S102  # Our own template.
    finally:
        del sys.modules[runtime.__name__]
    return {False: frozenset(dir(runtime.View)), True: frozenset(dir(runtime.Feed))}


def render(spec: Spec, plan: Plan, command: str) -> dict[str, str]:
    """Return the package's files by name; RefusedError where openapi-python-client has any objection."""
    env = _environment(spec)
    header = f"Generated from {spec.name}. Do not edit: change that file and run `{command}`."
    env.filters.update(quoted=names.quoted)
    values: dict[str, Any] = {
        "header": _safe(header),
        "title": _safe(" ".join(str(at(spec.root, "info").get("title", "")).split()) or "An API"),
        "spec_sha256": spec.sha256,
        "spec_version": names.quoted(str(at(spec.root, "info").get("version", ""))),
        "generator": _GENERATOR,
        "models": plan.models,
        "operations": plan.operations,
        "model_names": _model_names(plan),
        "described": _described,
    }
    env.globals.update(values)
    files = {name: _polished(name, env.get_template(template).render()) for name, template in _FILES.items()}
    files["openapi.json"] = _json(spec, header)
    files["py.typed"] = ""
    return files


def polish(name: str, source: str) -> str:
    """Return `source` as ruff writes it: imports that are used, sorted, and the house's format."""
    common = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311"]
    for work in (["check", "--fix-only", "--select=F401,I"], ["format"]):
        done = subprocess.run(  # noqa: S603  # Nothing of the document is in the command.
            [sys.executable, "-m", "ruff", *work, *common, f"--stdin-filename={name}", "-"],
            input=source.encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise StoppedError(f"ruff refuses {name}: {done.stderr.decode(errors='replace').strip()}")
        source = done.stdout.decode()
    return source


def _environment(spec: Spec) -> jinja2.Environment:
    config = Config.from_sources(_CONFIG, MetaType.NONE, Path(spec.file), "utf-8", False, None)  # noqa: FBT003
    data = GeneratorData.from_dict(_without_streams(spec.root), config=config)
    if isinstance(data, GeneratorError):
        raise RefusedError(_placed(spec, [data]))
    found: list[GeneratorError] = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        found.extend(collection.parse_errors)
    if found:  # A warning is an operation or a schema left out.
        raise RefusedError(_placed(spec, found))
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    project.env.undefined = jinja2.StrictUndefined
    return project.env


def _without_streams(root: dict[str, Any]) -> dict[str, Any]:
    """Return the document without event streams, which openapi-python-client reads as one text."""
    root = copy.deepcopy(root)
    responses = [one for item in at(root, "paths").values() for method in at(item) for one in
                 at(item, method, "responses").values()]  # fmt: skip
    for response in (*responses, *at(root, "components", "responses").values()):
        at(response, "content").pop(SSE, None)
    return root


def _placed(spec: Spec, errors: list[GeneratorError]) -> list[Problem]:
    return [spec.problem(_pointer(spec, error), _words(error)) for error in errors]


def _words(error: GeneratorError) -> str:
    text = " ".join(f"{error.header} {error.detail or ''}".split())
    text = re.sub(r" ?(For further information visit \S+|<[^<>]* object at 0x\w+>)", "", text)
    return f"{text[:400].rstrip(' :')}; write this part in another way"


def _pointer(spec: Spec, error: GeneratorError) -> Pointer:
    """Return the most exact place that an error's text names."""
    text = f"{error.header} {error.detail or ''}"
    if found := re.search(r"validation errors? for OpenAPI\s+(\S+)", text):
        return _nearest(spec, found[1].split("."))
    for pointer, operation in spec.operations():
        if f"{pointer[2].upper()} {pointer[1]} " in text or f" {operation.get('operationId')} " in text:
            return pointer
    if found := re.search(r"/components/(\w+)/([\w.-]+)", text):
        return ("components", found[1], found[2])
    for name in at(spec.root, "components", "schemas"):
        if re.search(rf"\b{re.escape(name)}\b", text):
            return ("components", "schemas", name)
    return ()


def _nearest(spec: Spec, steps: list[str]) -> Pointer:
    """Return the place that `steps` lead to, among which stand names of classes."""
    pointer: Pointer = ()
    for step in steps:
        if (*pointer, step) in spec.positions:
            pointer = (*pointer, step)
    return pointer


def _polished(name: str, source: str) -> str:
    if "object at 0x" in source:
        raise StoppedError(f"a template writes a value into {name} without escaping it")
    source = polish(name, source)
    compile(source, name, "exec")
    return source


def _safe(text: str) -> str:
    return safe_for_docstring(text).rstrip('"')


def _model_names(plan: Plan) -> list[str]:
    models = plan.models
    return sorted(
        [one.name for one in (*models.enums, *models.aliases)]
        + [one.name for one in models.received]
        + [one.name for one in models.sent]
    )


def _described(operation: OperationPlan) -> str:
    parts = [operation.summary, operation.description]
    arguments = [f"    {prose.item(one.name, one.doc)}" for one in operation.arguments if one.doc]
    if arguments:
        parts.append("\n".join(["Args:", *arguments]))
    if operation.raises:
        parts.append(f"Raises:\n    {prose.item('ValueError', operation.raises)}")
    text = "\n\n".join(part for part in parts if part)
    return f"{text}\n" if arguments or operation.raises else text  # As Google's style has it after a section.


def _json(spec: Spec, header: str) -> str:
    lines = {
        "/" + "/".join(key.replace("~", "~0").replace("/", "~1") for key in pointer): line
        for pointer, (line, _) in spec.positions.items()
        if _is_source(pointer)
    }
    source = {"notice": header, "file": spec.name, "lines": lines}
    return json.dumps({**spec.root, "x-source": source}, indent=2, ensure_ascii=False) + "\n"


def _is_source(pointer: Pointer) -> bool:
    """Return whether a path item, operation, parameter, response, content type or component stands there."""
    match pointer:
        case ("paths", _) | ("components", _, _) | ("components", "responses", _, "content", _):
            return True
        case ("paths", _, _):
            return pointer[2] not in ("summary", "description", "servers")
        case ("paths", _, "parameters", _) | ("paths", _, _, "parameters", _) | ("paths", _, _, "responses", _):
            return True
        case ("paths", _, _, "responses", _, "content", _):
            return True
        case _:
            return False
