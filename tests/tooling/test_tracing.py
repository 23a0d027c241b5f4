"""OpenTelemetry and Sentry see what a default client sends."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import sentry_sdk
from modes import KEY, Mode
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer, format_span_id, format_trace_id
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.httpx import HttpxIntegration
from sentry_sdk.transport import Transport
from wire import DONE, Peer, Step, Wire, answer, delta, stream

from pareta import NotFoundError, ParetaError

ASK: list[Any] = [{"role": "user", "content": "Hello?"}]
MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
CHAT = stream(delta("Good day", "stop"), DONE)
BUSY = answer({"detail": "busy"}, "503 Service Unavailable", ["retry-after: 0"])
MISSING = answer({"detail": "no such endpoint"}, "404 Not Found")
Serve = Callable[..., Wire]


async def awaited(result: Any) -> Any:
    """Return the result of a call, sync or async."""
    return await result if isinstance(result, Awaitable) else result


def together(mode: Mode, program: Callable[[], Any]) -> Any:
    """Run an async program in one task, as tools follow them; a sync client needs no loop, and its calls never wait."""
    if mode.name != "sync":
        return mode.run(program())
    with pytest.raises(StopIteration) as ended:
        program().send(None)
    return ended.value.value


# OpenTelemetry


@pytest.fixture
def tracing() -> Iterator[tuple[Tracer, Callable[[], tuple[ReadableSpan, ...]]]]:
    """Instrument httpx; give a tracer, and what returns the spans that have ended."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    yield provider.get_tracer("tests"), exporter.get_finished_spans
    HTTPXClientInstrumentor().uninstrument()
    provider.shutdown()


def parents(server: Wire) -> list[str]:
    """Return the `traceparent` of each request that arrived, without its flags."""
    return [received.headers["traceparent"].rpartition("-")[0] for received in server.received]


def as_parent(span: ReadableSpan) -> str:
    """Return the `traceparent` that names a span."""
    context = span.get_span_context()
    assert context is not None
    return f"00-{format_trace_id(context.trace_id)}-{format_span_id(context.span_id)}"


def test_each_request_is_a_span_that_the_server_can_continue(mode: Mode, wire: Serve, tracing: Any) -> None:
    """There is one span a request, retries included, and its `traceparent` arrives."""
    server = wire(MODELS, BUSY, MODELS)
    client = mode.client(server.url)
    for _ in range(2):
        mode.run(client.models.list())
    _, spans = tracing
    assert [span.attributes["http.status_code"] for span in spans()] == [200, 503, 200]
    assert parents(server) == [as_parent(span) for span in spans()]


def test_a_chat_stream_is_a_span(mode: Mode, wire: Serve, tracing: Any) -> None:
    """A stream is one span, and its `traceparent` arrives."""
    server = wire(CHAT)
    create = mode.client(server.url).chat.completions.create
    assert len(list(mode.each(mode.run(create(model="m", messages=ASK, stream=True))))) == 1
    _, spans = tracing
    assert [span.name for span in spans()] == ["POST"]
    assert parents(server) == [as_parent(spans()[0])]


def test_a_call_is_part_of_the_trace_that_makes_it(mode: Mode, wire: Serve, tracing: Any) -> None:
    """The span of a request is a child of the one that is current."""
    tracer, spans = tracing
    client = mode.client(wire(MODELS).url)

    async def program() -> None:
        with tracer.start_as_current_span("job"):
            await awaited(client.models.list())

    together(mode, program)
    request, job = spans()
    assert (request.name, job.name) == ("GET", "job")
    assert request.parent.span_id == job.get_span_context().span_id


def test_no_span_holds_the_key(mode: Mode, wire: Serve, tracing: Any) -> None:
    """A span says where a request went, and not as whom, even where it fails."""
    client = mode.client(wire(MISSING).url)
    with pytest.raises(NotFoundError):
        mode.run(client.endpoints.retrieve("ep_1"))
    shown = tracing[1]()[0].to_json()
    assert "/v1/endpoints/ep_1" in shown
    assert KEY not in shown


# Sentry


class Collector(Transport):
    """A transport of Sentry that keeps the events."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep what an envelope holds."""
        self.events += [item.payload.json for item in envelope.items]


@pytest.fixture
def events() -> Iterator[list[Any]]:
    """Switch Sentry on, and give the events that it would send."""
    collector = Collector()
    sentry_sdk.init(
        dsn="http://key@127.0.0.1:1/1",
        transport=collector,
        integrations=[HttpxIntegration()],
        default_integrations=False,
        auto_enabling_integrations=False,
        traces_sample_rate=1.0,
    )
    yield collector.events
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_a_request_is_a_breadcrumb(mode: Mode, wire: Serve, events: list[Any]) -> None:
    """An event tells which requests were sent before it, calls and streams, and how they were answered."""
    server = wire(MODELS, CHAT)
    client = mode.client(server.url)

    async def program() -> None:
        with sentry_sdk.isolation_scope():
            await awaited(client.models.list())
            await awaited(client.chat.completions.create(model="m", messages=ASK, stream=True))
            sentry_sdk.capture_message("done")

    together(mode, program)
    crumbs = events[0]["breadcrumbs"]["values"]
    assert [crumb["type"] for crumb in crumbs] == ["http", "http"]
    seen = [
        (each["data"]["http.method"], each["data"]["url"], each["data"]["http.response.status_code"]) for each in crumbs
    ]
    assert seen == [
        ("GET", f"{server.url}/v1/models", 200),
        ("POST", f"{server.url}/v1/chat/completions", 200),
    ]


def test_a_request_is_a_span_of_a_transaction(mode: Mode, wire: Serve, events: list[Any]) -> None:
    """A call in a transaction is a span of it, and the server receives `sentry-trace`."""
    server = wire(MODELS)
    client = mode.client(server.url)

    async def program() -> None:
        with sentry_sdk.isolation_scope(), sentry_sdk.start_transaction(name="job"):
            await awaited(client.models.list())

    together(mode, program)
    (span,) = events[0]["spans"]
    assert (span["op"], span["description"]) == ("http.client", f"GET {server.url}/v1/models")
    assert server.received[0].headers["sentry-trace"] == f"{span['trace_id']}-{span['span_id']}-1"


@pytest.mark.parametrize("step", [MISSING, Peer.reset], ids=["an error status", "a broken connection"])
def test_no_event_holds_the_key(mode: Mode, wire: Serve, events: list[Any], step: Step) -> None:
    """An exception with its causes, and with the local variables of all frames, does not show the key."""
    client = mode.client(wire(step).url, max_retries=0)

    async def program() -> None:
        with sentry_sdk.isolation_scope():
            try:
                await awaited(client.endpoints.retrieve("ep_1"))
            except ParetaError as error:
                sentry_sdk.capture_exception(error)

    together(mode, program)
    shown = str(events)
    assert "GET http://127.0.0.1" in shown
    assert "'vars'" in shown
    assert KEY not in shown
