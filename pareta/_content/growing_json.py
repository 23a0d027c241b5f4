"""JSON objects and lists that arrive in pieces: what grows, what is kept, and which item a piece belongs to. Pure."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from pareta_generated.json_values import JSON, is_array, is_object, parse_integer

_DEPTH = 6
"""How deep objects grow; deeper ones are kept as they are, so that no stack overflows."""
_NONE: frozenset[str] = frozenset()
_TEXTS = {
    "message": frozenset({"refusal", "reasoning", "reasoning_content", "reasoning_text", "thinking"}),
    "function": frozenset({"arguments"}),
    "function_call": frozenset({"arguments"}),
    "custom": frozenset({"input"}),
    "audio": frozenset({"data", "transcript"}),
    "item": frozenset({"text", "summary", "thinking"}),
}
"""The texts that grow, by the object that holds them; an `item` is in a list. Other texts are kept."""
_TOKEN_LISTS = {
    "choice": frozenset({"token_ids"}),
    "logprobs": frozenset({"content", "refusal", "tokens", "token_logprobs", "top_logprobs", "text_offset"}),
}
"""The lists that have an entry for each token, and are joined."""


class GrowingObject:
    """A JSON object that arrives in pieces.

    Objects and lists in it grow too. Of anything else the last value counts that is neither null nor empty. A value
    that does not fit what has grown is left out: adding never fails.
    """

    __slots__ = ("_depth", "_of_pieces", "_texts", "_token_lists", "fields")

    def __init__(self, kind: str, depth: int = 0) -> None:
        """Begin an object: its name, or one of `message`, `choice` and `item`, says which of its texts grow."""
        self._depth = depth + 1
        self._texts = _TEXTS.get(kind, _NONE)
        self._token_lists = _TOKEN_LISTS.get(kind, _NONE)
        self._of_pieces = kind in ("message", "item")
        self.fields: dict[str, Any] = {}

    def add(self, piece: JSON) -> None:
        """Add a piece."""
        for name, value in piece.items():
            self.grow(name, value)

    def grow(self, name: str, value: Any) -> None:
        """Add a piece of one field."""
        known = self.fields.get(name)
        if isinstance(value, str) and name in self._texts:
            if not isinstance(known, StringIO):
                if known and not value:
                    return
                known = self.fields[name] = StringIO()
            known.write(value)
        elif is_array(value):
            self._grow_list(name, known, value)
        elif is_object(value) and self._depth < _DEPTH:
            if isinstance(known, StringIO) and not known.getvalue() and name == "arguments":
                known = None  # Some servers send the arguments as an object, not as JSON text.
            if known is None or isinstance(known, str | int | float):
                known = self.fields[name] = GrowingObject(name, self._depth)
            if isinstance(known, GrowingObject):
                known.add(value)
        elif not _has_grown(known) and (known is None or value not in (None, "")):
            self.fields[name] = value

    def _grow_list(self, name: str, known: Any, pieces: list[Any]) -> None:
        if name in self._token_lists:
            if is_array(known):
                known.extend(pieces)
            elif not known:
                self.fields[name] = pieces.copy()
            return
        if self._of_pieces and self._depth < _DEPTH and pieces and all(map(is_object, pieces)):
            if not known or is_array(known):
                known = self.fields[name] = GrowingList(self._depth)
            if isinstance(known, GrowingList):
                known.add(pieces)
        elif not _has_grown(known) and (pieces or known is None):
            self.fields[name] = pieces

    def to_json(self) -> JSON:
        """Return the object so far."""
        raw = {name: _to_json(value) for name, value in self.fields.items()}
        if "arguments" in self._texts and is_object(raw.get("arguments")):
            raw["arguments"] = json.dumps(raw["arguments"], ensure_ascii=False)
        return raw


class GrowingList:
    """A JSON list of objects that arrives in pieces.

    A piece belongs to the item with its `index`. Without an index, a piece of text belongs to the last item, and any
    other is an item of its own; a list that begins with all the items so far is the list so far, sent again.
    """

    __slots__ = ("_by_index", "_depth", "_items")

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._items: list[GrowingObject] = []
        self._by_index: dict[int | None, GrowingObject] = {}
        """By index; under None the last item."""

    def add(self, pieces: list[JSON]) -> None:
        """Add what a chunk holds of this list."""
        texts = _TEXTS["item"]
        if not any("index" in piece or texts & piece.keys() for piece in pieces):
            count = len(self._items)
            if count <= len(pieces) and self.to_json() == pieces[:count]:
                pieces = pieces[count:]
        for piece in pieces:
            index = parse_integer(piece.get("index"))
            item = self._by_index.get(index)
            alone = index is None and not texts & piece.keys()
            if item is None or alone or _differ(item.fields, piece, "type") or _differ(item.fields, piece, "id"):
                item = GrowingObject("item", self._depth)
                self._items.append(item)
            self._by_index[index] = self._by_index[None] = item
            item.add(piece)

    def to_json(self) -> list[JSON]:
        """Return the list so far."""
        return [item.to_json() for item in self._items]


def text_at(raw: JSON, name: str) -> str | None:
    """Return a text that is not empty."""
    value = raw.get(name)
    return value if isinstance(value, str) and value else None


def _differ(known: JSON, piece: JSON, name: str) -> bool:
    """Return whether both have such a text, and not the same."""
    texts = text_at(known, name), text_at(piece, name)
    return None not in texts and texts[0] != texts[1]


def _has_grown(value: Any) -> bool:
    return isinstance(value, StringIO | GrowingObject | GrowingList)


def _to_json(value: Any) -> Any:
    if isinstance(value, StringIO):
        return value.getvalue()
    if isinstance(value, GrowingObject | GrowingList):
        return value.to_json()
    return value.copy() if is_array(value) else value
