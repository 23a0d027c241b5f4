"""`pareta.integrations.otel`: a span for each logical call, over httpx's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from modes import KEY, Mode
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.trace import StatusCode
from wire import Wire, answer, chunk, delta, event, stream, stream_head

from pareta import Hooks, InsufficientCreditsError, RequestInfo, StreamError
from pareta.integrations.otel import OpenTelemetry

Serve = Callable[..., Wire]
Spans = Callable[[], tuple[ReadableSpan, ...]]
ASK: list[Any] = [{"role": "user", "content": "A secret question"}]
USAGE = {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30}
ANSWER = {
    "id": "chatcmpl-1",
    "model": "qwen-2",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "A secret answer"}}],
    "usage": USAGE,
}
BUSY = answer({"detail": "busy"}, "503 Service Unavailable", ["retry-after: 0"])


@pytest.fixture
def provider() -> Iterator[tuple[TracerProvider, Spans]]:
    """Give a provider, and what returns the spans that have ended."""
    exporter = InMemorySpanExporter()
    made = TracerProvider(shutdown_on_exit=False)
    made.add_span_processor(SimpleSpanProcessor(exporter))
    yield made, exporter.get_finished_spans
    made.shutdown()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    """Return the attributes of a span."""
    return dict(span.attributes or {})


def test_a_completion_is_a_span(mode: Mode, wire: Serve, provider: Any) -> None:
    """Its name and attributes are those of the semantic conventions; prompt, answer and key are not in it."""
    made, spans = provider
    server = wire(answer(ANSWER))
    client = mode.client(server.url, tracing=OpenTelemetry(made))
    mode.run(client.chat.completions.create(model="ep_1", messages=ASK, temperature=0.5, max_tokens=9, stop="."))
    (span,) = spans()
    assert span.name == "chat ep_1"
    assert attributes(span) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "pareta",
        "gen_ai.request.model": "ep_1",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 9,
        "gen_ai.request.stop_sequences": (".",),
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": "qwen-2",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 21,
        "gen_ai.usage.output_tokens": 9,
        "http.response.status_code": 200,
        "pareta.request.id": "req_wire",
        "server.address": "127.0.0.1",
        "server.port": server.port,
    }
    known = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI_")}
    assert {name for name in attributes(span) if name.startswith("gen_ai.")} <= known
    assert "secret" not in span.to_json()
    assert KEY not in span.to_json()


def test_a_retried_call_is_one_span(mode: Mode, wire: Serve, provider: Any) -> None:
    """Attempts and retries are its events, and httpx's own spans are its children."""
    made, spans = provider
    HTTPXClientInstrumentor().instrument(tracer_provider=made)
    try:
        client = mode.client(wire(BUSY, answer({"data": []})).url, tracing=OpenTelemetry(made))
        mode.run(client.models.list())
    finally:
        HTTPXClientInstrumentor().uninstrument()
    *requests, call = spans()
    assert call.name == "list_models"
    assert [(each.name, dict(each.attributes or {}).get("attempt")) for each in call.events] == [
        ("attempt", 1),
        ("retry", 1),
        ("attempt", 2),
    ]
    assert dict(call.events[1].attributes or {})["reason"] == "503"
    assert [each.parent.span_id for each in requests if each.parent] == [call.context.span_id] * 2


def test_a_refused_call_is_an_error(mode: Mode, wire: Serve, provider: Any) -> None:
    """The span has the status of the response, and ends with the exception's text."""
    made, spans = provider
    client = mode.client(wire(answer({"detail": "empty"}, "402 Payment Required")).url, tracing=OpenTelemetry(made))
    with pytest.raises(InsufficientCreditsError):
        mode.run(client.chat.completions.create(model="ep_1", messages=ASK))
    (span,) = spans()
    assert (span.status.status_code, attributes(span)["error.type"]) == (StatusCode.ERROR, "402")


def test_a_stream_is_a_span_up_to_its_end(mode: Mode, wire: Serve, provider: Any) -> None:
    """It says when the first chunk came, and what the whole used; a second end counts for nothing."""
    made, spans = provider
    chunks = stream(delta("Hi"), delta(finish="stop", usage=USAGE, model="qwen-2"), event("[DONE]"))
    client = mode.client(wire(chunks).url, tracing=OpenTelemetry(made))
    streaming = mode.run(client.chat.completions.create(model="ep_1", messages=ASK, stream=True))
    assert spans() == ()
    assert mode.run(streaming.completion()).choices[0].message.content == "Hi"
    mode.close(streaming)
    (span,) = spans()
    seen = attributes(span)
    assert seen["gen_ai.request.stream"] is True
    assert 0 < seen["gen_ai.response.time_to_first_chunk"] < 10
    assert (seen["gen_ai.usage.output_tokens"], seen["gen_ai.response.finish_reasons"]) == (9, ("stop",))


def test_a_stream_that_is_left_or_broken_ends_its_span(mode: Mode, wire: Serve, provider: Any) -> None:
    """Leaving a stream is no error; a stream that is malformed is."""
    made, spans = provider
    broken = stream_head() + chunk(delta("Hi")) + chunk("data: {\n\n")
    client = mode.client(
        wire(stream(delta("Hi"), delta("ho"), event("[DONE]")), broken).url, tracing=OpenTelemetry(made)
    )
    create = client.chat.completions.create
    for _ in mode.each(mode.run(create(model="ep_1", messages=ASK, stream=True))):
        break
    with pytest.raises(StreamError):
        list(mode.each(mode.run(create(model="ep_1", messages=ASK, stream=True))))
    left, malformed = spans()
    assert (left.status.status_code, "error.type" in attributes(left)) == (StatusCode.UNSET, False)
    assert attributes(malformed)["error.type"] == "StreamError"


def test_a_deployment_is_a_span(mode: Mode, wire: Serve, provider: Any) -> None:
    """A deployment that is awaited is one span, polls included, with the endpoint's id."""
    made, spans = provider
    complete = stream(event({"endpoint": {"id": "e", "status": "starting"}}, "complete"))
    client = mode.client(wire(complete, answer({"id": "e", "status": "live"})).url, tracing=OpenTelemetry(made))
    mode.run(client.endpoints.deploy(task="t", wait=True))
    (span,) = spans()
    assert (span.name, attributes(span)["pareta.endpoint.id"]) == ("deploy_endpoint", "e")
    assert [each.name for each in span.events] == ["attempt", "attempt"]


def test_a_call_that_is_ended_from_outside_says_by_what(mode: Mode, wire: Serve, provider: Any) -> None:
    """What a hook raises, or a cancelled task, ends the span as its error."""
    made, spans = provider

    def refuse(_info: RequestInfo) -> None:
        raise PermissionError

    client = mode.client(wire(answer({})).url, tracing=OpenTelemetry(made), hooks=Hooks(on_request=refuse))
    with pytest.raises(PermissionError):
        mode.run(client.tasks.list())
    assert attributes(spans()[0])["error.type"] == "PermissionError"


@pytest.mark.parametrize(("tracing", "loaded"), [("None", False), ("OpenTelemetry()", True)], ids=["without", "with"])
def test_nothing_is_imported_without_it(wire: Serve, tracing: str, loaded: bool) -> None:
    """A client that traces nothing imports nothing of OpenTelemetry, not even when it calls."""
    code = f"""
import sys
from pareta import Pareta
if {loaded}:
    from pareta.integrations.otel import OpenTelemetry
Pareta(api_key="k", base_url={wire(answer(ANSWER)).url!r}, tracing={tracing}).chat.completions.create(
    model="ep_1", messages={ASK}
)
print(any(name.startswith("opentelemetry") for name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{loaded}\n"
