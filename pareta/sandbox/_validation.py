"""Validates requests against the document, and returns their typed values or all errors at once."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
from attrs import frozen

from pareta.sandbox._document import Document, Operation, Parameter
from pareta.sandbox._messages import HTTPError, ServerRequest, validation_error

_INTEGER = re.compile(r"-?[0-9]{1,18}(?:\.0+)?", re.ASCII)
_KINDS = {
    "required": "missing",
    "minLength": "string_too_short",
    "maxLength": "string_too_long",
    "pattern": "string_pattern_mismatch",
    "enum": "enum",
    "const": "literal_error",
    "minimum": "greater_than_equal",
    "maximum": "less_than_equal",
    "minItems": "too_short",
    "maxItems": "too_long",
}
_MESSAGE_LIMIT = 240


@frozen
class RequestValues:
    """The values of a valid request. `query` has only declared parameters.

    `effect` identifies repetitions of the request if it has an idempotency key: they must take effect only once.
    """

    path: dict[str, str]
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any
    effect: str | None = None


class RequestValidator:
    """Validates the requests of one operation; it compiles the schemas once."""

    def __init__(self, document: Document, operation: Operation) -> None:
        self._operation = operation
        self._parameters = [
            (each, jsonschema_rs.Draft202012Validator(document.standalone(each.schema)))
            for each in operation.parameters
            if each.location in {"query", "header"} and each.schema.get("type") != "object"
        ]
        self._body = None
        if operation.body is not None:
            self._body = jsonschema_rs.Draft202012Validator(document.standalone(operation.body.schema))

    def validate(self, request: ServerRequest, path_values: dict[str, str]) -> RequestValues:
        """Return the request's values, or raise a 422 that lists all errors."""
        problems: list[dict[str, Any]] = []
        given = parse_qsl(request.query, keep_blank_values=True) if request.query else []
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        for parameter, validator in self._parameters:
            name = parameter.name
            if parameter.location == "query":
                found = [_parse(value, parameter.schema) for key, value in given if key == name]
                target: dict[str, Any] = query
            else:
                found = [request.headers[name.lower()]] if name.lower() in request.headers else []
                target = headers
            if not found and parameter.required:
                problems.append(_missing(parameter))
            for value in found:
                problems.extend(_problems(validator, value, (parameter.location, name)))
                target[name] = value
        body = self._read_body(request, problems)
        if problems:
            raise HTTPError(422, problems)
        return RequestValues(path_values, query, headers, body)

    def _read_body(self, request: ServerRequest, problems: list[dict[str, Any]]) -> Any:
        if self._body is None:
            return None
        if not request.body:
            if self._operation.body_required:
                problems.append({"loc": ["body"], "msg": "Field required", "type": "missing"})
            return None
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise validation_error(
                ("header", "content-type"), "The body must be sent as application/json.", "content_type"
            )
        body = parse_json(request.body)
        problems.extend(_problems(self._body, body, ("body",)))
        return body


def parse_json(content: bytes) -> Any:
    """Return the JSON value of a body, or raise a 422."""
    try:
        text = content.decode()
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if "\\u" in text:
            # A lone surrogate is valid in a Python string, but cannot be encoded.
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise validation_error(("body",), "The body is nested too deeply.", "json_invalid") from None
    except ValueError as error:
        raise validation_error(
            ("body",), f"The body is not valid JSON: {error}"[:_MESSAGE_LIMIT], "json_invalid"
        ) from None
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number is out of range")
    return value


def _parse(value: str, schema: dict[str, Any]) -> Any:
    if schema.get("type") == "integer" and _INTEGER.fullmatch(value):
        return int(value.partition(".")[0])
    return value


def _missing(parameter: Parameter) -> dict[str, Any]:
    return {"loc": [parameter.location, parameter.name], "msg": "Field required", "type": "missing"}


def _problems(
    validator: jsonschema_rs.Draft202012Validator, value: Any, loc: tuple[str | int, ...]
) -> Iterable[dict[str, Any]]:
    try:
        errors = list(validator.iter_errors(value))
    except ValueError as nested:  # The value is nested too deeply.
        raise validation_error(loc, f"The value cannot be read: {nested}"[:_MESSAGE_LIMIT], "value_error") from None
    for error in errors:
        yield from _describe(error, loc)


def _describe(error: jsonschema_rs.ValidationError, loc: tuple[str | int, ...]) -> Iterable[dict[str, Any]]:
    kind: Any = error.kind
    if kind.name in {"oneOf", "anyOf"}:
        yield from _describe_union(error, loc)
    elif kind.name == "required":
        yield {"loc": [*loc, *error.instance_path, kind.property], "msg": "Field required", "type": "missing"}
    else:
        name = f"{kind.types[-1]}_type" if kind.name == "type" else _KINDS.get(kind.name, "value_error")
        yield {"loc": [*loc, *error.instance_path], "msg": error.message[:_MESSAGE_LIMIT], "type": name}


def _describe_union(error: jsonschema_rs.ValidationError, loc: tuple[str | int, ...]) -> Iterable[dict[str, Any]]:
    """Describe the errors of the alternative that fits best, or those that all alternatives share."""
    depth = len(error.instance_path)
    branches: list[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", [])
    meant = [each for each in branches if each and not any(_rules_out(problem, depth) for problem in each)]
    if len(meant) == 1:
        for problem in meant[0]:
            yield from _describe(problem, loc)
        return
    constants = {json.dumps(value): way for branch in branches for way, value in _constants(branch)}
    if constants:
        way = next(iter(constants.values()))
        yield {"loc": [*loc, *way], "msg": f"Must be one of {', '.join(constants)}", "type": "literal_error"}
        return
    shared = [each for each in branches[0] if all(_among(each, branch) for branch in branches)] if branches else []
    if shared:
        for problem in shared:
            yield from _describe(problem, loc)
        return
    message = f"Must be one of the forms that are declared: {error.message}"[:_MESSAGE_LIMIT]
    yield {"loc": [*loc, *error.instance_path], "msg": message, "type": "union_error"}


def _rules_out(error: jsonschema_rs.ValidationError, depth: int) -> bool:
    if error.kind.name == "const":
        return len(error.instance_path) == depth + 1
    return error.kind.name == "type" and len(error.instance_path) == depth


def _constants(branch: Iterable[jsonschema_rs.ValidationError]) -> Iterable[tuple[list[str | int], Any]]:
    for error in branch:
        kind: Any = error.kind
        if kind.name == "const":
            yield error.instance_path, kind.expected_value


def _among(error: jsonschema_rs.ValidationError, branch: Iterable[jsonschema_rs.ValidationError]) -> bool:
    return any(each.message == error.message and each.instance_path == error.instance_path for each in branch)
