"""Renders the package. Only this module imports openapi-python-client, whose library use is not stable."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import safe_for_docstring

from . import methods, names, prose
from .operations import SSE
from .plan import OperationPlan, Plan
from .problems import GenerationError, Pointer, Problem, RefusedError
from .runtime import types
from .spec import Spec, at

TEMPLATES = Path(__file__).parent.parent / "templates"
_RUNTIME = Path(types.__file__).parent
_FILES = {
    "__init__.py": "package_init.py.jinja",
    "models.py": "models_init.py.jinja",
    "api.py": "api_init.py.jinja",
}
_CONFIG = ConfigFile(literal_enums=True, post_hooks=[], generate_all_tags=False)
_GENERATOR = f"openapi-python-client {version('openapi-python-client')}"


def reserved_members() -> dict[bool, frozenset[str]]:
    """Return the names that no property may override: the members of View (False) and of DictView (True)."""
    return {False: frozenset(dir(types.View)), True: frozenset(dir(types.DictView))}


def render(spec: Spec, plan: Plan, command: str, project: Path | None) -> tuple[dict[str, str], str]:
    """Return the package's files by name, and the SDK's methods where there is a project.

    Raises:
        RefusedError: openapi-python-client reports an error.

    """
    env = _environment(spec)
    header = f"Generated from {spec.name}. Do not edit: change that file and run `{command}`."
    env.filters.update(literal=names.literal)
    values: dict[str, Any] = {
        "header": _escaped_text(header),
        "title": _escaped_text(" ".join(str(at(spec.root, "info").get("title", "")).split()) or "An API"),
        "spec_sha256": spec.sha256,
        "spec_version": names.literal(str(at(spec.root, "info").get("version", ""))),
        "generator": _GENERATOR,
        "models": plan.models,
        "operations": plan.operations,
        "model_names": _model_names(plan),
        "docstring_of": _docstring,
    }
    env.globals.update(values)
    files = {name: _formatted(name, env.get_template(template).render()) for name, template in _FILES.items()}
    files |= {file.name: _copied(file, command) for file in sorted(_RUNTIME.glob("[!_]*.py"))}
    files["openapi.json"] = _json(spec, header)
    files["py.typed"] = ""
    return files, _methods(env, spec, plan, project) if project else ""


def _methods(env: jinja2.Environment, spec: Spec, plan: Plan, project: Path) -> str:
    values: dict[str, Any] = {
        "methods": methods.plan(plan.operations),
        "options": methods.options(project),
        "flag": methods.flag,
        "docstring": methods.docstring,
        "spec_name": spec.name,
    }
    env.globals.update(values)
    return format_source("methods.py", env.get_template("methods.py.jinja").render())


def format_source(name: str, source: str) -> str:
    """Return `source` formatted by ruff, with its imports sorted and the unused ones removed."""
    common = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311"]
    for work in (["check", "--fix-only", "--select=F401,I"], ["format"]):
        done = subprocess.run(  # noqa: S603  # The command contains nothing from the document.
            [sys.executable, "-m", "ruff", *work, *common, f"--stdin-filename={name}", "-"],
            input=source.encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise GenerationError(f"ruff refuses {name}: {done.stderr.decode(errors='replace').strip()}")
        source = done.stdout.decode()
    return source


def _environment(spec: Spec) -> jinja2.Environment:
    config = Config.from_sources(_CONFIG, MetaType.NONE, Path(spec.file), "utf-8", False, None)  # noqa: FBT003
    data = GeneratorData.from_dict(_without_streams(spec.root), config=config)
    if isinstance(data, GeneratorError):
        raise RefusedError(_located(spec, [data]))
    found: list[GeneratorError] = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        found.extend(collection.parse_errors)
    if found:  # A warning means that an operation or a schema is left out.
        raise RefusedError(_located(spec, found))
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    project.env.undefined = jinja2.StrictUndefined
    return project.env


def _without_streams(root: dict[str, Any]) -> dict[str, Any]:
    """Return the document without event streams, which openapi-python-client reads as one string."""
    root = copy.deepcopy(root)
    responses = [one for item in at(root, "paths").values() for method in at(item) for one in
                 at(item, method, "responses").values()]  # fmt: skip
    for response in (*responses, *at(root, "components", "responses").values()):
        at(response, "content").pop(SSE, None)
    return root


def _located(spec: Spec, errors: list[GeneratorError]) -> list[Problem]:
    return [spec.problem(_pointer(spec, error), _message(error)) for error in errors]


def _message(error: GeneratorError) -> str:
    text = " ".join(f"{error.header} {error.detail or ''}".split())
    text = re.sub(r" ?(For further information visit \S+|<[^<>]* object at 0x\w+>)", "", text)
    return f"{text[:400].rstrip(' :')}; rewrite this part"


def _pointer(spec: Spec, error: GeneratorError) -> Pointer:
    """Return the most specific pointer that an error's text names."""
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
    """Return the pointer that `steps` lead to, without the class names among them."""
    pointer: Pointer = ()
    for step in steps:
        if (*pointer, step) in spec.positions:
            pointer = (*pointer, step)
    return pointer


def _formatted(name: str, source: str) -> str:
    if "object at 0x" in source:
        raise GenerationError(f"a template writes a value into {name} without escaping it")
    source = format_source(name, source)
    compile(source, name, "exec")
    return source


def _copied(file: Path, command: str) -> str:
    """Return a module of the runtime, with the notice not to edit it at the end of its docstring."""
    first, rest = file.read_text(encoding="utf-8").split('"""\n', 1)
    source = f"generator/runtime/{file.name}"
    return f'{first}\n\nCopied from {source}. Do not edit: change that file and run `{command}`.\n"""\n{rest}'


def _escaped_text(text: str) -> str:
    return safe_for_docstring(text).rstrip('"')


def _model_names(plan: Plan) -> list[str]:
    models = plan.models
    return sorted(
        [one.name for one in (*models.enums, *models.aliases)]
        + [one.name for one in models.views]
        + [one.name for one in models.typed_dicts]
    )


def _docstring(operation: OperationPlan) -> str:
    parts = [operation.summary, operation.description]
    arguments = [f"    {prose.item(one.name, one.doc)}" for one in operation.arguments if one.doc]
    if arguments:
        parts.append("\n".join(["Args:", *arguments]))
    if operation.raises:
        parts.append(f"Raises:\n    {prose.item('ValueError', operation.raises)}")
    text = "\n\n".join(part for part in parts if part)
    return f"{text}\n" if arguments or operation.raises else text  # Google style ends a section with a new line.


def _json(spec: Spec, header: str) -> str:
    source = {"notice": header, "file": spec.name}
    return json.dumps({**spec.root, "x-source": source}, indent=2, ensure_ascii=False) + "\n"
