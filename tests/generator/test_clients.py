"""An SDK from a document alone: sync and async clients over the transport and the policy of pareta."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from generator_kit import SMALL, Generate, imported, serving

import pareta

DOCUMENT = """\
openapi: 3.1.0
info: {title: Toy API, version: '1'}
security: [{key: []}]
tags: [{name: toys, description: Toys to play with.}]
paths:
  /toys/{id}:
    get:
      operationId: get_toy
      tags: [toys]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Toy'}}}}
        '404': {description: d, content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}}
  /toys:
    post:
      operationId: upload_toys
      tags: [toys]
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: {type: object, properties: {file: {type: string, format: binary}, n: {type: integer}}}
      responses: {'200': {description: d, content: {text/plain: {schema: {type: string}}}}}
  /file:
    put:
      operationId: put_file
      tags: [toys]
      requestBody: {required: true, content: {application/octet-stream: {}}}
      responses: {'200': {description: d, content: {text/plain: {schema: {type: string}}}}}
  /picture:
    get:
      operationId: picture
      tags: [toys]
      security: []
      responses: {'200': {description: d, content: {image/png: {}}}, '204': {description: none}}
  /events:
    get:
      operationId: watch
      tags: [toys]
      responses: {'200': {description: d, content: {text/event-stream: {schema: {$ref: '#/components/schemas/Toy'}}}}}
  /elsewhere:
    get: {operationId: elsewhere, servers: [{url: 'https://other.test'}], responses: {'204': {description: d}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Toy: {type: object, properties: {name: {type: string}}}
    Problem: {type: object, properties: {detail: {type: string}, hint: {type: string}}}
"""


class Handler(BaseHTTPRequestHandler):
    """Answers as the document says, and remembers what it saw."""

    seen: list[tuple[str, str | None, bytes]]
    failures = 0

    def do_GET(self) -> None:
        """Answer a GET."""
        self._note(b"")
        if self.path == "/toys/flaky" and not Handler.failures:
            Handler.failures += 1
            self._answer(503, "application/json", b'{"detail": "later"}')
        elif self.path == "/toys/none":
            self._answer(404, "application/json", b'{"detail": "no such toy"}')
        elif self.path == "/picture":
            self._answer(200, "image/png", b"\x89PNG")
        elif self.path == "/events":
            self._answer(200, "text/event-stream", b'data: {"name": "a"}\n\ndata: {"name": "b"}\n\n')
        else:
            self._answer(200, "application/json", json.dumps({"name": self.path.rpartition("/")[2]}).encode())

    def do_POST(self) -> None:
        """Answer a POST."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self._note(body)
        self._answer(200, "text/plain; charset=utf-8", "taken ✓".encode())

    def do_PUT(self) -> None:
        """Refuse the first, and answer others with their hash."""
        found, left = hashlib.sha256(), int(self.headers["content-length"])
        while left:
            piece = self.rfile.read(min(left, 2**16))
            left -= len(piece)
            found.update(piece)
        self._note(found.hexdigest().encode())
        self._answer(503 if len(self.seen) == 1 else 200, "text/plain", self.seen[-1][2])

    def _note(self, body: bytes) -> None:
        self.seen.append((self.headers.get("content-type", ""), self.headers.get("authorization"), body))

    def _answer(self, status: int, media: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Serve the document on this machine."""
    Handler.seen, Handler.failures = [], 0
    with serving(Handler) as url:
        yield url


@pytest.fixture
def toys(generate: Generate) -> Iterator[ModuleType]:
    """Generate the package with clients, and import it."""
    run = generate(DOCUMENT, "--client", name="toys")
    assert (run.code, run.err) == (0, "")
    with imported(run.package) as client:
        yield client


@pytest.mark.off_document("another API")
def test_a_client_has_the_document_s_operations(toys: ModuleType, server: str) -> None:
    """By tag, with retries, typed errors, streams, files, text and bytes."""
    with toys.Client(api_key="k", base_url=server) as client:
        assert client.toys.get("bear").name == "bear"
        assert client.toys.get("flaky").name == "flaky"
        with pytest.raises(pareta.NotFoundError, match="no such toy") as caught:
            client.toys.get("none")
        assert type(caught.value.body).__name__ == "Problem"
        assert client.toys.upload(file=("a.txt", io.BytesIO(b"content")), n=3) == "taken ✓"
        assert client.toys.picture() == b"\x89PNG"
        assert [one.name for one in client.toys.watch()] == ["a", "b"]
    media, key, body = next(one for one in Handler.seen if one[2])
    assert (media.partition(";")[0], key) == ("multipart/form-data", "Bearer k")
    assert b'name="file"; filename="a.txt"\r\nContent-Type: application/octet-stream\r\n\r\ncontent\r\n' in body
    assert b'name="n"\r\n\r\n3\r\n' in body


@pytest.mark.off_document("another API")
@pytest.mark.anyio
async def test_an_async_client_does_the_same(toys: ModuleType, server: str) -> None:
    """The methods are awaited, and the stream is an async iterator."""
    async with toys.AsyncClient(api_key="k", base_url=server) as client:
        assert (await client.toys.get("bear")).name == "bear"
        assert [one.name async for one in await client.toys.watch()] == ["a", "b"]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Write 24 MB."""
    path = tmp_path / "large.bin"
    path.write_bytes(b"".join(bytes([value]) * 2**20 for value in range(24)))
    return path


@pytest.mark.off_document("another API")
@pytest.mark.parametrize("own", [True, False], ids=["httpx.Client", "default"])
def test_a_large_file_is_read_while_it_is_sent(toys: ModuleType, server: str, large: Path, own: bool) -> None:
    """As a path or open, again where the call is retried; it is never in memory whole."""
    options = {"http_client": httpx.Client()} if own else {}
    wanted = hashlib.sha256(large.read_bytes()).hexdigest()
    with toys.Client(api_key="k", base_url=server, **options) as client, large.open("rb") as opened:
        tracemalloc.start()
        assert client.toys.put_file(body=large) == wanted
        assert client.toys.put_file(body=opened) == wanted
        assert tracemalloc.get_traced_memory()[1] < 6 * 2**20
        tracemalloc.stop()
        opened.seek(2**20)
        assert client.toys.put_file(body=opened) == hashlib.sha256(large.read_bytes()[2**20 :]).hexdigest()
        assert client.toys.upload(file=large, n=3) == "taken ✓"
    assert [one[2] for one in Handler.seen[:3]] == [wanted.encode()] * 3
    head, _, rest = Handler.seen[-1][2].partition(b"\r\n\r\n" + large.read_bytes() + b"\r\n")
    assert b'filename="large.bin"' in head + rest


@pytest.mark.off_document("another API")
@pytest.mark.anyio
async def test_an_async_client_sends_a_large_file(toys: ModuleType, server: str, large: Path) -> None:
    """Once it is refused, and it is read again."""
    wanted = hashlib.sha256(large.read_bytes()).hexdigest()  # noqa: ASYNC240  # Nothing else runs.
    async with toys.AsyncClient(api_key="k", base_url=server) as client:
        assert await client.toys.put_file(body=large) == wanted
        assert await client.toys.upload(file=("a", large, "text/csv")) == "taken ✓"


@pytest.mark.off_document("another API")
def test_a_file_that_is_not_there_or_got_shorter_is_an_error(toys: ModuleType, server: str, large: Path) -> None:
    """Before anything is sent, or while it is; the client works on."""
    with toys.Client(api_key="k", base_url=server) as client:
        with pytest.raises(FileNotFoundError):
            client.toys.put_file(body=large.parent / "none")
        assert Handler.seen == []
        body, _ = importlib.import_module("toys.bodies").Raw(large).encode()
        os.truncate(large, 2**20)
        with pytest.raises(ValueError, match=f"large.bin has lost its last {23 * 2**20} bytes since the call was made"):
            list(body)
        assert client.toys.get("bear").name == "bear"


@pytest.mark.off_document("another API")
def test_the_key_goes_only_where_the_document_says(toys: ModuleType, server: str) -> None:
    """An operation without security gets none, and pareta's own key is never taken."""
    with toys.Client(api_key="k", base_url=server) as client:
        client.toys.picture()
    assert Handler.seen[-1][1] is None
    with pytest.raises(ValueError, match="set TOY_API_KEY"):
        toys.Client(base_url=server)


SCHEMES = """\
    bearer: {type: http, scheme: bearer}
    admin: {type: oauth2, flows: {}}
    basic: {type: http, scheme: basic}
    header: {type: apiKey, in: header, name: X-Key}
    query: {type: apiKey, in: query, name: k}
    cookie: {type: apiKey, in: cookie, name: sid}
    raw: {type: apiKey, in: header, name: Authorization}
    tls: {type: mutualTLS}
    digest: {type: http, scheme: digest}
"""


def secured(*operations: str, root: str = "[]") -> str:
    """Return a document with an operation of each security."""
    paths = "".join(
        f"  /o{index}:\n    get: {{operationId: o{index}, security: {one}, responses: {{'200': {{description: d}}}}}}\n"
        for index, one in enumerate(operations)
    )
    head = f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nsecurity: {root}\n"
    return f"{head}paths:\n{paths}components:\n  securitySchemes:\n{SCHEMES}"


SECURED = {
    "[bearer: []]": {"authorization": "Bearer k"},
    "[basic: []]": {"authorization": "Basic az0x"},
    "[header: []]": {"x-key": "k=1"},
    "[query: []]": {"path": "/o0?k=k%3D1"},
    "[cookie: []]": {"cookie": "sid=k=1"},
    "[raw: []]": {"authorization": "k=1"},
    "[tls: []]": {},
    "[digest: [], {header: []}]": {"x-key": "k=1"},
    "[]": {},
}


class Credentialed(Handler):
    """Remembers what could be a credential."""

    def _note(self, body: bytes) -> None:
        names = ("authorization", "x-key", "cookie")
        found = {name: str(self.headers[name]) for name in names if self.headers[name]}
        Credentialed.sent = found | ({"path": self.path} if "?" in self.path else {})

    sent: dict[str, str]


@pytest.mark.off_document("another API")
@pytest.mark.parametrize("security", SECURED)
def test_a_key_is_sent_as_its_scheme_says(generate: Generate, security: str) -> None:
    """Each scheme of OpenAPI but for what is no text; of alternatives the first that can be sent; nothing for none."""
    run = generate(secured(security), "--client", name="secured")
    assert (run.code, run.err) == (0, "")
    key = "k" if "bearer" in security else "k=1"
    with serving(Credentialed) as url, imported(run.package) as module, module.Client(api_key=key, base_url=url) as one:
        one.default.o0()
    assert Credentialed.sent == SECURED[security]


@pytest.mark.off_document("another API")
@pytest.mark.anyio
async def test_each_operation_gets_the_credentials_of_its_own_schemes(generate: Generate) -> None:
    """By name, beside the key; the key of the first scheme goes nowhere else, and what is missing is said."""
    kinds = [
        "[{header: []}]",
        "[{bearer: []}]",
        "[{header: [], query: []}]",
        "[]",
        "[{}, {cookie: []}]",
        "[{cookie: []}]",
    ]
    package = generate(secured(*kinds), "--client", name="secured").package
    with serving(Credentialed) as url, imported(package) as module:
        keys = {"bearer": "b", "query": "q"}
        with module.Client(api_key="k", base_url=url, credentials=keys) as client:
            for name, sent in {
                "o0": {"x-key": "k"},
                "o1": {"authorization": "Bearer b"},
                "o2": {"x-key": "k", "path": "/o2?k=q"},
                "o3": {},
                "o4": {},
            }.items():
                getattr(client.default, name)()
                assert Credentialed.sent == sent
            with pytest.raises(ValueError, match=r"o5 needs a credential; pass credentials=\{'cookie': …\}"):
                client.default.o5()
        async with module.AsyncClient(api_key="k", base_url=url, credentials=keys) as client:
            await client.default.o1()
            assert Credentialed.sent == {"authorization": "Bearer b"}


def test_a_credential_that_no_client_can_send_is_refused(generate: Generate) -> None:
    """By the line of its operation; without --client the package is made."""
    run = generate(secured("[{header: []}]", "[{digest: []}]"), "--client", name="secured")
    assert run.err.startswith("secured.yaml:8:28: a client cannot send what 'digest' asks for")
    assert generate(secured("[{digest: []}]"), name="secured").code == 0
    unknown = generate(secured("[{header: []}]", root="[{nope: []}]"), name="secured")
    assert unknown.err.startswith("secured.yaml:3:12: security scheme 'nope' is not in `components`")


def test_what_a_client_would_send_wrongly_is_refused(toys: ModuleType, generate: Generate) -> None:
    """An operation of another server, and a call of a package with a runtime of its own: nothing is sent."""
    with (
        toys.Client(api_key="k", base_url="http://127.0.0.1:9") as client,
        pytest.raises(ValueError, match=r"elsewhere goes to https://other\.test"),
    ):
        client.default.elsewhere()
    run = generate(SMALL)
    sys.path.insert(0, str(run.package.parent))
    other: Any = importlib.import_module("pets.api")
    with (
        pareta.Pareta(api_key="k", base_url="http://127.0.0.1:9") as client,
        pytest.raises(TypeError, match="Nothing was sent"),
    ):
        client.call(other.retrieve_pet("p"))
    sys.path.remove(str(run.package.parent))


NAMES = """\
openapi: 3.1.0
info: {title: Toys, version: '1'}
paths:
  /toys:
    get:
      operationId: list_toys
      tags: [toys]
      responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: string}}}}}}
    post:
      operationId: overload_toys
      tags: [toys]
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/New'}}}}
      responses: {'200': {description: d, content: {text/plain: {schema: {type: string}}}}}
  /search:
    post:
      operationId: search_toys
      tags: [toys]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/New'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: string}}}}}}
components:
  schemas:
    New:
      type: object
      additionalProperties: true
      required: [idempotency_key]
      properties: {idempotency_key: {type: string}, api: {type: string}, extra_body: {type: string}}
"""


@pytest.mark.off_document("another API")
def test_names_of_the_document_hide_none_of_the_client(generate: Generate, server: str) -> None:
    """Arguments that are named as a module or as an option are sent where they belong."""
    run = generate(NAMES, "--client", name="named")
    assert (run.code, run.err) == (0, "")
    sys.path.insert(0, str(run.package.parent))
    made: Any = importlib.import_module("named.client")
    sys.path.remove(str(run.package.parent))
    with made.Client(base_url=server) as client:
        client.toys.overload_toys(idempotency_key_body="a", api="b", extra_body_="c", extra_body={"d": "e"})
    assert json.loads(Handler.seen[-1][2]) == {"idempotency_key": "a", "api": "b", "extra_body": "c", "d": "e"}


@pytest.mark.parametrize("name", ["Client", "Stream"])
def test_a_schema_that_would_hide_a_class_of_the_client_is_refused(generate: Generate, name: str) -> None:
    """By its place; without clients it generates, and an import renames it."""
    text = DOCUMENT.replace("Toy'", f"{name}'").replace("    Toy:", f"    {name}:")
    run = generate(text, "--client")
    assert (run.code, run.package.exists()) == (1, False)
    said = f"the client has a class '{name}' of its own; rename the schema, or generate without --client\n"
    assert run.err == f"pets.yaml:{text[: text.index(f'    {name}:')].count(chr(10)) + 1}:5: {said}"
    assert generate(text).code == 0


def test_a_server_that_is_not_known_is_refused(generate: Generate) -> None:
    """A variable without a default is no part of a URL."""
    text = SMALL.replace("paths:", "servers: [{url: 'https://{region}.pets.example'}]\npaths:", 1)
    run = generate(text, "--client")
    assert run.err == "pets.yaml:3:1: server variable 'region' has no default; give it one in `variables`\n"


@pytest.mark.long
def test_clients_are_typed(generate: Generate) -> None:
    """Strict mypy has nothing to say, beside a method `list` either, and knows the results."""
    run = generate(DOCUMENT, "--client", name="toys")
    assert generate(NAMES, "--client", name="named").code == 0
    assert generate(secured("[basic: []]", "[header: []]"), "--client", name="secured").code == 0
    use = "from typing import assert_type\nfrom toys.client import Client\nfrom toys.models import Toy\n"
    use += "assert_type(Client(api_key='k', base_url='https://a.test').toys.get('x', timeout=3), Toy)\n"
    (run.package.parent / "use.py").write_text(use)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "use.py", "toys", "named", "secured"]
    done = subprocess.run(command, cwd=run.package.parent, capture_output=True, text=True, check=False)
    assert "Success" in done.stdout, done.stdout
