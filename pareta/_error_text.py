"""The texts of exceptions: what a response says is wrong, and which call it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from ._content.response import Response


def detail_of(response: Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        known = cast("dict[str, Any]", body)
        if known.get("detail") is not None:
            return known["detail"]
        error = known.get("error")  # The form of OpenAI-compatible servers.
        message: Any = cast("dict[str, Any]", error).get("message") if isinstance(error, dict) else error
        if message:
            return message
    return response.text[:1000].strip()


def text_of(detail: Any) -> str:
    """Return a detail in one line: a message, or the problems of a 422."""
    if isinstance(detail, str):
        return detail.strip()
    if isinstance(detail, list):
        problems: list[Any] = detail  # pyright: ignore[reportUnknownVariableType]
        return "; ".join(map(_problem, problems))
    return "" if detail is None else str(detail)


def _problem(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    problem = cast("dict[str, Any]", item)
    where = problem.get("loc")
    place = ".".join(map(str, where)) if isinstance(where, list) else ""  # pyright: ignore[reportUnknownArgumentType]
    return f"{place}: {problem.get('msg', problem)}" if place else str(problem.get("msg", problem))


def phrase_of(status: int) -> str:
    from http import HTTPStatus  # Only errors need it.

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def place_of(response: Response) -> str:
    """Name the call of a response: method, URL, request id and proxy."""
    request = f", request {response.request_id}" if response.request_id else ""
    return f"{response.method} {response.url}{request}{through(response.proxy)}"


def through(proxy: str | None) -> str:
    return f" (through the proxy {proxy})" if proxy else ""


def not_a_call(value: object) -> str:
    """Say what `client.call` takes instead of `value`."""
    kind = type(value)
    found = f"the {kind.__name__} of {kind.__module__}" if hasattr(value, "operation") else f"a {kind.__name__}"
    way = "; call the function first" if callable(value) else ""
    return f"call() takes what a function of pareta_generated.api returns, not {found}{way}. Nothing was sent."
