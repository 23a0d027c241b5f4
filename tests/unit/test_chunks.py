"""Joined chunks: whatever is cut where, the parser above reads the same body."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta._chunks import Joiner

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=12)
CUTS = st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=20)


def chunked(parts: list[bytes]) -> bytes:
    """Return the parts as a chunked body."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut `data` into pieces of the given sizes, again and again."""
    found = []
    while data:
        size = cuts[len(found) % len(cuts)]
        found.append(data[:size])
        data = data[size:]
    return found


class Reader:
    """h11, as a client that reads one answer."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.CLIENT)
        self._connection.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
        self._connection.send(h11.EndOfMessage())
        self._connection.receive_data(HEAD)
        assert isinstance(self._connection.next_event(), h11.Response)
        self.body = b""
        self.events = 0
        self.ended = False

    def take(self, data: bytes) -> None:
        """Read what `data` brings."""
        if data:  # Nothing would be the end.
            self._connection.receive_data(data)
        while True:
            event = self._connection.next_event()
            if isinstance(event, h11.Data):
                self.body += event.data
                self.events += 1
            elif isinstance(event, h11.EndOfMessage):
                self.ended = True
                return
            else:
                return


@given(parts=BODIES, cuts=CUTS, begun=st.integers(min_value=0, max_value=80))
def test_a_joined_body_is_the_same_body(parts: list[bytes], cuts: list[int], begun: int) -> None:
    """After each piece the parser knows as much of a joined body as of the plain one, wherever it is cut."""
    whole = chunked(parts)
    plain, joined = Reader(), Reader()
    plain.take(whole[:begun])
    joined.take(whole[:begun])
    joiner = Joiner(whole[:begun])
    for piece in pieces(whole[begun:], cuts):
        if plain.ended:
            break
        plain.take(piece)
        joined.take(joiner.join(piece))
        assert (joined.body, joined.ended) == (plain.body, plain.ended)
    assert plain.ended
    assert plain.body == b"".join(parts)


def test_chunks_that_come_together_are_one() -> None:
    """A thousand events in a piece are asked for once."""
    reader = Reader()
    reader.take(Joiner(b"").join(chunked([b"data: {}\n\n"] * 1000)))
    assert reader.events == 1
    assert len(reader.body) == 10_000


@pytest.mark.parametrize(
    "odd", [b"5;name=value\r\nhello\r\n", b"0x5\r\nhello\r\n", b"-5\r\nhello\r\n", b"5 \r\nhello\r\n"]
)
def test_what_is_odd_goes_on_as_it_came(odd: bytes) -> None:
    """A chunk with an extension, or whose size is none, is left to the parser, and all that follows it."""
    body = odd + chunked([b"one", b"two", b"three"])
    joiner = Joiner(b"")
    assert joiner.join(body) == body
    assert joiner.join(body) == body


@pytest.mark.parametrize("wrong", [b"3\r\nonetwo\r\n", b"3\r\noneXX3\r\ntwo\r\n"])
def test_a_broken_chunk_stays_broken(wrong: bytes) -> None:
    """A chunk that does not end where it says is an error for the parser, joined or not."""
    joined = Joiner(b"").join(b"3\r\none\r\n3\r\ntwo\r\n" + wrong + b"0\r\n\r\n")
    with pytest.raises(h11.RemoteProtocolError):
        Reader().take(joined + b"\r\n\r\n")
