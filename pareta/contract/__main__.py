"""`python -m pareta.contract [URL] [pytest's arguments]`: check a server. The exit status is pytest's."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent
_PACKAGE = "pareta.contract"
_NAMING = ("-k", "-m", "--deselect", "--ignore", "--ignore-glob")
"""The options of pytest whose value can read as a selection."""
_NEEDED = ("schemathesis", "pytest", "starlette", "uvicorn", "jsonschema_rs")
_MISSING = """\
The contract suite needs {!r}: run pip install './pareta[contract]' in the directory that contains a checkout of this \
project.
"""


def main(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Run pytest on the suite, with more plugins, and return its exit status."""
    missing = next((name for name in _NEEDED if not _is_installed(name)), None)
    if missing is not None:
        sys.stderr.write(_MISSING.format(missing))
        return 4
    import pytest

    given = _with_selections(arguments)
    if not given[0].startswith(("-", _PACKAGE)):
        given[0] = f"--server={given[0]}"
    named = ("pareta.contract._plugin", "schemathesis.pytest.plugin", "_hypothesis_pytestplugin", "xdist.plugin")
    cache = Path.cwd() / ".pytest_cache" / _PACKAGE
    before = dict(os.environ)
    try:
        # No plugin, option or conftest of where it runs: what is there by chance changes nothing.
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(cache / "hypothesis")
        for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
            os.environ.pop(name, None)
        return pytest.main(
            [
                *("-c", str(_HERE / "pytest.ini"), f"--rootdir={_HERE}", "--noconftest", "--pyargs"),
                *(part for name in named if _is_installed(name) for part in ("-p", name)),
                *("-o", f"cache_dir={cache}"),
                *given,
            ],
            plugins=plugins,
        )
    finally:
        os.environ.clear()
        os.environ.update(before)


def _with_selections(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the importable names of what they select; without a selection it is the suite."""
    found: list[str] = []
    selects = False
    for before, argument in zip(("", *arguments), arguments, strict=False):
        found.append(argument if before in _NAMING else _selection(argument))
        selects = selects or (before not in _NAMING and found[-1].startswith(_PACKAGE))
    return found if selects else [*found, _PACKAGE]


def _selection(argument: str) -> str:
    """Return the importable name of a test of the suite, such as `test_billing.py::test_one`; else the argument."""
    module, colons, test = argument.partition("::")
    if not module.startswith("test_") or not (_HERE / module).with_suffix(".py").exists():
        return argument
    return f"{_PACKAGE}.{module.removesuffix('.py')}{colons}{test}"


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name.partition(".")[0]) is not None
    except ValueError:  # It is blocked: its entry of sys.modules is None.
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
