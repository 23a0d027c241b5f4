"""What servers say is wrong: in the errors of their statuses, and in responses that are errors with status 200."""

import json
from typing import Any

import pytest
from virtual import Virtual, response

from pareta import APIResponseError, APIStatusError, NotFoundError
from pareta._content import strict_json
from pareta._content.response import Headers, Response
from pareta._models import LIST_ENDPOINTS, LIST_MODELS, RETRIEVE_ENDPOINT
from pareta._policy import calls, deployments
from pareta_generated import api

PYDANTIC = {"loc": ["body", "messages", 0], "msg": "Field required", "type": "missing", "input": {}}


def nested(name: str, leaf: Any) -> Any:
    """Return a value in as many objects as a response may have."""
    for _ in range(strict_json.DEPTH - 1):
        leaf = {name: leaf}
    return leaf


def error_of(body: Any, status: int = 400, kind: str = "application/json") -> APIStatusError:
    """Return the error for a response; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = Headers([(b"content-type", kind.encode())])
    url = "https://api.pareta.ai/v1/models"
    return APIStatusError.of(Response(method="GET", url=url, status_code=status, headers=headers, content=content))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({"detail": "No."}, "No.", id="FastAPI"),
        pytest.param(
            {"detail": [PYDANTIC, {"msg": "odd"}]}, "body.messages.0: Field required; odd", id="FastAPI, validation"
        ),
        pytest.param({"detail": {"code": 7, "message": "No."}}, "No.", id="FastAPI, an object"),
        pytest.param({"error": {"message": "No.", "type": "x", "code": None}}, "No.", id="OpenAI"),
        pytest.param({"object": "error", "message": "No.", "type": "x", "code": 400}, "No.", id="vLLM, flat"),
        pytest.param({"error": "Unauthorized"}, "Unauthorized", id="vLLM, key"),
        pytest.param({"object": "error", "message": {"detail": [PYDANTIC]}}, "body.messages.0: Field", id="Mistral"),
        pytest.param({"type": "error", "error": {"type": "x", "message": "No."}}, "No.", id="Anthropic"),
        pytest.param([{"error": {"code": 400, "message": "No.", "status": "X"}}], "No.", id="Google"),
        pytest.param(
            {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "No."}, "No.", id="problem+json"
        ),
        pytest.param({"type": "about:blank", "title": "No.", "status": 400}, "No.", id="problem+json, title alone"),
        pytest.param({"title": "Invalid", "errors": {"Name": ["No."]}}, "{'Name': ['No.']}", id="problem+json, .NET"),
        pytest.param({"status": 400, "error": "Bad Request", "message": "No.", "path": "/"}, "No.", id="Spring"),
        pytest.param({"status": 400, "error": "Bad Request", "message": ""}, "Bad Request", id="Spring, no message"),
        pytest.param(
            {"success": False, "errors": [{"code": 7, "message": "No."}, {"message": "Nor."}], "messages": []},
            "No.; Nor.",
            id="Cloudflare",
        ),
        pytest.param({"message": "No."}, "No.", id="AWS, gateway"),
        pytest.param({"__type": "com.aws#Throttling", "Message": "No."}, "No.", id="AWS, capital"),
        pytest.param({"errorMessage": "No.", "errorType": "x"}, "No.", id="AWS, Lambda"),
        pytest.param({"error": "invalid_token", "error_description": "No."}, "No.", id="OAuth"),
        pytest.param({"statusCode": 400, "message": ["No.", "Nor."], "error": "Bad"}, "No.; Nor.", id="Nest"),
        pytest.param({"fault": {"faultstring": "No.", "detail": None}}, "No.", id="Apigee"),
        pytest.param({"code": 400, "msg": "No."}, "No.", id="msg"),
        pytest.param({"detail": [["No."], {"loc": [], "msg": None}]}, "No.; {'loc': [], 'msg': None}", id="nested"),
        pytest.param(nested("detail", "No."), "{'detail': {'detail': {'detail':", id="nested deep"),
        pytest.param("No.", "No.", id="a JSON text"),
        pytest.param(b"No.", "No.", id="text"),
        pytest.param({"error": {"code": 7}}, '{"error": {"code": 7}}', id="nothing known"),
    ],
)
def test_the_words_of_an_error_body_are_read(body: Any, words: str) -> None:
    """In each of the forms of common servers, the message is in the error's text."""
    assert str(error_of(body)).startswith(f"400 Bad Request: {words}")


@pytest.mark.parametrize(
    ("body", "of_path"),
    [
        pytest.param({"detail": "Not Found"}, True, id="FastAPI"),
        pytest.param({"detail": "There is nothing at this path."}, True, id="sandbox"),
        pytest.param({"error": {"message": "Invalid URL (GET /v1/models)"}}, True, id="OpenAI"),
        pytest.param({"status": 404, "error": "Not Found", "path": "/v1/models"}, True, id="Spring"),
        pytest.param({"message": "Cannot GET /v1/models", "error": "Not Found"}, True, id="Nest"),
        pytest.param({"message": "no Route matched with those values"}, True, id="Kong"),
        pytest.param(b"<html>404 Not Found</html>", True, id="page"),
        pytest.param(b"404 page not found\n", True, id="Go"),
        pytest.param(b"", True, id="empty"),
        pytest.param({"detail": "No endpoint 'ep_1'."}, False, id="endpoint"),
        pytest.param({"detail": "Task not found"}, False, id="task"),
        pytest.param({"error": {"message": "The model `x` does not exist."}}, False, id="model"),
    ],
)
def test_a_404_of_the_path_hints_at_base_url(body: Any, of_path: bool) -> None:
    """A 404 that says no more than that the path is not known may be of another server; one of a thing is not."""
    error = error_of(body, 404)
    assert isinstance(error, NotFoundError)
    assert ("check base_url" in str(error)) is of_path


CHAT = api.create_chat_completion(model="m", messages=[{"role": "user", "content": "?"}])
CHAT_STREAM = api.create_chat_completion(model="m", messages=[{"role": "user", "content": "?"}], stream=True)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        pytest.param(CHAT, {"error": {"message": "Busy.", "code": 503}}, id="object"),
        pytest.param(CHAT, {"error": "Busy."}, id="text"),
        pytest.param(CHAT, {"object": "error", "message": "Busy.", "code": 500}, id="flat"),
        pytest.param(CHAT, {"id": "c", "choices": [{"index": 0, "error": {"message": "Busy."}}]}, id="in a choice"),
        pytest.param(CHAT, {"id": "c", "choices": [], "error": {"message": "Busy."}}, id="beside choices"),
        pytest.param(CHAT, {"detail": "Busy."}, id="no choices"),
        pytest.param(LIST_MODELS(), {"error": {"message": "Busy."}}, id="models"),
        pytest.param(LIST_ENDPOINTS(), {"success": False, "errors": [{"message": "Busy."}]}, id="endpoints"),
        pytest.param(RETRIEVE_ENDPOINT("ep_1"), {"status": 500, "message": "Busy."}, id="endpoint"),
        pytest.param(api.stop_endpoint("ep_1"), {"status": "error", "error": "Busy."}, id="stop"),
        pytest.param(api.match_task(query="x"), {"error": "Busy."}, id="match"),
        pytest.param(api.endpoint_cost("ep_1"), {"error": "Busy."}, id="metrics"),
    ],
)
def test_a_200_that_is_an_error_is_raised(call: Any, body: Any) -> None:
    """With the server's words; it is not retried, since the server may have done the work."""
    virtual = Virtual([response(body=body)])
    with pytest.raises(APIResponseError, match=r"The response is an error: Busy\. \[200 to .*req_v\]") as caught:
        virtual.run(calls.send(virtual.session(), call))
    assert caught.value.response is not None
    assert caught.value.response.json() == body
    assert len(virtual.sent) == 1


@pytest.mark.parametrize(
    ("call", "body"),
    [
        pytest.param(CHAT, {"id": "c", "choices": [{"message": {}, "error": None}], "error": None}, id="null"),
        pytest.param(RETRIEVE_ENDPOINT("ep_1"), {"id": "ep_1", "status": "failed", "error": "no GPU"}, id="endpoint"),
        pytest.param(api.stop_endpoint("ep_1"), {"id": "ep_1", "status": "error", "message": "stopping"}, id="stop"),
        pytest.param(api.start_endpoint("ep_1"), {"message": "It starts."}, id="a message"),
    ],
)
def test_a_200_with_the_fields_of_an_error_may_be_none(call: Any, body: Any) -> None:
    """What has a field that the document declares is the answer, and says what else it likes."""
    virtual = Virtual([response(body=body)])
    assert virtual.run(calls.send(virtual.session(), call)) is not None


@pytest.mark.parametrize(
    ("call", "flow"),
    [(CHAT_STREAM, calls.open_stream), (api.deploy_endpoint(task="t"), deployments.open_deploy)],
    ids=["chat", "deploy"],
)
def test_an_error_where_a_stream_was_due_is_raised(call: Any, flow: Any) -> None:
    """Some servers answer a request for a stream with status 200 and an error as JSON."""
    virtual = Virtual([response(body={"error": {"message": "Busy."}})])
    with pytest.raises(APIResponseError, match=r"The response is an error: Busy\. \[200 to"):
        virtual.run(flow(virtual.session(), call))


@pytest.mark.parametrize("call", [LIST_MODELS(), CHAT_STREAM])
def test_a_page_hints_at_base_url(call: Any) -> None:
    """HTML with status 200 is the page of another server, or of a proxy."""
    page = response(body="Sign in", **{"content-type": "text/html"})
    page.content = b"<html>Sign in</html>"
    virtual = Virtual([page])
    flow = calls.send if call is not CHAT_STREAM else calls.open_stream
    with pytest.raises(APIResponseError, match=r"text/html.*Sign in.*\] Check base_url\."):
        virtual.run(flow(virtual.session(), call))


@pytest.mark.parametrize(
    "kind", ["text/event-stream,text/event-stream", "text/event-stream; charset=x,Text/Event-Stream"]
)
def test_a_repeated_content_type_is_one(kind: str) -> None:
    """A proxy and a server may both name it."""
    headers = Headers([(b"Content-Type", each.encode()) for each in kind.split(",")])
    assert Response(method="GET", url="", status_code=200, headers=headers).content_type == "text/event-stream"
