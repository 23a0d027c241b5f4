"""The commands together: options that stand anywhere in the line, and an exit code for every end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import takewhile
from typing import Annotated, Any

import typer
from typer.main import get_command

from pareta import ParetaError, __version__

from . import _account, _chat, _endpoints, _map, _tasks, _tools
from ._errors import INTERRUPTED, MEANINGS, OK, PIPE_CLOSED, CommandError, advice_for, as_json, code_of
from ._invocation import Invocation
from ._output import to_json

_EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items()) + "."
_SHARED = ("json", "profile", "base_url", "api_key_file")

app = typer.Typer(
    help="Deploy open-weights models as OpenAI-compatible endpoints, and call them.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,  # Plain help needs no rich, which is slow to import, and fits any terminal.
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _register in (
    _endpoints.register,
    _tasks.register,
    _chat.register,
    _map.register,
    _account.register,
    _tools.register,
):
    _register(app)


def _remember(context: typer.Context, param: typer.CallbackParam, value: Any) -> Any:
    if value and param.name and context.obj is not None:
        setattr(context.obj, param.name, value)
    return value


def _print_version(value: bool) -> None:  # Typer's signature.
    if value:
        typer.echo(f"pareta {__version__}")
        raise typer.Exit


@app.callback()
def shared(
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON; a stream as JSON Lines.", callback=_remember)
    ] = False,
    profile: Annotated[
        str | None, typer.Option(help="Use a profile that `pareta login` stored.", callback=_remember)
    ] = None,
    base_url: Annotated[str | None, typer.Option(help="Where the API is.", callback=_remember)] = None,
    api_key_file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Read the API key from a file.", callback=_remember)
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Deploy open-weights models as OpenAI-compatible endpoints, and call them."""


def build() -> Any:
    """Return the root command, with the shared options in every command below it."""
    root: Any = get_command(app)
    options = [param for param in root.params if param.name in _SHARED]
    for option in options:
        option.expose_value = False
    for command in _below(root):
        if not command.context_settings.get("ignore_unknown_options"):
            command.params.extend(options)
    return root


def _below(group: Any) -> Iterator[Any]:
    for command in getattr(group, "commands", {}).values():
        yield command
        yield from _below(command)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code."""
    invocation = Invocation()
    invocation.json = "--json" in takewhile("--".__ne__, arguments)  # Typer sets none of a line with a mistake.
    try:
        code = _run(arguments, invocation)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Else the flush at exit fails again.
        return PIPE_CLOSED
    return code


def _run(arguments: list[str], invocation: Invocation) -> int:
    try:
        code = build().main(arguments, prog_name="pareta", obj=invocation, standalone_mode=False)
    except BrokenPipeError:
        raise
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # Typer exits with 1 then.
            raise end.__context__ from None
        raise
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except (typer.TyperException, CommandError, ParetaError, OSError, ValueError) as error:
        return _report(error, invocation)
    return code if isinstance(code, int) else OK


def _report(error: Exception, invocation: Invocation) -> int:
    code = error.exit_code if isinstance(error, typer.TyperException) else code_of(error)
    if invocation.json:
        sys.stderr.write(f"{to_json(as_json(error, code), indent=2 if sys.stderr.isatty() else None)}\n")
    elif isinstance(error, typer.TyperException):
        getattr(error, "show", lambda: invocation.out.note(f"Error: {error}"))()
    else:
        invocation.out.note(f"Error: {error}")
        if advice := advice_for(error):
            invocation.out.note(advice)
    return code
