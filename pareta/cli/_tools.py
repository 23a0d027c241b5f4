"""`pareta sandbox`, `contract`, `doctor` and `completion`: what stands beside the API."""

from __future__ import annotations

import os
import runpy
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from ._errors import FAILED, CommandError
from ._invocation import of

_PASSED_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


class Shell(StrEnum):
    """The shells that commands are completed in."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sandbox", context_settings=_PASSED_ON)(sandbox)
    app.command("contract", context_settings=_PASSED_ON)(contract)
    app.command("doctor")(doctor)
    app.command("completion")(completion)


def sandbox(context: typer.Context) -> None:
    """Serve the platform on this machine, until Ctrl-C; --demo with traffic."""
    _run("pareta.sandbox", context.args)


def contract(context: typer.Context) -> None:
    """Check a server against the document of the API: `pareta contract URL`."""
    _run("pareta.contract", context.args)


def doctor(context: typer.Context) -> int:
    """Check environment, key, proxy, DNS, TLS, clock and server. It costs nothing, and never prints the key."""
    from . import _doctor  # It imports sockets and TLS.

    return _doctor.doctor(of(context))


def _run(module: str, arguments: list[str]) -> None:
    """Run a module as `python -m` does."""
    sys.argv[1:] = arguments
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as error:
        extra = module.rpartition(".")[2]
        raise CommandError(
            f"{error.name} is not installed. Run: pip install './pareta[{extra}]' beside a checkout", FAILED
        ) from None


def completion(context: typer.Context, shell: Annotated[Shell, typer.Argument(help="Your shell.")]) -> None:
    """Print the script that completes commands, options, ids, tasks and aliases.

    bash and zsh: eval "$(pareta completion bash)". fish: pareta completion fish | source
    """
    os.environ["_PARETA_COMPLETE"] = f"source_{shell.value}"  # Typer's protocol, which its scripts use too.
    context.find_root().command.main([], prog_name="pareta")
