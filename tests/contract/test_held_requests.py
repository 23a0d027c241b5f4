"""RequestChecker and the pytest plugin that checks every request of a test suite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance import RequestChecker

ROOT = Path(__file__).parent.parent.parent
FINE = (
    (b"accept", b"application/json"),
    (b"authorization", b"Bearer k"),
    (b"user-agent", b"pareta-python/1"),
    (b"content-type", b"application/json"),
    (b"idempotency-key", b"1"),
)


def problems(
    method: str = "POST",
    target: str = "/v1/tasks/match",
    body: bytes = b'{"query":"x"}',
    without: str = "",
    **other: str,
) -> list[str]:
    """Return the problems of a valid request with the given changes."""
    headers = {name.decode(): value.decode() for name, value in FINE if name.decode() != without}
    headers.update({name.replace("_", "-"): value for name, value in other.items()})
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return list(RequestChecker().problems(method, target, raw, body))


def test_a_valid_request_has_no_problem() -> None:
    """A valid request has no problem, also with a path prefix."""
    assert problems() == []
    assert problems(target="/prefix/v1/tasks/match") == []
    assert problems("GET", "/v1/endpoints/a%2Fb/cost?window=24h&group_by=day&anything=else", b"") == []
    chat = b'{"model":"m","messages":[{"role":"user","content":"?"}],"stream":true,"later":1}'
    assert problems(target="/v1/chat/completions", body=chat, accept="text/event-stream") == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"method": "PUT"}, "PUT /v1/tasks/match is not an operation"),
        ({"target": "/v1/tasks/match/it"}, "is not an operation"),
        ({"target": "/v1/tasks/match?query=x"}, "the query's query is not declared"),
        ({"body": b'{"query":"x","limit":3}'}, "its body's limit is not declared"),
        ({"body": b'{"query":"x","top_k":0}'}, "its body['top_k']: 0 is less than the minimum of 1"),
        ({"body": b"{}"}, '"query" is a required property'),
        ({"body": b"{"}, "its body is not JSON"),
        ({"body": b""}, "its body is missing"),
        ({"without": "idempotency-key"}, "the header Idempotency-Key is missing"),
        ({"idempotency_key": "a b"}, "the header's Idempotency-Key"),
        ({"without": "content-type"}, "Content-Type is None"),
        ({"accept": "text/event-stream"}, "Accept is 'text/event-stream'"),
        ({"without": "authorization"}, "it has no API key"),
        ({"without": "user-agent"}, "User-Agent is None"),
        ({"content_length": "3"}, "Content-Length is 3"),
        ({"method": "GET", "target": "/v1/models"}, "no body is declared"),
        ({"method": "DELETE", "target": "/v1/endpoints/..", "body": b""}, "addresses another resource"),
        ({"method": "GET", "target": "/v1/tasks/x?examples_n=99", "body": b""}, "the query's examples_n"),
        ({"method": "GET", "target": "/v1/tasks/x?examples_n=two", "body": b""}, "the query's examples_n"),
    ],
)
def test_each_violation_is_reported(wrong: dict[str, str], said: str) -> None:
    """Each violation is reported with its location."""
    assert said in " | ".join(problems(**wrong))


SUITE = """
import pytest
from pareta import NotFoundError
from pareta.sandbox import Sandbox
from pareta_generated.types import Call
from pareta_generated import api
from attrs import evolve

def wrong(client):
    call = evolve(api.match_task(query="x"), body={"query": "x", "limit": 3})
    client.call(call)

@pytest.fixture
def client():
    with Sandbox(seed=7, pace=0) as sandbox, sandbox.client() as client:
        yield client

def test_right(client):
    client.models.list()

def test_wrong(client):
    wrong(client)

@pytest.mark.off_document("on purpose")
def test_meant(client):
    wrong(client)
"""


def suite(tmp_path: Path, text: str, *arguments: str) -> str:
    """Run a test suite with the plugin, and return the output of pytest."""
    support = ROOT / "tests" / "support"
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "conftest.py").write_text("from held_requests import pytest_configure\n")
    (tests / "test_it.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    # What plugins others have installed costs seconds to load.
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{support}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist.plugin", *arguments]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


def test_an_invalid_request_fails_its_test_unless_marked(tmp_path: Path) -> None:
    """The violation is reported, and the marked test passes."""
    said = suite(tmp_path, SUITE)
    assert "[sync] match_task: its body's limit is not declared" in said
    assert "1 failed, 2 passed" in said


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_a_whole_suite_must_send_every_operation_sync_and_async(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """Operations that no xdist worker sent are listed when all tests pass."""
    said = suite(tmp_path, SUITE.replace("def test_wrong(client):\n    wrong(client)\n", ""), *workers)
    assert "operations that no test sent" in said
    assert "list_models (async)" in said
    assert "list_models (sync)" not in said
    assert "create_chat_completion (sync)" in said
