"""What every operation has in common: routing, keys, validation, hosts, request ids, rare answers."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sandbox_kit import ask, chat, client_of

from pareta.sandbox import Sandbox
from pareta.sandbox._matcher import Matcher


def raw_exchange(sandbox: Sandbox, request: bytes) -> bytes:
    """Send bytes on a connection of their own and return all that comes back."""
    address = urlsplit(sandbox.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the first thing that a 422 says is wrong."""
    assert answer.status_code == 422, answer.text
    found: dict[str, Any] = answer.json()["detail"][0]
    return found


def test_every_answer_names_its_request(api: httpx.Client) -> None:
    """Answers of every kind carry a request id, and no two the same."""
    answers = [
        api.get("/v1/models"),
        api.get("/nowhere"),
        api.put("/v1/models"),
        api.get("/v1/models", headers={"authorization": "Bearer wrong"}),
        ask(api, {}),
        ask(api, chat(stream=True)),
        api.get("/v1/models", headers={"host": "example.com"}),
        api.delete("/v1/endpoints/ep_d4e5f6"),
    ]
    assert [each.status_code for each in answers] == [200, 404, 405, 401, 422, 200, 421, 204]
    ids = [each.headers["x-request-id"] for each in answers]
    assert ids == [f"req_{number:06}" for number in range(1, 9)]


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/models/", "//v1/models", "/v1/endpoints/", "/v1/endpoints//start"]
)
def test_unknown_paths_are_404(api: httpx.Client, path: str) -> None:
    """A path that no operation has answers 404 with a detail, also one with an empty id."""
    answer = api.get(path)
    assert answer.status_code == 404
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/endpoints", "GET, POST"),
        ("QUERY", "/v1/endpoints/ep_a1b2c3", "DELETE, GET"),
        ("OPTIONS", "/v1/tasks/match", "POST"),
        ("HEAD", "/v1/models", "GET"),
        ("BREW", "/v1/endpoints/ep_a1b2c3/start", "POST"),
    ],
)
def test_other_methods_are_405_with_every_method_of_the_path(
    api: httpx.Client, method: str, path: str, allow: str
) -> None:
    """A method that a path does not take answers 405, and `Allow` names all that it takes."""
    answer = api.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


def test_a_get_of_match_asks_for_a_task_of_that_name(api: httpx.Client) -> None:
    """GET /v1/tasks/match is retrieve_task with the id `match`, which no task has."""
    answer = api.get("/v1/tasks/match")
    assert (answer.status_code, answer.json()["detail"]) == (404, "No task 'match'. GET /v1/tasks lists the catalog.")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer pareta_sk_other", "Basic {key}", "{key}", "Bearer {key}x", "Bearer é"]
)
def test_other_keys_are_401(sandbox: Sandbox, header: str | None) -> None:
    """No key, another key, and the key in another scheme answer 401."""
    headers = {} if header is None else {b"authorization": header.format(key=sandbox.api_key).encode()}
    answer = httpx.get(f"{sandbox.base_url}/v1/models", headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid or missing API key."})


def test_the_key_is_asked_for_before_the_body_is_looked_at(sandbox: Sandbox) -> None:
    """Without a key, a request that is wrong otherwise too learns only that."""
    answer = httpx.post(f"{sandbox.base_url}/v1/endpoints", content=b"{", trust_env=False)
    assert answer.status_code == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8700", "[::1]"])
def test_loopback_names_are_answered(api: httpx.Client, host: str) -> None:
    """Any name of this machine is a good host, whatever the port."""
    assert api.get("/v1/models", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "10.0.0.1:8700", "localhost.example.com:80"])
def test_other_hosts_are_refused(api: httpx.Client, host: str) -> None:
    """A page whose name was made to point here cannot use the sandbox."""
    answer = api.get("/v1/models", headers={"host": host, "origin": "http://example.com"})
    assert answer.status_code == 421
    name = host.partition(":")[0]
    assert answer.json()["detail"] == (
        f"This sandbox answers for 127.0.0.1, [::1], localhost, and not for '{name}'. To add that, start it with"
        f" --allow-host {name} or Sandbox(allow_hosts=['{name}'])."
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]


ORIGIN = "http://localhost:5173"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,idempotency-key",
    "access-control-request-private-network": "true",
}


def test_pages_of_an_origin_may_call_when_they_are_allowed_to() -> None:
    """`cors=` answers preflights, and lets answers, errors and streams be read; never the pages that show the key."""
    with Sandbox(pace=0, cors=ORIGIN) as sandbox, client_of(sandbox) as api:
        api.headers["origin"] = ORIGIN
        preflight = httpx.options(
            f"{sandbox.base_url}/v1/chat/completions", headers={"origin": ORIGIN, **PREFLIGHT}, trust_env=False
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-headers"] == PREFLIGHT["access-control-request-headers"]
        assert "POST" in preflight.headers["access-control-allow-methods"]
        stream = ask(api, chat(stream=True), idempotency_key="one")
        assert stream.headers["content-type"] == "text/event-stream"
        for answer in (preflight, stream, api.get("/v1/endpoints/none"), api.get("/v1/models", headers={"host": "x"})):
            assert answer.headers["access-control-allow-origin"] == ORIGIN
            assert "origin" in answer.headers["vary"].lower()
        assert stream.headers["access-control-expose-headers"] == "*"
        assert "access-control-allow-origin" not in api.get("/docs").headers
        assert [each.operation for each in sandbox.requests] == ["create_chat_completion", "retrieve_endpoint", None]


def test_pages_of_other_origins_may_not_call(api: httpx.Client) -> None:
    """Without `cors=`, and for an origin that it does not name, no answer says that a page may read it."""
    with Sandbox(pace=0, cors=ORIGIN) as sandbox, client_of(sandbox) as strict:
        for client in (api, strict):
            for answer in (
                client.options("/v1/models", headers={"origin": "http://localhost:5174", **PREFLIGHT}),
                client.get("/v1/models", headers={"origin": "http://localhost:5174"}),
            ):
                assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({}, ["body", "task"], "missing"),
        ({"task": 3}, ["body", "task"], "string_type"),
        ({"task": ""}, ["body", "task"], "string_too_short"),
        ({"task": "translation", "name": ".."}, ["body", "name"], "string_pattern_mismatch"),
        ({"task": "translation", "name": "a\nb"}, ["body", "name"], "string_pattern_mismatch"),
        ({"task": "translation", "name": "n" * 129}, ["body", "name"], "string_too_long"),
        ([], ["body"], "object_type"),
        (3, ["body"], "object_type"),
    ],
)
def test_a_wrong_deployment_is_422_with_the_way_to_it(api: httpx.Client, body: Any, loc: list[str], kind: str) -> None:
    """What is wrong with a body is named by its place and its kind."""
    found = problem(api.post("/v1/endpoints", json=body))
    assert (found["loc"], found["type"]) == (loc, kind)
    assert found["msg"]


@pytest.mark.parametrize(
    ("messages", "loc"),
    [
        ([], ["body", "messages"]),
        ([{"role": "user"}], ["body", "messages", 0, "content"]),
        ([{"role": "user", "content": "a"}, {"role": "user", "content": []}], ["body", "messages", 1, "content"]),
        ([{"role": "king", "content": "a"}], ["body", "messages", 0, "role"]),
        ([{"content": "a"}], ["body", "messages", 0, "role"]),
        ([{"role": "tool", "content": "a"}], ["body", "messages", 0, "tool_call_id"]),
        ([{"role": "user", "content": [{"type": "text"}]}], ["body", "messages", 0, "content", 0, "text"]),
        (["hello"], ["body", "messages", 0]),
    ],
)
def test_a_wrong_message_is_found_by_its_role(api: httpx.Client, messages: Any, loc: list[str | int]) -> None:
    """Of the forms that a message may have, the problem is told for the one that its role means."""
    assert problem(ask(api, {"model": "ep_a1b2c3", "messages": messages}))["loc"] == loc


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"task": NaN}',
        b'{"task": 1e999}',
        b'{"task": "\\ud800"}',
        b"[" * 200_000,
        b'{"task": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_no_json_is_422(api: httpx.Client, content: bytes) -> None:
    """Malformed, missing, bottomless and non-finite JSON answer 422 at the body, and the sandbox lives on."""
    answer = api.post("/v1/endpoints", content=content, headers={"content-type": "application/json"})
    assert problem(answer)["loc"] == ["body"]
    assert api.get("/v1/models").status_code == 200


@pytest.mark.parametrize("depth", [200, 400, 900, 5_000])
def test_a_deep_body_is_accepted_or_refused_and_never_fatal(api: httpx.Client, depth: int) -> None:
    """A nested value in a field that the document does not declare is passed over, or answers 422."""
    content = b'{"query": "invoices", "x": ' + b"[" * depth + b"]" * depth + b"}"
    answer = api.post("/v1/tasks/match", content=content, headers={"content-type": "application/json"})
    assert answer.status_code in {200, 422}


def test_the_content_type_must_be_json(api: httpx.Client) -> None:
    """A charset is welcome; another media type answers 422 and says what is due."""
    body = json.dumps({"query": "invoices"}).encode()
    for media_type, status in (
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 422),
        ("application/x-www-form-urlencoded", 422),
    ):
        answer = api.post("/v1/tasks/match", content=body, headers={"content-type": media_type})
        assert answer.status_code == status
    assert problem(answer)["loc"] == ["header", "content-type"]


def test_a_body_that_is_too_long_is_422(api: httpx.Client) -> None:
    """More than 8 MiB are read and dropped, and the answer says so."""
    answer = api.post("/v1/tasks/match", json={"query": "x" * (8 * 1024 * 1024)})
    assert (problem(answer)["loc"], problem(answer)["type"]) == (["body"], "too_long")


def test_a_client_that_leaves_within_its_body_has_no_effect(sandbox: Sandbox, api: httpx.Client) -> None:
    """Half a request to stop an endpoint stops nothing."""
    head = (
        f"POST /v1/endpoints/ep_a1b2c3/stop HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {sandbox.api_key}\r\n"
    )
    address = urlsplit(sandbox.base_url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"{head}content-length: 10\r\n\r\n12345".encode())
    assert api.get("/v1/endpoints/ep_a1b2c3").json()["status"] == "live"


@pytest.mark.parametrize(
    ("value", "status", "examples"),
    [("0", 200, None), ("1", 200, 1), ("3.0", 200, 3), ("20", 200, 4), ("21", 422, None), ("-1", 422, None)]
    + [(value, 422, None) for value in ("", "x", "1.5", "1e1", " 1", "1_0", "null", "٣", "9" * 30)],
)
def test_integers_in_the_query_are_read(api: httpx.Client, value: str, status: int, examples: int | None) -> None:
    """`examples_n` is an integer from 0 to 20, 3.0 being one too; there are as many examples as there are."""
    answer = api.get("/v1/tasks/contract-key-fields", params={"examples_n": value})
    assert answer.status_code == status
    if status == 422:
        assert problem(answer)["loc"] == ["query", "examples_n"]
    else:
        assert len(answer.json().get("examples", [])) == (examples or 0)
        assert ("examples" in answer.json()) is (examples is not None)


def test_undeclared_query_parameters_are_ignored(api: httpx.Client) -> None:
    """A feed takes any further parameter."""
    answer = api.get("/v1/endpoints/ep_a1b2c3/cost", params={"window": "7d", "colour": "blue", "filters": "x"})
    assert (answer.status_code, answer.json()["window"]) == (200, "7d")


@pytest.mark.parametrize("window", ["", "0h", "24", "1w", "10000d", "-1h", "24h "])
def test_a_wrong_window_is_422(api: httpx.Client, window: str) -> None:
    """A window is a positive number of minutes, hours or days."""
    answer = api.get("/v1/endpoints/ep_a1b2c3/activity", params={"window": window})
    assert problem(answer)["loc"] == ["query", "window"]


def test_each_value_of_a_repeated_parameter_is_looked_at(api: httpx.Client) -> None:
    """A wrong value does not hide behind a right one of the same name; of right ones the last counts."""
    path = "/v1/endpoints/ep_a1b2c3/activity"
    assert api.get(path, params=[("window", "x"), ("window", "1h")]).status_code == 422
    assert api.get(path, params=[("window", "2h"), ("window", "1h")]).json()["window"] == "1h"


def test_a_failure_of_the_sandbox_is_a_500_that_says_where_to_look(
    sandbox: Sandbox, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected exception answers 500 with a detail and a request id; its traceback is in the log."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Matcher, "match", fail)
    answer = api.post("/v1/tasks/match", json={"query": "x"})
    assert answer.status_code == 500
    assert answer.json() == {"detail": "The sandbox failed. Its log says why."}
    assert answer.headers["x-request-id"] == "req_000001"
    assert "ZeroDivisionError: planted" in caplog.text


@pytest.mark.parametrize(
    ("scenario", "status", "headers"),
    [
        ("429; retry-after=2", 429, {"retry-after": "2"}),
        ("503", 503, {"retry-after": "1"}),
        ("503; should-retry=false", 503, {"x-should-retry": "false"}),
        ("402", 402, {}),
        ("401", 401, {"www-authenticate": "Bearer"}),
        ("500", 500, {}),
    ],
)
def test_rare_answers_come_on_demand(
    sandbox: Sandbox, api: httpx.Client, scenario: str, status: int, headers: dict[str, str]
) -> None:
    """The scenario header gives an answer of that status, before the operation does anything."""
    answer = ask(api, x_sandbox_scenario=scenario)
    assert answer.status_code == status
    assert headers.items() <= dict(answer.headers).items()
    assert isinstance(answer.json()["detail"], str)
    assert sandbox.balance == 25_000_000


def test_a_scenario_of_422_has_the_form_of_one(api: httpx.Client) -> None:
    """The detail of a 422 is a list, here too; a detail of one's own is its message."""
    answer = api.get("/v1/models", headers={"x-sandbox-scenario": "422; detail=no"})
    assert problem(answer)["msg"] == "no"


@pytest.mark.parametrize("scenario", ["418", "", "429; colour=blue", "429; retry-after", "deploy-fails"])
def test_a_scenario_that_there_is_not_is_400(api: httpx.Client, scenario: str) -> None:
    """A scenario that cannot be had is refused, so that a misspelt one does not pass for a good answer."""
    assert api.get("/v1/models", headers={"x-sandbox-scenario": scenario}).status_code == 400


def test_bytes_that_are_not_http_do_no_harm(sandbox: Sandbox, api: httpx.Client) -> None:
    """Junk gets an answer or a hang-up, and the sandbox serves on."""
    raw_exchange(sandbox, b"\x00\x01\x02 nonsense\r\n\r\n")
    assert api.get("/v1/models").status_code == 200


def test_an_answer_without_delay_has_no_delay(api: httpx.Client) -> None:
    """Small answers are not held back: fifty round trips take well under the 2 s that Nagle's algorithm would cost."""
    api.get("/v1/models")
    total = sum(api.get("/v1/models").elapsed.total_seconds() for _ in range(50))
    assert total < 1
