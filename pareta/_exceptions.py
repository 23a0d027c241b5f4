"""The exceptions of pareta: one tree, so that `except ParetaError` catches whatever the client raises.

ParetaError
├── APIConnectionError           the server was not reached, or the connection broke
│   └── APITimeoutError          no answer in time
├── APIStatusError               an answer other than 2xx
│   ├── BadRequestError          400, 422
│   ├── AuthenticationError      401
│   ├── InsufficientCreditsError 402
│   ├── PermissionDeniedError    403
│   ├── NotFoundError            404
│   ├── ConflictError            409
│   ├── RateLimitError           429
│   └── EndpointNotReadyError    503
├── APIResponseError             an answer of 2xx that cannot be read
│   └── StreamError              a chat stream that did not come to its end
└── DeployError                  a deployment that did not become live
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from ._public import public
from ._retry_after import retry_after

if TYPE_CHECKING:
    from ._response import Response


@public
class ParetaError(Exception):
    """What every exception of this package is."""

    def __reduce__(self) -> tuple[Any, ...]:
        # By hand, since the constructors take keywords: an error crosses a process pool whole.
        return (_again, (type(self), self.args, dict(self.__dict__)))


def _again(kind: type[ParetaError], args: tuple[Any, ...], state: dict[str, Any]) -> ParetaError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


@public
class APIConnectionError(ParetaError):
    """The server was not reached, or the connection broke before the answer was whole.

    `__cause__` is the transport's own exception.
    """

    def __init__(self, message: str, *, last_event: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.last_event = last_event
        """The last event that was read, where a stream broke."""


@public
class APITimeoutError(APIConnectionError):
    """No answer came in time."""


@public
class APIStatusError(ParetaError):
    """The server answered with a status other than 2xx."""

    codes: ClassVar[tuple[int, ...]] = ()
    """The statuses that raise this class."""
    advice: ClassVar[str] = ""
    """What to do about it, at the end of the text."""
    by_code: ClassVar[dict[int, type[APIStatusError]]] = {}

    def __init_subclass__(cls) -> None:
        for code in cls.__dict__.get("codes", ()):
            APIStatusError.by_code[code] = cls

    @classmethod
    def of(cls, response: Response) -> APIStatusError:
        """Return the error for `response`, of the class for its status."""
        return cls.by_code.get(response.status_code, APIStatusError)(response)

    def __init__(self, response: Response) -> None:
        self.response = response
        """The answer: method, url, status_code, headers, content, text and json()."""
        self.status_code = response.status_code
        self.request_id = response.request_id
        """The server's name for the request, for its support."""
        self.detail: Any = _detail(response)
        """What the server says is wrong: the body's `detail` (any JSON), else the start of its text."""
        said = _text_of(self.detail)
        status = f"{self.status_code} {_phrase(self.status_code)}".strip()
        place = place_of(response)
        super().__init__(
            " ".join(filter(None, (f"{status}: {said}" if said else status, f"[{place}]", self._advice())))
        )

    def _advice(self) -> str:
        if 300 <= self.status_code < 400:  # noqa: PLR2004
            where = self.response.headers.get("location", "nowhere")
            return f"It redirects to {where}, which is not followed: is base_url right?"
        return self.advice


@public
class BadRequestError(APIStatusError):
    """400 or 422: the request is not as the API wants it, or names an unknown task."""

    codes = (400, 422)


@public
class AuthenticationError(APIStatusError):
    """401: the API key is missing or not valid."""

    codes = (401,)
    advice = "Check PARETA_API_KEY: keys start with pareta_sk_."


@public
class InsufficientCreditsError(APIStatusError):
    """402: the organisation's balance is empty. It is topped up in the browser only."""

    codes = (402,)
    advice = "Top up the balance in the dashboard."


@public
class PermissionDeniedError(APIStatusError):
    """403: the key is valid but may not do this."""

    codes = (403,)


@public
class NotFoundError(APIStatusError):
    """404: there is no such endpoint, task or model."""

    codes = (404,)


@public
class ConflictError(APIStatusError):
    """409: the state of things does not allow it: a protected endpoint, a taken name, a change under way."""

    codes = (409,)


@public
class RateLimitError(APIStatusError):
    """429: too many requests in a short time."""

    codes = (429,)

    @property
    def retry_after(self) -> float | None:
        """How many seconds the server asks to wait; None where it does not say."""
        return retry_after(self.response.headers.get("retry-after"))


@public
class EndpointNotReadyError(APIStatusError):
    """503: the endpoint is stopped or cold, or what serves it is down."""

    codes = (503,)
    advice = "Start it with endpoints.start(id), then endpoints.wait_until_live(id)."

    def _advice(self) -> str:
        return self.advice if "/chat/completions" in self.response.url else ""


@public
class APIResponseError(ParetaError):
    """The server answered 2xx with something that cannot be read: cut, malformed, or of another shape."""

    def __init__(self, message: str, *, response: Response | None = None) -> None:
        super().__init__(message)
        self.response = response
        """The answer; its `content` is only the start where it was too long to keep."""

    @property
    def status_code(self) -> int | None:
        """The answer's status."""
        return self.response.status_code if self.response else None

    @property
    def request_id(self) -> str | None:
        """The server's name for the request."""
        return self.response.request_id if self.response else None


@public
class StreamError(APIResponseError):
    """A chat stream was truncated, malformed, or ended by an error of the server's."""

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
        """The text that had come before."""
        self.last_event = last_event
        """The last chunk that was read, as raw JSON."""


@public
class DeployError(ParetaError):
    """A deployment failed, or it is not known how it ended."""

    def __init__(
        self, message: str, *, last_event: dict[str, Any] | None = None, endpoint_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.last_event = last_event
        """The last event of the deploy stream, `{"event": …, "data": …}`."""
        self.endpoint_id = endpoint_id
        """The endpoint's id, where it is known."""


for _kind in list(globals().values()):
    if isinstance(_kind, type) and issubclass(_kind, ParetaError):
        _kind.__module__ = "pareta"  # Tracebacks say where users find them.


def _detail(response: Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        known = cast("dict[str, Any]", body)
        if known.get("detail") is not None:
            return known["detail"]
        error = known.get("error")  # The form of OpenAI-compatible servers.
        message: Any = cast("dict[str, Any]", error).get("message") if isinstance(error, dict) else error
        if message:
            return message
    return response.text[:1000].strip()


def _text_of(detail: Any) -> str:
    """Say a detail in one line: a message, or the list of problems of a 422."""
    if isinstance(detail, str):
        return detail.strip()
    if isinstance(detail, list):
        problems: list[Any] = detail  # pyright: ignore[reportUnknownVariableType]
        return "; ".join(map(_problem, problems))
    return "" if detail is None else str(detail)


def _problem(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    problem = cast("dict[str, Any]", item)
    where = problem.get("loc")
    place = ".".join(map(str, where)) if isinstance(where, list) else ""  # pyright: ignore[reportUnknownArgumentType]
    return f"{place}: {problem.get('msg', problem)}" if place else str(problem.get("msg", problem))


def _phrase(status: int) -> str:
    from http import HTTPStatus  # noqa: PLC0415  # Only needed where something is wrong.

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def place_of(response: Response) -> str:
    """Say which call an answer belongs to: method, URL, and the server's name for the request."""
    request = f", request {response.request_id}" if response.request_id else ""
    return f"{response.method} {response.url}{request}"
