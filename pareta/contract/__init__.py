"""The contract suite: it holds a server against the document, and the document's meaning.

    from pareta.contract import Settings, hold

    report = hold()  # a sandbox of its own; hold("https://…", api_key="…") for another server
    assert report.ok, [finding.reason for finding in report.findings]

`python -m pareta.contract` does the same from a shell. It comes with the extra: `pip install './pareta[contract]'`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._report import Checked, Finding, Report
    from ._run import hold
    from ._settings import Settings
    from ._wire import Unreachable

__all__ = ["Checked", "Finding", "Report", "Settings", "Unreachable", "hold"]

_HOMES = {
    "Checked": "_report",
    "Finding": "_report",
    "Report": "_report",
    "Settings": "_settings",
    "Unreachable": "_wire",
    "hold": "_run",
}
_EXTRAS = frozenset({"schemathesis", "hypothesis", "jsonschema_rs", "starlette", "uvicorn", "h11", "requests"})


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{_HOMES[name]}", __name__)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRAS:
            raise
        raise ImportError(
            f"The contract suite needs {error.name!r}, which comes with an extra:"
            " run pip install './pareta[contract]' beside a checkout of this project."
        ) from error
    value = getattr(module, name)
    globals()[name] = value
    return value
