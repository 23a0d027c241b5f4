"""How fast the command line starts, and what it loads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from terminal import PROGRAM

from pareta.cli._errors import CommandError
from pareta.cli._times import window_of

NOW = datetime(2026, 1, 14, 12, 30, tzinfo=UTC)  # A Wednesday.


def run(*line: str, env: dict[str, str]) -> float:
    """Return the seconds of processor time that a process takes."""
    before = os.times()
    subprocess.run(line, env=env, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


@pytest.mark.parametrize(
    ("line", "limit"), [("--version", 0.150), ("--help", 0.250), ("endpoints deploy --help", 0.250)]
)
def test_it_starts_at_once(env: dict[str, str], line: str, limit: float) -> None:
    """The version takes less than 150 ms and help less than 250: the best of five, in processor time."""
    assert min(run(*PROGRAM, *line.split(), env=env) for _ in range(5)) < limit


def test_it_loads_what_it_uses(env: dict[str, str]) -> None:
    """To start, it loads neither an HTTP library, nor rich, nor the client, nor what draws."""
    code = "import sys; from pareta.cli import main; main(['endpoints', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    slow = {"httpx", "rich", "plotext", "platformdirs", "dateutil", "attrs", "ssl", "pareta._sync", "pareta_generated"}
    assert slow & set(done.stdout.split()) == set()


LINES = {
    "typer": ["--help"],
    "platformdirs": ["whoami", "--profile", "work"],
    "plotext": ["endpoints", "metrics", "ep_a1b2c3", "--plot"],
}


@pytest.mark.parametrize("missing", LINES)
def test_without_the_extra_it_says_what_to_install(env: dict[str, str], missing: str) -> None:
    """Without `pareta[cli]` the script says how to install it, and ends with 2."""
    code = f"import sys; sys.modules[{missing!r}] = None; from pareta.cli import main; sys.exit(main({LINES[missing]}))"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.stderr == f"Error: {missing} is not installed. Run: pip install './pareta[cli]' beside a checkout\n"
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("since", "window"),
    [
        ("today", "750m"),
        ("yesterday", "2190m"),
        ("monday", "3630m"),
        ("last monday", "3630m"),
        ("wednesday", "181h"),
        ("last week", "169h"),
        ("3 days ago", "4320m"),
        ("1 hour ago", "60m"),
        ("2026-01-14T12:00:00Z", "30m"),
        ("2026-01-01", "324h"),
        ("9:30", "180m"),
        ("1 December 2025", "1069h"),
        ("2024-01-01", "744d"),
    ],
)
def test_since_is_a_window(since: str, window: str) -> None:
    """--since takes days, weekdays, dates, times and spans, and rounds up to what the API takes."""
    found = window_of(None, since, NOW)
    assert found is not None
    number, unit = int(found[:-1]), found[-1]
    expected, expected_unit = int(window[:-1]), window[-1]
    minutes = {"m": 1, "h": 60, "d": 1440}
    assert abs(number * minutes[unit] - expected * minutes[expected_unit]) <= minutes[expected_unit]


@pytest.mark.parametrize(
    "since", ["", "never", "tomorrow", "99999 days ago", "2026-01-15", "13:00", "9" * 500, "0 days ago"]
)
def test_what_is_no_time_in_the_past_is_refused(since: str) -> None:
    """What cannot be read, or is not in the past, is an error."""
    with pytest.raises(CommandError, match="--since"):
        window_of(None, since, NOW)


def test_python_m_works_too(process: Callable) -> None:
    """`python -m pareta.cli` is the same program."""
    assert process("--version").out.startswith("pareta ")
