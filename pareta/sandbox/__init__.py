"""The platform on one machine: a stateful server of the API's document, for tests and for the laptop."""

from typing import TYPE_CHECKING, Any

from pareta.sandbox._sandbox import Sandbox

if TYPE_CHECKING:
    from pareta.sandbox._engine import Call, Engine, Reply
    from pareta.sandbox._journal import RecordedRequest
    from pareta.sandbox._verdicts import Verdict

__all__ = ["Call", "Engine", "RecordedRequest", "Reply", "Sandbox", "Verdict"]

_HOMES = {
    "Call": "_engine",
    "Engine": "_engine",
    "Reply": "_engine",
    "RecordedRequest": "_journal",
    "Verdict": "_verdicts",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - `import pareta.sandbox` is to be cheap.

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
