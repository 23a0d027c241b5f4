"""Webhooks of the API: the events that it sends, verified and typed.

Generated from webhooks.yaml. Do not edit: change that file and run `python -m generator --spec webhooks.yaml --output webhooks`.
"""

from __future__ import annotations

import json
from typing import TypeAlias

from . import readers, signatures
from .models import (
    CatBorn,
    CatBornParam,
    CatGone,
    CatGoneParam,
)
from .types import View, to_json_value

WebhookEvent: TypeAlias = CatBorn | CatGone | View
"""An event that a webhook brings; a plain `View` if its kind is not known.

- `cat.born`: CatBorn. A cat was born.
- `cat.gone`: CatGone.
"""
_READER = readers.Tagged("type", {"cat.born": CatBorn, "cat.gone": CatGone})


def unwrap(
    body: bytes | str,
    headers: signatures.Headers,
    *,
    secret: str,
    tolerance: float = signatures.TOLERANCE,
    now: float | None = None,
) -> WebhookEvent:
    """Verify a request that brings a webhook, and return its event.

    Args:
        body: The body, to the byte as it came.
        headers: The headers of the request, of which `webhook-id`, `webhook-timestamp` and `webhook-signature` are read.
        secret: The secret of the webhook, `whsec_` and base64.
        tolerance: How many seconds the timestamp may be from `now`.
        now: The time, in seconds since 1970; by default that of the clock.

    Raises:
        WebhookError: The request is no webhook of the API; `signatures` has a class for each reason.
        ValueError: The secret is not base64.
    """
    signatures.verify(body, headers, secret=secret, tolerance=tolerance, now=now)
    return read(body)


def read(body: bytes | str) -> WebhookEvent:
    """Return the event of a body whose sender is known by other means.

    Raises:
        PayloadError: It is not a JSON object.
    """
    raw = signatures.read_body(body)
    return _READER.from_dict(raw, View.make_origin(raw))


def wrap(
    event: CatBornParam | CatBorn | CatGoneParam | CatGone,
    *,
    secret: str,
    webhook_id: str = "msg_test",
    now: float | None = None,
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of an event, as the API sends it: for tests of what receives it."""
    body = json.dumps(to_json_value(event)).encode()
    return body, signatures.sign(body, secret=secret, webhook_id=webhook_id, now=now)
