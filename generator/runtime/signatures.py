"""Signatures of webhooks, as the Standard Webhooks specification has them: verified, and made for tests."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeAlias

from .json_values import JSON, is_object

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""The headers of a request, in any case, as the framework has them."""
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300.0
"""How many seconds the clocks of sender and receiver may differ, with the time on the way."""


class WebhookError(ValueError):
    """A request that is no webhook of the API. Refuse it, with status 400."""


class MissingHeaderError(WebhookError):
    """A header that signs the request is absent."""


class WrongSignatureError(WebhookError):
    """No signature is that of this body, id and time under this secret."""


class TimestampError(WebhookError):
    """The time is none, or it is too far from now: the request may be an old one, sent again."""


class PayloadError(WebhookError):
    """The signature is right, but the body is not a JSON object."""


def verify(
    body: bytes | str,
    headers: Headers,
    *,
    secret: str,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> None:
    """Verify that a request comes from the holder of the secret, and was signed a short time ago.

    Args:
        body: The body, to the byte as it came.
        headers: The headers: `webhook-id`, `webhook-timestamp` and `webhook-signature` are read.
        secret: The secret, `whsec_` and base64.
        tolerance: How many seconds the timestamp may be from `now`, in the past or the future.
        now: The time, in seconds since 1970; by default that of the clock.

    Raises:
        WebhookError: It does not; the class and the text say why.
        ValueError: The secret is not base64.

    """
    key = _key(secret)
    given = {name.lower(): value for name, value in dict(headers).items()}
    for name in (ID, TIMESTAMP, SIGNATURE):
        if not given.get(name):
            raise MissingHeaderError(f"the header {name} is absent: this is no webhook, or a proxy removed it")
    if not re.fullmatch("[0-9]{1,12}", given[TIMESTAMP]):
        raise TimestampError(f"{TIMESTAMP} is {given[TIMESTAMP][:40]!r}, not a number of seconds")
    expected = _signature(key, given[ID], given[TIMESTAMP], body)
    pairs = [one.partition(",") for one in given[SIGNATURE].split()]
    found = [value.encode() for version, _, value in pairs if version == "v1"]
    if not found:
        raise WrongSignatureError(f"{SIGNATURE} has no signature of version v1")
    if True not in [hmac.compare_digest(one, expected) for one in found]:  # Each is compared, whichever fits.
        raise WrongSignatureError("no signature fits: the secret is another's, or the body is not as it was sent")
    age = (time.time() if now is None else now) - int(given[TIMESTAMP])
    if abs(age) > tolerance:
        when = f"{age:.0f} s old" if age > 0 else f"{-age:.0f} s in the future"
        raise TimestampError(f"it is {when}, more than {tolerance:g} s: it was sent again, or a clock is wrong")


def sign(body: bytes | str, *, secret: str, webhook_id: str = "msg_test", now: float | None = None) -> dict[str, str]:
    """Return the headers that sign a body, as `verify` takes them: for tests of what receives webhooks."""
    timestamp = str(int(time.time() if now is None else now))
    signature = _signature(_key(secret), webhook_id, timestamp, body).decode()
    return {ID: webhook_id, TIMESTAMP: timestamp, SIGNATURE: f"v1,{signature}"}


def read_body(body: bytes | str) -> JSON:
    """Return the JSON object of a body.

    Raises:
        PayloadError: It is none.

    """
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
        raw: Any = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"the body is not JSON ({error})") from error
    if not is_object(raw):
        raise PayloadError(f"the body is {type(raw).__name__}, not a JSON object")
    return raw


def _signature(key: bytes, webhook_id: str, timestamp: str, body: bytes | str) -> bytes:
    content = body.encode() if isinstance(body, str) else body
    return base64.b64encode(hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + content, "sha256"))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:  # The secret itself is never shown.
        raise ValueError("secret must be base64, with or without `whsec_` before it")
    return key


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
