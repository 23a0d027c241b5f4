"""Answers that are JSON values, one a line: typed, as they arrive, however the bytes are split, and how they end."""

from __future__ import annotations

import importlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from itertools import count
from types import ModuleType
from typing import Any

import pytest
from generator_kit import Generate
from hypothesis import given, settings, strategies as st
from modes import Mode
from raw import RawServer

from generator.__main__ import main
from pareta import APIConnectionError, APIResponseError, Headers, Response
from pareta._content.json_lines import JsonLinesParser
from pareta_generated.types import Operation, Result, StreamCall

pytestmark = pytest.mark.off_document("another API")
RESPONSE = Response(method="GET", url="https://x/lines", status_code=200, headers=Headers())
ANY = Operation(id="any", method="GET", path="/lines", any_event=Result())
COUNT = count()
HEAD = """\
openapi: 3.1.0
info: {title: Lines, version: '1'}
paths:
  /lines:
    get:
      operationId: lines
      responses: {'200': {description: d, content: {application/x-ndjson: {schema: SCHEMA}}}}
components:
  schemas:
    Cat: {type: object, required: [kind], properties: {kind: {const: cat}, lives: {type: integer}}}
    Dog: {type: object, required: [kind], properties: {kind: {const: dog}, error: {type: string}}}
"""


def parser(limit: int = 4_000_000) -> JsonLinesParser[Any]:
    """Return a parser of any JSON values."""
    return JsonLinesParser(StreamCall[Any](operation=ANY, path="/lines"), RESPONSE, limit)


def values(reading: JsonLinesParser[Any], *pieces: bytes) -> list[Any]:
    """Return the values of a whole stream."""
    return [value for piece in pieces for value in reading.feed(piece)] + list(reading.end())


@pytest.fixture
def made(generate: Generate) -> Any:
    """Generate the document with a schema of its lines; return the module of calls."""

    def make(schema: str) -> ModuleType:
        name = f"lines{next(COUNT)}"
        run = generate(HEAD.replace("SCHEMA", schema), "--client", name=name)
        assert (run.code, run.err) == (0, "")
        sys.path.insert(0, str(run.package.parent))
        try:
            return importlib.import_module(f"{name}.api")
        finally:
            sys.path.remove(str(run.package.parent))

    return make


NO_ERROR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab\n☃"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(NO_ERROR, max_size=5), st.sampled_from(["\n", "\r\n", "\n\n", " \n"]), st.booleans())
def test_values_are_the_same_wherever_the_bytes_are_split(found: list[Any], end: str, ascii_only: bool) -> None:
    """At each byte, and each byte alone; blank lines and the CR of a CRLF are nothing."""
    whole = "".join(json.dumps(one, ensure_ascii=ascii_only) + end for one in found).encode()
    for at in range(len(whole) + 1):
        assert values(parser(), whole[:at], whole[at:]) == found
    assert values(parser(), *(whole[at : at + 1] for at in range(len(whole)))) == found


@settings(max_examples=60, deadline=None)
@given(NO_ERROR, st.data())
def test_a_line_that_the_end_tears_is_an_error(found: Any, data: st.DataObject) -> None:
    """Whatever it holds, and wherever it is torn: no value comes that was not sent."""
    line = json.dumps(found, ensure_ascii=False).encode()
    torn = line[: data.draw(st.integers(1, len(line) - 1))] if len(line) > 1 else b"["
    reading = parser()
    assert list(reading.feed(b'"first"\n' + torn)) == ["first"]
    if not torn.isspace():
        with pytest.raises(APIResponseError, match="The stream ended within a line: "):
            list(reading.end())
        assert not reading.done


def test_the_last_line_may_lack_its_end() -> None:
    """Where its value is whole without a doubt; of a number, digits may be missing."""
    assert values(parser(), b'1\n{"a":1}') == [1, {"a": 1}]
    assert values(parser(), b"true") == [True]
    with pytest.raises(APIResponseError, match="ended within a line: '12'"):
        values(parser(), b"12")


@pytest.mark.parametrize("line", [b"{'a': 1}", b"NaN", b'{"a": 1}}', b"1 2", b'"\xff"', b"<html>"])
def test_a_line_that_is_no_json_is_an_error(line: bytes) -> None:
    """Those before it in the same piece come first."""
    found = parser().feed(b"1\n" + line + b"\n2\n")
    assert next(found) == 1
    with pytest.raises(APIResponseError, match="A line is not JSON: ") as caught:
        next(found)
    assert caught.value.response is RESPONSE


@pytest.mark.parametrize("pieces", [[b"1\n" + b"2" * 101 + b"\n"], [b"1\n", b"2" * 60, b"2" * 60]])
def test_a_line_that_is_too_long_is_an_error(pieces: list[bytes]) -> None:
    """Ended or not, and after those before it."""
    reading = parser(limit=400)
    found = (value for piece in pieces for value in reading.feed(piece))
    assert next(found) == 1
    with pytest.raises(APIResponseError, match="a line is longer than 100 bytes"):
        next(found)


TYPED = [
    ("{$ref: '#/components/schemas/Cat'}", "Cat", {"kind": "cat"}, "Cat"),
    ("{type: array, items: {$ref: '#/components/schemas/Cat'}}", "Cat", {"kind": "cat"}, "Cat"),
    ("{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]}", "Cat | Dog | View",
     {"kind": "dog", "error": "none"}, "Dog"),
    ("{anyOf: [{$ref: '#/components/schemas/Cat'}, {type: 'null'}]}", "Cat | None", None, "NoneType"),
    ("{type: array, items: {type: array, items: {type: integer}}}", "list[int]", [1, 2], "list"),
    ("{type: object, additionalProperties: {type: number}}", "dict[str, float]", {"a": 1.5}, "dict"),
    ("{type: string}", "str", "x", "str"),
    ("{type: string, format: binary}", "Any", {"a": 1}, "dict"),
    ("{}", "Any", [None], "list"),
]  # fmt: skip


@pytest.mark.parametrize("case", TYPED, ids=[one[1] for one in TYPED])
def test_lines_have_the_type_that_the_document_says(made: Any, case: Any) -> None:
    """Of an object its class; of an array in the document, its items."""
    schema, type_, raw, name = case
    api = made(schema)
    assert api.lines.__annotations__["return"] == f"StreamCall[{type_}]"
    reading: JsonLinesParser[Any] = JsonLinesParser(api.lines(), RESPONSE)
    (value,) = values(reading, json.dumps(raw).encode() + b"\n")
    assert (type(value).__name__, value.to_dict() if hasattr(value, "to_dict") else value) == (name, raw)


def test_a_line_of_another_type_is_an_error(made: Any) -> None:
    """It says what was expected; an error of the server's that the document does not declare is in its words."""
    with pytest.raises(APIResponseError, match=r"\$: expected a integer, found a string"):
        values(JsonLinesParser(made("{type: integer}").lines(), RESPONSE), b'"7"\n')
    api = made("{$ref: '#/components/schemas/Cat'}")
    with pytest.raises(APIResponseError, match=r"\$: expected an object \(Cat\), found an array"):
        values(JsonLinesParser(api.lines(), RESPONSE), b"[]\n")
    with pytest.raises(APIResponseError, match="The server ended the stream: out of memory"):
        values(JsonLinesParser(api.lines(), RESPONSE), b'{"error": "out of memory"}\n')


HTTP = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\n"


@pytest.fixture
def client(made: Any, mode: Mode) -> Iterator[Any]:
    """Return a function that gives a generated client of a raw server."""
    api = made("{$ref: '#/components/schemas/Cat'}")
    module = importlib.import_module(api.__name__.replace(".api", ".client"))
    opened: list[Any] = []

    def connect(server: RawServer) -> Any:
        kind = module.Client if mode.name == "sync" else module.AsyncClient
        opened.append((server, kind(api_key="k", base_url=server.url)))
        return opened[-1][1]

    yield connect
    for server, made_client in opened:
        mode.close(made_client)
        server.close()


def test_lines_arrive_one_by_one_and_leaving_hangs_up(client: Any, mode: Mode) -> None:
    """A value is there before the next one is sent. The request asks for this media type, uncompressed."""
    gone = threading.Event()

    def serve(sock: socket.socket) -> None:
        sock.sendall(HTTP + b'connection: close\r\n\r\n{"kind":"cat","lives":9}\n{"kind"')
        while sock.recv(65536):
            pass
        gone.set()

    server = RawServer(serve)
    with mode.entered(mode.run(client(server).default.lines())) as lines:
        for cat in mode.each(lines):
            assert cat.lives == 9
            break
    assert mode.wait(gone, 5)
    assert b"accept: application/x-ndjson\r\naccept-encoding: identity" in server.came[0].lower()


def test_a_stream_that_is_cut_is_the_error_of_a_cut_stream(client: Any, mode: Mode) -> None:
    """Where HTTP tells: a connection error. Where the body just ends within a line: a response error."""

    def serve(body: bytes) -> Any:
        return lambda sock: sock.sendall(HTTP + body)

    for body, kind in (
        (b'transfer-encoding: chunked\r\n\r\n10\r\n{"kind": "cat"}\n\r\n9\r\n{"kind":', APIConnectionError),
        (b'connection: close\r\n\r\n{"kind": "cat"}\n{"kind":', APIResponseError),
    ):
        lines = mode.run(client(RawServer(serve(body))).default.lines())
        found = mode.each(lines)
        assert next(found).kind == "cat"
        with pytest.raises(kind, match=r"stream broke|ended within a line"):
            next(found)


def test_another_media_type_is_an_error(client: Any, mode: Mode) -> None:
    """It says which one was expected, and what came."""
    server = RawServer(lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"))
    with pytest.raises(APIResponseError, match=r"expected application/x-ndjson, found no content type: '\{\}'"):
        mode.run(client(server).default.lines())


def test_item_schemas_are_imported(tmp_path: Any, generate: Generate) -> None:
    """OpenAPI 3.2's, which stands for one value: of an array too, and over `schema` beside it."""
    text = HEAD.replace("schema: SCHEMA", "schema: {type: string}, itemSchema: {type: array, items: {type: integer}}")
    (tmp_path / "published.yaml").write_text(text)
    assert main(["import", str(tmp_path / "published.yaml"), "-o", str(tmp_path / "up.yaml")]) == 0
    run = generate((tmp_path / "up.yaml").read_text(), name="imported")
    assert (run.code, run.err) == (0, "")
    assert "-> StreamCall[list[int]]:" in (run.package / "api.py").read_text()


def test_json_text_sequences_are_refused(generate: Generate) -> None:
    """By name and line: their values may span lines."""
    run = generate(HEAD.replace("x-ndjson", "json-seq").replace("SCHEMA", "{}"))
    assert (run.code, run.err.startswith("pets.yaml:7:")) == (1, True)
    assert "application/json-seq: JSON text sequences are not read; describe JSON lines" in run.err
