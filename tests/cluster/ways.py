"""Ways to answer rows side by side in processes, each of which leaves a file while it is at work."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pareta.integrations.ray import ChatCompletions

from .platform import MODEL

WORKERS = 2
_MAP = """
import json, os, sys
from pathlib import Path
from pareta import Pareta
from tests.cluster.ways import question
folder, rows = Path(sys.argv[1]), int(sys.argv[2])
(folder / "busy" / str(os.getpid())).touch()
with Pareta() as pa:
    inputs = ({"id": number} for number in range(rows))
    results = pa.chat.completions.map(inputs, model=sys.argv[3], prompt=question, journal=folder / "journal")
    answers = {each.row["id"]: each.completion.choices[0].message.content for each in results}
(folder / "out.json").write_text(json.dumps(answers))
"""


def question(row: Mapping[str, Any]) -> str:
    """Make the prompt of a row."""
    return f"Which number is it? It is {row['id']}."


class Noting(ChatCompletions):
    """Leaves a file while its process is in a batch."""

    def __init__(self, *, busy: Path, **given: Any) -> None:
        super().__init__(**given)
        self._busy = busy

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a batch."""
        note = self._busy / str(os.getpid())
        note.touch()
        columns = super().__call__(batch)
        note.unlink()
        return columns


def by_tasks(folder: Path, rows: int, batch: int) -> dict[int, str]:
    """Ray Data, whose tasks share one object."""
    import ray

    answers = Noting(busy=folder / "busy", model=MODEL, prompt=question, id_column="id")
    return _by_ray(folder, rows, batch, answers, compute=ray.data.TaskPoolStrategy(size=WORKERS))


def by_actors(folder: Path, rows: int, batch: int) -> dict[int, str]:
    """Ray Data, each of whose actors makes an object of its own."""
    import ray

    given = {"busy": folder / "busy", "model": MODEL, "prompt": question, "id_column": "id", "run": folder.name}
    pool = ray.data.ActorPoolStrategy(size=WORKERS)
    return _by_ray(folder, rows, batch, Noting, fn_constructor_kwargs=given, compute=pool)


def _by_ray(folder: Path, rows: int, batch: int, answers: Any, **how: Any) -> dict[int, str]:
    """Run a cluster of a head that does no work and two nodes that do."""
    import ray
    from ray.cluster_utils import Cluster

    (folder / "in").mkdir()
    for number in range(4):
        ids = list(range(rows * number // 4, rows * (number + 1) // 4))
        pq.write_table(pa.table({"id": ids}), folder / "in" / f"{number}.parquet")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(WORKERS):
        cluster.add_node(num_cpus=2)  # An actor keeps one; reading and writing take the other.
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        dataset = ray.data.read_parquet(str(folder / "in")).repartition(max(4, rows // batch))
        dataset.map_batches(answers, batch_size=batch, **how).write_parquet(str(folder / "out"))
    finally:
        ray.shutdown()
        cluster.shutdown()
    found = pq.read_table(folder / "out").to_pylist()
    if wrong := [each["error"] for each in found if each["error"]]:
        raise RuntimeError(f"{len(wrong)} rows failed: {wrong[0]}")
    return _each_once((each["id"], each["answer"]) for each in found)


def _each_once(found: Any) -> dict[int, str]:
    pairs = list(found)
    answers = dict(pairs)
    if len(answers) < len(pairs):
        raise RuntimeError(f"{len(pairs)} rows came out for {len(answers)}")
    return answers


def by_map(folder: Path, rows: int, _batch: int) -> dict[int, str]:
    """One program with a journal, which is started again until it has ended."""
    line = [sys.executable, "-c", _MAP, str(folder), str(rows), MODEL]
    for _ in range(2):
        if subprocess.run(line, check=False).returncode == 0:
            break
    answers: dict[str, str] = json.loads((folder / "out.json").read_text("utf-8"))
    return {int(number): answer for number, answer in answers.items()}


WAYS: dict[str, Callable[[Path, int, int], dict[int, str]]] = {"tasks": by_tasks, "actors": by_actors, "map": by_map}
