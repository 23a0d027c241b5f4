"""The JSON of an event: what is decoded at once is what the strict reader says, and the rest is left to it."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from pareta._content import strict_json
from pareta._content.strict_json import decode_short_object

TEXT = st.text(max_size=10)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=10
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=4)
ENDS = st.sampled_from(["", "", "", " ", "\n", ",", "}", "1", "\ufeff", "{}"])


def strictly(text: str) -> Any:
    """Return the value that the strict reader finds; None for what it refuses."""
    try:
        return strict_json.decode_text(text)
    except ValueError:
        return None


@given(value=OBJECTS | VALUES, begin=ENDS, end=ENDS, cut=st.integers(0, 400))
def test_what_is_decoded_at_once_is_what_json_says(value: Any, begin: str, end: str, cut: int) -> None:
    """A plain object is the same; NaN, what is no JSON, and what is no object are None."""
    whole = json.dumps(value)
    for text in (whole, begin + whole + end, whole[:cut]):
        found, due = decode_short_object(text), strictly(text)
        assert found is None or repr(found) == repr(due)
        if isinstance(due, dict) and text.strip() == text and len(text) <= 2 * strict_json.DEPTH:
            assert found is not None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "[DONE]",
            "[1]",
            "7",
            "null",
            '"x"',
            "{",
            '{"a": NaN}',
            '{"a": -Infinity}',
            '{"a": 1e999}',
            '{"a": "\n"}',
        ),
        *('{"a":' * 201 + "1" + "}" * 201, '{"a":' * 100_000, "[" * 400, '{"a": ' + "9" * 5000 + "}", '{"a": 1} x'),
    ],
)
def test_what_is_no_plain_object_is_left(text: str) -> None:
    """Whatever the strict reader may refuse, or reads as something else, is None."""
    assert decode_short_object(text) is None
