# Derived from pareta/_async/streams.py. DO NOT EDIT: change that file and run `make generate`.
"""The streams that `deploy(wait=False)` and `create(stream=True)` return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pareta_generated.models import ChatCompletionChunk

from .._content.chat_accumulator import first_text
from .._content.chat_stream import ChatStreamParser
from .._content.deploy_stream import DeployStreamParser
from .._content.exchange import TransportError
from .._content.response import Response
from .._content.stream_parser import StreamParser
from .._error_text import place_of
from .._exceptions import ParetaError, public
from .._models import ChatCompletion, Endpoint
from .._policy.deployments import Watch
from .._policy.effects import OpenStream
from .traced import traced

if TYPE_CHECKING:
    from .._policy.hooks import Span
    from .._transport.sync_response import RawResponse
    from .requester import Requester

T = TypeVar("T")


class _Reading(Generic[T]):
    """What a stream and the loops over it share."""

    __slots__ = ("items", "open", "parser", "raw")

    def __init__(self, raw: RawResponse, parser: StreamParser[T]) -> None:
        self.raw = raw
        self.parser = parser
        self.items: Iterator[T] = iter(())
        """The items of the last piece."""
        self.open = True

    def close(self) -> None:
        """Hang up, unless the stream has ended."""
        self.open = False
        self.raw.close()


class _Handle(Generic[T]):
    """A stream, or one loop over it. Dropping it hangs up: by leaving the loop, or by the garbage collector."""

    _reading: _Reading[T]

    def __next__(self) -> T:
        # One coroutine for all: each call more is felt at every event.
        reading = self._reading
        while reading.open:
            try:
                for item in reading.items:
                    return item
                if reading.parser.done:
                    reading.raw.drain()
                    reading.close()
                    break
                if piece := reading.raw.read():
                    reading.items = reading.parser.feed(piece)
                elif reading.open:
                    reading.items = reading.parser.end()
            except TransportError as error:
                if reading.open:  # Another task may have closed it meanwhile.
                    reading.close()
                    raise reading.parser.broken(error) from error.__cause__
            except BaseException:
                reading.close()
                raise
        if not reading.parser.done:
            raise ParetaError("This stream was closed before its end; the rest was never read.")
        raise StopIteration

    def __del__(self) -> None:
        self._reading.open = False
        self._reading.raw.abort()


class _Loop(_Handle[T]):
    """One loop over a stream, which it keeps."""

    def __init__(self, stream: Stream[T], reading: _Reading[T]) -> None:
        self._stream = stream
        self._reading = reading

    def __iter__(self) -> Self:
        return self


@public
class Stream(_Handle[T]):
    """A response in events, or in lines of JSON. Each is delivered as it arrives.

    It closes at its end, when a loop over it is left, at the end of an `with`, and when it is garbage
    collected. The server sees the hang-up at once, and no connection leaks.
    """

    def __init__(self, raw: RawResponse, parser: StreamParser[T], span: Span | None = None) -> None:
        self._reading = _Reading(raw if span is None else traced(raw, parser, span), parser)

    @property
    def response(self) -> Response:
        """The head of the response."""
        return self._reading.parser.response

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` of the response."""
        return self.response.request_id

    def __iter__(self) -> Iterator[T]:
        return _Loop(self, self._reading)

    def close(self) -> None:
        """Hang up, unless the stream has ended. Closing it again does nothing."""
        self._reading.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        parser = self._reading.parser
        state = "ended" if parser.done else "open" if self._reading.open else "closed"
        return f"<{type(self).__name__}: {state}, {parser.progress} [{place_of(parser.response)}]>"


class _Text:
    """One loop over the text of a stream."""

    __slots__ = ("_chunks",)

    def __init__(self, chunks: Iterator[ChatCompletionChunk]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while True:
            if text := first_text(self._chunks.__next__()):
                return text


@public
class DeployStream(Stream[dict[str, Any]]):
    """The progress of a deployment, as `{"event": str, "data": dict}`, up to `complete` or `error`.

    Leaving it does not stop the deployment.
    """

    def __init__(self, stream: OpenStream, raw: RawResponse) -> None:
        parser = DeployStreamParser(stream.response, stream.limit, stream.name)
        super().__init__(raw, parser, stream.span)
        self._deployment = parser

    @property
    def endpoint_id(self) -> str | None:
        """The id of the endpoint that is being deployed, if the server named it in the head, or you did."""
        return self._deployment.endpoint_id


@public
class DeployWatch:
    """The progress of a deployment that was begun elsewhere, as `{"event": str, "data": dict}`.

    It ends after `complete` or `error`. Leaving it does not stop the deployment.
    """

    def __init__(self, requester: Requester, watch: Watch) -> None:
        self._requester = requester
        self._watch = watch

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._watch}>"

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint, as soon as it is live."""
        return self._watch.live

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        if self._watch.done:
            raise StopIteration
        return self._requester.run(self._watch.next_event())


@public
class ChatStream(Stream[ChatCompletionChunk]):
    """A completion in chunks.

    Iterate it for the chunks, or `text` for the text alone; `completion()` returns the whole.
    """

    def __init__(self, stream: OpenStream, raw: RawResponse) -> None:
        parser = ChatStreamParser(stream.response, stream.limit)
        super().__init__(raw, parser, stream.span)
        self._chat = parser

    @property
    def text(self) -> Iterator[str]:
        """The text of the first choice, piece by piece."""
        return _Text(self.__iter__())

    def completion(self) -> ChatCompletion:
        """Read the rest and return the whole completion, with tool calls and usage.

        Raises:
            StreamError: The stream is incomplete or malformed.
            APIConnectionError: The connection breaks.

        """
        for _ in self:
            pass
        return self._chat.completion()
