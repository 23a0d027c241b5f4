"""The examples of the document and of the documentation are true: they are run."""

import ast
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from running import run_suite

import pareta
from pareta.sandbox import Sandbox, _document as documents

ROOT = Path(__file__).parent.parent.parent


def test_the_example_of_the_package_runs(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """What `help(pareta)` shows runs as it stands. The blocks of the pages run in tests/docs."""
    monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
    lines = (pareta.__doc__ or "").splitlines()
    code = "\n".join(line[4:] for line in lines if line.startswith("    "))
    assert "completions.create" in code
    exec(compile(ast.parse(code), "<pareta.__doc__>", "exec"), {"__name__": "__main__"})


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], None], str], list[str]]:
    """Give a function that runs a test of the suite with a changed document, and returns the reasons of its failure."""

    def run(change: Callable[[Any], None], test: str) -> list[str]:
        raw = json.loads((files("pareta_generated") / "openapi.json").read_text(encoding="utf-8"))
        change(raw)
        monkeypatch.setattr(documents, "load", lambda: documents.parse(raw))
        return run_suite(f"test_examples.py::{test}").failures.get(test, [])

    return run


def test_an_example_that_does_not_fit_its_schema_is_found(failures: Any) -> None:
    """The operation and the place are named."""

    def change(raw: Any) -> None:
        media = raw["paths"]["/v1/tasks/match"]["post"]["requestBody"]["content"]["application/json"]
        media["examples"]["contracts"]["value"]["top_k"] = 99

    [reason] = failures(change, "test_every_example_fits_its_schema")
    assert reason.startswith("POST /v1/tasks/match (openapi/pareta.yaml:")
    assert "of the request" in reason


def test_an_example_that_is_not_true_of_a_fresh_sandbox_is_found(failures: Any) -> None:
    """A figure that the sandbox does not answer is enough."""

    def change(raw: Any) -> None:
        answer = raw["paths"]["/v1/tasks/{task_id}/leaderboard"]["get"]["responses"]["200"]
        answer["content"]["application/json"]["examples"]["seeded"]["value"]["models"][0]["quality"] = 0.5

    [reason] = failures(change, "test_a_fresh_sandbox_returns_every_example")
    assert reason.startswith("GET /v1/tasks/{task_id}/leaderboard (openapi/pareta.yaml:")
