"""A deploy stream: events out of bytes, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, cast
from urllib.parse import unquote, urlsplit

from pareta_generated.api import DEPLOY_ENDPOINT
from pareta_generated.models import DeployProgress

from .._error_text import place_of
from .._exceptions import DeployError
from . import strict_json
from .body import BODY_LIMIT
from .error_bodies import error_in, said_in
from .exchange import TransportError
from .response import Response
from .stream_parser import StreamParser, is_keep_alive

_ROUTE = "/v1/endpoints/"


def endpoint_id_of(response: Response) -> str | None:
    """Return the endpoint's id in `Location`. The URL itself is never requested."""
    try:
        path = urlsplit(response.headers.get("location", "")).path
    except ValueError:
        return None
    _, found, rest = path.rpartition(_ROUTE)
    return unquote(rest) if found and rest and "/" not in rest else None


class DeployStreamParser(StreamParser[dict[str, Any]]):
    """Yields `{"event": …, "data": …}` up to the terminal event, `complete` or `error`."""

    def __init__(self, response: Response, limit: int = BODY_LIMIT, name: str | None = None) -> None:
        """Begin a stream. `name` is the endpoint's, where the user gave one."""
        super().__init__(response, limit)
        self.endpoint_id = endpoint_id_of(response) or name or None
        """The endpoint's id by `Location`, else its name, which is the same; None where neither is known."""

    def _items(self, events: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        for name, text in events:
            data = strict_json.decode_short_object(text)
            if data is None:
                if is_keep_alive(name, text):
                    continue
                data = _data(text)
            event = self.last_event = {"event": name, "data": data}
            if name in DEPLOY_ENDPOINT.terminal:
                if name == "complete" and not isinstance(data.get("endpoint"), dict):
                    raise self._failed(
                        "The deployment completed, but the event holds no endpoint: see endpoints.list()."
                    )
                self.done = True
                yield event
                return
            yield event

    def end(self) -> NoReturn:
        """Raise DeployError: only an event ends a deploy stream."""
        said = error_in((self.last_event or {}).get("data"), DeployProgress) or self._said_instead()
        reason = f"The server said: {said}" if said else "Its result is not known."
        raise self._failed(f"The deploy stream ended before the deployment did. {reason}")

    def broken(self, error: TransportError) -> Exception:
        """Return the exception for a connection that broke, or a deadline that passed, while the stream was read."""
        known = self.endpoint_id
        look = f"endpoint {known} with endpoints.retrieve({known!r})" if known else "the endpoint with endpoints.list()"
        wait = f", or wait for it with endpoints.wait_until_live({known!r})" if known else ""
        return self._broken(
            error, f"The deploy stream broke: {error.text}. The deployment goes on: look for {look}{wait}."
        )

    def lost(self, reason: str) -> DeployError:
        """Return the exception for a broken or silent stream whose endpoint is not known."""
        return self._failed(
            f"The deploy stream broke ({reason}) before the server named the endpoint."
            " The deployment may go on: look with endpoints.list(). Pass name= to have it looked up for you."
        )

    def endpoint(self) -> dict[str, Any]:
        """Return the endpoint of the `complete` event, as raw JSON; raise DeployError for any other end."""
        event = self.last_event or {}
        data = event.get("data", {})
        if event.get("event") == "error":
            message = said_in(data) or data.get("value") or "the server gives no reason"
            raise self._failed(f"The deployment failed: {message}")
        endpoint: dict[str, Any] = data["endpoint"]
        return endpoint

    def _failed(self, message: str) -> DeployError:
        return DeployError(
            f"{message} [{place_of(self.response)}]", last_event=self.last_event, endpoint_id=self.endpoint_id
        )


def _data(text: str) -> dict[str, Any]:
    """Return the data of an event; what is not a JSON object is passed on as `value`, so that progress never fails."""
    try:
        value = strict_json.decode_text(text)
    except ValueError:
        value = text
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {"value": value}
