"""A deploy stream: events out of bytes, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from pareta_generated.api import DEPLOY_ENDPOINT

from .._error_text import place_of
from .._exceptions import DeployError
from . import strict_json
from .exchange import TransportError
from .response import Response
from .stream_parser import StreamParser

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

    def _items(self, events: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
        for name, text in events:
            data = strict_json.decode_short_object(text)
            event = self.last_event = {"event": name, "data": _data(text) if data is None else data}
            if name == "complete" and not isinstance(event["data"].get("endpoint"), dict):
                raise self._failed("The deployment completed, but the event holds no endpoint: see endpoints.list().")
            self.done = name in DEPLOY_ENDPOINT.terminal
            yield event
            if self.done:
                return

    def end(self) -> None:
        """Raise DeployError: only an event ends a deploy stream."""
        raise self._failed("The deploy stream ended before the deployment did. Its result is not known.")

    def broken(self, error: TransportError) -> Exception:
        """Return the exception for a connection that broke while a user iterated the stream."""
        known = endpoint_id_of(self.response)
        name, look = (f"endpoint {known}", "retrieve") if known else ("the endpoint", "list")
        return self._broken(
            error,
            f"The deploy stream broke: {error.text}. The deployment goes on: look for {name} with endpoints.{look}().",
        )

    def lost(self, error: TransportError) -> DeployError:
        """Return the exception for a broken stream whose endpoint is not known."""
        return self._failed(
            f"The deploy stream broke ({error.text}) before the server named the endpoint."
            " The deployment may go on: look with endpoints.list(). Pass name= to have it looked up for you."
        )

    def endpoint(self) -> dict[str, Any]:
        """Return the endpoint of the `complete` event, as raw JSON; raise DeployError for any other end."""
        event = self.last_event or {}
        data = event.get("data", {})
        if event.get("event") == "error":
            message: Any = (
                data.get("message") or data.get("detail") or data.get("value") or "the server gives no reason"
            )
            raise self._failed(f"The deployment failed: {message}")
        endpoint: dict[str, Any] = data["endpoint"]
        return endpoint

    def _failed(self, message: str) -> DeployError:
        return DeployError(
            f"{message} [{place_of(self.response)}]",
            last_event=self.last_event,
            endpoint_id=endpoint_id_of(self.response),
        )


def _data(text: str) -> dict[str, Any]:
    """Return the data of an event; what is not a JSON object is passed on as `value`, so that progress never fails."""
    try:
        value = strict_json.decode_text(text)
    except ValueError:
        value = text
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {"value": value}
