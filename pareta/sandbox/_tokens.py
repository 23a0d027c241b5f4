"""The sandbox's tokenizer, for `usage` and streams; it is no model's.

A token is up to 12 characters that are not white space, with the white space before them. A prompt message counts
four tokens more than its text; an image counts 85.
"""

import re
from collections.abc import Iterable
from typing import Any

PER_MESSAGE = 4
PER_IMAGE = 85

_LONGEST = 12
_TOKEN = re.compile(rf"\s*\S{{1,{_LONGEST}}}|\s+\Z", re.UNICODE)


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text; their concatenation is the text."""
    return _TOKEN.findall(text)


def count(text: str) -> int:
    """Return the number of tokens of a text."""
    return sum(-(-len(run) // _LONGEST) for run in text.split()) + text[-1:].isspace()


def count_prompt(messages: Iterable[dict[str, Any]]) -> int:
    """Return the number of tokens of a request's messages."""
    return sum(PER_MESSAGE + _count(message) for message in messages)


def _count(message: dict[str, Any]) -> int:
    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    total = sum(PER_IMAGE if part["type"] == "image_url" else count(part["text"]) for part in parts)
    for call in message.get("tool_calls") or ():
        total += 1 + count(call["function"]["arguments"])
    return total
