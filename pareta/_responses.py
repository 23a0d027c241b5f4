"""`response_of`: the response that an object came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ._exceptions import public

if TYPE_CHECKING:
    from ._content.response import Response


@public
def response_of(value: Any) -> Response:
    """Return the response that a value came in: its status, headers, attempts and seconds.

    Args:
        value: What a method returned: an object, a list of objects, metrics or a stream; or an exception.

    Raises:
        ValueError: It came in no response: it was made by hand, or is an empty list.

    """
    one: Any = value
    if isinstance(value, list):
        one = next(iter(cast("Any", value)), None)
    response: Response | None = getattr(getattr(one, "_origin", one), "response", None)
    if response is None:
        raise ValueError(f"this {type(one).__name__} came in no response")
    return response
