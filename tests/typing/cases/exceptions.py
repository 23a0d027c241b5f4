"""What `except` clauses give."""

from typing import reveal_type

from pareta import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeployError,
    EndpointNotReadyError,
    InsufficientCreditsError,
    InternalServerError,
    NotFoundError,
    Pareta,
    ParetaError,
    PermissionDeniedError,
    RateLimitError,
    StreamError,
    UnprocessableEntityError,
)


def caught(pa: Pareta) -> None:
    try:
        pa.models.list()
    except RateLimitError as error:
        reveal_type(error.retry_after)  # float | None
    except UnprocessableEntityError as error:
        reveal_type(error.detail)  # Any
    except (BadRequestError, AuthenticationError, InsufficientCreditsError, PermissionDeniedError) as error:
        reveal_type(error.status_code)  # int
    except (NotFoundError, ConflictError, InternalServerError, EndpointNotReadyError) as error:
        reveal_type(error.request_id)  # str | None
    except APIStatusError as error:
        reveal_type(error.status_code)  # int
        reveal_type(error.detail)  # Any
        reveal_type(error.request_id)  # str | None
        reveal_type(error.response)  # Response
        reveal_type(error.response.status_code)  # int
        reveal_type(error.response.method)  # str
        reveal_type(error.response.url)  # str
        reveal_type(error.response.headers)  # Headers
        reveal_type(error.response.headers.get("x"))  # str | None
        reveal_type(error.response.content)  # bytes
        reveal_type(error.response.text)  # str
        reveal_type(error.response.json())  # Any
        error.retry_after  # refused: retry_after
    except StreamError as error:
        reveal_type(error.partial)  # str
        reveal_type(error.last_event)  # dict[str, Any] | None
        reveal_type(error.status_code)  # int | None
    except APIResponseError as error:
        reveal_type(error.response)  # Response | None
        reveal_type(error.request_id)  # str | None
    except APITimeoutError as error:
        reveal_type(error.last_event)  # dict[str, Any] | None
    except APIConnectionError as error:
        reveal_type(error.last_event)  # dict[str, Any] | None
        error.status_code  # refused: status_code
    except DeployError as error:
        reveal_type(error.endpoint_id)  # str | None
        reveal_type(error.last_event)  # dict[str, Any] | None
    except ParetaError as error:
        reveal_type(error.args)  # tuple[Any, ...]
        error.status_code  # refused: status_code
