"""What a sandbox is started with."""

from typing import Literal

from attrs import field, frozen, validators

ClockKind = Literal["fixed", "real"]

DEFAULT_BALANCE = 25_000_000


@frozen(kw_only=True)
class Settings:
    """What a sandbox is started with; `balance` is in micro-USD, `pace` a factor on every wait."""

    seed: int = 0
    pace: float = field(default=1.0, validator=[validators.ge(0), validators.lt(float("inf"))])
    balance: int = field(default=DEFAULT_BALANCE, validator=[validators.ge(0), validators.lt(2**62)])
    clock: ClockKind = field(default="fixed", validator=validators.in_(("fixed", "real")))
