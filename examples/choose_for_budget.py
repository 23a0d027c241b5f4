"""Deploy the best model that a budget allows.

It takes what you want done, dollars for a month and the requests of a month.
"""

from __future__ import annotations

import sys

from pareta import LeaderboardEntry, Pareta


def choose(entries: list[LeaderboardEntry], micro_usd_a_request: float) -> LeaderboardEntry | None:
    """Return the open model of the highest quality at that price or below; None if there is none."""
    affordable = [
        entry
        for entry in entries
        if entry.cost_per_request_micro_usd is not None and entry.cost_per_request_micro_usd <= micro_usd_a_request
    ]
    return max(affordable, key=lambda entry: entry.quality or 0, default=None)


def main(intent: str, dollars: float, requests: int) -> None:
    """Find the task, choose, deploy."""
    with Pareta.from_env() as pa:
        match = pa.tasks.match(intent)
        if match.chosen is None:
            raise SystemExit(f"No task fits {intent!r}.")
        board = pa.tasks.leaderboard(match.chosen.task_id)
        best = choose(board.models, dollars * 1_000_000 / requests)
        if best is None:
            raise SystemExit(f"No model for {match.chosen.task_id} costs so little.")
        endpoint = pa.endpoints.deploy(task=match.chosen.task_id, model=best.name, wait=True)
        print(f"{endpoint.id} serves {best.name}: quality {best.quality}, {best.cost_per_request_micro_usd} micro-USD.")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
