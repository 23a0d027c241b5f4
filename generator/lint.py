"""Finds what keeps a document from being generated rightly; our own taste in documents is in `house`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from .problems import Pointer, Problem
from .rules import operation_rules, schema_rules
from .spec import Spec, at
from .walk import objects, schemas

Finding = tuple[Pointer, str]


def problems(spec: Spec) -> list[Problem]:
    """Return everything that is wrong with the document itself."""
    structure = _structure(spec)
    found: list[Finding] = []
    for rules in (_version, _references, operation_rules, schema_rules):
        try:
            for finding in rules(spec):
                found.append(finding)  # noqa: PERF402  # What comes before an exception counts.
        except (AttributeError, KeyError, TypeError, ValueError):
            if not structure:
                raise  # Else the document has not the structure that a rule relies on, and that is said below.
    said = {pointer for pointer, _ in found}
    for pointer, text in structure:
        # What is explained above in better words is not repeated.
        explained = pointer in said or (pointer[-1:] == ("type",) and any(one[:-1] == pointer for one in said))
        if not explained or (not pointer and "openapi" not in text):
            found.append((pointer, text))
    return [spec.problem(pointer, text) for pointer, text in found]


def _version(spec: Spec) -> Iterator[Finding]:
    version = spec.root.get("openapi", spec.root.get("swagger"))
    if version is None:
        yield (), "no `openapi` at the root, so this is no OpenAPI document; begin it with `openapi: 3.1.0`"
    elif not (isinstance(version, str) and re.fullmatch(r"3\.1\.\d+", version)):
        yield (
            ("openapi" if "openapi" in spec.root else "swagger",),
            f"OpenAPI {version} cannot be generated from; write the document in version 3.1, as `3.1.0`",
        )
    if "x-source" in spec.root:
        yield ("x-source",), "`x-source` is what the generator adds to the document; remove it"
    if not any(spec.operations()):
        yield ("paths",), "no operation, so there is nothing to generate; describe one under `paths`"


def _references(spec: Spec) -> Iterator[Finding]:
    for pointer, node in (*objects(spec), *schemas(spec)):
        ref = node.get("$ref")
        if ref is None:
            continue
        where = (*pointer, "$ref")
        if not isinstance(ref, str):
            yield where, "`$ref` must be a string; name a component in it"
        elif not ref.startswith("#"):
            yield where, f"{ref!r} is outside of this document; copy it into `components` and reference that"
        elif (found := spec.find(ref)) is None:
            yield where, f"{ref!r} leads nowhere; correct it, or add what it names"
        elif "$ref" in at(spec.follow(*found)[1]):
            yield where, f"{ref!r} leads back to itself or nowhere; reference what is meant"
        elif not ref.startswith("#/components/") or len(found[0]) != 3:  # noqa: PLR2004
            yield where, f"{ref!r} is no component; move what it names into `components`"


def _structure(spec: Spec) -> list[Finding]:
    """Compare with the JSON Schema of OpenAPI 3.1, schemas with that of JSON Schema itself."""
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
                f"{name!r} is no field that OpenAPI has here; correct or remove it, or call it `x-{name}`",
            )
    else:
        yield pointer, _words(text)


def _words(text: str) -> str:
    # The message begins with the whole value, which is where the position points.
    told = re.search(
        r" (is not (?:of type|one of|valid under|allowed)|is a required|does not match|has |was expected).*$", text
    )
    if len(text) > 100 and told:  # noqa: PLR2004
        text = f"this value{told[0]}"
    return f"{text[:200]}; see the OpenAPI 3.1 specification for what may stand here"
