"""Which bodies of 2xx responses, and which events of streams, are errors: servers send these with 200 too. Pure."""

from __future__ import annotations

from typing import Any

from pareta_generated.json_values import JSON, is_array, is_object
from pareta_generated.models import ChatCompletion

from .._error_text import text_of, words_in

_VAGUE = frozenset({"code", "detail", "message", "object", "request_id", "status", "success", "type"})
"""Fields that errors have too, whatever the document declares."""
_GOOD_CODES = frozenset({"", "0", "200", "ok", "success"})


def error_in(body: Any, view: type[Any]) -> str:
    """Return what is wrong, in the server's words, where a body or the data of an event is an error; else "".

    It is one by an `error` at the root, object or text; by an error in a choice; or, where it is flat, by its
    `object`, `type`, `status`, `success` or code. With a field that `view` declares it is an answer all the same,
    unless that is a completion; and a completion without choices is an error if it says anything.
    """
    if not is_object(body):
        return ""
    if not hasattr(view, "choices") and any(_declares(view, name) for name in body):
        return ""
    choices = body.get("choices")
    for holder in (body, *(choices if is_array(choices) else ())):
        error = holder.get("error") if is_object(holder) else None
        if any(error.values()) if is_object(error) else isinstance(error, str) and error:
            return said_in(holder) or str(error)
    fails = not choices and (view is ChatCompletion or _says_error(body))
    return said_in(body) if fails else ""


def said_in(body: Any) -> str:
    """Return the words of a body for an error message, in reasonable length."""
    return text_of(words_in(body))[:1000]


def _declares(view: type[Any], name: str) -> bool:
    return name not in _VAGUE and isinstance(getattr(view, name, None), property)


def _says_error(body: JSON) -> bool:
    """Return whether a flat body calls itself an error."""
    codes = [body.get(name) for name in ("code", "status", "statusCode", "status_code")]
    return (
        "error" in (body.get("object"), body.get("status"))
        or str(body.get("type")).lower().endswith("error")
        or body.get("success") is False
        or body.get("error") is True
        or any(isinstance(code, int) and code >= 400 for code in codes)
        or (isinstance(codes[0], str) and codes[0].lower() not in _GOOD_CODES)
    )
