"""The texts of exceptions: what a response says is wrong, and which call it belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._content.response import Response

_NAMES = (
    *("message", "Message", "error_description", "errorMessage", "error_message", "msg", "errors", "error"),
    *("title", "reason", "fault", "faultstring"),
)
"""Where the servers of different makers put their message, the best first."""
_NO_ROUTE = (
    r"(?i)|(404[ :]*)?(page |resource |route )?not found\.?|no message available|there is nothing at this path\.?"
    r"|(invalid url|cannot \w+ /|no static resource |no route |unrecognized request url|unknown (path|route|url)).*"
)
"""What servers say of a path that none of their routes has."""


def detail_of(response: Response) -> Any:
    """Return the body's `detail`, or what another form of error says instead, or the start of the text."""
    try:
        said = words_in(response.json())
    except ValueError:
        said = None
    return said or response.text[:1000].strip()


def words_in(body: Any) -> Any:
    """Return what the JSON body of an error says is wrong, as any JSON value; None where it says nothing.

    It knows the forms of FastAPI, OpenAI, vLLM (the flat one too), problem+json (RFC 9457), Spring, Cloudflare, AWS.
    """
    from pareta_generated.json_values import is_array, is_object  # The command line starts without it.

    if is_array(body) and len(body) == 1:
        body = body[0]  # Google's servers put their error in a list.
    if not is_object(body):
        return body if isinstance(body, str) else None
    if body.get("detail"):
        return body["detail"]
    error = body.get("error")
    if is_object(error) and (said := words_in(error)):
        return said
    for name in _NAMES:
        found = body.get(name)
        if found and found is not error and (is_object(found) or is_array(found)):
            return words_in(found) or found
        if found and isinstance(found, str):
            return found
    return None


def text_of(detail: Any, levels: int = 5) -> str:
    """Return a detail in one line: a message, or the problems of a 422. What is nested deeper is not searched."""
    from pareta_generated.json_values import is_array, is_object

    if is_array(detail) and levels:
        return "; ".join(text_of(each, levels - 1) for each in detail)
    if is_object(detail) and levels:
        where = detail.get("loc")
        place = f"{'.'.join(map(str, where))}: " if is_array(where) and where else ""
        said = words_in(detail)
        return place + (str(detail) if said is None else text_of(said, levels - 1))
    return "" if detail is None else str(detail).strip()


def is_missing_route(response: Response) -> bool:
    """Return whether a 404 is of the path: it is a page or empty, or says no more than servers say of any path."""
    try:
        said = text_of(words_in(response.json()))
    except ValueError:
        return True
    return bool(re.fullmatch(_NO_ROUTE, said))


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


def not_a_call(value: object, takes: str = "call() takes what a function of pareta_generated.api returns") -> str:
    """Say what `client.call` or `client.wait` takes instead of `value`."""
    kind = type(value)
    found = f"the {kind.__name__} of {kind.__module__}" if hasattr(value, "operation") else f"a {kind.__name__}"
    way = "; call the function first" if callable(value) else ""
    return f"{takes}, not {found}{way}. Nothing was sent."
