"""The documentation's tables of errors, against the exceptions and the texts of the package."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from imports import modules

import pareta

ROOT = Path(__file__).parents[2]
EXCEPTIONS = {
    name: kind
    for name in pareta.__all__
    if isinstance(kind := getattr(pareta, name), type) and issubclass(kind, pareta.ParetaError)
}
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "docs/errors.md").read_text("utf-8").splitlines()
    if line.startswith("| `")
]
TEXTS = [
    (row[0].strip("` "), text)
    for row in ROWS
    for cell in row[1:3]
    for text in re.findall(r"^`([^`]+[ .?:(][^`]*)`$", cell)
]


@cache
def said() -> list[str]:
    """Return the texts of the package's source; what is formatted into them is `…`."""
    found = []
    for name, path in modules("pareta").items():
        if not name.startswith(("pareta.sandbox", "pareta.contract")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                parts = node.values if isinstance(node, ast.JoinedStr) else [node]
                texts = [str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts]
                if isinstance(node, ast.JoinedStr | ast.Constant):
                    found.append("".join(texts))
    return found


def test_each_exception_has_a_row() -> None:
    """docs/errors.md names each exception, and two of Python's; README names each but the base class."""
    assert {row[0].strip("` ") for row in ROWS} == EXCEPTIONS.keys() | {"TypeError", "ValueError"}
    rows = re.findall(r"^\| (`\w+Error`.*?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == EXCEPTIONS.keys() - {"ParetaError"}


def test_each_status_has_the_row_of_its_exception() -> None:
    """The statuses of a class are those in its row."""
    named = {row[0].strip("` "): {int(code) for code in re.findall(r"\b\d{3}\b", row[1])} for row in ROWS[:13]}
    statuses = {name: set(kind.__dict__.get("codes", ())) for name, kind in EXCEPTIONS.items()}
    assert named == {name: codes for name, codes in statuses.items() if name in named}
    assert {code for codes in named.values() for code in codes} == pareta.APIStatusError.by_code.keys()


@pytest.mark.parametrize(("name", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_a_text_is_one_of_the_package(name: str, text: str) -> None:
    """What a row says of the text of an error is in the source."""
    assert [each for each in said() if text in each], name


def test_each_row_says_what_was_wrong_and_what_to_do() -> None:
    """Four columns, none of them empty, and the last two are sentences."""
    assert len(TEXTS) > 30
    for row in ROWS:
        assert (row, [bool(cell) for cell in row]) == (row, [True] * 4)
        assert all(cell.endswith((".", "?", "`")) for cell in row[2:])
