"""Finds the errors that prevent a correct package; the house rules are in `house`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from .problems import Pointer, Problem
from .rules import known_properties, operation_rules, schema_rules
from .spec import Spec, at
from .walk import objects, schemas
from .webhooks import payloads

Finding = tuple[Pointer, str]

__all__ = ["known_properties", "problems", "structure"]


def problems(spec: Spec) -> list[Problem]:
    """Return every error of the document itself."""
    wrong = structure(spec)
    found: list[Finding] = []
    for rules in (_version, _references, operation_rules, schema_rules):
        try:
            for finding in rules(spec):
                found.append(finding)  # noqa: PERF402  # Keeps the findings before an exception.
        except (AttributeError, KeyError, TypeError, ValueError):
            if not wrong:
                raise  # Otherwise a structural error, reported below, is the cause.
    reported = {pointer for pointer, _ in found}
    for pointer, text in wrong:
        # The rules above explain it better.
        explained = pointer in reported or (pointer[-1:] == ("type",) and any(one[:-1] == pointer for one in reported))
        if not explained or (not pointer and "openapi" not in text):
            found.append((pointer, text))
    return [spec.problem(pointer, text) for pointer, text in found]


def _version(spec: Spec) -> Iterator[Finding]:
    version = spec.root.get("openapi", spec.root.get("swagger"))
    if version is None:
        yield (), "no `openapi` at the root, so this is not an OpenAPI document; start it with `openapi: 3.1.0`"
    elif not (isinstance(version, str) and re.fullmatch(r"3\.1\.\d+", version)):
        yield (
            ("openapi" if "openapi" in spec.root else "swagger",),
            f"OpenAPI {version} cannot be generated from; write the document in version 3.1, as `3.1.0`",
        )
    if "x-source" in spec.root:
        yield ("x-source",), "`x-source` is reserved for the generator; remove it"
    if not any(spec.operations()) and not any(payloads(spec)):
        yield ("paths",), "no operation and no webhook, so there is nothing to generate; describe one under `paths`"


def _references(spec: Spec) -> Iterator[Finding]:
    for pointer, node in (*objects(spec), *schemas(spec)):
        ref = node.get("$ref")
        if ref is None:
            continue
        where = (*pointer, "$ref")
        if not isinstance(ref, str):
            yield where, "`$ref` must be a string; name a component in it"
        elif not ref.startswith("#"):
            yield where, f"{ref!r} is outside this document; copy it into `components` and reference that"
        elif (found := spec.find(ref)) is None:
            yield where, f"{ref!r} does not exist; correct it, or add its target"
        elif "$ref" in at(spec.follow(*found)[1]):
            yield where, f"{ref!r} refers to itself or to nothing; reference the target"
        elif not ref.startswith("#/components/") or len(found[0]) != 3:
            yield where, f"{ref!r} is not a component; move its target into `components`"


def structure(spec: Spec) -> list[Finding]:
    """Validate the document against the OpenAPI 3.1 schema, and its schemas against JSON Schema 2020-12."""
    meta = json.loads((Path(__file__).parent / "openapi-3.1.json").read_text(encoding="utf-8"))
    meta["$defs"]["schema"] = {"$dynamicAnchor": "meta", "$ref": "https://json-schema.org/draft/2020-12/schema"}
    validator = jsonschema_rs.Draft202012Validator(meta)
    return [one for error in validator.iter_errors(spec.root) for one in _finding(error)]


def _finding(error: Any) -> Iterator[Finding]:
    pointer = tuple(map(str, error.instance_path))
    text = " ".join(str(error.message).split())
    if unknown := re.fullmatch(r"Unevaluated properties are not allowed \((.*) (?:was|were) unexpected\)", text):
        for name in re.findall(r"'([^']*)'", unknown[1]):
            yield (
                (*pointer, name),
                f"{name!r} is not an OpenAPI field here; correct or remove it, or name it `x-{name}`",
            )
    else:
        yield pointer, _shortened(text)


def _shortened(text: str) -> str:
    # The message starts with the whole value. The position shows it already.
    match = re.search(
        r" (is not (?:of type|one of|valid under|allowed)|is a required|does not match|has |was expected).*$", text
    )
    if len(text) > 100 and match:
        text = f"this value{match[0]}"
    return f"{text[:200]}; see the OpenAPI 3.1 specification for the values that are allowed here"
