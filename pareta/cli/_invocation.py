"""One command line: its shared options, and the client that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from ._errors import NO_ACCESS, CommandError
from ._output import Output

if TYPE_CHECKING:
    from pareta import Pareta

    from ._profiles import Access


T = TypeVar("T")


class Invocation:
    """What the commands of one line share."""

    def __init__(self) -> None:
        self.json = False
        self.profile: str | None = None
        self.base_url: str | None = None
        self.api_key_file: str | None = None

    @cached_property
    def out(self) -> Output:
        """The streams to print to."""
        return Output()

    def access(self) -> Access:
        """Return the base URL and the key to use."""
        from . import _profiles

        return _profiles.access(self.profile, self.base_url, self.api_key_file)

    @contextmanager
    def client(self, **options: Any) -> Generator[Pareta]:
        """Open a client.

        Raises:
            CommandError: There is no key.

        """
        from pareta import Pareta

        access = self.access()
        if not access.api_key:
            raise CommandError(
                "There is no API key: run `pareta login`, or set PARETA_API_KEY, or pass --api-key-file FILE.",
                NO_ACCESS,
            )
        with Pareta(api_key=access.api_key, base_url=access.base_url, **options) as client:
            yield client

    def table(self, value: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Print what the API returned, as JSON or as a table."""
        self.out.json(_wire(value)) if self.json else self.out.table(columns, rows)

    def record(self, value: Any, fields: Mapping[str, Any]) -> None:
        """Print one object that the API returned, as JSON or a line for each field."""
        self.out.json(_wire(value)) if self.json else self.out.record(fields)


def _wire(value: Any) -> Any:
    """Return views as the JSON that the server sent."""
    if isinstance(value, list):
        return [_wire(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value.to_dict() if hasattr(value, "to_dict") else value


def fetch(context: typer.Context, call: Callable[[Pareta], T]) -> tuple[Invocation, T]:
    """Return the invocation, and what a call of the API returned."""
    invocation = of(context)
    with invocation.client() as client:
        return invocation, call(client)


def of(context: typer.Context) -> Invocation:
    """Return the invocation that a command runs in."""
    invocation: Invocation = context.obj
    return invocation


def completer(suggest: Callable[[Pareta, typer.Context], list[str]]) -> Callable[[typer.Context, str], list[str]]:
    """Return a completion that asks the API, and suggests nothing where that fails or takes long."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        try:
            with of(context).client(max_retries=0, timeout=5) as client:
                return [each for each in suggest(client, context) if each.startswith(incomplete)]
        except Exception:
            return []

    return complete


def _endpoint_ids(client: Pareta, _: typer.Context) -> list[str]:
    return [each.id for each in client.endpoints.list() if each.id]


def _model_ids(client: Pareta, _: typer.Context) -> list[str]:
    return [each.id for each in client.models.list() if each.id]


def _task_ids(client: Pareta, _: typer.Context) -> list[str]:
    return [each.id for each in client.tasks.list() if each.id]


def _aliases(client: Pareta, context: typer.Context) -> list[str]:
    task = context.params["task"] or next(iter(context.args), None)  # What precedes an unfinished option is not parsed.
    models = client.tasks.leaderboard(task).models
    return ["recommended", *(each.name for each in models if each.name)]


complete_endpoint = completer(_endpoint_ids)
complete_model = completer(_model_ids)
complete_task = completer(_task_ids)
complete_alias = completer(_aliases)
