"""The tasks of `catalog.toml`, with their leaderboards and examples."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from attrs import frozen

COST_UNIT = "micro_usd_per_request"


@frozen
class LeaderboardEntry:
    """A model on a leaderboard. `price` is in micro-USD a request, `context_k` in thousands of tokens."""

    name: str
    kind: str
    quality: float
    price: int
    context_k: int
    run_mode: str

    def to_json(self) -> dict[str, Any]:
        """Return the API's JSON for it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "quality": self.quality,
            "cost_per_request_micro_usd": self.price,
            "context_k": self.context_k,
            "run_mode": self.run_mode,
        }


@frozen
class CatalogTask:
    """A task. `keywords` are for the matcher only."""

    id: str
    scorer: str
    has_blob_input: bool
    keywords: tuple[str, ...]
    recommended: str
    models: tuple[LeaderboardEntry, ...]
    frontier: LeaderboardEntry | None
    examples: tuple[dict[str, str], ...]

    def entry(self, alias: str) -> LeaderboardEntry:
        """Return the leaderboard entry of an alias, which may be the frontier."""
        entries = self.models if self.frontier is None else (*self.models, self.frontier)
        return next(each for each in entries if each.name == alias)

    def resolve(self, model: str) -> str | None:
        """Return the alias for a deployment's `model`, or None if it cannot be deployed."""
        if model == "recommended":
            return self.recommended
        return model if any(each.name == model for each in self.models) else None

    def to_json(self, *, examples: int = 0) -> dict[str, Any]:
        """Return the API's JSON for it, with at most `examples` examples."""
        value: dict[str, Any] = {
            "id": self.id,
            "default_scorer": self.scorer,
            "has_blob_input": self.has_blob_input,
        }
        if examples:
            value["examples"] = list(self.examples[:examples])
        return value

    def leaderboard(self) -> dict[str, Any]:
        """Return the API's JSON for its leaderboard."""
        return {
            "task_id": self.id,
            "metric": self.scorer,
            "cost_unit": COST_UNIT,
            "recommended": self.recommended,
            "models": [each.to_json() for each in self.models],
            "frontier": None if self.frontier is None else self.frontier.to_json(),
        }


Catalog = Mapping[str, CatalogTask]


@cache
def load() -> Catalog:
    """Return the catalog, sorted by id; it is read once."""
    text = files("pareta.sandbox").joinpath("catalog.toml").read_text(encoding="utf-8")
    tasks = (_task(name, node) for name, node in tomllib.loads(text).items())
    return MappingProxyType({task.id: task for task in sorted(tasks, key=lambda each: each.id)})


def _task(name: str, node: dict[str, Any]) -> CatalogTask:
    models = tuple(_entry(each, kind="open", run_mode="dedicated") for each in node["models"])
    best = max(models, key=lambda each: each.quality)
    frontier = node.get("frontier")
    return CatalogTask(
        id=name,
        scorer=node["scorer"],
        has_blob_input=node.get("has_blob_input", False),
        keywords=tuple(node["keywords"].split()),
        recommended=node.get("recommended", best.name),
        models=tuple(sorted(models, key=lambda each: -each.quality)),
        frontier=None if frontier is None else _entry(frontier, kind="frontier", run_mode="hosted"),
        examples=tuple(node.get("examples", ())),
    )


def _entry(node: dict[str, Any], *, kind: str, run_mode: str) -> LeaderboardEntry:
    return LeaderboardEntry(
        name=node["name"],
        kind=kind,
        quality=node["quality"],
        price=node["cost"],
        context_k=node["context_k"],
        run_mode=node.get("run_mode", run_mode),
    )
