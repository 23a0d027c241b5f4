"""A completion that another server writes: billed and counted here, its failures told in the document's words."""

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from attrs import frozen

from pareta.sandbox._billing import finish, refuse
from pareta.sandbox._messages import HeaderPairs, HTTPError, ServerResponse, event_stream, json_answer, validation_error
from pareta.sandbox._platform import Platform
from pareta.sandbox._recording import Recording
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._tokens import count_prompt
from pareta.sandbox._upstream_errors import UpstreamError

if TYPE_CHECKING:
    from pareta.sandbox._upstream import UpstreamServer, UpstreamStream

_HEADERS: HeaderPairs = (("x-pareta-sandbox", "upstream"),)
_OPERATION = "create_chat_completion"


@frozen
class UpstreamCompletion:
    """Relays a billed completion from the upstream.

    It replaces the upstream's model name by the endpoint's, and refunds a completion that does not start. With
    `lasts` a stream continues after its client disconnects, so that a repeated request can have it.
    """

    platform: Platform
    upstream: "UpstreamServer"
    row: EndpointRow
    number: int
    body: dict[str, Any]
    began: float
    lasts: bool

    async def response(self) -> ServerResponse:
        """Return the response, or raise the problem that the upstream has."""
        try:
            if self.body.get("stream"):
                return self._follow(await self.upstream.stream(self.body))
            whole = await self.upstream.complete(self.body)
        except BaseException as error:
            self.platform.store.refund(self.number)
            if isinstance(error, UpstreamError):
                raise self._problem(error) from error
            raise
        self._finish(whole.get("usage"), len(whole["choices"]))
        return json_answer({**whole, "model": self.row.name}, headers=_HEADERS)

    def _follow(self, stream: "UpstreamStream") -> ServerResponse:
        recording = self.platform.jobs.recording()
        job = self.platform.jobs.start(self._record(stream, recording), recording)
        if not self.lasts:
            recording.on_abandon(job.cancel)
        return event_stream(recording, headers=_HEADERS)

    async def _record(self, stream: "UpstreamStream", recording: Recording) -> None:
        try:
            async for piece in stream.pieces(model=self.row.name, include_usage=wants_usage(self.body)):
                recording.write(piece)
        except UpstreamError:
            recording.abort()
        finally:
            await stream.aclose()
            self._finish(stream.usage, stream.chunks)
        if stream.done:
            recording.end()

    def _finish(self, usage: Any, chunks: int) -> None:
        reported: dict[str, Any] = usage or {}
        finish(
            self.platform,
            self.row,
            self.number,
            prompt_tokens=_count(reported.get("prompt_tokens"), count_prompt(self.body["messages"])),
            completion_tokens=_count(reported.get("completion_tokens"), chunks),
            latency_ms=round((time.perf_counter() - self.began) * 1000, 3),
        )

    def _problem(self, error: UpstreamError) -> HTTPError:
        """Return the error to send: with the upstream's status if it is documented, else 503."""
        if error.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return validation_error(("body",), error.message, "upstream")
        documented = self.platform.operations[_OPERATION]
        status = error.status if str(error.status) in documented else 503
        refuse(self.platform, self.row, status)
        headers = () if error.retry_after is None else (("retry-after", error.retry_after),)
        return HTTPError(status, error.message, headers)


def wants_usage(body: dict[str, Any]) -> bool:
    """Return whether a stream must end with its usage."""
    options: dict[str, Any] = body.get("stream_options") or {}
    return bool(options.get("include_usage"))


def _count(reported: Any, counted: int) -> int:
    return reported if isinstance(reported, int) and reported >= 0 else counted
