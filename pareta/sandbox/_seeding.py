"""Pseudorandom keys, ids and fractions from the seed, and the endpoints of a fresh sandbox."""

from hashlib import sha256

from pareta.sandbox._clock import from_iso
from pareta.sandbox._rows import EndpointRow

REGIONS = ("us-east", "eu-central", "ap-south")


def digest(seed: int, *parts: str | int) -> str:
    """Return the hexadecimal hash of the seed and the parts."""
    return sha256("\0".join(map(str, (seed, *parts))).encode()).hexdigest()


def fraction(seed: int, *parts: str | int) -> float:
    """Return a pseudorandom number in [0, 1) from the seed and the parts."""
    return int(digest(seed, *parts)[:12], 16) / 16**12


def api_key(seed: int) -> str:
    """Return the API key of a sandbox."""
    return f"pareta_sk_sandbox_{digest(seed, 'key')[:24]}"


def endpoints() -> tuple[EndpointRow, ...]:
    """Return the endpoints of a fresh sandbox: protected, live, stopped, and owned by a vendor."""
    return (
        EndpointRow(
            name="ep_seed01",
            model="mistral-1",
            task="support-ticket-triage",
            status="live",
            region="eu-central",
            created_at=from_iso("2026-01-05T09:00:00+00:00"),
            protected=True,
            was_live=True,
        ),
        EndpointRow(
            name="ep_a1b2c3",
            model="qwen-2",
            task="contract-key-fields",
            status="live",
            region="us-east",
            created_at=from_iso("2026-01-06T09:00:00+00:00"),
            was_live=True,
        ),
        EndpointRow(
            name="ep_d4e5f6",
            model="llama-1",
            task="invoice-fields",
            status="stopped",
            region="us-east",
            created_at=from_iso("2026-01-07T09:00:00+00:00"),
            was_live=True,
        ),
        EndpointRow(
            name="ep_v7w8x9",
            model="frontier-1",
            task="document-summary",
            status="live",
            region="us-east",
            created_at=from_iso("2026-01-08T09:00:00+00:00"),
            owned_by="northwind",
            was_live=True,
        ),
    )
