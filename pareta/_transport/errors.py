"""What the exceptions of httpx, httpx2 and aiohttp mean. They are known by name, so that no library is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from .._clock import monotonic
from .._content.exchange import ErrorKind, TransportError
from .._error_text import through

PLAIN_TO_TLS = "the port does not speak plain HTTP but probably TLS: is https right for this base_url?"
_CLOSED = "the connection broke: the server closed it without a response"
TIMER_SECONDS = 0.01
"""By how much the timer of an event loop may end early: those of uvloop count milliseconds."""
_NOT_HTTP = "illegal request line"  # h11 says so of a response whose first byte is a control character.
_SHARED = ("already running", "already executing")  # Two readers of one generator.
_TLS_ENDED = "the server ended the connection in the TLS handshake: is https right for this port?"
_NO_RESPONSE = "no response in time"
_TIMEOUTS = {
    "ConnectTimeout": "no connection in time",
    "ConnectionTimeoutError": "no connection in time",
    "WriteTimeout": "the request could not be sent in time",
    "PoolTimeout": "no connection was free in time",
}
_BROKEN = frozenset({"NetworkError", "OSError", "ClientOSError", "BrokenResourceError", "ClosedResourceError"})
_TEXTS = (
    (frozenset({"ProxyError", "ClientHttpProxyError"}), "the proxy refused the connection: "),
    (frozenset({"SOCKSError"}), "the proxy broke the protocol: "),
    (
        frozenset({"RemoteProtocolError", "ClientResponseError", "ClientPayloadError", "UnicodeError"}),
        "the server broke the protocol: ",
    ),
    (_BROKEN, "the connection broke: "),
    (frozenset({"HTTPError", "StreamError", "InvalidURL", "ClientError"}), "the request failed: "),
)


def reraise(error: BaseException, handled: BaseException | None, until: float | None, proxy: str | None) -> NoReturn:
    """Raise what an exception of the client means, or itself where it is not of the transport.

    `handled` is the exception in whose `except` block the user made the call. It is a context of `error`,
    but says nothing about it. `proxy` is the URL of the proxy in between, without its password.
    """
    meaning = error if isinstance(error, TransportError) else _transport_error(error, handled)
    if meaning is None:
        raise error
    if meaning.kind == "timeout" and until is not None and monotonic() > until - TIMER_SECONDS:
        meaning.text, meaning.answering = "the deadline has passed", False
    meaning.text += through(proxy)
    raise meaning from meaning.__cause__


def raised_response(error: BaseException, timeouts: dict[str, float | None]) -> Any:
    """Return the response to the request with these timeouts where `error` was raised for its status; else None.

    Hooks of the user's client raise so, by `raise_for_status`.
    """
    if "HTTPStatusError" not in _names(error):
        return None
    response: Any = getattr(error, "response", None)
    request: Any = getattr(response, "_request", None)  # `request` raises where there is none.
    return response if request is not None and request.extensions.get("timeout") is timeouts else None


def _transport_error(error: BaseException, handled: BaseException | None) -> TransportError | None:
    redact(error, handled)
    if not isinstance(error, Exception):  # A cancelled task, or Ctrl-C.
        return None
    chain = list(_chain(error, handled))
    # httpx-aiohttp calls a reset a ConnectTimeout: aiohttp's own exception says what happened.
    source = next((each for each in chain if type(each).__module__.startswith("aiohttp")), error)
    meaning = _meaning(source, _names(source), chain)
    if meaning is None:
        return None
    kind, text = meaning
    result = TransportError(kind, text, answering=text == _NO_RESPONSE)
    result.__cause__ = error
    return result


def _meaning(error: BaseException, names: set[str], chain: list[BaseException]) -> tuple[ErrorKind, str] | None:  # noqa: PLR0911
    if names & {"TimeoutException", "TimeoutError"}:
        return "timeout", next((text for name, text in _TIMEOUTS.items() if name in names), _NO_RESPONSE)
    if names & {"ConnectError", "ClientConnectorError"}:
        return _of_connecting(error, chain)
    text = str(error)
    if "RemoteProtocolError" in names and text == _NOT_HTTP:
        return "tls", PLAIN_TO_TLS
    if "ServerDisconnectedError" in names or "Server disconnected" in text:
        return "connection", _CLOSED
    if names & {"RuntimeError", "ValueError"} and text.endswith(_SHARED):
        return "connection", "another task or thread is reading it"
    for known, what in _TEXTS:
        if names & known:
            tls = "TLS: " if known is _BROKEN and _ssl_error(chain) else ""
            return "connection", f"{what}{tls}{_text(error, chain)}"
    if isinstance(error, RuntimeError) and "closed" in text:
        return "connection", f"the request failed: {text}"
    return None


def _of_connecting(error: BaseException, chain: list[BaseException]) -> tuple[ErrorKind, str]:
    ssl_error = _ssl_error(chain)
    if "SSLEOFError" in _names(ssl_error) or any(type(each).__name__ == "EndOfStream" for each in chain):
        return "connection", _TLS_ENDED  # A restarting server does that, so it may be retried.
    if "SSLCertVerificationError" in _names(ssl_error):
        return "tls", f"the server's certificate is not accepted: {getattr(ssl_error, 'verify_message', ssl_error)}"
    if ssl_error is not None:
        reason = getattr(ssl_error, "reason", None) or ssl_error
        return "tls", f"the TLS handshake failed ({reason}): is https right for this port?"
    return "connection", f"cannot connect: {_text(error, chain)}"


def _names(error: BaseException | None) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _ssl_error(chain: list[BaseException]) -> BaseException | None:
    ssl = sys.modules.get("ssl")  # Without it, there was no TLS.
    return None if ssl is None else next((each for each in chain if isinstance(each, ssl.SSLError)), None)


def _text(error: BaseException, chain: list[BaseException]) -> str:
    """Return what went wrong in one line: the system's message, else the first one of the chain."""
    found = [getattr(each, "strerror", None) for each in chain if isinstance(each, OSError)]
    found += [getattr(error, "message", None), *map(str, chain)]
    text = next(filter(None, found), type(error).__name__)
    return " ".join(str(text).split())[:1000]


def _chain(error: BaseException | None, handled: BaseException | None) -> Iterator[BaseException]:
    known = {id(handled)}
    while error is not None and id(error) not in known:
        known.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def redact(error: BaseException, handled: BaseException | None) -> None:
    """Make an exception and its causes forget the request and the local variables of their frames.

    Error reporters print local variables, and the frames of an HTTP library hold the key in many forms.
    """
    from traceback import clear_frames

    pending: list[BaseException | None] = [error]
    known = {id(handled)}
    while pending:
        each = pending.pop()
        if each is None or id(each) in known:
            continue
        known.add(id(each))
        clear_frames(each.__traceback__)
        held: dict[str, Any] = getattr(each, "__dict__", {})
        if "_request" in held:  # httpx's.
            held["_request"] = None
        if "request_info" in held:  # aiohttp's, whose text needs the URL.
            held["request_info"] = held["request_info"]._replace(headers={})
            each.args = (held["request_info"], *each.args[1:])
        pending += [each.__cause__, each.__context__]
