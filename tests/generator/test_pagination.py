"""Operations with `x-pagination`: the items of all pages, and what of the extension is refused."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from generator_kit import Generate, imported, serving

import pareta

DOCUMENT = """\
openapi: 3.1.0
info: {title: Toy API, version: '1'}
paths:
  /cursor:
    get:
      operationId: list_toys
      tags: [toys]
      x-pagination: {style: cursor, parameter: after, items: data, next: meta.next}
      parameters:
        - {name: after, in: query, schema: {type: string}}
        - {name: kind, in: query, schema: {type: string}}
      responses: {'200': {$ref: '#/components/responses/Page'}}
  /last:
    get:
      operationId: latest_toys
      tags: [toys]
      x-pagination: {style: cursor, parameter: after, items: data, last: name, more: more}
      parameters: [{name: after, in: query, schema: {type: string}}]
      responses: {'200': {$ref: '#/components/responses/Page'}}
  /page:
    get:
      operationId: list_boxes
      tags: [boxes]
      x-pagination: {style: page, parameter: page}
      parameters: [{name: page, in: query, schema: {type: integer, default: 0}}]
      responses:
        '200':
          description: d
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Toy'}}}}
  /offset:
    post:
      operationId: search_toys
      tags: [toys]
      x-pagination: {style: offset, parameter: skip, items: data, total: total}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [text], properties: {text: {type: string}, skip: {type: integer}}}
      responses: {'200': {$ref: '#/components/responses/Page'}}
components:
  responses:
    Page: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/ToyPage'}}}}
  schemas:
    Toy: {type: object, properties: {name: {type: string}, tags: {type: array, items: {type: string}}}}
    ToyPage:
      type: object
      properties:
        data: {type: array, items: {$ref: '#/components/schemas/Toy'}}
        meta: {type: object, properties: {next: {type: [string, 'null']}}}
        more: {type: boolean}
        total: {type: integer}
"""
TOYS = [{"name": name} for name in "abcde"]


class Handler(BaseHTTPRequestHandler):
    """Answers with two toys a page, and remembers what it was asked."""

    seen: list[str]
    stuck = False

    def do_GET(self) -> None:
        """Answer a GET."""
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        self.seen.append(url.query)
        if url.path == "/page":
            here = int(query.get("page", 0)) * 2
            self._answer(TOYS[here : here + 2])
            return
        after = query.get("after")
        here = next((index + 1 for index, toy in enumerate(TOYS) if toy["name"] == after), 0)
        found = TOYS[here : here + 2]
        more = here + 2 < len(TOYS)
        last = after if Handler.stuck and after else found[-1]["name"]
        self._answer({"data": found, "more": more, **({"meta": {"next": last}} if more else {})})

    def do_POST(self) -> None:
        """Answer a POST."""
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        self.seen.append(text)
        here = json.loads(text).get("skip", 0)
        self._answer({"data": TOYS[here : here + 2], "total": len(TOYS)})

    def _answer(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Serve the document on this machine."""
    Handler.seen, Handler.stuck = [], False
    with serving(Handler) as url:
        yield url


@pytest.fixture
def toys(generate: Generate) -> Iterator[ModuleType]:
    """Generate the package with clients, and import it."""
    run = generate(DOCUMENT, "--client", name="paged")
    assert (run.code, run.err) == (0, "")
    with imported(run.package) as client:
        yield client


PAGED = [
    ("toys", "list_all", {"kind": "soft"}, ["kind=soft", "kind=soft&after=b", "kind=soft&after=d"]),
    ("toys", "latest_all", {}, ["", "after=b", "after=d"]),
    ("boxes", "list_all", {}, ["", "page=1", "page=2", "page=3"]),
    ("toys", "search_all", {"text": "t"}, ['{"text":"t"}', '{"text":"t","skip":2}', '{"text":"t","skip":4}']),
]


@pytest.mark.off_document("another API")
@pytest.mark.parametrize("case", PAGED, ids=[one[1] + one[0] for one in PAGED])
def test_a_client_iterates_over_all_pages(toys: ModuleType, server: str, case: Any) -> None:
    """Each item once, and no page before it is reached, in the query and in the body."""
    space, method, arguments, seen = case
    with toys.Client(base_url=server) as client:
        items = getattr(getattr(client, space), method)(**arguments)
        assert Handler.seen == []
        assert [next(items).name, next(items).name] == ["a", "b"]
        assert len(Handler.seen) == 1
        assert [one.name for one in items] == ["c", "d", "e"]
    assert Handler.seen == seen


@pytest.mark.off_document("another API")
@pytest.mark.anyio
async def test_an_async_client_iterates_over_all_pages(toys: ModuleType, server: str) -> None:
    """From where the caller says; the options hold for each page."""
    async with toys.AsyncClient(base_url=server) as client:
        items = client.toys.list_all(after="b", extra_query={"lang": "en"})
        assert [one.name async for one in items] == ["c", "d", "e"]
    assert Handler.seen == ["after=b&lang=en", "after=d&lang=en"]


@pytest.mark.off_document("another API")
def test_a_call_gives_its_pages_one_by_one(toys: ModuleType, server: str) -> None:
    """Without a client: a call's result is a page, and the call after it is a value."""
    api: Any = importlib.import_module("paged.api")
    with pareta.Pareta(api_key="k", base_url=server) as client:
        call = api.list_toys(after="d")
        page = client.call(call)
        assert ([one.name for one in call.items(page)], call.following(page)) == (["e"], None)
        assert [one.name for one in api.list_toys().iterate(client.call)] == list("abcde")
    assert toys.Client(base_url=server).toys.list(after="d").data[0].name == "e"


@pytest.mark.off_document("another API")
def test_a_cursor_that_does_not_move_is_an_error(toys: ModuleType, server: str) -> None:
    """Else the same page would come for ever."""
    Handler.stuck = True
    said = r"\$\.meta\.next: expected another cursor than 'b', that of this page, found a string"
    with toys.Client(base_url=server) as client, pytest.raises(pareta.APIResponseError, match=said):
        list(client.toys.list_all())
    assert len(Handler.seen) == 2


# What is replaced in the document, by what, and what is said: the line and the column follow from the place.
BROKEN = {
    "style": ("style: offset", "style: keyset", "style 'keyset' does not exist; use cursor, page or offset"),
    "field": ("total: total", "last: total", "style 'offset' has no field 'last'; use items, more, parameter, style,"),
    "no parameter": ("parameter: skip, ", "", "no `parameter`; name the query parameter or field of the JSON body"),
    "parameter": ("parameter: skip", "parameter: skin", "'skin' is no parameter; name the query parameter or field of"),
    "parameter's type": ("skip: {type: integer}", "skip: {type: string}", "'skip' must be an integer where the style"),
    "text": ("items: data, total", "items: [data], total", "`items` is text; write a name"),
    "path": ("next: meta.next", "next: meta.after", "ToyPageMeta has no property 'after'; name one of the answer"),
    "path through text": ("next: meta.next", "next: meta.next.on", "'on' is in no object; name one of the answer"),
    "items": ("items: data, next", "items: meta, next", "the items are no array; name the property that holds them"),
    "no items": ("items: data, next", "next", "the items are no array; name the property that holds them in `items`"),
    "cursor": ("last: name, more", "last: tags, more", "a cursor is a string or an integer; name such a property"),
    "no cursor": ("last: name, more", "more", "a cursor is a property of the answer, `next`, or of its last item"),
    "total": ("total: total", "total: more", "the number of pages or items is an integer; name such a property"),
    "answer": ("application/json: {schema: {type: array", "text/csv: {schema: {type: array", "the answer must be JSON"),
    "key": ("[{name: after, in: query, schema: {type: string}}]", "[{name: Idempotency-Key, in: header, schema: {}}]",
            "each page is another request, so an `Idempotency-Key` has no place; remove one of them"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_would_not_page_is_refused(generate: Generate, case: str) -> None:
    """By name and line, and nothing is written."""
    old, new, said = BROKEN[case]
    assert DOCUMENT.count(old) == 1
    text = DOCUMENT.replace(old, new)
    run = generate(text)
    assert (run.code, run.package.exists()) == (1, False)
    lines = text.splitlines()
    found = next(line for line in run.err.splitlines() if f": `x-pagination`: {said}" in line)
    assert "x-pagination" in lines[int(found.split(":")[1]) - 1]


def test_only_the_operation_changes(generate: Generate) -> None:
    """Without the extension there is no module for it, and the other functions are the same."""
    before = generate(DOCUMENT, name="one")
    text = "\n".join(line for line in DOCUMENT.splitlines() if "x-pagination" not in line)
    after = generate(text, name="two")
    assert (before.package / "paging.py").exists()
    assert not (after.package / "paging.py").exists()
    assert "paging" not in (after.package / "api.py").read_text()


@pytest.mark.long
def test_iterators_are_typed(generate: Generate) -> None:
    """Strict mypy and pyright have nothing to say, and know the items."""
    run = generate(DOCUMENT, "--client", name="paged")
    use = "from collections.abc import AsyncIterator, Iterator\nfrom typing import assert_type\nimport pareta\n"
    use += "from paged import api\nfrom paged.client import AsyncClient, Client\nfrom paged.models import Toy\n"
    use += "assert_type(Client(base_url='u').toys.list_all(after='x', timeout=3), Iterator[Toy])\n"
    use += "assert_type(Client(base_url='u').boxes.list_all(), Iterator[Toy])\n"
    use += "assert_type(AsyncClient(base_url='u').toys.search_all(text='x'), AsyncIterator[Toy])\n"
    use += "assert_type(api.list_toys().iterate(pareta.Pareta().call), Iterator[Toy])\n"
    use += "assert_type(api.list_toys().aiterate(pareta.AsyncPareta().call), AsyncIterator[Toy])\n"
    folder = run.package.parent
    (folder / "use.py").write_text(use)
    root = str(importlib.import_module("pareta_generated").__path__[0]).rpartition("/")[0]
    settings = {"typeCheckingMode": "strict", "extraPaths": [root, "."], "include": ["use.py", "paged"]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    for command in (["mypy", "--strict", "--no-incremental", "use.py", "paged"], ["pyright"]):
        more = ["--pythonpath", sys.executable] if command == ["pyright"] else []
        done = subprocess.run(
            [sys.executable, "-m", *command, *more], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
