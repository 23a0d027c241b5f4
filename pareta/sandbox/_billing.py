"""Admission, billing and accounting of completions."""

from pareta.sandbox._messages import HTTPError, not_retryable
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._seeding import fraction

_JUDGE_SPREAD = 0.06


def live_endpoint(platform: Platform, model: str) -> EndpointRow:
    """Return a live endpoint, or raise 404 or 503."""
    row = platform.store.endpoint(model)
    if row is None:
        raise HTTPError(404, f"No model '{model}'. GET /v1/models lists those that can be called.")
    if row.status == "live":
        return row
    refuse(platform, row, 503)
    if row.status == "starting":
        raise HTTPError(503, f"Endpoint '{model}' is starting. Try again soon.", (("retry-after", "1"),))
    raise not_retryable(503, f"Endpoint '{model}' is {row.status}. Start it first.")


def bill(platform: Platform, row: EndpointRow, effect: str | None) -> int:
    """Debit a completion and return its number, or raise 402. The same effect is debited only once."""
    price = platform.catalog[row.task].entry(row.model).price
    number = platform.store.bill(row.name, price=price, at=platform.clock.now(), effect=effect)
    if number is None:
        refuse(platform, row, 402)
        raise HTTPError(402, "The balance is empty. Top up in the dashboard.")
    return number


def refuse(platform: Platform, row: EndpointRow, status: int) -> None:
    """Record a refused completion."""
    platform.store.refuse(row.name, status=status, at=platform.clock.now())


def finish(
    platform: Platform,
    row: EndpointRow,
    number: int,
    *,
    prompt_tokens: int,
    completion_tokens: int,
    latency_ms: float,
) -> None:
    """Record a finished completion. Its simulated quality score varies around its alias's quality."""
    quality = platform.catalog[row.task].entry(row.model).quality
    score = quality + _JUDGE_SPREAD * (fraction(platform.seed, "judge", number) - 0.5)
    platform.store.finish(
        number,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        latency_ms=latency_ms,
        score=round(min(max(score, 0.0), 1.0), 4),
    )
