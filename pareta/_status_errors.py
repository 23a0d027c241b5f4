"""The exceptions of statuses other than 2xx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ._error_text import detail_of, is_missing_route, phrase_of, place_of, text_of
from ._exceptions import ParetaError, public

if TYPE_CHECKING:
    from pareta_generated.types import View

    from ._content.response import Response


@public
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


@public
class BadRequestError(APIStatusError):
    """400, and 422 as a subclass: the request is malformed, or names an unknown task."""

    codes = (400,)


@public
class UnprocessableEntityError(BadRequestError):
    """422: a value of the request is not valid. `detail` is the list of problems, where the server gives one."""

    codes = (422,)


@public
class AuthenticationError(APIStatusError):
    """401: the API key is missing or not valid."""

    codes = (401,)
    advice = "Check PARETA_API_KEY: keys start with pareta_sk_."


@public
class InsufficientCreditsError(APIStatusError):
    """402: the organisation's balance is empty. Top it up in the browser."""

    codes = (402,)
    advice = "Top up the balance in the dashboard."


@public
class PermissionDeniedError(APIStatusError):
    """403: the key is valid but may not do this."""

    codes = (403,)


@public
class NotFoundError(APIStatusError):
    """404: the endpoint, task or model does not exist, or nothing is at this path."""

    codes = (404,)

    def _advice(self) -> str:
        return "Nothing may be at this path: check base_url." if is_missing_route(self.response) else ""


@public
class ConflictError(APIStatusError):
    """409: the endpoint is protected, its name is taken, or a change is under way."""

    codes = (409,)


@public
class RateLimitError(APIStatusError):
    """429: too many requests in a short time."""

    codes = (429,)

    @property
    def retry_after(self) -> float | None:
        """How many seconds the server asks to wait; None where it does not say."""
        return self.response.retry_after


@public
class InternalServerError(APIStatusError):
    """500, 502 or 504: the server failed, or one behind it."""

    codes = (500, 502, 504)


@public
class EndpointNotReadyError(APIStatusError):
    """503: the endpoint is stopped or cold, or its provider is down."""

    codes = (503,)
    advice = "Start it with endpoints.start(id), then endpoints.wait_until_live(id)."

    def _advice(self) -> str:
        return self.advice if "/chat/completions" in self.response.url else ""
