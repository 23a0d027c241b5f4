"""The arguments of `map` that say how rows are sent, checked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import attrs

from .options import count_of, positive


@attrs.frozen(kw_only=True)
class MapSettings:
    """How the rows of a `map` are sent."""

    models: tuple[str, ...]
    prompt: Callable[[Any], Any] | None
    key: Callable[[Any], Any] | None
    concurrency: int | None
    """None: adapted to the answers."""
    rps: float | None
    attempts: int
    ordered: bool
    raises: bool
    budget: int | None
    wake: bool

    @classmethod
    def create(
        cls,
        *,
        model: str | None,
        models: Sequence[str] | None,
        prompt: Callable[[Any], Any] | None,
        key: Callable[[Any], Any] | None,
        concurrency: int | Literal["auto"],
        rps: float | None,
        attempts: int,
        ordered: bool,
        on_error: str,
        budget_micro_usd: int | None,
        wake: bool,
    ) -> MapSettings:
        """Check them; raise ValueError for an invalid one."""
        if isinstance(models, str) or (models is None) == (model is None):
            raise ValueError("map() takes either model=, or models=, a list of them")
        names = tuple(models) if models is not None else (model,)
        if not names or not all(names) or len(set(names)) < len(names):
            raise ValueError(f"map() needs the ids of endpoints, each once, not {list(names)!r}")
        if on_error not in ("yield", "raise"):
            raise ValueError(f"on_error must be 'yield' or 'raise', not {on_error!r}")
        return cls(
            models=tuple(map(str, names)),
            prompt=prompt,
            key=key,
            concurrency=None if concurrency == "auto" else count_of("concurrency", concurrency, least=1),
            rps=None if rps is None else positive("rps", rps),
            attempts=count_of("attempts", attempts, least=1),
            ordered=ordered,
            raises=on_error == "raise",
            budget=None if budget_micro_usd is None else count_of("budget_micro_usd", budget_micro_usd),
            wake=wake,
        )
