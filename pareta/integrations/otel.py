"""OpenTelemetry: a span for each logical call, `Pareta(tracing=OpenTelemetry())`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlsplit

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider

from pareta import APIStatusError, Endpoint, Hooks, RequestInfo, Response, __version__
from pareta_generated.types import Request

_PARAMETERS = ("max_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "stream")
"""What stands as `gen_ai.request.…`, by the semantic conventions for generative AI."""


class OpenTelemetry:
    """Traces the calls of a client.

    A completion is a span `chat MODEL`, by the semantic conventions for generative AI; any other call has
    the name of its operation. Each attempt and each retry is an event. It holds no prompt, no answer and no
    key. Spans of httpx's own instrumentation are its children. A stream's span ends with the stream.

    Args:
        tracer_provider: Where spans go; by default the global one.

    """

    def __init__(self, tracer_provider: TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("pareta", __version__, tracer_provider)
        self.hooks = Hooks(on_request=_on_request, on_response=_on_response, on_retry=_on_retry)

    def start(self, call: Request, base_url: str) -> CallSpan:
        """Begin the span of a call, and make it the current one."""
        body = call.body or {}
        url = urlsplit(base_url)
        attributes: dict[str, Any] = {"server.address": url.hostname or ""}
        attributes["server.port"] = url.port or (443 if url.scheme == "https" else 80)
        name = call.operation.id
        if name == "create_chat_completion":
            name = f"chat {body.get('model')}"
            attributes["gen_ai.operation.name"] = "chat"
            attributes["gen_ai.provider.name"] = "pareta"
            attributes["gen_ai.request.model"] = str(body.get("model"))
            given = {**body, "max_tokens": body.get("max_completion_tokens") or body.get("max_tokens")}
            attributes |= {f"gen_ai.request.{name}": given[name] for name in _PARAMETERS if given.get(name) is not None}
            stop = body.get("stop")
            if stop:
                attributes["gen_ai.request.stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
        return CallSpan(self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes))


class CallSpan:
    """The span of a call; it is the current one until `leave`."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._token = context.attach(trace.set_span_in_context(span))
        self._ended = False

    def leave(self) -> None:
        """Make the span before it the current one."""
        context.detach(self._token)

    def end(self, result: Any = None, error: BaseException | None = None, first_chunk: float | None = None) -> None:
        """End it, once."""
        if self._ended:
            return
        self._ended = True
        if first_chunk is not None:
            self._span.set_attribute("gen_ai.response.time_to_first_chunk", first_chunk)
        if error is not None:
            kind = str(error.status_code) if isinstance(error, APIStatusError) else type(error).__qualname__
            self._span.set_attribute("error.type", kind)
            self._span.set_status(Status(StatusCode.ERROR, str(error)))
        accumulator = getattr(result, "accumulator", None)
        self._set_result(accumulator.completion() if accumulator is not None else result)
        self._span.end()

    def _set_result(self, result: Any) -> None:
        if isinstance(result, Endpoint):
            self._span.set_attribute("pareta.endpoint.id", str(result.id))
            return
        raw: dict[str, Any] = getattr(result, "_raw", result)
        if not isinstance(raw, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            return
        usage = dict_of(raw.get("usage"))
        found: Any = raw.get("choices")
        choices = cast("Iterable[Any]", found) if isinstance(found, list) else ()
        finishes = [str(each["finish_reason"]) for each in map(dict_of, choices) if each.get("finish_reason")]
        values = {
            "gen_ai.response.id": raw.get("id") if "choices" in raw else None,
            "gen_ai.response.model": raw.get("model") if "choices" in raw else None,
            "gen_ai.response.finish_reasons": finishes or None,
            "gen_ai.usage.input_tokens": usage.get("prompt_tokens"),
            "gen_ai.usage.output_tokens": usage.get("completion_tokens"),
        }
        self._span.set_attributes({key: value for key, value in values.items() if value is not None})


def dict_of(value: Any) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else, which a server may send."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _on_request(info: RequestInfo) -> None:
    trace.get_current_span().add_event("attempt", {"attempt": info.attempt, "http.request.method": info.method})


def _on_response(_info: RequestInfo, response: Response) -> None:
    span = trace.get_current_span()
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("pareta.request.id", response.request_id or "")


def _on_retry(info: RequestInfo, reason: Response | str, seconds: float) -> None:
    why = str(reason.status_code) if isinstance(reason, Response) else reason
    attributes: dict[str, Any] = {"attempt": info.attempt, "reason": why, "seconds": seconds}
    trace.get_current_span().add_event("retry", attributes)
