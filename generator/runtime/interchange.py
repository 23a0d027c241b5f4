"""What an object is elsewhere: its text, and what pydantic (so FastAPI), rich, IPython and pandas ask for."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any, ClassVar

from .json_values import is_array, is_object

_HALF_PAIR = re.compile("[\\ud800-\\udfff]")
"""Half of a surrogate pair, which JSON can escape and UTF-8 cannot hold."""


class Interchange:
    """What pydantic, IPython, notebooks and pandas ask of an object."""

    __slots__ = ()
    _pointer: ClassVar[str] = ""  # The JSON pointer of its schema in the document; empty for any object.

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from .pydantic_schema import core_schema_of  # Its imports are there: pydantic called this.

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        from .pydantic_schema import document_schema

        return {"title": cls.__name__, **document_schema(cls._pointer)}

    def _repr_pretty_(self: Any, printer: Any, _cycle: Any) -> None:
        """Print the fields for IPython."""
        with printer.group(4, f"{type(self).__name__}(", ")"):
            for place, (name, value) in enumerate(self.__rich_repr__()):
                if place:
                    printer.text(",")
                printer.breakable(" " if place else "")
                printer.text(f"{name}=" if name else "")
                printer.pretty(value)

    def _repr_html_(self: Any) -> str | None:
        origin = getattr(self, "_origin", None)  # A dict made by hand has none.
        return origin.to_html(self.to_dict()) if origin else None

    def to_pandas(self: Any) -> Any:
        """Return a pandas DataFrame, if pandas is installed: a row for each object of its one list, else one row."""
        return import_module("pandas").DataFrame(rows_of(self.to_dict()))


def rows_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects of the one list that `raw` holds; `raw` itself if it holds none, or several."""
    lists = [value for value in raw.values() if is_array(value)]
    return [item for item in lists[0] if is_object(item)] if len(lists) == 1 else [raw]


def to_text(value: Any, indent: int | None) -> str:
    """Return a JSON value as text, which can always be written as UTF-8; compact without `indent`."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return json.dumps(value, indent=indent, separators=separators) if _HALF_PAIR.search(text) else text


def short_repr(value: Any, *, nested: bool = False) -> str:
    """Return a short repr of a JSON value: arrays by their length, nested objects and long text abbreviated."""
    if is_array(value) and value:
        return f"[{len(value)} item{'s' if len(value) > 1 else ''}]"
    if is_object(value) and value:
        if nested:
            return "{…}"
        return f"{{{', '.join(f'{key!r}: {short_repr(item, nested=True)}' for key, item in value.items())}}}"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}…'"
