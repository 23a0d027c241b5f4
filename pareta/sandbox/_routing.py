"""Finds the operation of a method and a path; it compares decoded path segments."""

from collections.abc import Iterable

from attrs import frozen

from pareta.sandbox._document import Operation, match_path, split_path
from pareta.sandbox._messages import HTTPError


@frozen
class RouteMatch:
    """An operation and the values of its path parameters."""

    operation: Operation
    path_values: dict[str, str]


class Router:
    """Finds operations. Literal segments take precedence over parameters, among paths that have the method.

    So GET /v1/tasks/match retrieves the task `match`, because /v1/tasks/match itself has only POST.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._templates = [(split_path(each.path), each) for each in operations]
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
            values = match_path(template, segments)
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


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")
