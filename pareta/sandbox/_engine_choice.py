"""Makes the engine that the settings choose: extractive, echo, a script, or the caller's object."""

from os import PathLike, fspath
from pathlib import Path

from pareta.sandbox._script import ScriptEngine
from pareta.sandbox._text_engine import EchoEngine, Engine, ExtractiveEngine


def make_engine(chosen: str | PathLike[str] | Engine) -> Engine:
    """Return the chosen engine, or raise ValueError for an unknown name."""
    match chosen:
        case "extractive":
            return ExtractiveEngine()
        case "echo":
            return EchoEngine()
        case str():
            raise ValueError(f"Unknown engine '{chosen}': pass extractive, echo, a script's path, or an engine object.")
        case PathLike():
            return ScriptEngine(Path(fspath(chosen)))
        case _:
            return chosen
