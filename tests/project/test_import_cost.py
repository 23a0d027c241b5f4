"""What importing pareta costs, in fresh interpreters."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLOW = {
    *("httpx", "httpx2", "httpcore", "h11", "aiohttp", "anyio", "certifi", "idna"),
    *("attr", "attrs", "dateutil", "asyncio", "ssl", "socket", "threading", "json", "logging", "email"),
    *("pareta_generated", "starlette", "uvicorn", "jsonschema_rs", "schemathesis", "importlib.metadata"),
}


def run(code: str) -> str:
    """Run code in a fresh interpreter with this checkout on its path, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def loaded(code: str) -> set[str]:
    """Return the modules that running code loads."""
    text = run(f"import sys; before = set(sys.modules)\n{code}\nnew = set(sys.modules) - before\nprint(*new)")
    return set(text.split())


def test_importing_pareta_loads_next_to_nothing() -> None:
    """`import pareta` loads no HTTP library, no generated module, no event loop, and one module of its own."""
    found = loaded("import pareta")
    assert found & SLOW == set()
    assert {name for name in found if name.startswith("pareta")} == {"pareta", "pareta._version"}


def test_naming_what_is_exported_loads_nothing() -> None:
    """`dir(pareta)` and `__version__` load nothing more."""
    found = loaded("import pareta; dir(pareta); pareta.__all__; pareta.__version__; hasattr(pareta, 'Nothing')")
    assert {name for name in found if name.startswith("pareta")} == {"pareta", "pareta._version"}


def test_an_exception_costs_no_transport() -> None:
    """Exceptions and views can be imported without an HTTP library or an event loop."""
    found = loaded("from pareta import Endpoint, ModelList, NotFoundError")
    assert found & {"httpx", "httpcore", "h11", "anyio", "aiohttp", "ssl", "asyncio"} == set()


@pytest.mark.parametrize(("client", "other"), [("Pareta", "_async"), ("AsyncPareta", "_sync")])
def test_a_client_loads_its_own_half_alone(client: str, other: str) -> None:
    """Making one client loads neither the other nor an extra, and naming it loads no HTTP library."""
    found = loaded(f"from pareta import {client}\nclient = {client}(api_key='pareta_sk_test')")
    assert [name for name in found if name.startswith((f"pareta.{other}", "pareta.sandbox", "pareta.contract"))] == []
    assert "httpx" not in loaded(f"from pareta import {client}")


@pytest.mark.parametrize("client", ["Pareta", "AsyncPareta"])
def test_map_is_loaded_when_it_is_called(client: str) -> None:
    """A client that maps nothing loads nothing of it; what answers for Ray loads no Ray, and no NumPy."""
    found = loaded(f"from pareta import {client}\n{client}(api_key='pareta_sk_test').chat.completions.map")
    assert [name for name in found if ".map_" in name or "workers" in name or "journal" in name] == []
    assert loaded("import pareta.integrations.ray") & {"ray", "numpy", "pandas", "httpx"} == set()


def test_importing_pareta_is_a_fraction_of_importing_httpx() -> None:
    """It takes at most two fifths of the time that `import httpx` takes in the same run, by the median of seven."""
    code = (
        "import json, time\nfrom time import process_time as now\n"
        "a = now()\nimport pareta\nb = now()\nimport httpx\nc = now()\nprint(json.dumps([b - a, c - b]))"
    )
    times = [json.loads(run(code)) for _ in range(7)]
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    assert ours <= 0.4 * theirs
