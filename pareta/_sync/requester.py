# Derived from pareta/_async/requester.py. DO NOT EDIT: change that file and run `make generate`.
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
    from .._transport.sync_response import RawResponse
    from .._transport.sync_sender import Sender
    from .streams import Stream

T = TypeVar("T")


class Requester(NamedTuple):
    """What a client and its resources share: the session that decides, and the sender."""

    session: Session
    sender: Sender

    def send(self, call: Call[T], options: Mapping[str, Any]) -> T:
        """Send a call with its options and return its result."""
        session, call = self.session.prepare(call, options)
        return self.run(logical(session, call, calls.send(session, call)))

    def stream(self, call: StreamCall[T], options: Mapping[str, Any]) -> Stream[T]:
        """Send a call with its options and return an iterator of the items of its stream."""
        from .._content.event_stream import parser_of
        from .._policy import deployments
        from .streams import Stream

        session, call = self.session.prepare(call, options)
        stream, raw = self.open(logical(session, call, deployments.open_any(session, call)))
        return Stream(raw, parser_of(call, stream.response, stream.limit), stream.span)

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result."""
        result, _ = self._perform(flow)
        return result

    def open(self, flow: Flow[OpenStream]) -> tuple[OpenStream, RawResponse]:
        """Run a flow that opens a stream; return it with what its bytes come from."""
        stream, raw = self._perform(flow)
        if raw is None:
            raise TypeError("the flow opened no stream")
        raw.limit(stream.time)
        return stream, raw

    def _perform(self, flow: Flow[T]) -> tuple[T, RawResponse | None]:
        """Run a flow; return its result, and the response of the stream that it opened last."""
        if self.sender.closed:
            raise ParetaError("This client is closed: make another.")
        outcome: object = None
        raw: RawResponse | None = None
        try:
            while True:
                try:
                    effect = flow.send(outcome)
                except StopIteration as stop:
                    return stop.value, raw
                match effect:
                    case Send():
                        outcome, raw = self._send(effect)
                    case Sleep():
                        from .._transport.sync_waiting import sleep  # Loaded with the first client.

                        sleep(effect.seconds)
                        outcome = None
                    case CallBack():
                        from .._transport.sync_waiting import result_of

                        outcome = result_of(effect.function, *effect.arguments)
                    case ReadToEnd():
                        outcome = _read_to_end(raw, effect)
        finally:
            flow.close()  # Where the wait itself was ended, a trace ends here, in this context.

    def _send(self, effect: Send) -> tuple[Outcome, RawResponse | None]:
        """Send a request; read the body, unless it is a stream that was asked for."""
        try:
            raw = self.sender.send(effect.request, effect.timeouts, effect.until, silent=effect.silent)
        except TransportError as error:
            return error, None
        if raw.status == 101:
            raw.close()
            return TransportError("connection", "the server switched to another protocol, unasked"), None
        builder = ResponseBuilder(
            effect.request, raw.status, raw.headers, streams=effect.streams, limit=effect.limit, proxy=raw.proxy
        )
        if builder.opens:
            return OpenStream(builder.head, limit=effect.limit), raw
        try:
            while piece := raw.read():
                if not builder.feed(piece):
                    break
            else:
                builder.end()
        except TransportError as error:
            return builder.outcome(error), None
        finally:
            raw.close()
        return builder.outcome(), None


def _read_to_end(raw: RawResponse | None, effect: ReadToEnd) -> TransportError | None:
    if raw is None:
        raise TypeError("no stream is open")
    raw.limit(effect.stream.time)
    parser = effect.parser
    try:
        while piece := raw.read():
            for item in parser.feed(piece):
                if effect.on_item is not None:
                    from .._transport.sync_waiting import result_of

                    result_of(effect.on_item, item)
            if parser.done:
                raw.drain()
                return None
        parser.end()
    except TransportError as error:
        return error
    finally:
        raw.close()
    return None
