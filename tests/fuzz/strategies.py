"""What hypothesis makes up: arguments that no one should give, and answers that no server should send."""

from __future__ import annotations

import json
import zlib
from collections import UserString
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from hypothesis import strategies as st
from wire import DONE, LAST, answer, chunk, delta, event, stream, stream_head

from pareta import Endpoint

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)
"""Lone surrogates and control characters included."""
ODD_TEXT = st.sampled_from(
    ["", ".", "..", "/", "../x", "a/b", "%2e%2e", "?x", "#", "\0", "\ud800", "\x7f", "\u2028", "ep_1", "x" * 5000]
)
TEXT = ANY_TEXT | ODD_TEXT


class Pair(NamedTuple):
    """A named tuple."""

    a: int
    b: int


class Odd(Enum):
    """An enum whose value is no JSON."""

    ONE = b"1"


def _loop() -> list[Any]:
    loop: list[Any] = []
    loop.append({"again": loop})
    return loop


def nested(depth: int, leaf: Any = 1) -> Any:
    """Return a value in so many objects and arrays."""
    for level in range(depth):
        leaf = {"a": leaf} if level % 2 else [leaf]
    return leaf


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXT,
    st.binary(max_size=10),
    st.sampled_from([float("nan"), float("inf"), 1e308, Decimal("1.5"), 1j, object(), int, {1, 2}]),
    st.sampled_from([datetime(2026, 1, 1, tzinfo=UTC), Endpoint.from_dict({"id": "ep_1"}), range(3), (1, 2), b""]),
    st.sampled_from(
        [UserString("x"), Decimal("NaN"), UUID(int=1), date(2026, 1, 1), Fraction(1, 3), Pair(1, 2), Odd.ONE]
    ),
    st.sampled_from([np.float32(0.5), np.float64("nan"), np.array([1, 2]), np.datetime64("NaT"), np.longdouble(1)]),
    st.sampled_from([400, 5000]).map(lambda digits: 10**digits),
    st.builds(_loop),
    st.integers(0, 2000).map(nested),
)
KEYS = st.one_of(TEXT, TEXT, st.integers(), st.none(), st.tuples(st.integers()), st.floats())
ARGUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
"""What someone may pass as an argument, JSON or not."""
FIELDS = st.dictionaries(TEXT | st.sampled_from(["model", "tools", "name", "stream"]), ARGUMENTS, max_size=4)

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), ANY_TEXT)
NAMES = st.sampled_from(
    [
        *(
            "id",
            "data",
            "name",
            "status",
            "choices",
            "delta",
            "message",
            "usage",
            "content",
            "index",
            "error",
            "detail",
        ),
        *("examples", "candidates", "chosen", "models", "frontier", "tool_calls", "function", "arguments", "endpoint"),
        *("created_at", "created", "task", "taskName", "tasks", "loc", "msg", "windows", "finish_reason", "role"),
        *(
            "code",
            "type",
            "object",
            "errors",
            "title",
            "logprobs",
            "reasoning_details",
            "audio",
            "data",
            "text",
            "input",
        ),
    ]
)
JSON = st.recursive(
    SCALARS | st.sampled_from(["2026-01-10T09:00:00Z", "20260110T24", "2026-W01-1", 7.0, 1e300, "9999-99-99", 10**30]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | ANY_TEXT, inner, max_size=5),
    max_leaves=25,
)
"""What a server may send, of the names that the document knows and others."""
DEEP = st.integers(0, 1200).map(nested)


def dumped(value: Any) -> bytes:
    """Return `value` as JSON, lone surrogates as escapes."""
    return json.dumps(value).encode()


BODIES = st.one_of(
    JSON.map(dumped),
    DEEP.map(dumped),
    st.binary(max_size=200),
    st.builds(lambda value, cut: dumped(value)[:cut], JSON, st.integers(0, 300)),
    st.sampled_from(
        [
            *(b"", b"null", b"[]", b"{}", b"NaN", b"1e999", b"[" * 100_000, b'{"a":' * 5000, b"9" * 5000, b"\xff\xfe"),
            *(b"<html>", b'"\\ud800"', b'{"detail": "' + b"x" * 70_000 + b'"}', b'{"detail": [1, {"loc": 5}]}'),
            *(b'{"error": {"message": {"a": 1}}}', b'{"detail": [{"loc": ["a", 1], "msg": null}]}', b"\xef\xbb\xbf{}"),
        ]
    ),
)

EVENTS = st.one_of(
    st.sampled_from(
        [
            *(DONE, ": ping\n\n", "retry: 5\n\n", "data\n\n", "event: error\n", "\n", "\r", "\r\n", "data: [DO"),
            *(event({"endpoint": {"id": "ep_1", "status": "live"}}, "complete"), event("gone", "error"), "\ufeff"),
            *(event({"stage": "x", "pct": 5}, "progress"), delta("Hi"), delta(finish="stop"), event({"error": "no"})),
            *(event("", "ping"), event({"object": "error", "message": "no"}), "data: [DONE] \n\n", '{"error": "no"}\n'),
        ]
    ),
    st.builds(event, JSON, st.none() | st.sampled_from(["progress", "complete", "error", "message", "other"])),
    st.builds(lambda choice: event({"choices": [choice]}), st.dictionaries(NAMES, JSON, max_size=4)),
    st.builds(lambda delta: event({"choices": [{"delta": delta}]}), st.dictionaries(NAMES, JSON, max_size=4)),
    st.builds(
        lambda calls: event({"choices": [{"delta": {"tool_calls": calls}}]}),
        st.lists(st.dictionaries(NAMES, JSON, max_size=4), max_size=3),
    ),
    ANY_TEXT,
).map(lambda text: text.encode("utf-8", "surrogatepass"))
SSE = st.lists(EVENTS | st.binary(max_size=30), max_size=8).map(b"".join)


@st.composite
def pieces_of(draw: st.DrawFn, content: st.SearchStrategy[bytes] = SSE) -> list[bytes]:
    """Cut some content anywhere."""
    whole = draw(content)
    ends = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    return [whole[begin:end] for begin, end in zip([0, *ends], [*ends, len(whole)], strict=True)]


HEADER_NAMES = st.sampled_from(
    [
        *("content-type", "content-encoding", "retry-after", "x-request-id", "x-should-retry", "location", "x-other"),
        *("content-length", "transfer-encoding", "connection", "set-cookie", "content-range", "upgrade"),
    ]
)
HEADER_VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                "application/json",
                "text/event-stream",
                "text/html",
                "gzip",
                "deflate",
                "br",
                "identity",
                "chunked",
                "0",
            ),
            *("5", "true", "false", "99999999", "1e400", "-5", "/v1/endpoints/ep_1", "http://[", "close", "gzip, gzip"),
        ]
    ),
    st.text(st.characters(max_codepoint=255), max_size=40),
)
HEADERS = st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=5)
STATUSES = st.sampled_from([200, 201, 204, 206, 299, 301, 307, 400, 401, 404, 409, 422, 429, 500, 503, 599, 999])


def packed(content: bytes, wbits: int) -> bytes:
    """Return some content in gzip's form (31), zlib's (15) or bare (-15)."""
    packer = zlib.compressobj(wbits=wbits)
    return packer.compress(content) + packer.flush()


@cache
def bomb(wbits: int) -> bytes:
    """Return 20 kB that stand for 20 MB."""
    return packed(bytes(20_000_000), wbits)


@st.composite
def encoded(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    """Make a body in a content-encoding, whole, damaged or of another one."""
    content = draw(BODIES)
    encoding = draw(st.sampled_from(["gzip", "deflate", "x-gzip", "identity", "", "br", "GZIP "]))
    wbits = draw(st.sampled_from([31, 15, -15, None]))
    if wbits is not None:
        content = bomb(wbits) if draw(st.integers(0, 9)) == 0 else packed(content, wbits)
    harm = draw(st.sampled_from(["none", "none", "cut", "more", "flip"]))
    at = draw(st.integers(0, len(content)))
    if harm == "cut":
        content = content[:at]
    elif harm == "more":
        content += b"more"
    elif harm == "flip" and at < len(content):
        content = content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :]
    return encoding, draw(pieces_of(st.just(content)))


@st.composite
def raw_answers(draw: st.DrawFn) -> bytes:
    """Make what a server sends before it hangs up: an answer, a stream, either of them damaged, or no HTTP at all."""
    headers = [
        f"{name}: {value}"
        for name, value in draw(HEADERS)
        if "\r" not in value and "\n" not in value and value.isprintable()
    ]
    body = draw(BODIES)
    whole = draw(
        st.sampled_from(
            [
                answer(body, "200 OK", headers),
                answer(body, "503 Service Unavailable", headers),
                answer(body, "200 OK", headers, kind="text/event-stream", length=len(body) + 5),
                stream_head(*headers) + chunk(body) + LAST,
                stream(delta("Hi"), delta(finish="stop"), DONE, headers=headers),
                b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(body),
                b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n" + body,
                body,
            ]
        )
    )
    harm = draw(st.sampled_from(["none", "cut", "flip", "insert"]))
    at = draw(st.integers(0, min(len(whole), 400)))
    if harm == "cut":
        return whole[:at]
    if harm == "flip" and at < len(whole):
        return whole[:at] + bytes([draw(st.integers(0, 255))]) + whole[at + 1 :]
    if harm == "insert":
        return whole[:at] + draw(st.binary(max_size=8)) + whole[at:]
    return whole


RETRY_AFTER = st.one_of(
    TEXT,
    st.from_regex(r"[-+]?[0-9]{0,30}(\.[0-9]{0,10})?(e[-+]?[0-9]{0,4})?", fullmatch=True),
    st.from_regex(r"(Mon|Foo), [0-9]{1,3} (Jan|Feb|Xxx) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{4,6})"),
    st.datetimes().map(lambda when: when.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    st.sampled_from(["inf", "nan", "1e400", "99999999", "-0", "٣", "1_0", "0x10", "Sun, 99 Jan 99999 99:99:99 GMT"]),
)
URLS = st.one_of(
    TEXT,
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["https://", "http://", "HTTPS://", "ftp://", "//", "", "https:/", "https:"]),
        st.sampled_from(["", "u:p@", "@", "u@"]),
        st.one_of(
            TEXT,
            st.sampled_from(
                [
                    *(
                        "api.pareta.ai",
                        "localhost",
                        "127.0.0.1",
                        "[::1]",
                        "[::1",
                        "a" * 70 + ".com",
                        "-x",
                        "x..y",
                        "xn--a",
                    ),
                    *("ü.example", "1.2.3.4.5", "[fe80::1%25eth0]", "%41", "0x7f.1", "a.localhost", "[v1.x]"),
                ]
            ),
        ),
        st.sampled_from(["", ":0", ":80", ":65536", ":-1", ":x", ":", ":٣", ":99999999999999999999"]),
        st.one_of(
            TEXT, st.sampled_from(["", "/", "/v1", "/v1/", "/p/v1", "?q", "#f", "/a b", "//", "/%2e%2e", "/..", "/v1?"])
        ),
    ),
)
