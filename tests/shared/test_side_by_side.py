"""The page that shows both SDKs side by side: its Python runs as it stands. Its TypeScript is run by vitest."""

import re
from pathlib import Path
from typing import Any

import pytest

from pareta.sandbox import Sandbox

PAGE = Path(__file__).parents[2] / "docs" / "typescript.md"


def test_the_python_of_the_page_runs(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block runs after the ones before it, and each has its TypeScript beside it."""
    page = PAGE.read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```\n\n```ts\n", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) == page.count("```python") > 5
    monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
    monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, PAGE, "exec"), names)
    names["pa"].close()
    printed = capsys.readouterr().out
    assert "Delaware law governs." in printed
    assert "404 No endpoint 'ep_unknown'." in printed
