"""The records of the store, as values."""

from attrs import field, frozen

IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000
"""How long an idempotency key is remembered, in milliseconds."""


@frozen
class EndpointRow:
    """An endpoint. `deploying` distinguishes the deployment from a later start.

    `fails` is the message with which a scenario makes its deployment fail. `since` is the time of its last status
    change. The converters turn SQLite's integers into booleans.
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
    """A status change of an endpoint."""

    at: int
    status: str
    deploying: bool


@frozen
class UsageBucket:
    """The usage of an endpoint in a period that began at `at`.

    `billed` and `spend` count accepted completions, the other fields finished ones. `score` is a sum.
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
class BilledCompletion:
    """A billed completion; its latency is None until it is finished."""

    number: int
    endpoint: str
    at: int
    price: int
    latency_ms: float | None


@frozen
class StoredResponse:
    """An answer that is kept for repetitions of its request. `headers` is JSON."""

    fingerprint: str
    status: int
    headers: str
    body: bytes
