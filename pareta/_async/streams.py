"""What `deploy(wait=False)` and `create(stream=True)` return: an open answer, to iterate and to leave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from pareta_generated.models import ChatCompletion, ChatCompletionChunk

from .._chat import ChatReading
from .._deploy import DeployReading, endpoint_id_of
from .._effects import Opened, Reading
from .._engine import AsyncArrival, Fault
from .._exceptions import ParetaError
from .._public import public
from ._driver import drain

E = TypeVar("E")


@public
class AsyncStream(Generic[E]):
    """An answer in events, each delivered as it arrives.

    It closes when it ends, when a loop over it is left, where an `async with` over it ends, and when it is
    dropped: whatever way, the server sees the hang-up and the connection is not leaked.
    """

    def __init__(self, opened: Opened, reading: Reading[E]) -> None:
        self._opened = opened
        self._reading = reading
        self._arrival: AsyncArrival = opened.arrival
        self._events: Iterator[E] = iter(())  # What the last piece completed.
        self._open = True

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` of the answer."""
        return self._opened.response.request_id

    def __aiter__(self) -> AsyncIterator[E]:
        return _Loop(self, self._hang_up)

    async def __anext__(self) -> E:
        while self._open:
            try:
                for event in self._events:
                    return event
                if self._reading.done:
                    await drain(self._arrival, self._opened.read)
                    await self.aclose()
                    break
                if piece := await self._arrival.piece(self._opened.read):
                    self._events = self._reading.feed(piece)
                elif self._open:
                    self._reading.end()
            except Fault as fault:
                if self._open:  # Not closed by another while this one was waiting.
                    await self.aclose()
                    raise self._reading.broken(fault) from fault.__cause__
            except BaseException:
                await self.aclose()
                raise
        if not self._reading.done:
            raise ParetaError("This stream was closed before its end: what follows was never read.")
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Hang up, where the stream has not ended. Closing twice is nothing."""
        self._open = False
        await self._arrival.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        """Close without waiting, and so from the garbage collector too."""
        self._open = False
        self._arrival.abort()


class _Loop(Generic[E]):
    """One loop over a stream: who leaves it drops this, and so hangs up."""

    __slots__ = ("_hang_up", "_stream")

    def __init__(self, stream: AsyncStream[E], hang_up: Callable[[], None]) -> None:
        self._stream = stream
        self._hang_up = hang_up

    def __aiter__(self) -> AsyncIterator[E]:
        return self

    async def __anext__(self) -> E:
        stream = self._stream
        # What is there already needs no second coroutine, which takes as long as finding it.
        if stream._open:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            try:
                for event in stream._events:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                    return event
            except BaseException:
                await stream.aclose()
                raise
        return await stream.__anext__()

    def __del__(self) -> None:
        self._hang_up()


@public
class AsyncDeployStream(AsyncStream[dict[str, Any]]):
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
class AsyncChatStream(AsyncStream[ChatCompletionChunk]):
    """A completion in chunks.

    Iterate it for the chunks, or `text` for the text alone; `completion()` returns the whole.
    """

    def __init__(self, opened: Opened) -> None:
        reading = ChatReading(opened.response, opened.limit)
        super().__init__(opened, reading)
        self._chat = reading

    @property
    async def text(self) -> AsyncIterator[str]:
        """The text of the first choice, piece by piece."""
        async for chunk in self:
            for choice in chunk.choices:
                if choice.delta.content and not choice.index:
                    yield choice.delta.content

    async def completion(self) -> ChatCompletion:
        """Read what is left and return the completion that all chunks make, tool calls and usage included.

        Raises:
            StreamError: The stream does not come to its end.
            APIConnectionError: It breaks.

        """
        async for _ in self:
            pass
        return self._chat.completion()
