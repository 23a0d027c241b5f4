"""A local, stateful server of the Pareta API, for tests and development."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pareta.sandbox._sandbox import Sandbox

if TYPE_CHECKING:
    from pareta.sandbox._journal import RecordedRequest
    from pareta.sandbox._text_engine import Call, Engine, Reply
    from pareta.sandbox._verdicts import Verdict

__all__ = ["Call", "Engine", "RecordedRequest", "Reply", "Sandbox", "Verdict"]

_MODULES = {
    "Call": "_text_engine",
    "Engine": "_text_engine",
    "Reply": "_text_engine",
    "RecordedRequest": "_journal",
    "Verdict": "_verdicts",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
