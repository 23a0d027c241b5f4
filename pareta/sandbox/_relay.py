"""A completion that another server writes: billed and counted here, its failures told in the document's words."""

import time
from typing import Any

from attrs import frozen

from pareta.sandbox._billing import finish, refuse
from pareta.sandbox._http import Answer, Headers, Problem, event_stream, invalid, json_answer
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._tape import Tape
from pareta.sandbox._tokens import count_prompt
from pareta.sandbox._upstream import UpstreamError, UpstreamServer, UpstreamStream

_HEADERS: Headers = (("x-pareta-sandbox", "upstream"),)
_OPERATION = "create_chat_completion"


@frozen
class Relay:
    """A completion that was billed, on its way from the other server to the client.

    The model's name there is replaced by the endpoint's, in both directions. What never began is taken back. `lasts`
    lets a stream go on when its client has left, for a repetition of the request to have.
    """

    platform: Platform
    upstream: UpstreamServer
    row: EndpointRow
    number: int
    body: dict[str, Any]
    began: float
    lasts: bool

    async def answer(self) -> Answer:
        """Return the answer, or raise the problem that the upstream has."""
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

    def _follow(self, stream: UpstreamStream) -> Answer:
        tape = self.platform.jobs.tape()
        job = self.platform.jobs.start(self._record(stream, tape), tape)
        if not self.lasts:
            tape.when_abandoned(job.cancel)
        return event_stream(tape, headers=_HEADERS)

    async def _record(self, stream: UpstreamStream, tape: Tape) -> None:
        try:
            async for piece in stream.pieces(model=self.row.name, include_usage=wants_usage(self.body)):
                tape.write(piece)
        except UpstreamError:
            tape.cut()
        finally:
            await stream.aclose()
            self._finish(stream.usage, stream.chunks)
        if stream.done:
            tape.end()

    def _finish(self, usage: Any, chunks: int) -> None:
        told: dict[str, Any] = usage or {}
        finish(
            self.platform,
            self.row,
            self.number,
            prompt_tokens=_count(told.get("prompt_tokens"), count_prompt(self.body["messages"])),
            completion_tokens=_count(told.get("completion_tokens"), chunks),
            latency_ms=round((time.perf_counter() - self.began) * 1000, 3),
        )

    def _problem(self, error: UpstreamError) -> Problem:
        """Return what a failure is here: its status where the document has it, else 503."""
        if error.status == 422:  # noqa: PLR2004
            return invalid(("body",), error.message, "upstream")
        documented = self.platform.operations[_OPERATION]
        status = error.status if str(error.status) in documented else 503
        refuse(self.platform, self.row, status)
        headers = () if error.retry_after is None else (("retry-after", error.retry_after),)
        return Problem(status, error.message, headers)


def wants_usage(body: dict[str, Any]) -> bool:
    """Return whether a stream is to end with its usage."""
    options: dict[str, Any] = body.get("stream_options") or {}
    return bool(options.get("include_usage"))


def _count(told: Any, counted: int) -> int:
    return told if isinstance(told, int) and told >= 0 else counted
