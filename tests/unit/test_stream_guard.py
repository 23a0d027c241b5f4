"""What reaches the network of what httpcore writes."""

from typing import Any

import pytest

from pareta._transport.sync_connection import StreamGuard


class Stream:
    """A network stream of httpcore's kind, which remembers what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def read(self, _max_bytes: int, timeout: float | None = None) -> bytes:
        """Return some bytes."""
        return b"response"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Remember them."""
        if buffer:
            self.written.append(bytes(buffer))

    def get_extra_info(self, _name: str) -> Any:
        """Know nothing."""
        return None


@pytest.mark.parametrize(
    ("pieces", "written"),
    [
        ([b"head", b"body", b""], [b"headbody"]),
        ([b"head", b""], [b"head"]),
        ([b"head", b"one", b"two", b""], [b"headone", b"two"]),
        ([b"head", b"x" * 70_000], [b"head" + b"x" * 65_532, b"x" * 4_468]),
        ([b"head"], [b"head"]),
    ],
)
def test_the_head_of_a_request_is_written_with_its_body(pieces: list[bytes], written: list[bytes]) -> None:
    """One packet carries both. What is held is written before a response is awaited."""
    stream = Stream()
    guard = StreamGuard.of(stream)
    assert guard
    guard.held = b""
    for piece in pieces:
        guard.write(piece)
    assert guard.read(100) == b"response"
    assert stream.written == written


def test_a_guard_holds_nothing_unless_it_is_told_to() -> None:
    """A client of the user's may stream a body, and wait between its pieces."""
    stream = Stream()
    guard = StreamGuard.of(stream)
    assert guard
    guard.write(b"head")
    assert stream.written == [b"head"]
