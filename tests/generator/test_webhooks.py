"""Webhooks of a document: which requests are theirs, what is wrong with the others, and which class an event has."""

from __future__ import annotations

import base64
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from generator_kit import Generate, imported
from hypothesis import given, strategies as st

from generator.__main__ import main
from generator.runtime import signatures
from generator.runtime.signatures import (
    MissingHeaderError,
    PayloadError,
    TimestampError,
    WebhookError,
    WrongSignatureError,
    sign,
    verify,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_614_265_330.0
# The test vector of the specification's own libraries.
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
COUNT = count()
DOCUMENT = """\
openapi: 3.1.0
info: {title: Toy API, version: '1'}
paths:
  /toys:
    get: {operationId: list_toys, tags: [toys], responses: {'204': {description: d}}}
webhooks:
  order.shipped:
    post:
      summary: An order is on its way
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Shipped'}}}}
      responses: {'200': {description: d}}
  order.paid:
    $ref: '#/components/pathItems/Paid'
  ping:
    get: {responses: {'200': {description: It brings nothing.}}}
components:
  pathItems:
    Paid:
      post:
        requestBody:
          content:
            application/json:
              schema:
                type: object
                required: [type, data]
                properties:
                  type: {const: order.paid}
                  data: {type: object, properties: {cents: {type: integer}}}
        responses: {'200': {description: d}}
  schemas:
    Shipped:
      type: object
      required: [type, data]
      properties:
        type: {const: order.shipped}
        data: {type: object, properties: {order_id: {type: string}}}
"""


def test_the_published_vector_is_verified_and_made() -> None:
    """Body, id, time and secret of the specification give its signature."""
    verify(BODY, HEADERS, secret=SECRET, now=NOW)
    assert sign(BODY, secret=SECRET, webhook_id=HEADERS["webhook-id"], now=NOW) == HEADERS
    verify(BODY.decode(), HEADERS, secret=SECRET.removeprefix("whsec_"), now=NOW)


@pytest.mark.parametrize("kind", [dict, list, lambda pairs: {name.title(): value for name, value in pairs}])
def test_headers_come_as_the_framework_has_them(kind: Callable[[Any], Any]) -> None:
    """A mapping or pairs, in any case, among others."""
    verify(BODY, kind([("Host", "x"), *HEADERS.items()]), secret=SECRET, now=NOW)


def test_one_of_several_signatures_is_enough() -> None:
    """The sender signs with the old and the new secret while they change; other versions are left to others."""
    other = sign(BODY, secret="whsec_b3RoZXI=", webhook_id=HEADERS["webhook-id"], now=NOW)["webhook-signature"]
    both = f"v1a,AAAA {other} {HEADERS['webhook-signature']}"
    verify(BODY, {**HEADERS, "webhook-signature": both}, secret=SECRET, now=NOW)
    with pytest.raises(WrongSignatureError, match="no signature fits: the secret is another's, or the body is not"):
        verify(BODY, {**HEADERS, "webhook-signature": f"v1a,AAAA {other}"}, secret=SECRET, now=NOW)


WRONG: list[tuple[dict[str, str], type[WebhookError], str]] = [
    ({"webhook-id": ""}, MissingHeaderError, "the header webhook-id is absent"),
    ({"webhook-signature": ""}, MissingHeaderError, "the header webhook-signature is absent"),
    ({"webhook-timestamp": ""}, MissingHeaderError, "the header webhook-timestamp is absent"),
    ({"webhook-timestamp": "yesterday"}, TimestampError, "webhook-timestamp is 'yesterday', not a number of seconds"),
    ({"webhook-timestamp": "-1"}, TimestampError, "not a number of seconds"),
    ({"webhook-timestamp": "1614265331"}, WrongSignatureError, "no signature fits"),
    ({"webhook-id": "msg_2"}, WrongSignatureError, "no signature fits"),
    ({"webhook-signature": "v1,"}, WrongSignatureError, "no signature fits"),
    ({"webhook-signature": "v1,\u00e9"}, WrongSignatureError, "no signature fits"),
    ({"webhook-signature": "v2,AAAA v1a,AAAA"}, WrongSignatureError, "no signature of version v1"),
]


@pytest.mark.parametrize("case", WRONG, ids=[f"{next(iter(one[0]))}-{n}" for n, one in enumerate(WRONG)])
def test_what_is_wrong_is_said(case: Any) -> None:
    """A class for each reason, all of them WebhookErrors; the secret is not shown."""
    changed, kind, said = case
    with pytest.raises(kind, match=said) as caught:
        verify(BODY, {**HEADERS, **changed}, secret=SECRET, now=NOW)
    assert isinstance(caught.value, WebhookError)
    assert SECRET[6:] not in str(caught.value)


@pytest.mark.parametrize("seconds", [301, -301, 1e6])
def test_an_old_request_is_refused(seconds: float) -> None:
    """Five minutes in both directions, unless the caller says otherwise. The signature alone is not enough."""
    verify(BODY, HEADERS, secret=SECRET, now=NOW + (300 if seconds > 0 else -300))
    with pytest.raises(TimestampError, match=r"it is \d+ s (old|in the future), more than 300 s"):
        verify(BODY, HEADERS, secret=SECRET, now=NOW + seconds)
    verify(BODY, HEADERS, secret=SECRET, now=NOW + seconds, tolerance=1e6)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64", "s\u00e9cret"])
def test_a_secret_that_is_none_is_the_callers_mistake(secret: str) -> None:
    """It is no WebhookError, for which a server would answer 400, and it is not repeated."""
    with pytest.raises(ValueError, match="secret must be base64, with or without `whsec_` before it") as caught:
        verify(BODY, HEADERS, secret=secret, now=NOW)
    assert not isinstance(caught.value, WebhookError)


@given(st.binary(max_size=50), st.binary(min_size=1, max_size=64), st.text("abc._-1", min_size=1), st.data())
def test_what_is_signed_is_verified_and_nothing_else(body: bytes, key: bytes, name: str, data: st.DataObject) -> None:
    """Whatever the body, the secret and the id: one bit changed in any of them, and it is refused."""
    secret = f"whsec_{base64.b64encode(key).decode()}"
    headers = sign(body, secret=secret, webhook_id=name, now=NOW)
    verify(body, headers, secret=secret, now=NOW)
    part = data.draw(st.sampled_from(["body", "key", "id", "signature"]))
    if part == "body":
        body = _flipped(body, data) if body else b"x"
    elif part == "key":
        key = _flipped(key, data)
    elif part == "id":
        headers["webhook-id"] += "x"
    else:
        signature = base64.b64decode(headers["webhook-signature"][3:])
        headers["webhook-signature"] = f"v1,{base64.b64encode(_flipped(signature, data)).decode()}"
    with pytest.raises(WrongSignatureError):
        verify(body, headers, secret=f"whsec_{base64.b64encode(key).decode()}", now=NOW)


def _flipped(found: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(found) * 8 - 1))
    return bytes(byte ^ (1 << at % 8 if at // 8 == index else 0) for index, byte in enumerate(found))


@given(st.binary(max_size=40) | st.text(max_size=40), st.dictionaries(st.sampled_from(list(HEADERS)), st.text()))
def test_any_request_is_verified_or_a_webhook_error(body: bytes | str, headers: dict[str, str]) -> None:
    """No other exception, whatever comes from outside."""
    try:
        verify(body, headers, secret=SECRET, now=NOW)
        signatures.read_body(body)
    except WebhookError:
        pass


@pytest.mark.parametrize("body", [b"", b"[1]", b"null", b"{'a': 1}", b'{"a": NaN}', b'{"a": "\xff"}', b"[" * 100_000])
def test_a_body_that_is_no_object_is_an_error(body: bytes) -> None:
    """It is signed, but nothing that the document describes."""
    with pytest.raises(PayloadError, match="the body is "):
        signatures.read_body(body)


@pytest.fixture
def made(generate: Generate) -> Iterator[Any]:
    """Generate a document with clients; return the module of the client."""
    with ExitStack() as stack:

        def make(text: str = DOCUMENT) -> ModuleType:
            run = generate(text, "--client", name=f"hooked{next(COUNT)}")
            assert (run.code, run.err) == (0, "")
            return stack.enter_context(imported(run.package))

        yield make


def test_a_client_gives_the_event_as_its_class(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its kind. One that the document does not know is a plain view; its body is as strict as an answer's."""
    client = made()
    webhooks = importlib.import_module(client.__name__.replace(".client", ".webhooks"))
    monkeypatch.setenv("TOY_WEBHOOK_SECRET", SECRET)
    for space in (
        client.Client(api_key="k", base_url="https://x"),
        client.AsyncClient(api_key="k", base_url="https://x"),
    ):
        for event, name in (
            ({"type": "order.shipped", "data": {"order_id": "o1"}}, "Shipped"),
            ({"type": "order.paid", "data": {"cents": 7}}, "OrderPaidEvent"),
            ({"type": "order.lost", "data": {}}, "View"),
            ({}, "View"),
        ):
            body, headers = webhooks.wrap(event, secret=SECRET, now=NOW)
            found = space.webhooks.unwrap(body, headers, now=NOW)
            assert (type(found).__name__, found.to_dict()) == (name, event)
        assert webhooks.read(b'{"type": "order.paid", "data": {"cents": 7}}').data.cents == 7
        kinds = importlib.import_module(client.__name__.replace(".client", ".signatures"))
        with pytest.raises(kinds.TimestampError):
            space.webhooks.unwrap(body, headers, now=NOW + 301)
    monkeypatch.delenv("TOY_WEBHOOK_SECRET")
    with pytest.raises(ValueError, match="no secret: pass it in secret=, or set TOY_WEBHOOK_SECRET"):
        space.webhooks.unwrap(body, headers, now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "reader"),
    [
        ("type: {const: order.", "type: {type: string, x-was: order.", 'Tagged("type", {"order.shipped": Shipped'),
        ("type: {const: order.", "type: {enum: [order.", 'Tagged("type", {"order.shipped": Shipped'),
        ("type: {const: order.", "sort: {type: string, x-was: order.", "Fitting("),
    ],
)
def test_kinds_are_told_apart_by_what_the_document_says(made: Any, old: str, new: str, reader: str) -> None:
    """By values that it lists, else by the names of the webhooks, else by the keys that an event has."""
    text = DOCUMENT.replace(old, new).replace("[type, data]", "[data]")
    text = text.replace("{enum: [order.shipped}", "{enum: [order.shipped]}").replace("[order.paid}", "[order.paid]}")
    client = made(text)
    source = Path(importlib.import_module(client.__name__.replace(".client", ".webhooks")).__file__ or "").read_text()
    assert f"_READER = readers.{reader}" in source


def test_webhooks_go_with_the_operations_of_their_tag(made: Any) -> None:
    """A service that has operations tagged `webhooks` keeps them."""
    client = made(DOCUMENT.replace("operationId: list_toys, tags: [toys]", "operationId: unwrap, tags: [webhooks]"))
    space = client.Client(api_key="k", base_url="https://x").webhooks
    assert {"unwrap", "unwrap_webhook"} <= set(dir(space))


def test_a_document_of_webhooks_alone_generates(generate: Generate, tmp_path: Path) -> None:
    """Imported as it comes; there are no calls, and no client is needed to read an event."""
    text = DOCUMENT.replace(DOCUMENT[DOCUMENT.index("paths:") : DOCUMENT.index("webhooks:")], "")
    (tmp_path / "published.yaml").write_text(text)
    assert main(["import", str(tmp_path / "published.yaml"), "-o", str(tmp_path / "up.yaml"), "--quiet"]) == 0
    run = generate((tmp_path / "up.yaml").read_text(), name="alone")
    assert (run.code, run.err) == (0, "")
    with_client = generate((tmp_path / "up.yaml").read_text(), "--client", name="alone_too")
    assert (with_client.code, with_client.err) == (0, "")
    script = 'import alone.webhooks as w; print(type(w.read(b\'{"type": "order.paid"}\')).__name__)'
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "OrderPaidEvent\n"


@pytest.mark.parametrize("body", ["{text/csv: {schema: {}}}", "{application/json: {schema: {type: array, items: {}}}}"])
def test_a_payload_that_is_no_object_is_refused(generate: Generate, body: str) -> None:
    """By name and line."""
    run = generate(DOCUMENT.replace("{application/json: {schema: {$ref: '#/components/schemas/Shipped'}}}", body))
    assert (run.code, run.err.startswith("pets.yaml:10:")) == (1, True)
    assert "the payload of a webhook is a JSON object; describe it so, or remove the webhook" in run.err


@pytest.mark.long
def test_events_are_typed(generate: Generate) -> None:
    """Strict mypy and pyright have nothing to say, and know the events."""
    run = generate(DOCUMENT, "--client", name="hooks")
    use = "from typing import assert_type\nfrom hooks import webhooks\nfrom hooks.client import AsyncClient, Client\n"
    use += "from hooks.models import OrderPaidEvent, Shipped\nfrom pareta_generated.types import View\n"
    use += "event = Client(base_url='u').webhooks.unwrap(b'', [('a', 'b')], secret='s')\n"
    use += "assert_type(event, Shipped | OrderPaidEvent | View)\n"
    use += "assert_type(AsyncClient(base_url='u').webhooks.unwrap('', {}), webhooks.WebhookEvent)\n"
    use += "webhooks.wrap({'type': 'order.paid', 'data': {'cents': 3}}, secret='s')\n"
    folder = run.package.parent
    (folder / "use.py").write_text(use)
    root = str(importlib.import_module("pareta_generated").__path__[0]).rpartition("/")[0]
    settings = {"typeCheckingMode": "strict", "extraPaths": [root, "."], "include": ["use.py", "hooks"]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    for command in (["mypy", "--strict", "--no-incremental", "use.py", "hooks"], ["pyright"]):
        more = ["--pythonpath", sys.executable] if command == ["pyright"] else []
        done = subprocess.run(
            [sys.executable, "-m", *command, *more], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
