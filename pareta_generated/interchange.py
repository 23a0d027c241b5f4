"""What an object is elsewhere: its text, and what pydantic (so FastAPI), rich, IPython and pandas ask for.

Copied from generator/runtime/interchange.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any

from .json_values import is_array, is_object

_HALF_PAIR = re.compile("[\\ud800-\\udfff]")
"""Half of a surrogate pair, which JSON can escape and UTF-8 cannot hold."""


def core_schema(view: Any, _source: Any, _handler: Any) -> Any:
    """Return pydantic's schema of a class; it is the class method that pydantic calls."""
    from .pydantic_schema import core_schema_of  # Its imports are there: pydantic called this.

    return core_schema_of(view)


def json_schema(view: Any, _schema: Any, _handler: Any) -> dict[str, Any]:
    """Return the JSON Schema of a class, which is the document's; it is the class method that pydantic calls."""
    from .pydantic_schema import document_schema

    return {"title": view.__name__, **document_schema(view._pointer)}  # noqa: SLF001


def pretty(view: Any, printer: Any, _cycle: Any) -> None:
    """Print the fields of a view; it is the method that IPython calls."""
    with printer.group(4, f"{type(view).__name__}(", ")"):
        for place, (name, value) in enumerate(view.__rich_repr__()):
            if place:
                printer.text(",")
            printer.breakable(" " if place else "")
            printer.text(f"{name}=" if name else "")
            printer.pretty(value)


def to_pandas(view: Any) -> Any:
    """Return a pandas DataFrame, if pandas is installed: a row for each object of its one list, else one row."""
    return import_module("pandas").DataFrame(rows_of(view.to_dict()))


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
