"""The decoder of server-sent events, against the WHATWG standard."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from pareta._content.sse import Decoder, EventTooLargeError


def decoded(*pieces: bytes, **limits: int) -> list[tuple[str, str]]:
    """Decode a stream that comes in these pieces."""
    decoder = Decoder(**limits)
    return [event for piece in pieces for event in decoder.feed(piece)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_ends_in_any_of_three_ways(end: bytes) -> None:
    """LF, CRLF and CR each end a line."""
    lines = [b"event: progress", b"data: 1", b"", b"data: 2", b"", b""]
    assert decoded(end.join(lines)) == [("progress", "1"), ("message", "2")]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        pytest.param(b"\xef\xbb\xbfdata: 1\n\n", [("message", "1")], id="byte order mark"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\n", [], id="second byte order mark is part of the name"),
        pytest.param(b": ping\n\n:\n\ndata: 1\n: in between\n\n", [("message", "1")], id="comments"),
        pytest.param(b"data: 1\ndata: 2\ndata\n\n", [("message", "1\n2\n")], id="several lines of data"),
        pytest.param(b"data\n\n", [("message", "")], id="a field without colon has empty data"),
        pytest.param(b"data:\n\n", [("message", "")], id="empty data is an event"),
        pytest.param(b"event: x\n\n", [], id="no data is no event"),
        pytest.param(b"event: x\n\ndata: 1\n\n", [("message", "1")], id="a name does not outlive its block"),
        pytest.param(b"event: x\nevent: y\ndata: 1\n\n", [("y", "1")], id="the last name counts"),
        pytest.param(b"event\ndata: 1\n\n", [("message", "1")], id="an empty name is message"),
        pytest.param(b"data:  1\n\n", [("message", " 1")], id="one leading space goes"),
        pytest.param(b"data:\t1\n\n", [("message", "\t1")], id="a tab stays"),
        pytest.param(b"data:1:2\n\n", [("message", "1:2")], id="the first colon separates"),
        pytest.param(b"data: 1\n", [], id="what the end cuts off is dropped"),
        pytest.param(b"data: 1", [], id="even a line without end"),
        pytest.param(b"retry: 10\n\nid: 7\n\n", [], id="retry and id are read over"),
        pytest.param(b"Data: 1\n data: 2\nother: 3\n\n", [], id="unknown fields are ignored"),
        pytest.param(
            "data: a\u2028b\u0085c\x0bd\x0ce\n\n".encode(), [("message", "a\u2028b\x85c\x0bd\x0ce")], id="lines"
        ),
        pytest.param(b"data: \xff\xe2\x82\n\n", [("message", "\ufffd\ufffd")], id="what is no UTF-8 is replaced"),
        pytest.param(b"data: \0\n\n", [("message", "\0")], id="a null is data"),
        pytest.param(b"\n\n\r\n\r\rdata: 1\n\n", [("message", "1")], id="empty lines"),
        pytest.param(b"\xefdata: 1\n\n", [], id="no byte order mark but a part of one"),
    ],
)
def test_the_standard_is_followed(stream: bytes, events: list[tuple[str, str]]) -> None:
    """A stream means what the standard says, whole or a byte at a time."""
    assert decoded(stream) == events
    assert decoded(*(stream[at : at + 1] for at in range(len(stream)))) == events


STREAMS = st.lists(
    st.sampled_from([
        b"data: ", b"data", b"event: a", b": c", b"\n", b"\r", b"\r\n", b"\n\n", b"x", " é\u2028".encode(), b"\xff",
        b"\xef\xbb\xbf", b"id: 1\n", b"retry: 1\n", b"data: x\n\n", "data: é\u2028\x85\n\n".encode(),
        b"data: \xe2\x82\n\n", b"data: \n\n", b"data:x\n\n",
    ])
).map(b"".join)  # fmt: skip


@given(stream=STREAMS, cuts=st.lists(st.integers(0, 200)))
def test_events_do_not_depend_on_how_the_stream_is_cut(stream: bytes, cuts: list[int]) -> None:
    """Any split of a stream gives the events of the whole."""
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert decoded(*(stream[start:end] for start, end in pairwise(edges))) == decoded(stream)


EVENTS = st.sampled_from([
    b"data: x\n\n", b"event: a\ndata: x\n\n", b"event: a\ndata: \n\n", b"event: b\ndata: y\n\n", b": c\n\n",
    b"event: \xff\ndata: z\n\n", b"event: \xfe\ndata: z\xe2\n\n", b"event: message\ndata: 1\n\n", b"event: a\n\n",
    b"event: \ndata: 2\n\n", b"event: a\ndata: x\ndata: y\n\n", b"event: a\r\ndata: x\r\n\r\n", b"event: a\n",
    b"event: a\nid: 1\ndata: x\n\n", b"data: x\n",
])  # fmt: skip


@given(pieces=st.lists(st.lists(EVENTS, min_size=1, max_size=4).map(b"".join)))
def test_events_that_come_whole_are_those_of_a_byte_at_a_time(pieces: list[bytes]) -> None:
    """Events whose names repeat, change or are left out, alone in a piece or together, are read the same."""
    assert decoded(*pieces) == decoded(*(bytes([byte]) for byte in b"".join(pieces)))


@given(stream=STREAMS)
def test_a_byte_at_a_time_gives_the_same_events(stream: bytes) -> None:
    """A stream cut at every byte gives the events of the whole."""
    assert decoded(*(stream[at : at + 1] for at in range(len(stream)))) == decoded(stream)


def failing(*pieces: bytes, **limits: int) -> tuple[list[tuple[str, str]], str]:
    """Decode a stream up to what is too long in it; return the events, and what is said of that."""
    decoder = Decoder(**limits)
    events: list[tuple[str, str]] = []
    try:
        for piece in pieces:
            events += decoder.feed(piece)
    except EventTooLargeError as error:
        return [*events, *error.events], str(error)
    return events, ""


@given(
    stream=STREAMS,
    cuts=st.lists(st.integers(0, 200)),
    limits=st.fixed_dictionaries({"line_limit": st.integers(5, 40), "event_limit": st.integers(1, 40)}),
)
def test_limits_do_not_depend_on_how_the_stream_is_cut(stream: bytes, cuts: list[int], limits: dict[str, int]) -> None:
    """What is too long is told after the same events, with the same words, as a byte at a time."""
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    single = failing(*(stream[at : at + 1] for at in range(len(stream))), **limits)
    assert failing(*(stream[start:end] for start, end in pairwise(edges)), **limits) == single


def test_an_event_comes_with_the_cr_that_ends_it() -> None:
    """A stream that ends lines in CR is not held back to see whether LF follows."""
    decoder = Decoder()
    assert list(decoder.feed(b"data: 1\r\r")) == [("message", "1")]
    assert list(decoder.feed(b"\ndata: 2\r\n\r\n")) == [("message", "2")]


@pytest.mark.parametrize("pieces", [[b"data: " + b"x" * 95 + b"\n"], [b"data: ", b"x" * 95]])
def test_a_line_has_a_limit(pieces: list[bytes]) -> None:
    """A line that exceeds the limit is refused, with its end or before."""
    with pytest.raises(EventTooLargeError, match="a line is longer than 100 bytes"):
        decoded(*pieces, line_limit=100)


def test_an_event_has_a_limit() -> None:
    """Many lines of data are refused before they fill the memory."""
    with pytest.raises(EventTooLargeError, match="an event is longer than 100 bytes"):
        decoded(*[b"data: 123456789\n"] * 11, event_limit=100)


def test_the_limit_of_an_event_is_its_own() -> None:
    """Events do not add up, and neither do comments."""
    assert len(decoded(*[b": a comment\ndata: 123456789\n\n"] * 20, line_limit=20, event_limit=12)) == 20
