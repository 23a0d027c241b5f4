"""Documents that something went wrong with, at random."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from generator_kit import ROOT, SMALL
from hypothesis import HealthCheck, given, settings, strategies as st

from generator import source
from generator.__main__ import main

ODD = (Path(__file__).parent / "odd.yaml").read_text(encoding="utf-8")
OURS = (ROOT / "openapi" / "pareta.yaml").read_text(encoding="utf-8")


def places(node: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to every node of a document."""
    found = [above] if above else []
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        found += places(value, (*above, key))
    return found


def outcome(text: str) -> tuple[int, str, list[str]]:
    """Generate `text` over an old package; return code, errors, and what stands there afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "doc.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")
        (folder / "doc").mkdir()
        (folder / "doc" / "__init__.py").write_text('SPEC_SHA256 = "old"\n')
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = main(["--spec", str(folder / "doc.yaml"), "--output", str(folder / "doc")])
        return code, errors.getvalue(), sorted(path.name for path in folder.rglob("*"))


WHOLE = {
    *("__init__.py", "api.py", "argument_values.py", "doc", "doc.yaml", "encoding.py", "interchange.py"),
    *("json_values.py", "models.py", "openapi.json", "py.typed", "pydantic_schema.py", "types.py", "views.py"),
}
SOMETIMES = {"bodies.py", "readers.py", "styles.py"}
OLD = {"__init__.py", "doc", "doc.yaml"}


def holds(code: int, errors: str, left: list[str]) -> None:
    """Assert what is true of every run."""
    assert "Traceback" not in errors
    found = set(left)
    assert (code, bool(errors), found if code else found - SOMETIMES) in ((0, False, WHOLE), (1, True, OLD))


odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 500),
    st.text(max_size=8),
    st.sampled_from([[], {}, [1], {"a": 1}, "object", "string", "$ref", {"$ref": "#/components/schemas/Pet"}, '"""']),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


@pytest.mark.parametrize("base", [SMALL, ODD], ids=["small", "odd"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(data=st.data())
def test_a_document_with_something_replaced_is_generated_or_refused(base: str, data: st.DataObject) -> None:
    """Whatever a node is replaced with, or if it is gone: no traceback, and a package that is whole."""
    document = source.parse(base, "base")
    for _ in range(data.draw(st.integers(1, 3))):
        *above, key = data.draw(st.sampled_from(places(document)))
        node = document
        for step in above:
            node = node[step]
        if data.draw(st.booleans()):
            node[key] = data.draw(odd_values)
        else:
            del node[key]
        if not places(document):
            break
    holds(*outcome(yaml.safe_dump(document, sort_keys=False)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_document_with_its_text_damaged_is_generated_or_refused(data: st.DataObject) -> None:
    """Characters lost, doubled or strewn in: no traceback, and a package that is whole."""
    text = SMALL
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        stop = start + data.draw(st.integers(0, 6))
        text = (
            text[:start] + data.draw(st.text(alphabet=" \n\t:-{}[]'\"#&*!|>%@`a\x00é\ufeff", max_size=3)) + text[stop:]
        )
    holds(*outcome(text))
