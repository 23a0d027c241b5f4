"""Ray, Dask and Spark: the programs of docs/many-calls.md as they stand, and a worker that is killed."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .platform import PRICE, Platform

ROOT = Path(__file__).parents[2]
PROGRAMS = {
    name: program
    for program in re.findall(r"(?s)```py\n(.*?)```", (ROOT / "docs" / "many-calls.md").read_text("utf-8"))
    for name in re.findall(r"(?m)^(?:import|from) (ray|dask|pyspark)\b", program)
}
ROWS = 60


def needs(package: str) -> pytest.MarkDecorator:
    """Skip a test where a package is not installed: `dev` has none of these, 2 GB with what they bring."""
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed; it is too heavy for dev")


@pytest.mark.long
@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in ("ray", "dask", "pyspark")])
def test_the_documented_program_answers_each_row_once(name: str, tmp_path: Path) -> None:
    """It reads Parquet, answers each row and writes Parquet; rows in equal rows out, and debits."""
    (tmp_path / "contracts").mkdir()
    for part in range(2):
        rows = [{"id": number, "text": f"It is that of state {number}."} for number in range(part, ROWS, 2)]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "contracts" / f"{part}.parquet")
    (tmp_path / "program.py").write_text(PROGRAMS[name], "utf-8")
    with Platform(tmp_path) as platform:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # As in an active venv: Spark asks it.
        here = {"PATH": path, "PYTHONPATH": str(ROOT), "RAY_ADDRESS": "local"}
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=tmp_path,
            env={**os.environ, **platform.environment, **here},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert platform.debits() == ROWS
    found = sorted(pq.read_table(tmp_path / "answers").to_pylist(), key=lambda row: row["id"])
    assert [row["id"] for row in found] == list(range(ROWS))
    assert [row["answer"] for row in found] == [f"It is that of state {number}." for number in range(ROWS)]
    assert {(row["error"], row["attempts"], row["cost_micro_usd"]) for row in found} == {(None, 1, PRICE)}


@pytest.mark.long
@pytest.mark.parametrize("way", ["tasks", "actors"])
@needs("ray")
def test_a_worker_of_ray_that_is_killed_costs_nothing(way: str) -> None:
    """Killed within a batch, it leaves each row once, and each debit; `python -m tests.cluster` shows 50,000."""
    line = [sys.executable, "-m", "tests.cluster", way, "--rows", "400", "--batch", "20"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "400 rows in, 400 out, 400 right; 84000 micro-USD debited, 84000 due; 1 killed" in done.stdout
