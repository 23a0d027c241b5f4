"""Which engine answers: extractive, echo, a script's, or one of the caller's own."""

from os import PathLike, fspath
from pathlib import Path

from pareta.sandbox._engine import EchoEngine, Engine, ExtractiveEngine
from pareta.sandbox._script import ScriptEngine
from pareta.sandbox._settings import EngineName


def make(chosen: EngineName | PathLike[str] | Engine) -> Engine:
    """Return the engine that is chosen, or raise ValueError where there is none such."""
    if chosen == "extractive":
        return ExtractiveEngine()
    if chosen == "echo":
        return EchoEngine()
    if isinstance(chosen, PathLike):
        return ScriptEngine(Path(fspath(chosen)))
    if isinstance(chosen, str):
        raise ValueError(  # noqa: TRY004 - it is a name that there is not.
            f"There is no engine '{chosen}', only extractive, echo, a script's path, or your own."
        )
    return chosen
