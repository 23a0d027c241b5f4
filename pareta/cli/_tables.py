"""Rows in files: JSON Lines, CSV and Parquet, by the suffix of the name."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self, TextIO

from ._errors import FAILED, CommandError
from ._text import clean

Row = dict[str, Any]
ANSWER = {"answer": "string", "error": "string", "attempts": "int64", "cost_micro_usd": "int64"}
"""The columns beside those of a row, and their types in Parquet."""
WHOLE = "completion"
"""The one that only JSON Lines have."""
_CHUNK = 1000
_LONGEST_FIELD = 2**31 - 1
"""Bytes; Python's own limit of a CSV field is 128 KiB, less than a document."""


class Shape(NamedTuple):
    """What a file of rows has."""

    rows: int
    columns: tuple[str, ...]
    schema: Any
    """Of pyarrow, where it is asked for."""


def kind_of(path: Path) -> str:
    """Return the suffix of a file, which says how it is written.

    Raises:
        CommandError: It is none that is known.

    """
    kind = path.suffix.lower()
    if kind not in _READERS:
        raise CommandError(f"{clean(path)}: the name must end in .jsonl, .csv or .parquet.")
    if kind == ".parquet":
        _arrow()
    return kind


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file as dicts. In JSON Lines, a text is a row with a `prompt`, a list one with `messages`.

    Raises:
        CommandError: It is damaged.

    """
    line = 0
    try:
        for line, row in _READERS[kind_of(path)](path):  # noqa: B007  # The error names the last line.
            yield row
    except (ValueError, RecursionError, csv.Error) as error:
        raise CommandError(f"{clean(path)} is damaged after line {line}: {clean(error)}", FAILED) from None


def survey(path: Path, *, typed: bool) -> Shape:
    """Read a file once, and return what it has; `typed`, also the types of its columns.

    Raises:
        CommandError: It is damaged, or a column has values of several types.

    """
    rows, columns, schemas = 0, dict[str, None](), list[Any]()
    source = read(path)
    while chunk := list(islice(source, _CHUNK)):
        rows += len(chunk)
        for row in chunk:
            columns.update(dict.fromkeys(row))
        if typed and kind_of(path) != ".parquet":
            schemas = [_schema(path, chunk, schemas)]
    if typed and kind_of(path) == ".parquet":
        schemas = [import_module("pyarrow.parquet").read_schema(path).remove_metadata()]
    return Shape(rows, tuple(columns), schemas[0] if schemas else None)


def _schema(path: Path, chunk: list[Row], before: list[Any]) -> Any:
    """Return the schema of rows, which has room for those before."""
    arrow = _arrow()
    try:
        names = {name: None for row in chunk for name in row}
        types = {name: arrow.array([row.get(name) for row in chunk]).type for name in names}
        return arrow.unify_schemas([*before, arrow.schema(types)], promote_options="permissive")
    except (ValueError, TypeError) as error:
        raise CommandError(f"{clean(path)} has a column of several types: {clean(error)}. Write .jsonl.") from None


class Writer:
    """Writes rows beside a file, which appears, or is replaced, when they are all there."""

    def __init__(self, path: Path, shape: Shape) -> None:
        self._path = path
        self._shape = shape
        self._part = path.with_name(f"{path.name}.part")

    @cached_property
    def _opened(self) -> _Open:
        return _WRITERS[kind_of(self._path)](self._part, self._shape)

    def write(self, row: Row) -> None:
        """Write a row. The first opens the file."""
        self._opened[0](row)

    def finish(self) -> None:
        """Give the file its name."""
        self._opened[1]()
        self._part.replace(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if "_opened" in vars(self):  # Closing it twice does nothing.
            self._opened[1]()
            self._part.unlink(missing_ok=True)


def _read_json_lines(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            value: Any = json.loads(line)
            match value:
                case dict():
                    row: Row = {**value}
                case str():
                    row = {"prompt": value}
                case list():
                    row = {"messages": value}
                case _:
                    raise ValueError(f"a row must be an object, messages or a text, not {line.strip()[:40]}")
            yield number, row


def _read_csv(path: Path) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        names = next(lines, list[str]())
        if len(set(names)) < len(names):
            raise ValueError("two columns have the same name")
        for fields in lines:
            if len(fields) != len(names) and fields:
                raise ValueError(
                    f"the row that ends in line {lines.line_num} has {len(fields)} fields, the head {len(names)}"
                )
            if fields:
                yield lines.line_num, dict(zip(names, fields, strict=True))


def _read_parquet(path: Path) -> Iterator[tuple[int, Row]]:
    with import_module("pyarrow.parquet").ParquetFile(path) as file:
        number = 0
        for batch in file.iter_batches(batch_size=_CHUNK):
            for row in batch.to_pylist():
                number += 1
                if isinstance(row.get("messages"), list):  # A struct has each field in each row, as null.
                    row["messages"] = [{k: v for k, v in each.items() if v is not None} for each in row["messages"]]
                yield number, row


_Open = tuple[Callable[[Row], None], Callable[[], None]]


def _text_file(path: Path) -> TextIO:
    # Half a character has no UTF-8; in JSON its escape is right.
    return path.open("w", encoding="utf-8", errors="backslashreplace", newline="")


def _write_json_lines(path: Path, _shape: Shape) -> _Open:
    file = _text_file(path)

    def write(row: Row) -> None:
        file.write(f"{_json(row)}\n")

    return write, file.close


def _write_csv(path: Path, shape: Shape) -> _Open:
    file = _text_file(path)
    lines = csv.DictWriter(file, (*shape.columns, *ANSWER), extrasaction="ignore", lineterminator="\n")
    lines.writeheader()

    def write(row: Row) -> None:
        lines.writerow({name: _json(value) if isinstance(value, list | dict) else value for name, value in row.items()})

    return write, file.close


def _write_parquet(path: Path, shape: Shape) -> _Open:
    arrow = _arrow()
    schema = shape.schema or arrow.schema([])
    for name, kind in ANSWER.items():
        schema = schema.append(arrow.field(name, kind))
    writer = import_module("pyarrow.parquet").ParquetWriter(path, schema)
    rows: list[Row] = []

    def flush() -> None:
        if rows:
            writer.write_table(arrow.Table.from_pylist(rows, schema))
            rows.clear()

    def write(row: Row) -> None:
        rows.append(row)
        if len(rows) == _CHUNK:
            flush()

    def close() -> None:
        flush()
        writer.close()

    return write, close


_READERS = {".jsonl": _read_json_lines, ".csv": _read_csv, ".parquet": _read_parquet}
_WRITERS = {".jsonl": _write_json_lines, ".csv": _write_csv, ".parquet": _write_parquet}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _arrow() -> Any:
    try:
        return import_module("pyarrow")
    except ImportError:
        raise CommandError(
            "Parquet needs pyarrow: pip install './pareta[parquet]' beside a checkout; or use .jsonl or .csv.", FAILED
        ) from None
