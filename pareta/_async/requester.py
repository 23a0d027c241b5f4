"""Performs the effects of flows: the one place that waits. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pareta_generated.types import Call, StreamCall

from .._content.body import ResponseBuilder
from .._content.exchange import TransportError
from .._exceptions import ParetaError
from .._policy import calls
from .._policy.effects import CallBack, Flow, OpenStream, Outcome, ReadToEnd, Send, Sleep
from .._policy.logical import logical
from .._policy.session import Session

if TYPE_CHECKING:
    from .._transport.async_response import AsyncRawResponse
    from .._transport.async_sender import AsyncSender
    from .streams import AsyncStream

T = TypeVar("T")


class AsyncRequester(NamedTuple):
    """What a client and its resources share: the session that decides, and the sender."""

    session: Session
    sender: AsyncSender

    async def send(self, call: Call[T], options: Mapping[str, Any]) -> T:
        """Send a call with its options and return its result."""
        session, call = self.session.prepare(call, options)
        return await self.run(logical(session, call, calls.send(session, call)))

    async def stream(self, call: StreamCall[T], options: Mapping[str, Any]) -> AsyncStream[T]:
        """Send a call with its options and return an iterator of the items of its stream."""
        from .._content.event_stream import parser_of
        from .._policy import deployments
        from .streams import AsyncStream

        session, call = self.session.prepare(call, options)
        stream, raw = await self.open(logical(session, call, deployments.open_any(session, call)))
        return AsyncStream(raw, parser_of(call, stream.response, stream.limit), stream.span)

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        result, _ = await self._perform(flow)
        return result

    async def open(self, flow: Flow[OpenStream]) -> tuple[OpenStream, AsyncRawResponse]:
        """Run a flow that opens a stream; return it with what its bytes come from."""
        stream, raw = await self._perform(flow)
        if raw is None:
            raise TypeError("the flow opened no stream")
        raw.limit(stream.time)
        return stream, raw

    async def _perform(self, flow: Flow[T]) -> tuple[T, AsyncRawResponse | None]:
        """Run a flow; return its result, and the response of the stream that it opened last."""
        if self.sender.closed:
            raise ParetaError("This client is closed: make another.")
        outcome: object = None
        raw: AsyncRawResponse | None = None
        try:
            while True:
                try:
                    effect = flow.send(outcome)
                except StopIteration as stop:
                    return stop.value, raw
                match effect:
                    case Send():
                        outcome, raw = await self._send(effect)
                    case Sleep():
                        from .._transport.async_waiting import sleep  # Loaded with the first client.

                        await sleep(effect.seconds)
                        outcome = None
                    case CallBack():
                        from .._transport.async_waiting import result_of

                        outcome = await result_of(effect.function, *effect.arguments)
                    case ReadToEnd():
                        outcome = await _read_to_end(raw, effect)
        finally:
            flow.close()  # Where the wait itself was ended, a trace ends here, in this context.

    async def _send(self, effect: Send) -> tuple[Outcome, AsyncRawResponse | None]:
        """Send a request; read the body, unless it is a stream that was asked for."""
        try:
            raw = await self.sender.send(effect.request, effect.timeouts, effect.until, silent=effect.silent)
        except TransportError as error:
            return error, None
        if raw.status == 101:
            await raw.aclose()
            return TransportError("connection", "the server switched to another protocol, unasked"), None
        builder = ResponseBuilder(
            effect.request, raw.status, raw.headers, streams=effect.streams, limit=effect.limit, proxy=raw.proxy
        )
        if builder.opens:
            return OpenStream(builder.head, limit=effect.limit), raw
        try:
            while piece := await raw.read():
                if not builder.feed(piece):
                    break
            else:
                builder.end()
        except TransportError as error:
            return builder.outcome(error), None
        finally:
            await raw.aclose()
        return builder.outcome(), None


async def _read_to_end(raw: AsyncRawResponse | None, effect: ReadToEnd) -> TransportError | None:
    if raw is None:
        raise TypeError("no stream is open")
    raw.limit(effect.stream.time)
    parser = effect.parser
    try:
        while piece := await raw.read():
            for item in parser.feed(piece):
                if effect.on_item is not None:
                    from .._transport.async_waiting import result_of

                    await result_of(effect.on_item, item)
            if parser.done:
                await raw.drain()
                return None
        parser.end()
    except TransportError as error:
        return error
    finally:
        await raw.aclose()
    return None
