"""What the error of one row says of the other rows of a `map`. Pure."""

from __future__ import annotations

from .._status_errors import (
    AuthenticationError,
    EndpointNotReadyError,
    InsufficientCreditsError,
    NotFoundError,
    PermissionDeniedError,
)

_CONCERNS_ALL = (AuthenticationError, InsufficientCreditsError, PermissionDeniedError, NotFoundError)


def concerns_all(error: Exception) -> bool:
    """Return whether every further row would be answered so too."""
    return isinstance(error, _CONCERNS_ALL)


def is_stopped(error: Exception) -> bool:
    """Return whether an endpoint is stopped, and not about to answer: it does not say when to ask again."""
    return isinstance(error, EndpointNotReadyError) and error.response.retry_after is None
