"""Response bodies generated from the document, and their mutations: as of a newer server, and of a wrong type."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from random import Random
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from pareta.contract._exchange import is_array, is_object
from pareta.sandbox._document import JSON_TYPE, Document, Schema

_NEW_ENUM_VALUE = "a-new-value"
_PROBABILITY = 0.4
_WRONG_VALUES: tuple[Any, ...] = ({}, {"unknown": 1}, [], [1], [{}], "text", "", 0, 1.5, True, None)


_SAMPLES: dict[str, list[Any]] = {}


def samples(document: Document, name: str, schema: Schema) -> list[Any]:
    """Return valid bodies of a schema, the same in each run: 8, or EXAMPLES; `name` identifies it in the cache."""
    if name not in _SAMPLES:
        body = {"required": True, "content": {JSON_TYPE: {"schema": schema}}}
        raw = {
            "openapi": "3.1.0",
            "info": {"title": "answers", "version": "1"},
            "paths": {"/it": {"post": {"requestBody": body, "responses": {"200": {"description": "-"}}}}},
            "components": {"schemas": document.raw["components"]["schemas"]},
        }
        synthetic: Any = schemathesis.openapi.from_dict(copy.deepcopy(raw))
        found: list[Any] = []

        @settings(
            max_examples=int(os.environ.get("EXAMPLES") or 8),
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(synthetic["/it"]["POST"].as_strategy())
        def collect(case: Any) -> None:
            found.append(case.body)

        collect()
        _SAMPLES[name] = found
    return _SAMPLES[name]


class Mutation:
    """Changes values at random; the seed determines the changes."""

    def __init__(self, document: Document, seed: int) -> None:
        self._document = document
        self._random = Random(seed)

    def newer(self, value: Any, schema: Schema) -> Any:
        """Return a value as a newer server may send it: more or fewer fields, new enum values, 7.0 for 7."""
        schema = self._variant(value, schema)
        if is_object(value):
            return self._newer_object(value, schema)
        if is_array(value):
            return [self.newer(each, schema.get("items", {})) for each in value]
        if isinstance(value, str) and ("enum" in schema or "const" in schema) and self._chance():
            return _NEW_ENUM_VALUE
        if isinstance(value, int) and not isinstance(value, bool) and self._chance():
            return float(value) if abs(value) < 2**53 else value
        return value

    def _newer_object(self, value: dict[str, Any], schema: Schema) -> dict[str, Any]:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        changed: dict[str, Any] = {}
        for name, each in value.items():
            if name in required or name not in properties or not self._chance():
                changed[name] = self.newer(each, properties.get(name, {}))
            elif self._chance():
                changed[name] = None
        if self._chance():
            changed["x_new"] = self._random.choice(_WRONG_VALUES)
        return changed

    def mistyped(self, value: Any) -> Iterator[Any]:
        """Yield up to four copies, each with one value of a wrong type."""
        places = [path for path in _paths(value, ()) if path]
        self._random.shuffle(places)
        for path in places[:4]:
            changed = copy.deepcopy(value)
            target = changed
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = copy.deepcopy(self._random.choice(_WRONG_VALUES))
            yield changed

    def _variant(self, value: Any, schema: Schema) -> Schema:
        """Resolve references, and choose the alternative of `anyOf` or `oneOf` that fits the value's type."""
        schema = self._document.resolve(schema)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                options = [self._document.resolve(each) for each in schema[key]]
                kind = "object" if is_object(value) else "array" if is_array(value) else "string"
                return next((each for each in options if each.get("type") == kind), Schema())
        return schema

    def _chance(self) -> bool:
        return self._random.random() < _PROBABILITY


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    if is_object(value):
        for key, each in value.items():
            yield from _paths(each, (*path, key))
    elif is_array(value):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))
