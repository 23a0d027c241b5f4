"""Bodies on their way in: decoded, capped, and read as JSON."""

import gzip
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, strategies as st

from pareta._content import strict_json
from pareta._content.body import BODY_LIMIT, ERROR_LIMIT, Body, BodyError, Inflater

TEXT = b'{"detail": "' + b"the quick brown fox " * 500 + b'"}'
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
FORMS = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT, mtime=0),
    "X-GZip": gzip.compress(TEXT, mtime=0),
    "deflate": zlib.compress(TEXT),
    " Deflate ": RAW.compress(TEXT) + RAW.flush(),
}


def inflated(encoding: str, *pieces: bytes) -> bytes:
    """Return what the pieces of a whole body decode to."""
    inflater = Inflater(encoding)
    parts = [part for piece in pieces for part in inflater.feed(piece)]
    inflater.end()
    return b"".join(parts)


@pytest.mark.parametrize("encoding", FORMS)
def test_each_encoding_is_undone(encoding: str) -> None:
    """Whichever form, gzip or either deflate, is decoded, whole or a byte at a time."""
    form = FORMS[encoding]
    assert inflated(encoding, form) == TEXT
    assert inflated(encoding, *(form[at : at + 1] for at in range(len(form)))) == TEXT
    assert inflated(encoding) == b""


@given(size=st.integers(0, 300_000), step=st.integers(1, 70_000))
def test_what_compresses_well_comes_back_whole(size: int, step: int) -> None:
    """Output that zlib holds back, all of its input taken, is not lost and not taken for a cut."""
    form = gzip.compress(bytes(size), 9)
    assert len(inflated("gzip", *(form[at : at + step] for at in range(0, len(form), step)))) == size


@pytest.mark.parametrize(
    ("encoding", "form", "why"),
    [
        ("br", b"x", "'br', which was not requested"),
        ("gzip, gzip", b"x", "not supported"),
        ("gzip", b"no gzip at all", "damaged"),
        ("deflate", b"\xff\xff\xff\xff", "damaged"),
        ("gzip", FORMS["gzip"][:-1], "cut short"),
        ("deflate", FORMS["deflate"][:-1], "cut short"),
        ("gzip", FORMS["gzip"][:20] + b"\xff" * 8 + FORMS["gzip"][28:], "damaged"),
        ("deflate", b"\x78", "cut short"),
        ("gzip", FORMS["gzip"] + b"more", "follow the end"),
    ],
)
def test_a_damaged_body_is_refused(encoding: str, form: bytes, why: str) -> None:
    """A body that is cut, damaged or in an unknown encoding is an error, never a shorter answer."""
    with pytest.raises(BodyError, match=why):
        inflated(encoding, form)


def test_a_bomb_stays_small() -> None:
    """200 MB in 200 kB are refused within bounded memory."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    tracemalloc.start()
    body = Body("gzip", limit=BODY_LIMIT, truncate=False)
    with pytest.raises(BodyError, match="longer than 33,554,432 bytes"):
        body.feed(bomb)
    assert len(body.start) == ERROR_LIMIT
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 48_000_000


@pytest.mark.parametrize("step", [70_000, 2**22, 9_000_000])
@pytest.mark.parametrize("length", [2**22 - 1, 2**22, 10_000_000])
def test_a_long_body_is_whole(length: int, step: int) -> None:
    """A body of several blocks comes back as it was, and so does its start."""
    text = bytes(range(251)) * (length // 251 + 1)
    body = Body("", limit=length, truncate=False)
    assert all(body.feed(text[at : min(at + step, length)]) for at in range(0, length, step))
    assert (body.content, body.start) == (text[:length], text[:ERROR_LIMIT])
    with pytest.raises(BodyError, match=f"longer than {length:,} bytes"):
        body.feed(b"x")


def test_of_an_error_the_start_is_kept() -> None:
    """An error's body is read up to its limit and no further."""
    body = Body("", limit=100, truncate=True)
    assert body.feed(b"x" * 60)
    assert not body.feed(b"x" * 60)
    assert body.content == b"x" * 100


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff", "utf-8"),
        (b"NaN", "not JSON"),
        (b"[Infinity]", "not JSON"),
        (b"-Infinity", "not JSON"),
        (b"1e999", "beyond"),
        (b"[-1e400]", "beyond"),
        (b"[" * 100_000, "nested too deep"),
        (b"1" * 5000, "digits"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b" " + b"[" * 100_000, "nested too deep"),
        (b"", "Expecting"),
        (b"{", "Expecting"),
        (b"{} {}", "Extra"),
        (b"{}\n\xc2\xa0", "Extra"),
        (b"\xc2\xa0{}", "Expecting"),
        (b"'a'", "Expecting"),
        (b"\xef\xbb\xbf{}", "Expecting|BOM"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_what_is_no_json_is_a_value_error(content: bytes, why: str) -> None:
    """Whatever is wrong with JSON is a ValueError, and never a RecursionError."""
    with pytest.raises(ValueError, match=why):
        strict_json.decode(content)


@pytest.mark.parametrize("text", [b'{"a": [1]}', b'{"a": [1]}\r\n', b' \t{"a": [1]}', b'\n {"a": [1]}\n '])
def test_white_space_around_json_means_nothing(text: bytes) -> None:
    """Many servers end an answer with a line feed."""
    assert strict_json.decode(text) == {"a": [1]}


@pytest.mark.parametrize("within", [lambda x: [x], lambda x: {"a": x}, lambda x: {"}": "},{", "]": x, "b": "[[{{"}])
@pytest.mark.parametrize(
    "beside",
    [
        lambda x: [[x]],
        lambda x: [[{}] * 300 + [x]],
        lambda x: [[x] + [{}] * 300],
        lambda x: [[{}] * 300 + [[]] * 300 + [x]],
        lambda x: [[{"a": "]" * 300}, x, {"a": "[{" * 3000}]],
        lambda x: [[{"a": 7}] * 3000 + [x] + [{"a": 7}]],
        lambda x: {"data": [{}] * 300 + [x], "more": [{}] * 300},
        lambda x: {"data": [{}] * 3000, "more": [7, x]},
        lambda x: {"data": [{}] * 3000, "more": {"a": x}},
    ],
)
def test_the_limit_of_nesting_is_exact(within: Any, beside: Any) -> None:
    """Neither what stands beside nor brackets in strings hide a level, or count as one."""
    deep: Any = 7
    for _ in range(strict_json.DEPTH - 2):
        deep = within(deep)
    assert strict_json.decode(json.dumps(beside(deep)).encode()) == beside(deep)
    with pytest.raises(ValueError, match="nested deeper"):
        strict_json.decode(json.dumps(beside(within(deep))).encode())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", object(), "\ud800"])
def test_what_cannot_be_said_in_json_is_refused(value: object) -> None:
    """A body that is no JSON is a ValueError before anything is sent."""
    with pytest.raises(ValueError, match=r".+"):
        strict_json.encode({"x": value})


def test_json_is_sent_compact_and_as_it_is_written() -> None:
    """What is sent is UTF-8 without spaces."""
    assert strict_json.encode({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()


def test_a_body_that_contains_itself_is_refused() -> None:
    """A circular body is a ValueError."""
    circular: list[object] = []
    circular.append(circular)
    with pytest.raises(ValueError, match=r"[Cc]ircular|deep"):
        strict_json.encode(circular)
