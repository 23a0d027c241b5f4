"""The exceptions of pareta: one tree, so that `except ParetaError` catches whatever the client raises.

ParetaError
├── APIConnectionError           the server was not reached, or the connection broke
│   └── APITimeoutError          no response in time
├── APIStatusError               a status other than 2xx
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

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ._error_text import detail_of, is_missing_route, phrase_of, place_of, text_of, words_in

if TYPE_CHECKING:
    from pareta_generated.types import View

    from ._content.response import Response

C = TypeVar("C")


def public(defined: C) -> C:
    """Export a class or a function from `pareta`, which reprs and tracebacks name as its module."""
    defined.__module__ = "pareta"
    return defined


class ParetaError(Exception):
    """Base class of all pareta exceptions."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors take keywords, which the default does not pickle.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


def _rebuild(kind: type[ParetaError], args: tuple[Any, ...], state: dict[str, Any]) -> ParetaError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class APIConnectionError(ParetaError):
    """The server was not reached, or the connection broke before the response was complete.

    `__cause__` is the transport's own exception.
    """

    def __init__(self, message: str, *, last_event: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.last_event = last_event
        """The last event of a stream that broke."""


class APITimeoutError(APIConnectionError):
    """No response came in time."""


class APIStatusError(ParetaError):
    """The server responded with a status other than 2xx."""

    codes: ClassVar[tuple[int, ...]] = ()
    """The statuses that raise this class."""
    advice: ClassVar[str] = ""
    """What to do, at the end of the text."""
    by_code: ClassVar[dict[int, type[APIStatusError]]] = {}

    def __init_subclass__(cls) -> None:
        for code in cls.__dict__.get("codes", ()):
            APIStatusError.by_code[code] = cls

    @classmethod
    def of(cls, response: Response, declared: Mapping[str, Any] | None = None) -> APIStatusError:
        """Return the error for `response`, of the class for its status. `declared` is `Operation.errors`."""
        return cls.by_code.get(response.status_code, APIStatusError)(response, declared)

    def __init__(self, response: Response, declared: Mapping[str, Any] | None = None) -> None:
        self.response = response
        """The response: method, url, status_code, headers, content, text and json()."""
        self.status_code = response.status_code
        self.request_id = response.request_id
        """The server's id of the request; quote it to support."""
        self.detail: Any = detail_of(response)
        """The server's message: the body's `detail` (any JSON), else the start of its text."""
        self._declared = declared or {}
        said = text_of(self.detail)
        status = f"{self.status_code} {phrase_of(self.status_code)}".strip()
        place = place_of(response)
        super().__init__(
            " ".join(filter(None, (f"{status}: {said}" if said else status, f"[{place}]", self._advice())))
        )

    @property
    def body(self) -> View | None:
        """The body, as the object that the document declares for this status; None where it is no such object.

        Its class says which one: `isinstance(error.body, ValidationFailure)`.
        """
        from pareta_generated.types import read_error  # The command line starts without it.

        from ._models import ResponseOrigin

        try:
            raw = self.response.json()
        except ValueError:
            return None
        return read_error(self._declared, self.status_code, raw, ResponseOrigin.of(raw, self.response))

    def _advice(self) -> str:
        if 300 <= self.status_code < 400:
            where = self.response.headers.get("location", "nowhere")
            return f"It redirects to {where}. Redirects are not followed: check base_url."
        return self.advice


class BadRequestError(APIStatusError):
    """400, and 422 as a subclass: the request is malformed, or names an unknown task."""

    codes = (400,)


class UnprocessableEntityError(BadRequestError):
    """422: a value of the request is not valid. `detail` is the list of problems, where the server gives one."""

    codes = (422,)


class AuthenticationError(APIStatusError):
    """401: the API key is missing or not valid."""

    codes = (401,)
    advice = "Check PARETA_API_KEY: keys start with pareta_sk_."


class InsufficientCreditsError(APIStatusError):
    """402: the organisation's balance is empty. Top it up in the browser."""

    codes = (402,)
    advice = "Top up the balance in the dashboard."


class PermissionDeniedError(APIStatusError):
    """403: the key is valid but may not do this."""

    codes = (403,)


class NotFoundError(APIStatusError):
    """404: the endpoint, task or model does not exist, or nothing is at this path."""

    codes = (404,)

    def _advice(self) -> str:
        return "Nothing may be at this path: check base_url." if is_missing_route(self.response) else ""


class ConflictError(APIStatusError):
    """409: the endpoint is protected, its name is taken, or a change is under way."""

    codes = (409,)


class RateLimitError(APIStatusError):
    """429: too many requests in a short time."""

    codes = (429,)

    @property
    def retry_after(self) -> float | None:
        """How many seconds the server asks to wait; None where it does not say."""
        return self.response.retry_after


class InternalServerError(APIStatusError):
    """500, 502 or 504: the server failed, or one behind it."""

    codes = (500, 502, 504)


class EndpointNotReadyError(APIStatusError):
    """503: the endpoint is stopped or cold, or its provider is down."""

    codes = (503,)
    advice = "Start it with endpoints.start(id), then endpoints.wait_until_live(id)."

    def _advice(self) -> str:
        return self.advice if "/chat/completions" in self.response.url else ""


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


class BudgetExceededError(ParetaError):
    """A completion would cost more than is left of `budget_micro_usd`. It was not sent."""

    def __init__(self, message: str, *, spent_micro_usd: int, budget_micro_usd: int) -> None:
        super().__init__(message)
        self.spent_micro_usd = spent_micro_usd
        """What the client has spent, by its own count."""
        self.budget_micro_usd = budget_micro_usd
        """What it may spend."""


for _kind in list(globals().values()):
    if isinstance(_kind, type) and issubclass(_kind, ParetaError):
        _kind.__module__ = "pareta"  # Tracebacks say where users find them.
