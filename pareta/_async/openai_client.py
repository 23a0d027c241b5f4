"""OpenAI's client for this platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._exceptions import ParetaError
from .._models import Endpoint
from .._policy.session import Session

if TYPE_CHECKING:
    from openai import AsyncOpenAI


def openai_client(session: Session, endpoint: Endpoint | None, options: dict[str, Any], *, direct: bool) -> AsyncOpenAI:
    """Return a client with the key of a session, for the platform or for an endpoint; `direct` uses no proxy."""
    try:
        from openai import AsyncOpenAI  # No dependency.
    except ImportError:
        raise ParetaError("OpenAI's client is not installed: pip install openai") from None
    given: dict[str, Any] = {
        "base_url": f"{session.base}/v1" if endpoint is None else session.url_of(endpoint),
        "api_key": _key(session),
        "max_retries": session.options.max_retries,
        **options,
    }
    if direct and "http_client" not in options:
        from openai import DefaultAsyncHttpxClient

        from .._transport.environment import ssl_context

        given["http_client"] = DefaultAsyncHttpxClient(trust_env=False, verify=ssl_context(verify=True))
    return AsyncOpenAI(**given)


def _key(session: Session) -> Any:
    source = session.key.source
    if source is None:
        return session.key.value

    async def fresh() -> str:
        from .._transport.async_waiting import result_of

        return str(await result_of(source))

    return fresh
