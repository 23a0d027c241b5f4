"""The contract suite: checks that a server conforms to the OpenAPI document and to the documented semantics.

    from pareta.contract import SuiteSettings, check

    report = check()  # starts a sandbox; check("https://…", api_key="…") checks another server
    assert report.ok, [finding.reason for finding in report.findings]

`python -m pareta.contract` does the same from a shell. Install the extra first: `pip install './pareta[contract]'`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._client import UnreachableError
    from ._report import CheckResult, Finding, Report
    from ._run import check
    from ._suite_settings import SuiteSettings

__all__ = ["CheckResult", "Finding", "Report", "SuiteSettings", "UnreachableError", "check"]

_MODULES = {
    "CheckResult": "_report",
    "Finding": "_report",
    "Report": "_report",
    "SuiteSettings": "_suite_settings",
    "UnreachableError": "_client",
    "check": "_run",
}
_EXTRAS = frozenset({"schemathesis", "hypothesis", "jsonschema_rs", "starlette", "uvicorn", "h11", "requests"})


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{_MODULES[name]}", __name__)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRAS:
            raise
        raise ImportError(
            f"The contract suite needs {error.name!r}: run pip install './pareta[contract]'"
            " in the directory that contains a checkout of this project."
        ) from error
    value = getattr(module, name)
    globals()[name] = value
    return value
