"""What goes wrong, as an exit code and a line on stderr."""

from __future__ import annotations

from typing import Any

from pareta import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    DeployError,
    EndpointNotReadyError,
    InsufficientCreditsError,
    NotFoundError,
    ParetaError,
    PermissionDeniedError,
)

OK, FAILED, USAGE, NO_ACCESS, NOT_FOUND, DEPLOY_FAILED, NOT_READY, NO_CREDITS = range(8)
INTERRUPTED, PIPE_CLOSED = 130, 141
MEANINGS = {
    OK: "success",
    FAILED: "the API, the network or a file failed",
    USAGE: "the command line is wrong",
    NO_ACCESS: "the API key is missing or refused",
    NOT_FOUND: "no such endpoint, task or model",
    DEPLOY_FAILED: "the deployment failed",
    NOT_READY: "the endpoint is not live, or was not in time",
    NO_CREDITS: "the balance is empty",
    INTERRUPTED: "Ctrl-C",
    PIPE_CLOSED: "the reader of stdout is gone, as with `| head`",
}
_CODES: dict[type[Exception], int] = {
    AuthenticationError: NO_ACCESS,
    PermissionDeniedError: NO_ACCESS,
    NotFoundError: NOT_FOUND,
    DeployError: DEPLOY_FAILED,
    EndpointNotReadyError: NOT_READY,
    InsufficientCreditsError: NO_CREDITS,
    ParetaError: FAILED,
    OSError: FAILED,
    ValueError: USAGE,  # The SDK refuses an argument.
}
_ADVICE: dict[int | type[Exception], str] = {
    NO_ACCESS: "`pareta login` stores another key; `pareta doctor` looks for the mistake.",
    NOT_FOUND: "`pareta models list`, `pareta endpoints list` and `pareta tasks list` show what there is.",
    NOT_READY: "`pareta endpoints start ID` starts it; `pareta endpoints wait ID` waits until it is live.",
    APIConnectionError: "`pareta doctor` checks the way to the server.",
}


class CommandError(Exception):
    """A command cannot go on; the text says why and what to do."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def code_of(error: Exception) -> int:
    """Return the exit code of an error."""
    if isinstance(error, CommandError):
        return error.code
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), FAILED)


def advice_for(error: Exception) -> str | None:
    """Return what to do about an error, beside what its text says."""
    if isinstance(error, CommandError):
        return None
    if isinstance(error, APIConnectionError):
        return _ADVICE[APIConnectionError]
    return _ADVICE.get(code_of(error))


def as_json(error: Exception, code: int) -> dict[str, Any]:
    """Return an error as an object, for programs."""
    fields: dict[str, Any] = {"type": type(error).__name__, "message": str(error), "exit_code": code}
    if isinstance(error, APIStatusError):
        fields |= {"status_code": error.status_code, "detail": error.detail, "request_id": error.request_id}
    return {"error": fields}
