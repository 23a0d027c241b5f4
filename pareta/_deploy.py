"""A deploy stream, read: events out of pieces, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from pareta_generated.api import DEPLOY_ENDPOINT

from . import _json
from ._body import ANSWER_LIMIT
from ._engine import Fault
from ._exceptions import APIConnectionError, APIResponseError, APITimeoutError, DeployError, place_of
from ._response import Response
from ._sse import Decoder, EventTooLargeError

_ROUTE = "/v1/endpoints/"


def endpoint_id_of(response: Response) -> str | None:
    """Return the id in the head's `Location`. Only the id is taken from it: it is never fetched as it stands."""
    try:
        path = urlsplit(response.headers.get("location", "")).path
    except ValueError:
        return None
    _, found, rest = path.rpartition(_ROUTE)
    return unquote(rest) if found and rest and "/" not in rest else None


class DeployReading:
    """Yields `{"event": …, "data": …}`; `complete` or `error` ends it."""

    def __init__(self, response: Response, limit: int = ANSWER_LIMIT) -> None:
        self._decoder = Decoder(line_limit=limit // 4, event_limit=limit // 2)
        self._response = response
        self.done = False
        self.last_event: dict[str, Any] | None = None

    def feed(self, piece: bytes) -> Iterator[dict[str, Any]]:
        """Yield the events that `piece` completes, up to the terminal one."""
        try:
            return self._events(self._decoder.feed(piece))
        except EventTooLargeError as error:
            return self._events(error.events, error)

    def _events(
        self, events: Sequence[tuple[str, str]], failure: EventTooLargeError | None = None
    ) -> Iterator[dict[str, Any]]:
        for name, text in events:
            data = _json.decode_short_object(text)
            event = self.last_event = {"event": name, "data": _data(text) if data is None else data}
            if name == "complete" and not isinstance(event["data"].get("endpoint"), dict):
                raise self._failed("The deployment completed without telling its endpoint: look with endpoints.list().")
            self.done = name in DEPLOY_ENDPOINT.terminal
            yield event
            if self.done:
                return
        if failure is not None:
            raise APIResponseError(
                f"The deploy stream cannot be read: {failure}. [{place_of(self._response)}]", response=self._response
            ) from failure

    def end(self) -> None:
        """Raise DeployError: a deploy stream ends by an event."""
        raise self._failed("The deploy stream ended before the deployment did; how it went on is not known.")

    def broken(self, fault: Fault) -> Exception:
        """Return the exception for a stream that broke under its reader."""
        kind = APITimeoutError if fault.kind == "timeout" else APIConnectionError
        known = endpoint_id_of(self._response)
        name = f"endpoint {known}" if known else "the endpoint"
        return kind(
            f"The deploy stream broke: {fault.text}. The deployment goes on: look for {name} with"
            f" endpoints.{'retrieve' if known else 'list'}(). [{place_of(self._response)}]",
            last_event=self.last_event,
        )

    def lost(self, fault: Fault) -> DeployError:
        """Return the exception for a lost stream whose endpoint cannot be asked for."""
        return self._failed(
            f"The deploy stream broke ({fault.text}), and the server had not said which endpoint it deploys."
            " The deployment may go on: look with endpoints.list(). With name= it could have been asked for."
        )

    def endpoint(self) -> dict[str, Any]:
        """Return the raw endpoint of a settled stream's `complete`; raise DeployError for any other end."""
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
            f"{message} [{place_of(self._response)}]",
            last_event=self.last_event,
            endpoint_id=endpoint_id_of(self._response),
        )


def _data(text: str) -> dict[str, Any]:
    """Return an event's payload; one that is no JSON object is passed on as `value`, since progress is only told."""
    try:
        value = _json.decode_text(text)
    except ValueError:
        value = text
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {"value": value}
