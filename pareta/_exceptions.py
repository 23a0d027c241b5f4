"""The exceptions of pareta: one tree, so that `except ParetaError` catches whatever the client raises.

ParetaError
├── APIConnectionError           the server was not reached, or the connection broke
│   └── APITimeoutError          no response in time
├── APIStatusError               a status other than 2xx (in `_status_errors`)
│   ├── BadRequestError          400
│   │   └── UnprocessableEntityError 422
│   ├── AuthenticationError      401
│   ├── InsufficientCreditsError 402
│   ├── PermissionDeniedError    403
│   ├── NotFoundError            404
│   ├── ConflictError            409
│   ├── RateLimitError           429
│   ├── InternalServerError      500, 502, 504
│   └── EndpointNotReadyError    503
├── APIResponseError             a 2xx response that cannot be read, or is an error
│   └── StreamError              a chat stream that is incomplete, or ended by an error
├── DeployError                  a deployment that did not become live
├── OperationFailedError         work that a call started, and that failed
└── BudgetExceededError          a completion that would pass the budget of its client
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ._error_text import text_of, words_in

if TYPE_CHECKING:
    from ._content.response import Response

C = TypeVar("C")


def public(defined: C) -> C:
    """Export a class or a function from `pareta`, which reprs and tracebacks name as its module."""
    defined.__module__ = "pareta"
    return defined


@public
class ParetaError(Exception):
    """Base class of all pareta exceptions."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors take keywords, which the default does not pickle.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


def _rebuild(kind: type[ParetaError], args: tuple[Any, ...], state: dict[str, Any]) -> ParetaError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


@public
class APIConnectionError(ParetaError):
    """The server was not reached, or the connection broke before the response was complete.

    `__cause__` is the transport's own exception.
    """

    def __init__(self, message: str, *, last_event: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.last_event = last_event
        """The last event of a stream that broke."""


@public
class APITimeoutError(APIConnectionError):
    """No response came in time."""


@public
class APIResponseError(ParetaError):
    """A 2xx response cannot be read, since it is cut, malformed or of another shape, or it is an error."""

    def __init__(self, message: str, *, response: Response | None = None) -> None:
        super().__init__(message)
        self.response = response
        """The response; of a body that was too long, `content` is the start."""

    @property
    def status_code(self) -> int | None:
        """The status of the response."""
        return self.response.status_code if self.response else None

    @property
    def request_id(self) -> str | None:
        """The server's id of the request."""
        return self.response.request_id if self.response else None


@public
class StreamError(APIResponseError):
    """A chat stream was truncated, malformed, or ended by an error event."""

    def __init__(
        self,
        message: str,
        *,
        response: Response | None = None,
        partial: str = "",
        last_event: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, response=response)
        self.partial = partial
        """The text that came before."""
        self.last_event = last_event
        """The last chunk that was read, as raw JSON."""


@public
class DeployError(ParetaError):
    """A deployment failed, or its result is not known."""

    def __init__(
        self, message: str, *, last_event: dict[str, Any] | None = None, endpoint_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.last_event = last_event
        """The last event of the deploy stream, `{"event": …, "data": …}`."""
        self.endpoint_id = endpoint_id
        """The endpoint's id, if known."""


@public
class OperationFailedError(ParetaError):
    """The work that `client.wait` waited for failed."""

    def __init__(self, message: str, *, state: Any, result: Any) -> None:
        super().__init__(message)
        self.state = state
        """The state that says so, a str, bool or int."""
        self.result = result
        """What the last poll read."""

    @classmethod
    def of(cls, operation_id: str, state: Any, result: Any) -> OperationFailedError:
        """Return the error for the last answer of a poll."""
        said = text_of(words_in(dict(result)))[:1000]
        return cls(f"{operation_id} failed: {said or f'its state is {state!r}'}", state=state, result=result)


@public
class BudgetExceededError(ParetaError):
    """A completion would cost more than is left of `budget_micro_usd`. It was not sent."""

    def __init__(self, message: str, *, spent_micro_usd: int, budget_micro_usd: int) -> None:
        super().__init__(message)
        self.spent_micro_usd = spent_micro_usd
        """What the client has spent, by its own count."""
        self.budget_micro_usd = budget_micro_usd
        """What it may spend."""
