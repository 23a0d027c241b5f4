"""`endpoints.ephemeral()`: an endpoint that ends with its block."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, cast

from .._exceptions import ParetaError, public
from .._models import Endpoint
from .._status_errors import NotFoundError

if TYPE_CHECKING:
    from .._transport.async_waiting import AsyncTermination
    from .endpoints import AsyncEndpoints

CLEANUP_SECONDS = 30.0
"""How long the end of a block may take, retries included."""


@public
class AsyncEphemeralEndpoint:
    """Deploys at the beginning of an `async with` block, and deletes or stops the endpoint at its end."""

    def __init__(self, endpoints: Any, at_exit: Literal["delete", "stop"], arguments: dict[str, Any]) -> None:
        if at_exit not in ("delete", "stop"):
            raise ValueError(f"at_exit must be 'delete' or 'stop', not {at_exit!r}")
        self._endpoints: AsyncEndpoints = endpoints
        self._end: Callable[..., Any] = endpoints.delete if at_exit == "delete" else endpoints.stop
        self._named = bool(arguments["name"])
        # A name of its own, so that the endpoint can be ended though the deployment never answered.
        self._id: str = arguments["name"] or f"ephemeral-{os.urandom(4).hex()}"
        self._arguments: dict[str, Any] = {**arguments, "name": self._id}
        self._termination: AsyncTermination | None = None

    async def __aenter__(self) -> Endpoint:
        from .._transport.async_waiting import AsyncTermination

        deploy: Callable[..., Any] = self._endpoints.deploy
        if self._named and await self._is_taken():  # It is another's: `deploy` says so, and it stays.
            return cast("Endpoint", await deploy(**self._arguments, wait=True))
        self._termination = AsyncTermination()
        try:
            endpoint: Endpoint = await deploy(**self._arguments, wait=True)
        except BaseException as error:
            await self.__aexit__(type(error), error)
            raise
        self._id = endpoint.id or self._id
        return endpoint

    async def _is_taken(self) -> bool:
        try:
            await self._endpoints.retrieve(self._id)
        except NotFoundError:
            return False
        return True

    async def __aexit__(self, _kind: object, error: BaseException | None, _traceback: object = None) -> None:
        from .._transport.async_waiting import shielded

        termination, self._termination = self._termination, None
        if termination is not None:
            termination.begin_cleanup()
        try:
            await shielded(CLEANUP_SECONDS, lambda: self._end(self._id, deadline=CLEANUP_SECONDS))
        except NotFoundError:  # Somebody else has deleted it, or it was never deployed.
            pass
        except ParetaError as failed:
            if error is None:
                raise
            error.add_note(f"The endpoint {self._id} may still be there: {failed}")
        finally:
            if termination is not None:
                termination.end()
