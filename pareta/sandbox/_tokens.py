"""The sandbox's tokens: what `usage` counts and what a stream sends at a time; no model's vocabulary.

A token is a run of up to 12 characters that are not white space, with the white space before it. A message of a
prompt counts four more than its text, for its role and its bounds; an image counts 85.
"""

import re
from collections.abc import Iterable
from typing import Any

PER_MESSAGE = 4
PER_IMAGE = 85

_LONGEST = 12
_TOKEN = re.compile(rf"\s*\S{{1,{_LONGEST}}}|\s+\Z", re.UNICODE)


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text; together they are the text."""
    return _TOKEN.findall(text)


def count(text: str) -> int:
    """Return how many tokens a text is, without making them."""
    return sum(-(-len(run) // _LONGEST) for run in text.split()) + text[-1:].isspace()


def count_prompt(messages: Iterable[dict[str, Any]]) -> int:
    """Return how many tokens the messages of a request are."""
    return sum(PER_MESSAGE + _count(message) for message in messages)


def _count(message: dict[str, Any]) -> int:
    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    total = sum(PER_IMAGE if part["type"] == "image_url" else count(part["text"]) for part in parts)
    for call in message.get("tool_calls") or ():
        total += 1 + count(call["function"]["arguments"])
    return total
