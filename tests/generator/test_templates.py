"""The templates, beside those of openapi-python-client."""

from __future__ import annotations

from pathlib import Path

import openapi_python_client
import pytest
from generator_kit import ROOT

TEMPLATES = sorted((ROOT / "templates").iterdir())
STOCK = Path(openapi_python_client.__file__).parent / "templates"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_template_is_there_because_it_differs(template: Path) -> None:
    """A copy of a stock template would rot; an empty one would say nothing."""
    text = template.read_text(encoding="utf-8")
    assert text.strip()
    stock = STOCK / template.name
    assert not stock.exists() or stock.read_text(encoding="utf-8") != text


def test_every_template_is_used() -> None:
    """What no step renders or imports is litter."""
    source = (ROOT / "generator" / "build.py").read_text(encoding="utf-8")
    source += "".join(template.read_text(encoding="utf-8") for template in TEMPLATES)
    assert [template.name for template in TEMPLATES if f'"{template.name}"' not in source] == []


def test_one_module_alone_knows_openapi_python_client() -> None:
    """Its use as a library is outside of its versioning, so a new version can break one file only."""
    knowing = [
        file.name
        for file in (ROOT / "generator").glob("*.py")
        if "import openapi_python_client" in (text := file.read_text(encoding="utf-8"))
        or "from openapi_python_client" in text
    ]
    assert knowing == ["build.py"]


def test_the_structure_of_openapi_is_unchanged_and_named() -> None:
    """The schema of another project stands beside a notice of where it is from."""
    assert "OpenAPI Initiative" in (ROOT / "generator" / "openapi-3.1.NOTICE").read_text(encoding="utf-8")
