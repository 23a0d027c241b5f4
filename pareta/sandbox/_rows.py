"""What the state holds, as values."""

from attrs import field, frozen

KEPT = 24 * 60 * 60 * 1000
"""For how many milliseconds a repetition of a request is known as one."""


@frozen
class EndpointRow:
    """An endpoint. `deploying` tells its first start, which nobody may hasten, from a cold one.

    `fails` is what its deployment is to end with, where that was asked for. `since` is when its status began. SQLite
    knows no booleans, so that they are converted.
    """

    name: str
    model: str
    task: str
    status: str
    region: str
    created_at: int
    owned_by: str = "pareta"
    protected: bool = field(default=False, converter=bool)
    deploying: bool = field(default=False, converter=bool)
    was_live: bool = field(default=False, converter=bool)
    failure: str | None = None
    fails: str | None = None
    since: int = 0


@frozen
class Transition:
    """A status that an endpoint came into."""

    at: int
    status: str
    deploying: bool


@frozen
class Served:
    """What an endpoint served in a stretch of time that began at `at`: sums over its completions.

    `billed` and `spend` count what was accepted, the others what was finished. `score` is the sum of the judge's.
    """

    at: int
    billed: int = 0
    spend: int = 0
    finished: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    score: float = 0.0
    refused: int = 0


@frozen
class Charge:
    """A completion that was billed; its latency is None until it is finished."""

    number: int
    endpoint: str
    at: int
    price: int
    latency_ms: float | None


@frozen
class StoredAnswer:
    """An answer that is kept for repetitions of its request. `headers` is JSON."""

    fingerprint: str
    status: int
    headers: str
    body: bytes
