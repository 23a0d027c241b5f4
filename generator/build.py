"""Renders the package. Only this module imports openapi-python-client, whose library use is not stable."""

from __future__ import annotations

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

from . import clients, methods, names, prose
from .plan import OperationPlan, Plan
from .problems import GenerationError
from .runtime import types
from .spec import Spec, at, entries

TEMPLATES = Path(__file__).parent.parent / "templates"
_RUNTIME = Path(types.__file__).parent
_FILES = {
    "__init__.py": "package_init.py.jinja",
    "models.py": "models_init.py.jinja",
    "api.py": "api_init.py.jinja",
}
_ALWAYS = ("argument_values", "encoding", "interchange", "json_values", "pydantic_schema", "types", "views")
_OPTIONAL = {
    "bodies": ["styles"], "credentials": [], "paging": [], "polling": [], "readers": [], "signatures": [], "styles": [],
}  # fmt: skip
"""The modules of the runtime that only some packages need, and those that they import."""
_SHARED = (*_ALWAYS, "polling")
"""What a package with clients takes from `pareta_generated`, since `pareta` knows it."""
_CONFIG = ConfigFile(literal_enums=True, post_hooks=[], generate_all_tags=False)
_GENERATOR = f"openapi-python-client {version('openapi-python-client')}"


def reserved_members() -> dict[bool, frozenset[str]]:
    """Return the names that no property may override: the members of View (False) and of DictView (True)."""
    return {False: frozenset(dir(types.View)), True: frozenset(dir(types.DictView))}


def render(
    spec: Spec, plan: Plan, command: str, project: Path | None, *, client: bool = False
) -> tuple[dict[str, str], str]:
    """Return the package's files by name, and the SDK's methods where there is a project.

    With `client`, the package has clients, and stands on the runtime of `pareta_generated`.
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
        "skipped": [str(one) for one in entries(spec.root.get("x-skipped"))],
        "models": plan.models,
        "operations": plan.operations,
        "model_names": plan.models.names,
        "docstring_of": _docstring,
        "webhooks": plan.webhooks,
    }
    env.globals.update(values)
    templates = {**_FILES, **({"webhooks.py": "webhooks.py.jinja"} if plan.webhooks else {})}
    files = {name: _formatted(name, env.get_template(template).render()) for name, template in templates.items()}
    if client:
        env.globals.update(clients.values(spec, plan))
        files["client.py"] = _formatted("client.py", env.get_template("client.py.jinja").render())
    files |= {
        file.name: _copied(file, command) for file in _runtime("".join(files.values()), _SHARED if project else _ALWAYS)
    }
    if client:
        files = {name: _shared(source) for name, source in files.items() if name.removesuffix(".py") not in _SHARED}
    files["openapi.json"] = _json(spec, header)
    files["py.typed"] = ""
    return files, _methods(env, spec, plan, project) if project else ""


def _shared(source: str) -> str:
    """Return a module that imports the runtime of `pareta_generated` instead of a copy."""
    for name in _SHARED:
        source = re.sub(rf"^from \.{name} import", f"from pareta_generated.{name} import", source, flags=re.MULTILINE)

    def split(found: re.Match[str]) -> str:
        given = found[1].split(", ")
        parts = (
            ("pareta_generated", [one for one in given if one in _SHARED]),
            (".", [one for one in given if one not in _SHARED]),
        )
        return "\n\n".join(f"from {home} import {', '.join(listed)}" for home, listed in parts if listed)

    return re.sub(r"^from \. import ([\w, ]+)$", split, source, flags=re.MULTILINE)


def _syntax_error(source: str) -> str:
    """Return what is wrong with code, which ruff does not say where it is quiet."""
    try:
        compile(source, "", "exec")
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}: {(error.text or '').strip()}"
    return "it does not say why"


def _runtime(source: str, always: tuple[str, ...]) -> list[Path]:
    """Return the modules of the runtime that generated code needs."""
    needed = set(always)
    for name, others in _OPTIONAL.items():
        if re.search(rf"\b{name}(\.| import )", source):
            needed |= {name, *others}
    return [_RUNTIME / f"{name}.py" for name in sorted(needed)]


def _methods(env: jinja2.Environment, spec: Spec, plan: Plan, project: Path) -> str:
    values: dict[str, Any] = {
        "methods": methods.plan(plan.operations),
        "options": methods.options(project),
        "flag": methods.flag,
        "own": methods.own,
        "callback": methods.callback,
        "choice": methods.choice,
        "docstring": methods.docstring,
        "spec_name": spec.name,
    }
    env.globals.update(values)
    return format_source("methods.py", env.get_template("methods.py.jinja").render())


def format_source(name: str, source: str) -> str:
    """Return `source` formatted by ruff, with its imports sorted and the unused ones removed."""
    common = ["--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311"]
    common.append("--config=lint.isort.combine-as-imports=true")
    for work in (["check", "--fix-only", "--select=F401,I"], ["format"]):
        done = subprocess.run(  # noqa: S603  # The command contains nothing from the document.
            [sys.executable, "-m", "ruff", *work, *common, f"--stdin-filename={name}", "-"],
            input=source.encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip() or _syntax_error(source)
            raise GenerationError(f"ruff refuses {name}: {reason}")
        source = done.stdout.decode()
    return source


def _environment(spec: Spec) -> jinja2.Environment:
    """Return the template environment of openapi-python-client. Its parser gets an empty document: ours is `lint`."""
    config = Config.from_sources(_CONFIG, MetaType.NONE, Path(spec.file), "utf-8", False, None)  # noqa: FBT003
    empty: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "_", "version": "0"}, "paths": {}}
    data = GeneratorData.from_dict(empty, config=config)
    if isinstance(data, GeneratorError):
        raise GenerationError(f"openapi-python-client: {data.header} {data.detail or ''}")
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    project.env.undefined = jinja2.StrictUndefined
    return project.env


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
