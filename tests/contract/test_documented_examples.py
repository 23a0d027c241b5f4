"""The examples of the document and of the documentation are true: they are run."""

import ast
import copy
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import pareta
from pareta.contract import SuiteSettings
from pareta.contract._run import check_target
from pareta.contract._target import sandbox_target
from pareta.sandbox import Sandbox, _document as documents

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])


def blocks() -> list[Any]:
    """Return every Python block of the documentation, with its page and line."""
    found: list[Any] = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```python[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            line = text[: match.start()].count("\n") + 2
            found.append(pytest.param("\n" * (line - 1) + match[1], id=f"{page.relative_to(ROOT)}:{line}"))
    lines = (pareta.__doc__ or "").splitlines()
    code = "\n".join(line[4:] for line in lines if line.startswith("    "))
    found.append(pytest.param(code, id="pareta.__doc__"))
    return found


@pytest.mark.parametrize("code", blocks())
def test_a_block_of_the_documentation_runs(
    code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sandbox: Sandbox
) -> None:
    """It runs as it stands, with the key and the address of a sandbox in the environment."""
    monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    exec(compile(ast.parse(code), "<documentation>", "exec"), {"__name__": "__main__"})


def test_there_are_blocks_to_run() -> None:
    """The README alone has several."""
    assert len(blocks()) >= 6


def changed(change: Any) -> documents.Document:
    """Return the document with a change."""
    raw = json.loads((files("pareta_generated") / "openapi.json").read_text(encoding="utf-8"))
    change(raw)
    return documents.parse(copy.deepcopy(raw))


def findings(change: Any) -> list[tuple[str, str, str]]:
    """Return the failures with a changed document."""
    with sandbox_target(7) as target:
        report = check_target(target, SuiteSettings(parts=("examples",)), changed(change))
    return [(finding.check, finding.operation, finding.reason) for finding in report.findings]


def test_an_example_that_does_not_fit_its_schema_is_found() -> None:
    """The operation and the place are named."""

    def change(raw: Any) -> None:
        media = raw["paths"]["/v1/tasks/match"]["post"]["requestBody"]["content"]["application/json"]
        media["examples"]["contracts"]["value"]["top_k"] = 99

    [(check, operation, reason), *_] = findings(change)
    assert (check, operation) == ("examples-valid", "POST /v1/tasks/match")
    assert "of the request" in reason


def test_an_example_that_is_not_true_of_a_fresh_sandbox_is_found() -> None:
    """A figure that the sandbox does not answer is enough."""

    def change(raw: Any) -> None:
        answer = raw["paths"]["/v1/tasks/{task_id}/leaderboard"]["get"]["responses"]["200"]
        answer["content"]["application/json"]["examples"]["seeded"]["value"]["models"][0]["quality"] = 0.5

    assert [each[:2] for each in findings(change)] == [("examples-true", "GET /v1/tasks/{task_id}/leaderboard")]
