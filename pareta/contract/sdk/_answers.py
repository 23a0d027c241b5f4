"""Answers made up from the document, and made older, newer and wrong; none of it is read here."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

import schemathesis
from hypothesis.strategies import SearchStrategy

from .._document import JSON_TYPE, Document, Schema
from .._exchange import is_array, is_object

_NEW = "a-word-of-the-future"
_STRANGE: tuple[Any, ...] = ({}, {"unknown": 1}, [], [1], [{}], "text", "", 0, 1.5, True, None)


def bodies(document: Document, schemas: dict[str, Schema]) -> dict[str, SearchStrategy[Any]]:
    """Return a strategy for the values of each schema."""
    raw = {
        "openapi": "3.1.0",
        "info": {"title": "answers", "version": "1"},
        "paths": {
            f"/{name}": {
                "post": {
                    "requestBody": {"required": True, "content": {JSON_TYPE: {"schema": schema}}},
                    "responses": {"200": {"description": "-"}},
                }
            }
            for name, schema in schemas.items()
        },
        "components": {"schemas": document.raw["components"]["schemas"]},
    }
    synthetic: Any = schemathesis.openapi.from_dict(copy.deepcopy(raw))

    def strategy(name: str) -> SearchStrategy[Any]:
        cases: SearchStrategy[Any] = synthetic[f"/{name}"]["POST"].as_strategy()
        return cases.map(_body_of)

    return {name: strategy(name) for name in schemas}


def _body_of(case: Any) -> Any:
    return case.body


class Mutation:
    """Changes values by their schema, at random that a number decides."""

    def __init__(self, document: Document, seed: int) -> None:
        self._document = document
        self._random = Random(seed)  # noqa: S311  # It is no secret.

    def future(self, value: Any, schema: Schema) -> Any:
        """Return a value as a newer server might send it: more fields, fewer optional ones, other words, 7.0 for 7."""
        schema = self._variant(value, schema)
        if is_object(value):
            return self._future_object(value, schema)
        if is_array(value):
            return [self.future(each, schema.get("items", {})) for each in value]
        if isinstance(value, str) and ("enum" in schema or "const" in schema) and self._chance():
            return _NEW
        if isinstance(value, int) and not isinstance(value, bool) and self._chance():
            return float(value) if abs(value) < 2**53 else value
        return value

    def _future_object(self, value: dict[str, Any], schema: Schema) -> dict[str, Any]:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        changed: dict[str, Any] = {}
        for name, each in value.items():
            if name in required or name not in properties or not self._chance():
                changed[name] = self.future(each, properties.get(name, {}))
            elif self._chance():
                changed[name] = None
        if self._chance():
            changed["x_new"] = self._random.choice(_STRANGE)
        return changed

    def wrong(self, value: Any) -> Iterator[Any]:
        """Yield values of which one place holds something of another shape."""
        places = [path for path in _paths(value, ()) if path]
        self._random.shuffle(places)
        for path in places[:4]:
            changed = copy.deepcopy(value)
            target = changed
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = copy.deepcopy(self._random.choice(_STRANGE))
            yield changed

    def _variant(self, value: Any, schema: Schema) -> Schema:
        """Return the schema that a value has: references followed, of alternatives the one that fits its kind."""
        schema = self._document.resolve(schema)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                options = [self._document.resolve(each) for each in schema[key]]
                kind = "object" if is_object(value) else "array" if is_array(value) else "string"
                return next((each for each in options if each.get("type") == kind), Schema())
        return schema

    def _chance(self) -> bool:
        return self._random.random() < 0.4  # noqa: PLR2004


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    if is_object(value):
        for key, each in value.items():
            yield from _paths(each, (*path, key))
    elif is_array(value):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))
