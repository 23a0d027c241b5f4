# Derived from pareta/_async/streams.py. DO NOT EDIT: change that file and run `make generate`.
"""What `deploy(wait=False)` and `create(stream=True)` return: an open answer, to iterate and to leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pareta_generated.models import ChatCompletion, ChatCompletionChunk

from .._chat import ChatReading
from .._deploy import DeployReading, endpoint_id_of
from .._effects import Opened, Reading
from .._engine import Arrival, Fault
from .._exceptions import ParetaError
from .._public import public
from ._driver import drain

E = TypeVar("E")


@public
class Stream(Generic[E]):
    """An answer in events, each delivered as it arrives.

    It closes when it ends, when a loop over it is left, where an `with` over it ends, and when it is
    dropped: whatever way, the server sees the hang-up and the connection is not leaked.
    """

    def __init__(self, opened: Opened, reading: Reading[E]) -> None:
        self._opened = opened
        self._reading = reading
        self._arrival: Arrival = opened.arrival
        self._events: Iterator[E] = iter(())  # What the last piece completed.
        self._open = True

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` of the answer."""
        return self._opened.response.request_id

    def __iter__(self) -> Iterator[E]:
        return _Loop(self, self._hang_up)

    def __next__(self) -> E:
        while self._open:
            try:
                for event in self._events:
                    return event
                if self._reading.done:
                    drain(self._arrival, self._opened.read)
                    self.close()
                    break
                if piece := self._arrival.piece(self._opened.read):
                    self._events = self._reading.feed(piece)
                elif self._open:
                    self._reading.end()
            except Fault as fault:
                if self._open:  # Not closed by another while this one was waiting.
                    self.close()
                    raise self._reading.broken(fault) from fault.__cause__
            except BaseException:
                self.close()
                raise
        if not self._reading.done:
            raise ParetaError("This stream was closed before its end: what follows was never read.")
        raise StopIteration

    def close(self) -> None:
        """Hang up, where the stream has not ended. Closing twice is nothing."""
        self._open = False
        self._arrival.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        """Close without waiting, and so from the garbage collector too."""
        self._open = False
        self._arrival.abort()


class _Loop(Generic[E]):
    """One loop over a stream: who leaves it drops this, and so hangs up."""

    __slots__ = ("_hang_up", "_stream")

    def __init__(self, stream: Stream[E], hang_up: Callable[[], None]) -> None:
        self._stream = stream
        self._hang_up = hang_up

    def __iter__(self) -> Iterator[E]:
        return self

    def __next__(self) -> E:
        stream = self._stream
        # What is there already needs no second coroutine, which takes as long as finding it.
        if stream._open:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            try:
                for event in stream._events:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                    return event
            except BaseException:
                stream.close()
                raise
        return stream.__next__()

    def __del__(self) -> None:
        self._hang_up()


@public
class DeployStream(Stream[dict[str, Any]]):
    """The progress of a deployment, as `{"event": str, "data": dict}`, up to `complete` or `error`.

    Leaving it does not stop the deployment.
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened, DeployReading(opened.response, opened.limit))

    @property
    def endpoint_id(self) -> str | None:
        """The id of the endpoint that is being deployed, where the server tells it at once."""
        return endpoint_id_of(self._opened.response)


@public
class ChatStream(Stream[ChatCompletionChunk]):
    """A completion in chunks.

    Iterate it for the chunks, or `text` for the text alone; `completion()` returns the whole.
    """

    def __init__(self, opened: Opened) -> None:
        reading = ChatReading(opened.response, opened.limit)
        super().__init__(opened, reading)
        self._chat = reading

    @property
    def text(self) -> Iterator[str]:
        """The text of the first choice, piece by piece."""
        for chunk in self:
            for choice in chunk.choices:
                if choice.delta.content and not choice.index:
                    yield choice.delta.content

    def completion(self) -> ChatCompletion:
        """Read what is left and return the completion that all chunks make, tool calls and usage included.

        Raises:
            StreamError: The stream does not come to its end.
            APIConnectionError: It breaks.

        """
        for _ in self:
            pass
        return self._chat.completion()
