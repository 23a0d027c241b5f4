"""The command line in this process, in another, and on a terminal; each with settings of the test's own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from terminal import PROGRAM, Terminal, plain_environment

from pareta.cli import main
from pareta.sandbox import Sandbox


@frozen
class Done:
    """What a command line left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return stdout as JSON."""
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """Return stdout as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def env(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    """Give the environment of a user whose key is for the sandbox."""
    return plain_environment(
        PARETA_BASE_URL=sandbox.base_url,
        PARETA_API_KEY=sandbox.api_key,
        XDG_CONFIG_HOME=str(tmp_path / "config"),
        XDG_STATE_HOME=str(tmp_path / "state"),
        PYTHONPATH=str(Path(__file__).parents[2]),
    )


@pytest.fixture
def pareta(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Run a command line in this process, with text or bytes as stdin."""

    def run(*line: str, stdin: str | bytes = "") -> Done:
        for name in os.environ.keys() - env.keys():
            monkeypatch.delenv(name)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
        capfd.readouterr()
        code = main(line)
        return Done(code, *capfd.readouterr())

    return run


@pytest.fixture
def process(env: dict[str, str]) -> Callable[..., Done]:
    """Run a command line in a process of its own."""

    def run(*line: str, stdin: bytes = b"") -> Done:
        done = subprocess.run([*PROGRAM, *line], env=env, input=stdin, capture_output=True, timeout=60, check=False)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def terminal(env: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Start a command line, or another program, on a terminal."""
    started: list[Terminal] = []

    def start(*line: str, program: tuple[str, ...] = PROGRAM, columns: int = 80, rows: int = 40) -> Terminal:
        started.append(Terminal([*program, *line], env, columns=columns, rows=rows))
        return started[-1]

    yield start
    for each in started:
        each.close()
