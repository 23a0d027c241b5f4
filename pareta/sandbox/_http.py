"""Requests, answers and problems as values, and how answers are written; no routing, no state."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from pareta.sandbox._tape import Tape

_JSON = "application/json"
_EVENTS = "text/event-stream"

_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

Headers = tuple[tuple[str, str], ...]


@frozen
class Request:
    """A request as it came, its body read whole.

    `segments` are the path's, percent-decoded. `headers` have lower-case names; several of one name are joined by
    commas, as HTTP says.
    """

    method: str
    segments: tuple[str, ...]
    query: str
    headers: Mapping[str, str]
    body: bytes


@frozen
class Answer:
    """What is sent back: a body, or a tape that is played while it is being recorded."""

    status: int
    body: bytes | Tape = b""
    headers: Headers = ()

    def with_headers(self, *headers: tuple[str, str]) -> "Answer":
        """Return the same answer with further headers."""
        return Answer(self.status, self.body, (*self.headers, *headers))


@frozen
class Problem(Exception):  # noqa: N818 - it is what the answer says, not a failure of the sandbox.
    """An answer of 4xx or 5xx, raised from wherever it is found.

    `detail` is a message, or for 422 the list of what is wrong and where.
    """

    status: int
    detail: str | Sequence[Mapping[str, Any]]
    headers: Headers = field(default=())

    def answer(self) -> Answer:
        """Return the answer that says so."""
        return json_answer({"detail": self.detail}, status=self.status, headers=self.headers)


def lasting(status: int, detail: str) -> Problem:
    """Return a problem that trying again does not solve."""
    return Problem(status, detail, (("x-should-retry", "false"),))


def invalid(loc: Sequence[str | int], msg: str, kind: str) -> Problem:
    """Return a 422 for one value, `loc` being the way to it."""
    return Problem(422, [{"loc": list(loc), "msg": msg, "type": kind}])


def json_answer(value: Any, *, status: int = 200, headers: Headers = ()) -> Answer:
    """Return `value` as a JSON answer."""
    return Answer(status, encode(value), (("content-type", _JSON), *headers))


def event_stream(tape: Tape, *, headers: Headers = ()) -> Answer:
    """Return a tape of server-sent events as an answer."""
    return Answer(200, tape, (("content-type", _EVENTS), ("cache-control", "no-store"), *headers))


def encode(value: Any) -> bytes:
    """Return `value` as compact JSON, on one line, in UTF-8."""
    return _COMPACT.encode(value).encode()


def event(data: Any, *, name: str | None = None) -> bytes:
    """Return a server-sent event that carries `data` as JSON."""
    head = b"" if name is None else b"event: " + name.encode() + b"\n"
    return head + b"data: " + encode(data) + b"\n\n"
