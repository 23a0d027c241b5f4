"""Finds the operation of a method and a path; it compares decoded path segments."""

from collections.abc import Iterable
from urllib.parse import unquote

from attrs import frozen

from pareta.sandbox._document import Operation
from pareta.sandbox._messages import HTTPError


@frozen
class RouteMatch:
    """An operation and the values of its path parameters."""

    operation: Operation
    path_values: dict[str, str]


def split_path(raw_path: str) -> tuple[str, ...]:
    """Return the decoded segments of a raw path; an encoded slash stays inside its segment."""
    return tuple(unquote(segment) for segment in raw_path.split("/")[1:])


class Router:
    """Finds operations. Literal segments take precedence over parameters, among paths that have the method.

    So GET /v1/tasks/match retrieves the task `match`, because /v1/tasks/match itself has only POST.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._templates = [(tuple(each.path.split("/")[1:]), each) for each in operations]
        self._templates.sort(key=lambda pair: [_is_parameter(segment) for segment in pair[0]])
        self._literal = {(each.method, path): each for path, each in self._templates if "{" not in each.path}

    def find(self, method: str, segments: tuple[str, ...]) -> RouteMatch:
        """Return the match, or raise 404 or 405; a 405 lists the methods of the best matching path."""
        literal = self._literal.get((method, segments))
        if literal is not None:
            return RouteMatch(literal, {})
        allowed: set[str] = set()
        best = None
        for template, operation in self._templates:
            values = _match(template, segments)
            if values is None:
                continue
            if operation.method == method:
                return RouteMatch(operation, values)
            best = best or operation.path
            if operation.path == best:
                allowed.add(operation.method)
        if allowed:
            names = ", ".join(sorted(allowed))
            raise HTTPError(405, f"This path does not take {method[:32]}, only {names}.", (("allow", names),))
        raise HTTPError(404, "There is nothing at this path.")


def _match(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for expected, segment in zip(template, segments, strict=True):
        if _is_parameter(expected):
            if not segment:
                return None
            values[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return values


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")
