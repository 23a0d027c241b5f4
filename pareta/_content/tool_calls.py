"""The tool calls of a chat stream: which call a piece belongs to. Pure."""

from __future__ import annotations

from typing import Any

from pareta_generated.json_values import JSON, is_object, parse_integer

from .growing_json import GrowingObject, text_at


class ToolCalls:
    """The tool calls of a message.

    Servers leave out, null or repeat the index, the id and the name of a call in its later pieces. So index and id
    tell together which call a piece belongs to, and a name begins a call where the id or the name is another.
    Without index and id, a piece belongs to the last call; of several pieces in a chunk, each to the call in its place.
    """

    __slots__ = ("_calls", "_known")

    def __init__(self) -> None:
        self._calls: list[GrowingObject] = []
        self._known: dict[tuple[int | None, str | None], GrowingObject] = {}
        """By index and id, by either alone, and under (None, None) the last one."""

    def add(self, pieces: list[Any]) -> None:
        """Add what a chunk holds of the calls."""
        for place, piece in enumerate(pieces):
            if not is_object(piece):
                continue
            index, function = parse_integer(piece.get("index")), piece.get("function")
            if is_object(function) and len(function) == 1 and "arguments" in function and not piece.get("id"):
                call = self._known.get((index, None)) if index is not None or len(pieces) == 1 else None
                if call is not None and isinstance(known := call.fields.get("function"), GrowingObject):
                    known.grow("arguments", function["arguments"])  # The case of nearly every piece.
                    self._known[None, None] = call
                    continue
            call_id, name = text_at(piece, "id"), _name_of(piece)
            if index is None and call_id is None and len(pieces) > 1:
                call = self._calls[place] if place < len(self._calls) else None
            else:
                call = self._find(index, call_id)
            if call is None or _begins_another(call.fields, index, call_id, name):
                call = GrowingObject("call")
                self._calls.append(call)
            for key in ((index, call_id), (index, None), (None, call_id), (None, None)):
                self._known[key] = call
            first_id = text_at(call.fields, "id")
            call.add({**piece, "id": first_id} if first_id else piece)

    def _find(self, index: int | None, call_id: str | None) -> GrowingObject | None:
        known = self._known
        call = known.get((index, call_id)) or known.get((index, None))
        if call is None and (other := known.get((None, call_id))) and other.fields.get("index") is None:
            return other
        return call

    def to_json(self) -> list[JSON]:
        """Return the calls so far, in the order of their indexes, and without these, as in a whole completion."""
        calls: list[tuple[int, JSON]] = []
        for place, item in enumerate(self._calls):
            call = item.to_json()
            index = parse_integer(call.pop("index", None))
            function = call.get("function")
            if is_object(function) or call.get("type", "function") == "function":
                call["function"] = {"arguments": "", **(function if is_object(function) else {})}
            calls.append((place if index is None else index, call))
        return [call for _, call in sorted(calls, key=lambda each: each[0])]


def _begins_another(known: JSON, index: int | None, call_id: str | None, name: str | None) -> bool:
    known_id, known_name = text_at(known, "id"), _name_of(known)
    if call_id and known_id:
        return call_id != known_id and (name is not None or index is None)
    return None not in (name, known_name) and name != known_name


def _name_of(call: JSON) -> str | None:
    function = call.get("function", call.get("custom"))
    if isinstance(function, GrowingObject):
        function = function.fields
    return text_at(function, "name") if is_object(function) else None
