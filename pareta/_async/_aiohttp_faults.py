"""What aiohttp's exceptions mean. A cause that is kept holds neither the request's headers nor a proxy's password."""

from __future__ import annotations

import ssl
from typing import Any

import aiohttp

from .._causes import bare
from .._engine import Fault


def fault_of(error: BaseException) -> Fault:
    """Say what an exception of the transport's means."""
    cause: BaseException | None = error
    match error:
        case aiohttp.ConnectionTimeoutError():
            fault = Fault("timeout", "no connection in time")
        case TimeoutError():
            fault = Fault("timeout", "no answer in time")
        case aiohttp.ClientConnectorCertificateError():
            cause = error.certificate_error
            reason = getattr(cause, "verify_message", "") or _text(cause)
            fault = Fault("tls", f"the server's certificate is not accepted: {reason}")
        case aiohttp.ClientConnectorError():
            cause = error.os_error
            fault = _not_connected(error)
        case aiohttp.ClientResponseError():  # A head that is no HTTP, or a proxy that refuses.
            cause = error.__cause__
            what = " ".join(error.message.split())[:1000] or "its answer is no HTTP"
            fault = Fault("connection", f"the server broke the protocol: {what}")
        case aiohttp.ClientPayloadError():
            fault = Fault("connection", f"the server broke the protocol: {_text(error)}")
        case aiohttp.ServerDisconnectedError():
            fault = Fault("connection", "the connection broke: the server closed it without an answer")
        case _:
            fault = Fault("connection", f"the connection broke: {_text(error)}")
    bare(error)
    fault.__cause__ = cause
    return fault


def _not_connected(error: aiohttp.ClientConnectorError) -> Fault:
    cause = error.os_error
    if isinstance(cause, ssl.SSLError):
        reason = cause.reason or str(cause)
        return Fault("tls", f"the TLS handshake failed ({reason}): is https right for this port?")
    return Fault("connection", f"cannot connect: {cause.strerror or cause} ({error.host}:{error.port})")


def _text(error: Any) -> str:
    return " ".join(str(error).split()) or type(error).__name__
