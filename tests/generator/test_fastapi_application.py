"""A FastAPI application's own document gives an SDK that works against it."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from fastapi_shop import KEY
from modes import Mode

import pareta
from generator.__main__ import main

pytestmark = pytest.mark.off_document("another API")
DETAIL = {"kind": "book", "pages": 3}


class Shop(NamedTuple):
    """The SDK, and where the application runs."""

    client: ModuleType
    url: str


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Run the application in a process of its own, import what it publishes, and generate."""
    folder = tmp_path_factory.mktemp("shop")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "uvicorn", "fastapi_shop:app", "--app-dir", str(Path(__file__).parent)]
        command += ["--log-level", "warning", "--fd", str(listener.fileno())]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
    try:
        with urllib.request.urlopen(f"{url}/openapi.json", timeout=30) as published:
            (folder / "published.json").write_bytes(published.read())
        upstream = str(folder / "upstream.yaml")
        assert main(["import", str(folder / "published.json"), "-o", upstream]) == 0
        assert main(["--spec", upstream, "--output", str(folder / "shop"), "--client"]) == 0
        sys.path.insert(0, str(folder))
        yield Shop(importlib.import_module("shop.client"), url)
        sys.path.remove(str(folder))
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def client(shop: Shop, mode: Mode) -> Iterator[Any]:
    """Give a client, sync and async in turn."""
    with mode.entered(opened(shop, mode, KEY)) as client:
        yield client


def opened(shop: Shop, mode: Mode, key: str) -> Any:
    """Return a client with a key."""
    made = shop.client.Client if mode.name == "sync" else shop.client.AsyncClient
    return made(api_key=key, base_url=shop.url)


def test_items_come_and_go(client: Any, mode: Mode) -> None:
    """Bodies with unions, answers with times, pages by query parameters, and a 404 that is typed."""
    ids = []
    for n in range(3):
        made = mode.run(client.items.create(name=f"n{n}", price=n + 0.5, detail=DETAIL, size="large", tags=["a", "b"]))
        ids.append(made.id)
    assert (made.detail.pages, made.made.year, sorted(made.tags), made.labels) == (3, 2026, ["a", "b"], None)
    seen, offset, total = list[str](), 0, 1
    while offset < total:
        page = mode.run(client.items.list(offset=offset, tag=["b", "a"], size="large"))
        seen += [one.id for one in page.items]
        offset, total = len(seen), page.total
    assert seen == ids
    detail = mode.run(client.items.read_detail(ids[0]))
    assert (type(detail).__name__, detail.pages) == ("Book", 3)
    for one in ids:
        assert mode.run(client.items.delete(one)) is None
    with pytest.raises(pareta.NotFoundError, match="no such item"):
        mode.run(client.items.read(ids[0]))


def test_files_are_uploaded_and_loaded(client: Any, mode: Mode) -> None:
    """Several in one form beside a field; a picture comes back as bytes."""
    made = mode.run(client.items.create(name="p", price=1, detail={"kind": "toy", "ages": [3, 9]}))
    assert list(made.detail.ages) == [3, 9]
    pictures = [("one.png", b"12"), ("two.png", b"345")]
    receipt = mode.run(client.items.upload_pictures(made.id, pictures=pictures, cover=b"6", note="n"))
    assert receipt.to_dict() == {"names": ["one.png", "two.png"], "size": 6, "note": "n"}
    assert mode.run(client.items.cover(made.id)).startswith(b"\x89PNG")
    mode.run(client.items.delete(made.id))


def test_streams_give_typed_items(shop: Shop, client: Any, mode: Mode) -> None:
    """Events and lines of JSON are of the class that the endpoint yields, by a method or by a call of its own."""
    made = mode.run(client.items.create(name="s", price=1, detail=DETAIL))
    with mode.entered(mode.run(client.items.watch(made.id, steps=4))) as events:
        assert [(one.done, one.of) for one in mode.each(events)] == [(n, 4) for n in range(1, 5)]
    with mode.entered(mode.run(client.items.history(made.id))) as lines:
        assert [(type(one).__name__, one.done, one.of) for one in mode.each(lines)] == [
            ("Progress", 1, 2),
            ("Progress", 2, 2),
        ]
    call = importlib.import_module("shop.api").history(made.id)
    with mode.entered(mode.run(mode.client(shop.url, api_key=KEY).call(call))) as lines:
        assert [one.done for one in mode.each(lines)] == [1, 2]
    mode.run(client.items.delete(made.id))


def test_webhooks_give_typed_events(client: Any) -> None:
    """FastAPI describes them beside the routes; their literals tell the kinds."""
    body, headers = importlib.import_module("shop.webhooks").wrap({"type": "item.sold", "item": "i"}, secret="c2VjcmV0")
    event = client.webhooks.unwrap(body, headers, secret="c2VjcmV0")
    assert (type(event).__name__, event.item) == ("Sold", "i")


def test_cookies_headers_forms_and_text_arrive(client: Any, mode: Mode) -> None:
    """Each where FastAPI reads it."""
    assert mode.run(client.public.motd(visits=4)) == "visit 5"
    assert mode.run(client.public.who_am_i(x_trace="t")) == ["ann", "t"]
    assert mode.run(client.public.login(user="u", password="pass")) == {"u": 4}
    assert mode.run(client.public.export()) == "name,price\n"


def test_dependencies_refuse_with_typed_errors(shop: Shop, mode: Mode) -> None:
    """A wrong key, which an open operation does not need."""
    with mode.entered(opened(shop, mode, "wrong")) as client:
        assert mode.run(client.public.health()) == {"status": "ok"}
        with pytest.raises(pareta.AuthenticationError, match="this key is unknown"):
            mode.run(client.items.list())


def test_values_that_pydantic_refuses_are_typed_errors(client: Any, mode: Mode) -> None:
    """FastAPI's list of problems is the message."""
    with pytest.raises(pareta.UnprocessableEntityError, match="greater than 0"):
        mode.run(client.items.create(name="z", price=-1, detail=DETAIL))
