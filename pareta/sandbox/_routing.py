"""Which operation a method and a path mean; paths are matched segment by segment, after decoding each."""

from collections.abc import Iterable
from urllib.parse import unquote

from attrs import frozen

from pareta.sandbox._document import Operation
from pareta.sandbox._http import Problem


@frozen
class Route:
    """An operation, and the values of its path's parameters."""

    operation: Operation
    path_values: dict[str, str]


def split(raw_path: str) -> tuple[str, ...]:
    """Return the decoded segments of a path as it came; an encoded slash stays inside its segment."""
    return tuple(unquote(segment) for segment in raw_path.split("/")[1:])


class Router:
    """Finds routes. Of the paths that match, the most literal goes first; another may still have the method.

    So GET /v1/tasks/match retrieves the task `match`, though only POST is documented at that very path.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._templates = [(tuple(each.path.split("/")[1:]), each) for each in operations]
        self._templates.sort(key=lambda pair: [_is_parameter(segment) for segment in pair[0]])
        self._literal = {(each.method, path): each for path, each in self._templates if "{" not in each.path}

    def find(self, method: str, segments: tuple[str, ...]) -> Route:
        """Return the route, or raise 404, or 405 with every method of the path that matches best."""
        literal = self._literal.get((method, segments))
        if literal is not None:
            return Route(literal, {})
        allowed: set[str] = set()
        best = None
        for template, operation in self._templates:
            values = _match(template, segments)
            if values is None:
                continue
            if operation.method == method:
                return Route(operation, values)
            best = best or operation.path
            if operation.path == best:
                allowed.add(operation.method)
        if allowed:
            names = ", ".join(sorted(allowed))
            raise Problem(405, f"This path does not take {method[:32]}, only {names}.", (("allow", names),))
        raise Problem(404, "There is nothing at this path.")


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
