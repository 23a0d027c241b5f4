"""A newcomer's own tests, in an empty environment: the wheel with `[sandbox]`, and pytest."""

from __future__ import annotations

import fcntl
import venv
from pathlib import Path

import pytest
from test_wheel import place, run, wheel

__all__ = ["place", "wheel"]  # Fixtures, which pytest finds by their names.

TESTS = """
import pytest
from pareta import InsufficientCreditsError

def ask(client):
    return client.chat.completions.create(
        model="ep_a1b2c3", messages=[{"role": "user", "content": "Which law governs? Delaware law governs."}])

def test_an_answer_is_billed(pareta_sandbox, pareta_client):
    assert "Delaware" in ask(pareta_client).choices[0].message.content
    assert pareta_sandbox.balance == 25_000_000 - 210

def test_without_credits_there_is_none(pareta_sandbox, pareta_client):
    pareta_sandbox.balance = 0
    with pytest.raises(InsufficientCreditsError):
        ask(pareta_client)
"""


@pytest.fixture(scope="session")
def interpreter(place: Path, wheel: Path) -> Path:
    """Install the wheel with its extra, pytest and PyInstaller into an empty environment; return its interpreter."""
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = place / "newcomer" / "bin" / "python"
        done = place / "newcomer-installed"
        if not done.exists():
            venv.create(place / "newcomer", with_pip=True, clear=True)
            packages = (f"{wheel}[sandbox]", "pytest", "pyinstaller")
            run(python, "-m", "pip", "install", "--quiet", "--no-input", *packages, cwd=place)
            done.touch()
    return python


@pytest.mark.long
def test_fifteen_lines_test_an_application(interpreter: Path, tmp_path: Path) -> None:
    """Two tests, one file, no configuration: both pass, and every warning is an error."""
    (tmp_path / "test_mine.py").write_text(TESTS)
    printed = run(interpreter, "-m", "pytest", "-q", "-W", "error", "test_mine.py", cwd=tmp_path)
    assert "2 passed" in printed
