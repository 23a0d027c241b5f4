"""The table of behaviours that both SDKs share, run against a server of raw bytes."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from modes import Mode
from ruamel.yaml import YAML
from stopwatch import Stopwatch
from wire import LAST, Peer, Step, Wire, chunk, stream_head

import pareta

Row = dict[str, Any]
OPTIONS = {"headers": "extra_headers", "query": "extra_query", "body": "extra_body"}


@cache
def rows() -> list[Row]:
    """Read the table; what differs in Python is laid over each row."""
    table: list[Row] = YAML(typ="safe").load(Path(__file__).with_name("behaviours.yaml"))
    return [{**row, **row.get("python", {})} for row in table]


def step(answer: Row) -> Step:
    """Return what the server does for an answer of the table."""
    if "act" in answer:
        return {"close": Peer.close, "reset": Peer.reset, "silence": Peer.hold}[answer["act"]]
    if "raw" in answer:
        return str(answer["raw"]).encode()
    headers = [f"{name}: {value}" for name, value in answer.get("headers", {}).items()]
    if "stream" in answer:
        return partial(send_stream, answer, headers)
    status = answer.get("status", 200)
    phrase = HTTPStatus(status).phrase
    lines = [f"HTTP/1.1 {status} {phrase}", "x-request-id: req_wire", *headers]
    content = content_of(answer)
    if "content-type" not in answer.get("headers", {}) and content:
        lines.append("content-type: application/json")
    if status != HTTPStatus.NO_CONTENT:
        lines.append(f"content-length: {answer.get('length', len(content))}")
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + content
    return partial(send_and_close, whole) if "length" in answer else whole


def content_of(answer: Row) -> bytes:
    """Return the body of an answer."""
    if "base64" in answer:
        return base64.b64decode(answer["base64"])
    if "deep" in answer:
        return b'{"data": ' + b"[" * answer["deep"] + b"]" * answer["deep"] + b"}"
    return json.dumps(answer["json"]).encode() if "json" in answer else str(answer.get("text", "")).encode()


def send_and_close(whole: bytes, peer: Peer) -> None:
    """Send a body that is shorter than it says."""
    peer.send(whole)
    peer.close()


def send_stream(answer: Row, headers: list[str], peer: Peer) -> None:
    """Send a stream, and end it as the table says."""
    peer.send(stream_head(*headers))
    pieces: list[bytes] = [text.encode() for text in answer["stream"]]
    if "split" in answer:
        pieces = [bytes([byte]) for byte in b"".join(pieces)]
    peer.send(*map(chunk, pieces))
    end = answer.get("end", "done")
    if end == "done":
        peer.send(LAST)
    else:
        time.sleep(0.05)  # A reset may overtake the bytes before it.
        {"close": Peer.close, "reset": Peer.reset, "silence": Peer.hold}[end](peer)


def result_of(row: Row, mode: Mode, wire: Wire) -> Any:
    """Make the call of a row, and read what it returns."""
    client = client_of(row, mode, wire)
    options = {OPTIONS.get(name, name): value for name, value in row.get("options", {}).items()}
    if "max_bytes" in options:
        client = client.with_options(max_bytes=options.pop("max_bytes"))
    result = mode.run(method_of(client, row)(**row.get("params", {}), **options))
    match row.get("takes"):
        case "text":
            return list(mode.each(result.text))
        case "completion":
            return mode.run(result.completion())
        case "events":
            return list(mode.each(result))
    return result


def client_of(row: Row, mode: Mode, wire: Wire) -> Any:
    """Make the client of a row; a base URL that is a path is one of the server."""
    options = dict(row.get("client", {}))
    base_url = options.pop("base_url", "")
    return mode.client(base_url if "://" in base_url else wire.url + base_url, **options)


def method_of(client: Any, row: Row) -> Callable[..., Any]:
    """Return the method of a row with its positional arguments."""
    names = row["call"].replace("chat.", "chat.completions.").split(".")
    args = row.get("args", [])
    if names[:2] == ["endpoints", "metrics"]:
        metric: Callable[..., Any] = getattr(client.endpoints.metrics(*args), names[2])
        return metric
    for name in names:
        client = getattr(client, name)
    return partial(client, *args)


def read(value: Any, path: str) -> Any:
    """Return what stands at a path: properties, places of a list, and `length`."""
    for name in path.split("."):
        value = len(value) if name == "length" else value[int(name)] if name.isdigit() else getattr(value, name)
    return value


def raw(value: Any) -> Any:
    """Return the raw JSON of a result."""
    if isinstance(value, list):
        return [raw(each) for each in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def check_result(row: Row, value: Any) -> None:
    """Compare a result with the row."""
    if "returns" in row:
        assert raw(value) == row["returns"]
    for path, expected in row.get("reads", {}).items():
        assert read(value, path) == expected, path


def check_error(expected: Row, error: BaseException) -> None:
    """Compare an error with the row."""
    kinds = (ValueError, TypeError) if expected["is"] == "argument" else getattr(pareta, expected["is"])
    assert isinstance(error, kinds), repr(error)
    assert expected.get("says", "") in str(error).replace("'", '"') or expected.get("says", "") in str(error)
    for name, value in expected.items():
        if name not in ("is", "says"):
            assert getattr(error, name) == value, name


def check_requests(row: Row, wire: Wire) -> None:
    """Compare the requests that came with the row."""
    expected = row.get("sends", [{"count": len(row.get("answers", ()))}])
    if expected == "any":
        return
    assert len(wire.received) == sum(each.get("count", 1) for each in expected)
    for request, each in zip(wire.received, expected, strict=False):
        assert request.method == each.get("method", request.method)
        assert request.target == each.get("target", request.target)
        assert request.headers.items() >= each.get("headers", {}).items()
        if "body" in each:
            assert (request.json if request.body else None) == each["body"]
    keys = {request.headers.get("idempotency-key") for request in wire.received}
    assert not row.get("same_key") or (len(keys) == 1 and None not in keys)


def cases() -> list[Any]:
    """Return the rows as parameters; one that is not in the document says so."""
    return [
        pytest.param(row, id=row["name"], marks=[pytest.mark.off_document(row["off_document"])])
        if "off_document" in row
        else pytest.param(row, id=row["name"])
        for row in rows()
    ]


@pytest.mark.parametrize("row", cases())
def test_a_behaviour_is_what_the_table_says(row: Row, mode: Mode, wire: Callable[..., Wire]) -> None:
    """A call sends what the row says, and comes to the value or the error that the row says."""
    server = wire(*map(step, row.get("answers", ()))) if row.get("answers") else wire(b"")
    error: BaseException | None = None
    with Stopwatch() as watch:
        try:
            check_result(row, result_of(row, mode, server))
        except (pareta.ParetaError, ValueError, TypeError) as raised:
            error = raised
    assert watch.clock >= row.get("least", 0)
    assert watch.own <= row.get("most", 10)
    if "error" in row:
        assert error is not None, "no error came"
        check_error(row["error"], error)
    elif error is not None:
        raise error
    check_requests(row, server)


def test_the_table_is_large_and_its_names_tell_rows_apart() -> None:
    """There are at least 60 rows, each with a name of its own, and each difference has its reason."""
    names = [row["name"] for row in rows()]
    assert len(names) == len(set(names)) >= 60
    for row in rows():
        for language in ("python", "typescript"):
            assert language not in row or row[language]["because"]
