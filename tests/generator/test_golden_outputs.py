"""What is generated of small documents, one feature each, as it was reviewed: `RENEW=1` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from generator_kit import Generate

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.yaml")))
def test_a_feature_generates_the_code_that_was_reviewed(generate: Generate, name: str) -> None:
    """The module of calls, or of webhooks, to the byte; a diff of it is what a change of the generator means."""
    run = generate((GOLDEN / f"{name}.yaml").read_bytes(), name=name)
    assert (run.code, run.err) == (0, "")
    module = "webhooks.py" if (run.package / "webhooks.py").exists() else "api.py"
    made, golden = (run.package / module).read_text("utf-8"), GOLDEN / f"{name}.py"
    if os.environ.get("RENEW"):
        golden.write_text(made, "utf-8")
    assert made == golden.read_text("utf-8"), "run `RENEW=1 python -m pytest tests/generator/test_golden_outputs.py`"
