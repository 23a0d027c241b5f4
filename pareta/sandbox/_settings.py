"""What a sandbox is started with."""

from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen, validators

if TYPE_CHECKING:
    from pareta.sandbox._engine import Engine

ClockKind = Literal["fixed", "real"]
EngineName = Literal["extractive", "echo"]

DEFAULT_BALANCE = 25_000_000
DEFAULT_PATIENCE = 60.0

_INFINITY = float("inf")


@frozen(kw_only=True)
class Upstream:
    """A server that speaks OpenAI's protocol: where it is, its key, its model's id, how long it may be silent."""

    url: str
    key: str | None = field(default=None, repr=False)
    model: str | None = None
    patience: float = field(default=DEFAULT_PATIENCE, validator=[validators.gt(0), validators.lt(_INFINITY)])


def _path(value: "str | PathLike[str] | None") -> Path | None:
    return None if value is None else Path(fspath(value))


@frozen(kw_only=True)
class Settings:
    """What a sandbox is started with; `balance` is in micro-USD, `pace` a factor on every wait, `latency` in ms.

    `engine` is a name, an engine, or the path of a script.
    """

    seed: int = 0
    pace: float = field(default=1.0, validator=[validators.ge(0), validators.lt(_INFINITY)])
    balance: int = field(default=DEFAULT_BALANCE, validator=[validators.ge(0), validators.lt(2**62)])
    clock: ClockKind = field(default="fixed", validator=validators.in_(("fixed", "real")))
    state: Path | None = field(default=None, converter=_path)
    latency: float = field(default=0.0, validator=[validators.ge(0), validators.lt(_INFINITY)])
    engine: "EngineName | PathLike[str] | Engine" = "extractive"
    upstream: Upstream | None = None
