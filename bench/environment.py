"""Where the bench runs: an environment of its own for the contenders, and a core for each role."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".bench" / "venv"
# Exact, so that figures of different days can be compared. The last two are what pareta itself needs.
CONTENDERS = (
    "httpx==0.28.1",
    "httpx2==2.16.2",
    "aiohttp==3.14.5",
    "httpx-aiohttp==0.2.0",
    "openai==3.57.0",
    "orjson==3.13.0",
    "opentelemetry-sdk==1.45.2",
    "attrs==26.1.0",
    "python-dateutil>=2.8.2",
)


def python() -> Path:
    """Return the interpreter of the environment, which is made where it is not there or not as it should be."""
    found = VENV / "bin" / "python"
    wanted = hashlib.sha256(" ".join((sys.version, *CONTENDERS)).encode()).hexdigest()
    mark = VENV / "contenders.sha256"
    if not mark.exists() or mark.read_text(encoding="ascii") != wanted:
        sys.stderr.write("installing the contenders into .bench (once)\n")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        command = [found, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *CONTENDERS]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        mark.write_text(wanted, encoding="ascii")
    return found


def variables() -> dict[str, str]:
    """Return the environment of the clients: this checkout importable, and nothing that changes how they work."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}


def versions() -> dict[str, str]:
    """Return the versions of the contenders that are installed."""
    code = "import importlib.metadata as m, json; print(json.dumps({n: m.version(n) for n in %r}))"
    names = [each.partition("==")[0].partition(">")[0] for each in CONTENDERS[:6]]
    done = subprocess.run([python(), "-c", code % names], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def pin(role: Literal["client", "server"]) -> None:
    """Keep this process on the core of its role, where the system lets one choose."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[0] if role == "client" else cores[-1]})
