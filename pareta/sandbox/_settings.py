"""The settings of a sandbox."""

import re
from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen, validators

if TYPE_CHECKING:
    from pareta.sandbox._text_engine import Engine

ClockKind = Literal["fixed", "real"]
EngineName = Literal["extractive", "echo"]

HOW_TO_INSTALL = (
    "run pip install '.[sandbox]' in a checkout of this project, or pip install 'FILE.whl[sandbox]' with its wheel."
    " The name pareta on the public index is another project."
)
DEFAULT_BALANCE = 25_000_000
DEFAULT_UPSTREAM_TIMEOUT = 60.0

_INFINITY = float("inf")


@frozen(kw_only=True)
class Upstream:
    """An OpenAI-compatible server: its URL, API key, model, and read timeout in seconds."""

    url: str
    key: str | None = field(default=None, repr=False)
    model: str | None = None
    timeout: float = field(default=DEFAULT_UPSTREAM_TIMEOUT, validator=[validators.gt(0), validators.lt(_INFINITY)])


def _path(value: "str | PathLike[str] | None") -> Path | None:
    return None if value is None else Path(fspath(value))


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _check_origins(_: object, __: object, origins: tuple[str, ...]) -> None:
    for origin in origins:
        if origin not in {"*", "null"} and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/?#\s]+", origin):
            raise ValueError(f"cors must be an origin such as http://localhost:5173, or *, not {origin!r}")


@frozen(kw_only=True)
class SandboxSettings:
    """The settings of a sandbox; `pareta.sandbox.Sandbox` documents them."""

    seed: int = 0
    pace: float = field(default=1.0, validator=[validators.ge(0), validators.lt(_INFINITY)])
    balance: int = field(default=DEFAULT_BALANCE, validator=[validators.ge(0), validators.lt(2**62)])
    clock: ClockKind = field(default="fixed", validator=validators.in_(("fixed", "real")))
    state: Path | None = field(default=None, converter=_path)
    latency: float = field(default=0.0, validator=[validators.ge(0), validators.lt(_INFINITY)])
    engine: "EngineName | PathLike[str] | Engine" = "extractive"
    upstream: Upstream | None = None
    cors: tuple[str, ...] = field(default=(), converter=_texts, validator=_check_origins)
    allow_hosts: tuple[str, ...] = field(default=(), converter=_texts)
