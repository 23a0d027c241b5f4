"""What goes wrong with a connection of ours, told as a Fault. No I/O."""

from __future__ import annotations

import sys
from typing import Any

from ._causes import bare
from ._engine import Fault

_TLS_ALERT = b"\x15\x03"
CLOSED = "the connection broke: the server closed it without an answer"
PLAIN_TO_TLS = "the port speaks TLS, and was spoken to in plain http: is https right for this base_url?"


def of_waiting(error: TimeoutError, what: str) -> Fault:
    """Tell of an operation that took too long."""
    return _from(Fault("timeout", what), error)


def of_connecting(error: Any, where: str = "") -> Fault:
    """Tell why there is no connection."""
    if isinstance(error, TimeoutError):
        return of_waiting(error, "no connection in time")
    if _is_tls(error, "SSLCertVerificationError"):
        return _from(Fault("tls", f"the server's certificate is not accepted: {error.verify_message}"), error)
    if _is_tls(error, "SSLEOFError"):  # As a server does that restarts, so that it may be tried again.
        text = "the server ended the connection in the TLS handshake: is https right for this port?"
        return _from(Fault("connection", text), error)
    if _is_tls(error):
        reason = error.reason or str(error)
        return _from(Fault("tls", f"the TLS handshake failed ({reason}): is https right for this port?"), error)
    return _from(Fault("connection", f"cannot connect: {_text(error)}{where}"), error)


def of_breaking(error: Any) -> Fault:
    """Tell how a connection broke."""
    if isinstance(error, TimeoutError):
        return of_waiting(error, "no answer in time")
    prefix = "TLS: " if _is_tls(error) else ""
    return _from(Fault("connection", f"the connection broke: {prefix}{_text(error)}"), error)


def garbled(error: Exception, data: bytes) -> Fault:
    """Tell what is wrong with what a server sent: `data` is what came last, `error` the parser's."""
    if data.startswith(_TLS_ALERT):
        return _from(Fault("tls", PLAIN_TO_TLS), error)
    return _from(Fault("connection", f"the server broke the protocol: {_text(error)}"), error)


def _is_tls(error: Any, kind: str = "SSLError") -> bool:
    ssl = sys.modules.get("ssl")  # Slow to load; without it there is no TLS, and no exception of it.
    return ssl is not None and isinstance(error, getattr(ssl, kind))


def _text(error: Exception) -> str:
    told = (getattr(error, name, None) for name in ("reason", "strerror", "message"))
    text = next(filter(None, told), None) or str(error)
    return " ".join(str(text).split())[:1000] or type(error).__name__


def _from(fault: Fault, cause: BaseException) -> Fault:
    bare(cause)
    fault.__cause__ = cause
    return fault
