"""What must hold of anything: a function of one made-up case, each, which raises where it does not hold."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import attrs
from hypothesis import strategies as st
from virtual import Virtual

from pareta import APIStatusError, Endpoint, Headers, Pareta, ParetaError, Response
from pareta._content import strict_json
from pareta._content.body import Body, BodyError, ResponseBuilder
from pareta._content.chat_stream import ChatStreamParser
from pareta._content.deploy_stream import DeployStreamParser, endpoint_id_of
from pareta._content.event_stream import EventStreamParser
from pareta._content.exchange import HttpRequest, TransportError
from pareta._content.response import parse_retry_after
from pareta._content.sse import Decoder
from pareta._policy import calls, deployments
from pareta._policy.deadline import Deadline
from pareta._policy.effects import OpenStream
from pareta_generated import api
from pareta_generated.api import OPERATIONS
from pareta_generated.types import Call, DictView, StreamCall, View

from . import strategies as made

SESSION = Virtual([TransportError("connection", "none")]).session()
WITH_ID = (
    *(api.retrieve_endpoint, api.delete_endpoint, api.start_endpoint, api.stop_endpoint, api.retrieve_task),
    *(api.task_leaderboard, api.endpoint_performance, api.endpoint_activity),
)
ANSWERED = [each for each in OPERATIONS.values() if each.response_type is not None and not each.events]


@attrs.frozen
class Property:
    """A name, what its cases are made of, and what must hold of each."""

    name: str
    cases: st.SearchStrategy[Any]
    check: Callable[[Any], None]


def respond(status: int = 200, headers: Any = (), content: bytes = b"") -> Response:
    """Return an answer."""
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Response(method="GET", url="https://x/v1/y", status_code=status, headers=Headers(pairs), content=content)


def ids(case: Any) -> None:
    """Hold that an id is refused, or stands in the path as the one segment that it is."""
    function, value = case
    with suppress(ValueError):
        call = function(value)
        segment = call.path.removeprefix(call.operation.path.partition("{")[0]).partition("/")[0]
        assert call.path.count("/") == call.operation.path.count("/")
        assert unquote(segment) == value
        assert segment not in {"", ".", ".."}
        assert not set("?#") & set(call.path)
        target = SESSION.request(call, key=None).url
        assert all(33 <= ord(char) < 127 for char in target)


def bodies(case: Any) -> None:
    """Hold that a body is refused, or is JSON that any reader takes."""
    function, fields, messages = case
    with suppress(ValueError):
        if function == "chat":
            call: Any = api.create_chat_completion(model="m", messages=messages, extra_body=fields)
        elif function == "deploy":
            call = api.deploy_endpoint(task="t", model=messages, extra_body=fields)
        else:
            call = api.match_task(query=messages, top_k=fields)  # type: ignore[arg-type]
        request = SESSION.request(call, key="k")
        assert isinstance(json.loads(request.body, parse_constant=_not_json), dict)
        assert dict(request.headers)[b"content-length"] == str(len(request.body)).encode()


def _not_json(name: str) -> None:
    raise AssertionError(name)


def queries(case: Any) -> None:
    """Hold that parameters are refused, or stand quoted in the target."""
    with suppress(ValueError):
        target = SESSION.request(api.endpoint_performance("ep_1", **case), key=None).url
        assert all(33 <= ord(char) < 127 for char in target)
        assert target.count("?") <= 1


def read(thing: Any) -> None:
    """Read all that a view offers; what has another shape is a ParetaError, and nothing else is raised."""
    assert thing == pickle.loads(pickle.dumps(thing))
    assert len(repr(thing)) < 1_000_000
    with suppress(ParetaError):
        thing.to_dict()
    for kind in type(thing).__mro__:
        for name, member in vars(kind).items():
            if isinstance(member, property) and not name.startswith("_"):
                with suppress(ParetaError):
                    value = getattr(thing, name)
                    for part in value if isinstance(value, list) else [value]:
                        if isinstance(part, View | DictView):
                            read(part)


def answers(case: Any) -> None:
    """Hold that an answer of 2xx can be read, whatever it says, or is a ParetaError."""
    operation, content = case
    call: Call[Any] = Call(operation=operation, path="/v1/y", response_type=operation.response_type)
    with suppress(ParetaError):
        found = Virtual([respond(content=content)]).run(calls.send(SESSION, call))
        for each in found if isinstance(found, list) else [found]:
            read(each)


def errors(case: Any) -> None:
    """Hold that an error's answer makes an error that can be said in reasonable length, and pickled whole."""
    status, headers, content = case
    error = APIStatusError.of(respond(status, headers, content[: 64 * 1024]))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), type(again)) == (str(error), type(error))
    assert len(repr(error)) < 500_000
    assert error.status_code == status
    with suppress(AttributeError):
        assert error.retry_after is None or error.retry_after >= 0


def event_streams(case: Any) -> None:
    """Hold that a stream yields events and ends, or is a ParetaError; and that what was folded can be read."""
    kind, pieces, location = case
    response = respond(headers=[("content-type", "text/event-stream"), ("location", location)])
    endpoint_id_of(response)
    call: StreamCall[Any] = StreamCall(operation=OPERATIONS["deploy_endpoint"], path="/v1/endpoints")
    reading: Any = {
        "chat": ChatStreamParser,
        "deploy": DeployStreamParser,
        "events": lambda answer: EventStreamParser(call, answer),
    }[kind](response)
    events: list[Any] = []
    with suppress(ParetaError):
        for piece in pieces:
            events += reading.feed(piece)
            if reading.done:
                break
        else:
            reading.end()
        if kind == "deploy":
            Endpoint.from_dict(reading.endpoint())
    str(reading.broken(TransportError("connection", "reset")))
    for each in events:
        if isinstance(each, View):
            read(each)
    if kind == "chat":
        read(reading.completion())


def decoders(pieces: list[bytes]) -> None:
    """Hold that events are the same, however the stream is cut."""
    whole, cut = Decoder(), Decoder()
    assert whole.feed(b"".join(pieces)) == [event for piece in pieces for event in cut.feed(piece)]


def documents(content: bytes) -> None:
    """Hold that JSON means what Python's own reader says, or is refused: none is too deep to be used."""
    try:
        value = strict_json.decode(content)
    except ValueError:
        return
    assert repr(value) == repr(json.loads(content.decode()))
    level = [value]
    for _ in range(strict_json.DEPTH):
        level = [
            part
            for node in level
            if isinstance(node, dict | list)
            for part in (node.values() if isinstance(node, dict) else node)
        ]
    assert not any(isinstance(node, dict | list) for node in level)


def encodings(case: Any) -> None:
    """Hold that a body is decoded within its limit, or refused."""
    encoding, pieces = case
    for limit, truncate in ((1 << 20, False), (1 << 16, True)):
        with suppress(BodyError):
            body = Body(encoding, limit=limit, truncate=truncate)
            try:
                if all(body.feed(piece) for piece in pieces):
                    body.end()
            finally:
                assert len(body.content) <= limit
                assert len(body.start) <= 1 << 16


def arrivals(case: Any) -> None:
    """Hold that whatever status, headers and body come, the driver gets an outcome that a flow can judge."""
    status, headers, pieces, streams = case
    request = HttpRequest(method="GET", url="https://x/")
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    builder = ResponseBuilder(request, status, pairs, streams="text/event-stream" if streams else "", limit=1 << 20)
    if builder.opens:
        outcome: Any = OpenStream(builder.head)
    else:
        if all(builder.feed(piece) for piece in pieces):
            builder.end()
        outcome = builder.outcome()
    call: Any = api.deploy_endpoint(task="t") if streams else Call(operation=OPERATIONS["list_models"], path="/v1/y")
    virtual = Virtual([outcome])
    with suppress(ParetaError):
        virtual.run((deployments.open_deploy if streams else calls.send)(virtual.session(max_retries=3), call))
    assert len(virtual.sent) <= 4
    assert all(0 <= seconds <= 60 for seconds in virtual.slept)


def waits(value: str) -> None:
    """Hold that `Retry-After` says how many seconds, or nothing."""
    seconds = parse_retry_after(value)
    assert seconds is None or seconds >= 0


def urls(value: str) -> None:
    """Hold that a base URL is refused when the client is made, or leads to a host that the wire can name."""
    with suppress(ValueError), Pareta(api_key="k", base_url=value, allow_http=True) as client:
        assert client.base_url.isascii()
        call = api.list_models()
        request = client._requester.session.request(call, key=None)
        assert all(33 <= byte < 127 for pair in request.headers for byte in pair[1].replace(b" ", b""))
        assert all(33 <= ord(char) < 127 for char in request.url)
        assert "@" not in request.url.partition("://")[2].partition("/")[0]
        base = client._requester.session.base
        assert base.host
        assert 0 < base.port < 2**16


def options(case: Any) -> None:
    """Hold that an option is refused, or can be sent: no header is broken in two."""
    kind, value, name = case
    with suppress(ValueError), Pareta(api_key="k", base_url="https://x") as client:
        other = client.with_options(**({kind: {name: value}} if kind == "headers" else {kind: value}))
        request = other._requester.session.request(api.list_models(), key="k")
        Deadline.of(other._requester.session)
        assert not any(set(b"\r\n\0") & set(part) for pair in request.headers for part in pair)


def keys(value: str) -> None:
    """Hold that a key is refused without being shown, or goes out as it is."""
    said = ""
    try:
        with Pareta(api_key=value, base_url="https://x") as client:
            assert dict(client._requester.session.request(api.list_models(), key=None).headers)[b"authorization"]
    except (ParetaError, ValueError) as error:
        said = str(error)
    assert len(value.strip()) < 6 or value.strip() not in said


OPTION = st.sampled_from(["timeout", "timeout", "deadline", "max_retries", "headers", "idempotency_key"])
NUMBERS = st.integers() | st.floats() | st.sampled_from([400, 5000]).map(lambda digits: 10**digits)
PROPERTIES = (
    Property("ids", st.tuples(st.sampled_from(WITH_ID), made.TEXT | made.ARGUMENTS), ids),
    Property("bodies", st.tuples(st.sampled_from(["chat", "deploy", "match"]), made.FIELDS, made.ARGUMENTS), bodies),
    Property("queries", st.fixed_dictionaries({"window": made.TEXT, "filters": made.FIELDS}), queries),
    Property("answers", st.tuples(st.sampled_from(ANSWERED), made.BODIES), answers),
    Property("errors", st.tuples(made.STATUSES, made.HEADERS, made.BODIES), errors),
    Property(
        "event streams",
        st.tuples(st.sampled_from(["chat", "deploy", "events"]), made.pieces_of(), made.HEADER_VALUES),
        event_streams,
    ),
    Property("decoders", made.pieces_of(), decoders),
    Property("documents", made.BODIES, documents),
    Property("encodings", made.encoded(), encodings),
    Property("arrivals", st.tuples(made.STATUSES, made.HEADERS, made.pieces_of(made.BODIES), st.booleans()), arrivals),
    Property("waits", made.RETRY_AFTER, waits),
    Property("urls", made.URLS, urls),
    Property("options", st.tuples(OPTION, made.TEXT | NUMBERS | made.ARGUMENTS, made.TEXT), options),
    Property("keys", made.TEXT, keys),
)
