"""Both readers of answers: what they make of a connection's bytes, wherever these are cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta._engine import HttpRequest
from pareta._http11 import HEAD_LIMIT, H11Reader, Reader, rendered
from pareta._llhttp import LlhttpReader

MakeReader = Callable[[], Reader]
READERS: list[MakeReader] = [H11Reader, LlhttpReader]
OK = b"HTTP/1.1 200 OK\r\n"
PLAIN = OK + b"content-type: text/plain\r\ncontent-length: 5\r\n\r\nhello"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
NEXT = OK + b"content-length: 4\r\n\r\nnext"
CUTS = st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=20)
either = pytest.mark.parametrize("make", READERS, ids=["h11", "llhttp"])


class Read(NamedTuple):
    """What a reader made of an answer."""

    status: int | None
    headers: list[tuple[bytes, bytes]]
    body: bytes
    ended: bool
    reusable: bool
    failed: bool


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut `data` into pieces of the given sizes, again and again."""
    found: list[bytes] = []
    while data:
        size = cuts[len(found) % len(cuts)]
        found.append(data[:size])
        data = data[size:]
    return found


def ways(data: bytes) -> Iterator[list[bytes]]:
    """Yield `data` in one piece, in two, cut at each place, and in small ones."""
    yield [data]
    yield from ([data[:at], data[at:]] for at in range(1, len(data)))
    yield from (pieces(data, [size]) for size in (1, 2, 3, 7))


def read(reader: Reader, parts: list[bytes]) -> Read:
    """Read an answer as a connection does: until it ends or fails, and no further."""
    reader.begin()
    body = b""
    for part in parts:
        reader.feed(part)
        body += reader.take()
        if reader.ended or reader.failure:
            break
    head = reader.head
    return Read(
        head.status if head else None,
        [(name.lower(), value) for name, value in head.headers] if head else [],
        body,
        reader.ended,
        reader.reusable,
        reader.failure is not None,
    )


def chunked(*parts: bytes, trailers: bytes = b"") -> bytes:
    """Return the parts as a body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailers + b"\r\n"


ANSWERS = {
    "a length": (PLAIN, 200, b"hello", True),
    "no body": (OK + b"content-length: 0\r\n\r\n", 200, b"", True),
    "an error": (b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno", 404, b"no", True),
    "no reason": (b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", 200, b"ok", True),
    "an odd status": (b"HTTP/1.1 999 What\r\ncontent-length: 2\r\n\r\nok", 999, b"ok", True),
    "chunks": (CHUNKED + chunked(b"hel", b"lo", b"x" * 300), 200, b"hello" + b"x" * 300, True),
    "chunks of nothing": (CHUNKED + chunked(), 200, b"", True),
    "chunks, in capitals": (OK + b"Transfer-Encoding: Chunked\r\n\r\n" + chunked(b"hello"), 200, b"hello", True),
    "extensions": (CHUNKED + b'3;a=b\r\nhel\r\n2;c="d"\r\nlo\r\n0;last\r\n\r\n', 200, b"hello", True),
    "space after sizes": (CHUNKED + b"3 \r\nhel\r\n2  \r\nlo\r\n0\r\n\r\n", 200, b"hello", True),
    "trailers": (CHUNKED + chunked(b"hel", b"lo", trailers=b"x-sum: 1\r\nx-more: 2\r\n"), 200, b"hello", True),
    "lines within": (CHUNKED + chunked(b"0\r\n\r\n", b"\r\n\r\n", b"\r\n"), 200, b"0\r\n\r\n\r\n\r\n\r\n", True),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "204 with a length": (b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n", 204, b"", True),
    "304": (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", 304, b"", True),
    "100 before it": (b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN, 200, b"hello", True),
    "103 and 102 before it": (
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + PLAIN,
        200,
        b"hello",
        True,
    ),
    "the server closes": (OK + b"Connection: Close\r\ncontent-length: 5\r\n\r\nhello", 200, b"hello", False),
    "it closes, among others": (
        OK + b"connection: keep-alive, close\r\ncontent-length: 5\r\n\r\nhello",
        200,
        b"hello",
        False,
    ),
    "it closes, behind what is odd": (
        OK + b"connection: keep-\x7falive,\r\n close\r\ncontent-length: 5\r\n\r\nhello",
        200,
        b"hello",
        False,
    ),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, b"hello", False),
    "HTTP/1.0 that stays": (
        b"HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\nhello",
        200,
        b"hello",
        False,
    ),
    "a folded header": (OK + b"x-a: b\r\n c\r\ncontent-length: 5\r\n\r\nhello", 200, b"hello", True),
    "bare line feeds": (b"HTTP/1.1 200 OK\ncontent-length: 5\n\nhello", 200, b"hello", True),
    "an upgrade nobody asked for": (
        OK + b"upgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 5\r\n\r\nhello",
        200,
        b"hello",
        True,
    ),
}


@either
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_the_same_wherever_it_is_cut(make: MakeReader, name: str) -> None:
    """Status, body, end, and whether another answer may follow."""
    data, *expected = ANSWERS[name]
    for way in ways(data):
        found = read(make(), way)
        assert [found.status, found.body, found.reusable] == expected
        assert (found.ended, found.failed) == (True, False)


@either
@given(name=st.sampled_from(sorted(ANSWERS)), cuts=CUTS)
def test_an_answer_is_the_same_in_any_pieces(make: MakeReader, name: str, cuts: list[int]) -> None:
    """However many there are, and of whatever sizes."""
    data, *expected = ANSWERS[name]
    found = read(make(), pieces(data, cuts))
    assert [found.status, found.body, found.reusable] == expected


@either
def test_headers_are_told_as_they_came(make: MakeReader) -> None:
    """In their order, one that comes twice twice, and without the white space around their values."""
    told = b"X-One: 1\r\nx-two:  a b \t\r\nx-one:\r\nx-obs: \xe4\r\ncontent-length: 0\r\n"
    assert read(make(), pieces(OK + told + b"\r\n", [9])).headers == [
        (b"x-one", b"1"), (b"x-two", b"a b"), (b"x-one", b""), (b"x-obs", b"\xe4"), (b"content-length", b"0"),
    ]  # fmt: skip


@either
@given(parts=st.lists(st.binary(min_size=1, max_size=40), max_size=10), cuts=CUTS, length=st.booleans())
def test_any_body_comes_whole(make: MakeReader, parts: list[bytes], cuts: list[int], length: bool) -> None:  # noqa: FBT001
    """Whatever its bytes are, and whichever way it says where it ends."""
    body = b"".join(parts)
    answer = OK + b"content-length: %d\r\n\r\n" % len(body) + body if length else CHUNKED + chunked(*parts)
    found = read(make(), pieces(answer, cuts))
    assert (found.body, found.ended, found.reusable) == (body, True, True)


@either
@given(body=st.binary(max_size=100), cuts=CUTS)
def test_a_body_without_a_length_ends_with_the_connection(make: MakeReader, body: bytes, cuts: list[int]) -> None:
    """It has not ended before, and nothing can follow it."""
    reader = make()
    before = read(reader, pieces(OK + b"\r\n" + body, cuts))
    assert (before.body, before.ended, before.failed) == (body, False, False)
    reader.feed(b"")
    assert (reader.take(), reader.ended, reader.reusable, reader.failure) == (b"", True, False, None)


SURPLUS = {
    "an answer": NEXT,
    "half a status line": b"HTTP/1.1 2",
    "half a head": OK + b"content-length: 4\r\nx-a: ",
    "a letter": b"H",
    "an empty line": b"\r\n",
    "two empty lines": b"\r\n\r\n",
    "a line feed": b"\n",
    "a NUL": b"\0",
    "another last chunk": b"0\r\n\r\n",
    "no HTTP": b"surplus\r\n\r\n",
}
WHOLE = {name: ANSWERS[name][0] for name in ("a length", "no body", "chunks", "trailers", "204", "100 before it")}


@either
@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("surplus", SURPLUS)
def test_what_follows_an_answer_ends_the_connection(make: MakeReader, name: str, surplus: str) -> None:
    """What comes together with an answer's end is not of its body, and no answer can follow it."""
    data, status, body, _ = ANSWERS[name]
    for way in ways(data):
        way[-1] += SURPLUS[surplus]
        found = read(make(), way)
        assert (found.status, found.body, found.reusable) == (status, body, False)
        assert (found.ended, found.failed) == (True, False)


@either
def test_answers_follow_one_another(make: MakeReader) -> None:
    """One reader reads a connection's answers in a row, of every kind, and each is its own."""
    reader = make()
    for _ in range(3):
        for data, status, body, reusable in ANSWERS.values():
            if reusable:
                found = read(reader, [data])
                assert (found.status, found.body, found.reusable) == (status, body, True)


CUT = {
    "the head": (OK + b"content-len", None, b""),
    "the status line": (b"HTTP/1", None, b""),
    "what is before the answer": (b"HTTP/1.1 100 Continue\r\n\r\n", None, b""),
    "a body": (OK + b"content-length: 9\r\n\r\nhello", 200, b"hello"),
    "a chunk": (CHUNKED + b"9\r\nhello", 200, b"hello"),
    "a chunk's line": (CHUNKED + b"5\r\nhello\r\n5", 200, b"hello"),
    "the last chunk": (CHUNKED + b"5\r\nhello\r\n0\r\n", 200, b"hello"),
}


@either
@pytest.mark.parametrize("name", CUT)
def test_an_answer_that_is_cut_fails(make: MakeReader, name: str) -> None:
    """What came is delivered, and the failure is told when the connection ends."""
    data, status, body = CUT[name]
    for way in ways(data):
        reader = make()
        found = read(reader, way)
        assert (found.status, found.body, found.ended, found.failed) == (status, body, False, False)
        reader.feed(b"")
        assert reader.failure is not None
        assert reader.failure.kind == "connection"
        assert (reader.take(), reader.ended, reader.reusable) == (b"", False, False)


@either
def test_an_end_before_anything_is_told_as_such(make: MakeReader) -> None:
    """A connection that ends without a byte is one that the server closed, not a broken protocol."""
    reader = make()
    reader.begin()
    reader.feed(b"")
    assert reader.failure is not None
    assert "closed it without an answer" in reader.failure.text


MALFORMED = {
    "no HTTP": b"220 mail.example ESMTP\r\n\r\n",
    "no HTTP, and no line": b"SSH-2.0-x",
    "another protocol": b"RTSP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
    "a request": b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    "an empty line first": b"\r\n" + PLAIN,
    "white space first": b" " + PLAIN,
    "a status of two digits": b"HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n",
    "a NUL in the reason": b"HTTP/1.1 200 O\0K\r\ncontent-length: 0\r\n\r\n",
    "a NUL in a value": OK + b"x: a\0b\r\ncontent-length: 0\r\n\r\n",
    "a carriage return in a value": OK + b"x: a\rb\r\ncontent-length: 0\r\n\r\n",
    "a header without a colon": OK + b"xyz\r\ncontent-length: 0\r\n\r\n",
    "a header without a name": OK + b": xyz\r\ncontent-length: 0\r\n\r\n",
    "white space before a colon": OK + b"content-length : 0\r\n\r\n",
    "a fold of nothing": OK + b" x: y\r\ncontent-length: 0\r\n\r\n",
    "two lengths": OK + b"content-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
    "a negative length": OK + b"content-length: -3\r\n\r\nabc",
    "a signed length": OK + b"content-length: +3\r\n\r\nabc",
    "a length that is none": OK + b"content-length: 0x3\r\n\r\nabc",
    "an empty length": OK + b"content-length:\r\n\r\nabc",
    "gzip as transfer": OK + b"transfer-encoding: gzip, chunked\r\n\r\n" + chunked(b"abc"),
    "identity as transfer": OK + b"transfer-encoding: identity\r\n\r\nabc",
    "an unknown transfer": OK + b"transfer-encoding: xchunked\r\n\r\n" + chunked(b"abc"),
    "chunks twice": OK + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n" + chunked(b"abc"),
    "a protocol nobody asked for": b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nabc",
}


@either
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_head_is_no_answer(make: MakeReader, name: str) -> None:
    """It is refused before its body is looked at, wherever it is cut."""
    for way in ways(MALFORMED[name]):
        assert read(make(), way) == Read(None, [], b"", ended=False, reusable=False, failed=True)


BROKEN = {
    "no size": b"xyz\r\nhello\r\n",
    "a negative size": b"-5\r\nhello\r\n",
    "a size with a prefix": b"0x5\r\nhello\r\n",
    "an empty size": b"\r\nhello\r\n",
    "a chunk that does not end": b"5\r\nhelloXX0\r\n\r\n",
    "a chunk that ends with a line feed": b"5\r\nhello\n0\r\n\r\n",
    "an extension that ends with a line feed": b"5;a\nhello\r\n0\r\n\r\n",
    "white space before an extension": b"5 ;a\r\nhello\r\n0\r\n\r\n",
    "a size of many digits": b"%021x\r\nhello\r\n0\r\n\r\n" % 5,
    "sizes that end with line feeds": b"5\nhello\n0\n\n",
    "a trailer that is none": b"0\r\nx y\r\n\r\n",
}


@either
@pytest.mark.parametrize("name", BROKEN)
def test_what_came_before_a_broken_chunk_is_delivered(make: MakeReader, name: str) -> None:
    """The answer fails at what is wrong or where the connection ends, and not before."""
    for way in ways(CHUNKED + b"5\r\nfirst\r\n" + BROKEN[name]):
        reader = make()
        found = read(reader, way)
        assert (found.status, found.body[:5], found.ended) == (200, b"first", False)
        assert found.body[5:] in (b"", b"hello")
        if not found.failed:
            reader.feed(b"")
        assert reader.failure is not None


@either
def test_what_stands_where_trailers_do_is_no_chunk(make: MakeReader) -> None:
    """A line that was the size of a chunk before is none behind the last one."""
    found = read(make(), [CHUNKED + b"3\r\nabc\r\n3\r\nabc\r\n0\r\n3\r\nabc\r\n\r\n"])
    assert (found.body, found.ended, found.failed) == (b"abcabc", False, True)


@either
@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 2**64, 10**30])
def test_a_length_beyond_counting_is_never_reached(make: MakeReader, length: int) -> None:
    """No length is taken for another one: such an answer never ends, or is none."""
    found = read(make(), [OK + b"content-length: %d\r\n\r\nhello" % length])
    assert not found.ended
    assert not found.reusable
    assert found.failed or found.body == b"hello"


@either
@pytest.mark.parametrize("begun", [b"5;", b"0\r\nx-a: ", b"0\r\nx-a: y\r\n"], ids=["extension", "trailer", "trailers"])
def test_what_stands_between_chunks_has_an_end(make: MakeReader, begun: bytes) -> None:
    """An extension or trailers without end are refused, and not read for as long as they come."""
    reader = make()
    read(reader, [CHUNKED + begun])
    line = b"x-a: y\r\n" if begun.endswith(b"\n") else b"x"
    sent = 0
    while reader.failure is None and sent < 2 * HEAD_LIMIT:
        piece = line * (4096 // len(line))
        reader.feed(piece)
        sent += len(piece)
    assert reader.failure is not None
    assert reader.failure.kind == "connection"


@either
def test_a_tls_alert_is_told_as_tls(make: MakeReader) -> None:
    """What a TLS server says to plain HTTP is an alert, and the fault says what to do."""
    reader = make()
    reader.begin()
    reader.feed(b"\x15\x03\x01\x00\x02\x02\x46")
    assert reader.failure is not None
    assert reader.failure.kind == "tls"
    assert "https" in reader.failure.text


@either
@pytest.mark.parametrize("size", [1, 64 * 1024], ids=["byte by byte", "in large pieces"])
@pytest.mark.parametrize("line", [b"x-a: y\r\n", b"x"], ids=["of headers", "of a line"])
def test_a_head_without_end_is_refused(make: MakeReader, size: int, line: bytes) -> None:
    """It is read to its limit and no further, and in time that grows with its length alone."""
    reader = make()
    reader.begin()
    reader.feed(OK + b"x-a: ")
    data, sent = line * (size // len(line) + 1), 0
    begun = time.process_time()
    while reader.failure is None and sent < 2 * HEAD_LIMIT:
        reader.feed(data[sent % len(line) : sent % len(line) + size])
        sent += size
    assert reader.failure is not None
    assert sent <= HEAD_LIMIT + size
    assert time.process_time() - begun < 2.0


@either
def test_a_body_byte_by_byte_costs_what_it_is_long(make: MakeReader) -> None:
    """Forty thousand pieces are read in the time of so many pieces."""
    body = b"x" * 20_000
    reader = make()
    begun = time.process_time()
    assert read(reader, pieces(OK + b"content-length: 20000\r\n\r\n" + body, [1])).body == body
    assert read(reader, pieces(CHUNKED + chunked(body), [1])).body == body
    assert time.process_time() - begun < 5.0


def test_a_request_goes_out_as_it_is() -> None:
    """The first line, the headers in their order and what a proxy wants, to the byte."""
    headers = [(b"host", b"api.example"), (b"authorization", b"Bearer k")]
    request = HttpRequest(method="POST", url="-", target=b"-", headers=headers, body=b"{}")
    assert rendered(request, b"/v1/a?b=c") == (
        b"POST /v1/a?b=c HTTP/1.1\r\nhost: api.example\r\nauthorization: Bearer k\r\n\r\n"
    )
    assert rendered(request, b"http://api.example/v1/a", [(b"proxy-authorization", b"Basic x")]) == (
        b"POST http://api.example/v1/a HTTP/1.1\r\nhost: api.example\r\nauthorization: Bearer k\r\n"
        b"proxy-authorization: Basic x\r\n\r\n"
    )
