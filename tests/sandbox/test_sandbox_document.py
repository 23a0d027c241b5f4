"""The document's examples, asked of a fresh sandbox: requests succeed, and answers are what it says."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest
from sandbox_kit import events

from pareta.sandbox import Sandbox, _document, _document_lines

DOCUMENT = _document.load()
OPERATIONS = DOCUMENT.operations


def node(*way: str) -> Any:
    """Return a part of the document, its references resolved."""
    found: Any = DOCUMENT.raw
    for step in way:
        found = found[step]
        while isinstance(found, dict) and "$ref" in found:
            found = node(*found["$ref"].removeprefix("#/").split("/"))
    return found


def declared(operation_id: str) -> Any:
    """Return an operation as the document writes it."""
    operation = OPERATIONS[operation_id]
    return node("paths", operation.path, operation.method.lower())


def media_of_answers(operation_id: str) -> list[tuple[str, str, Any]]:
    """Return status, media type and content of each answer that an operation documents."""
    found = []
    for status in declared(operation_id)["responses"]:
        response = node(
            "paths", OPERATIONS[operation_id].path, OPERATIONS[operation_id].method.lower(), "responses", status
        )
        found += [(status, media_type, media) for media_type, media in response.get("content", {}).items()]
    return found


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Return a validator of one of the document's schemas."""
    return jsonschema_rs.Draft202012Validator(DOCUMENT.standalone(schema))


def is_declared(schema: Any, value: Any) -> bool:
    """Return whether a value has the form of a schema; an event's payload is looked into, as `contentSchema` says."""
    if "oneOf" in schema:
        return (
            sum(is_declared(node(*each["$ref"].removeprefix("#/").split("/")), value) for each in schema["oneOf"]) == 1
        )
    payload = schema.get("properties", {}).get("data", {}).get("contentSchema")
    if not validator(schema).is_valid(value):
        return False
    return payload is None or (value["data"] != "[DONE]" and validator(payload).is_valid(json.loads(value["data"])))


def send(api: httpx.Client, operation_id: str, *, body: Any = None, **path_values: str) -> httpx.Response:
    """Send a request of an operation, its path filled from examples."""
    path = OPERATIONS[operation_id].path
    for name in ("endpoint_id", "task_id"):
        default = {"endpoint_id": "ep_a1b2c3", "task_id": "contract-key-fields"}[name]
        path = path.replace(f"{{{name}}}", quote(path_values.get(name, default), safe=""))
    return api.request(OPERATIONS[operation_id].method, path, **({} if body is None else {"json": body}))


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_a_place_in_the_document_is_where_it_stands(operation_id: str) -> None:
    """The line of an operation names its method, and the line of a response its status."""
    operation = OPERATIONS[operation_id]
    text = (Path(__file__).parents[2] / DOCUMENT.file).read_text(encoding="utf-8").splitlines()
    assert text[operation.line - 1].strip() == f"{operation.method.lower()}:"
    for status, response in operation.responses.items():
        assert f"'{status}':" in text[response.line - 1]
        assert DOCUMENT.where(operation, int(status)) == f"{DOCUMENT.file}:{response.line}"


def test_without_the_yaml_the_lines_are_those_of_the_json() -> None:
    """An installed package has no `openapi/`, so a place is one in the file that it carries."""
    file, lines = _document_lines.locate("no/such.yaml")
    text = (Path(__file__).parents[2] / file).read_text(encoding="utf-8").splitlines()
    assert file == "pareta_generated/openapi.json"
    for operation in OPERATIONS.values():
        place = ("paths", operation.path, operation.method.lower())
        assert text[lines[place] - 1].strip() == f'"{place[2]}": {{'
        for status in operation.responses:
            assert text[lines[(*place, "responses", status)] - 1].strip() == f'"{status}": {{'


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_examples_of_answers_have_the_form_that_is_declared(operation_id: str) -> None:
    """Each example of an answer is valid by the schema beside it."""
    for status, media_type, media in media_of_answers(operation_id):
        for name, example in media.get("examples", {}).items():
            assert is_declared(media["schema"], example["value"]), (status, media_type, name)


BODIES = [
    (operation_id, name, example["value"])
    for operation_id in OPERATIONS
    for name, example in declared(operation_id)
    .get("requestBody", {})
    .get("content", {})
    .get("application/json", {})
    .get("examples", {})
    .items()
]


@pytest.mark.parametrize(("operation_id", "name", "body"), BODIES)
def test_examples_of_requests_succeed(api: httpx.Client, operation_id: str, name: str, body: Any) -> None:
    """Each example of a body is accepted by a fresh sandbox, and its answer has the form that is declared."""
    answer = send(api, operation_id, body=body)
    assert answer.status_code == 200
    media_type = answer.headers["content-type"]
    schema = next(
        m["schema"] for status, kind, m in media_of_answers(operation_id) if (status, kind) == ("200", media_type)
    )
    if media_type == "application/json":
        assert is_declared(schema, answer.json())
        return
    for event, data in events(answer):
        payload = data if data == "[DONE]" else json.dumps(data)
        envelope = {"data": payload} if event is None else {"event": event, "data": payload}
        assert is_declared(schema, envelope), envelope


def example(operation_id: str, name: str) -> Any:
    """Return an example of an operation's good answer in JSON."""
    found = next(
        m for status, kind, m in media_of_answers(operation_id) if (status, kind) == ("200", "application/json")
    )
    return found["examples"][name]["value"]


def locate(value: Any, base_url: str) -> Any:
    """Return an example with this sandbox's address in the place of the platform's."""
    return json.loads(json.dumps(value).replace("https://api.pareta.ai", base_url))


@pytest.mark.parametrize(
    ("operation_id", "name"),
    [
        ("list_models", "seeded"),
        ("retrieve_endpoint", "seeded"),
        ("endpoint_performance", "unused"),
        ("endpoint_uptime", "seeded"),
        ("endpoint_cost", "unused"),
        ("endpoint_quality", "unused"),
        ("endpoint_activity", "unused"),
        ("retrieve_task", "seeded"),
        ("task_leaderboard", "seeded"),
        ("stop_endpoint", "seeded"),
    ],
)
def test_examples_of_answers_are_true(sandbox: Sandbox, api: httpx.Client, operation_id: str, name: str) -> None:
    """A fresh sandbox answers just what the document shows."""
    assert send(api, operation_id).json() == locate(example(operation_id, name), sandbox.base_url)


def test_the_other_examples_are_true_too(sandbox: Sandbox, api: httpx.Client) -> None:
    """Lists begin as they are shown, a stopped endpoint starts, the match and the completion are those shown."""
    shown = locate(example("list_endpoints", "seeded"), sandbox.base_url)
    assert send(api, "list_endpoints").json()[: len(shown)] == shown
    assert example("list_tasks", "excerpt")["tasks"][0] in send(api, "list_tasks").json()["tasks"]
    assert send(api, "start_endpoint", endpoint_id="ep_d4e5f6").json() == example("start_endpoint", "seeded")
    bodies = {(operation_id, name): body for operation_id, name, body in BODIES}
    matched = send(api, "match_task", body=bodies["match_task", "contracts"]).json()
    assert matched == example("match_task", "contracts")
    completed = send(api, "create_chat_completion", body=bodies["create_chat_completion", "once"]).json()
    assert completed == example("create_chat_completion", "once")


def test_the_examples_of_events_are_sent(api: httpx.Client) -> None:
    """The chunk and the stage that the document shows are among those of a stream."""
    bodies = {(operation_id, name): body for operation_id, name, body in BODIES}
    body = {**bodies["create_chat_completion", "streamed"], "stream_options": None}
    chunk = next(m for s, k, m in media_of_answers("create_chat_completion") if k == "text/event-stream")
    assert json.loads(chunk["examples"]["chunk"]["value"]["data"]) in [
        data for _, data in events(send(api, "create_chat_completion", body=body))
    ]
    stage = next(m for s, k, m in media_of_answers("deploy_endpoint") if k == "text/event-stream")
    assert json.loads(stage["examples"]["progress"]["value"]["data"]) in [
        data for _, data in events(send(api, "deploy_endpoint", body=bodies["deploy_endpoint", "recommended"]))
    ]


def test_the_examples_of_errors_are_those_of_the_sandbox(sandbox: Sandbox, api: httpx.Client) -> None:
    """Each error that the document shows is what the sandbox says in that case."""
    shown = {
        name: next(iter(response["content"]["application/json"]["examples"].values()))["value"]
        for name, response in node("components", "responses").items()
    }
    hello = {"model": "ep_d4e5f6", "messages": [{"role": "user", "content": "x"}]}
    assert send(api, "deploy_endpoint", body={"task": "contract-fields"}).json() == shown["BadRequest"]
    assert api.get("/v1/models", headers={"authorization": ""}).json() == shown["Unauthorized"]
    assert send(api, "retrieve_endpoint", endpoint_id="ep_unknown").json() == shown["NotFound"]
    assert send(api, "delete_endpoint", endpoint_id="ep_seed01").json() == shown["Conflict"]
    assert send(api, "deploy_endpoint", body={}).json() == shown["Unprocessable"]
    assert send(api, "create_chat_completion", body=hello).json() == shown["Unavailable"]
    limited = api.get("/v1/models", headers={"x-sandbox-scenario": "429; retry-after=2"})
    assert limited.json() == shown["TooManyRequests"]
    sandbox.balance = 0
    assert send(api, "create_chat_completion", body={**hello, "model": "ep_a1b2c3"}).json() == shown["PaymentRequired"]
