"""`client.endpoints`: deploy models, operate what is deployed, and measure it."""

from __future__ import annotations

import builtins
from typing import Unpack

from pareta_generated import api
from pareta_generated.models import EndpointState
from pareta_generated.types import quote_segment

from .._exceptions import public
from .._models import LIST_ENDPOINTS, RETRIEVE_ENDPOINT, Endpoint
from .._policy import deployments
from .._policy.deadline import Deadline
from .._policy.options import POLL_OPTIONS, CallOptions, PollOptions, positive
from .methods import AsyncDeployMethod, AsyncMetrics
from .streams import AsyncDeployWatch


@public
class AsyncEndpoints(AsyncDeployMethod):
    """The deployed models."""

    async def list(self, **options: Unpack[CallOptions]) -> builtins.list[Endpoint]:
        """List every endpoint that the organisation can access, in any status."""
        return await self._requester.send(LIST_ENDPOINTS(), options)

    async def retrieve(self, endpoint_id: str | None, **options: Unpack[CallOptions]) -> Endpoint:
        """Retrieve an endpoint.

        Raises:
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty, or cannot stand in a URL; nothing is sent.

        """
        return await self._requester.send(RETRIEVE_ENDPOINT(endpoint_id), options)

    async def wait_until_live(
        self,
        endpoint_id: str | None,
        *,
        timeout: float | None = 600.0,
        poll_interval: float = 3.0,
        **options: Unpack[PollOptions],
    ) -> Endpoint:
        """Wait until an endpoint is live, after `start()` or a deployment elsewhere.

        Args:
            endpoint_id: The endpoint's id.
            timeout: How many seconds to wait at most; None for ever.
            poll_interval: How many seconds to wait between two looks.
            options: Options of each request: see `CallOptions`.

        Raises:
            DeployError: The endpoint failed, or is stopped in two looks running.
            APITimeoutError: It is not live in time.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty, or a number is not positive; nothing is sent.

        """
        watch = self._watch(endpoint_id, timeout, poll_interval, options)
        return await self._requester.run(deployments.wait_until_live(watch))

    def attach(
        self,
        endpoint_id: str | None,
        *,
        timeout: float | None = 3600.0,
        poll_interval: float = 3.0,
        **options: Unpack[PollOptions],
    ) -> AsyncDeployWatch:
        """Follow a deployment that was begun elsewhere, by polling its endpoint.

        Args:
            endpoint_id: The endpoint's id, or the name that it was given.
            timeout: How many seconds it may take until the endpoint is live; None for ever.
            poll_interval: How many seconds to wait between two looks.
            options: Options of each request: see `CallOptions`.

        Returns:
            The progress, in the events of `deploy`, whenever the status changes. Nothing is sent before the
            first is asked for. After `complete`, its `endpoint` is the live endpoint.

        Raises:
            ValueError: The id is None or empty, or a number is not positive.

        """
        return AsyncDeployWatch(self._requester, self._watch(endpoint_id, timeout, poll_interval, options))

    def _watch(
        self, endpoint_id: str | None, timeout: float | None, poll_interval: float, options: PollOptions
    ) -> deployments.Watch:
        session, call = self._requester.session.prepare(RETRIEVE_ENDPOINT(endpoint_id), options, POLL_OPTIONS)
        seconds = None if timeout is None else positive("timeout", timeout)
        interval = positive("poll_interval", poll_interval)
        deadline = Deadline(session, seconds, moves=False)
        return deployments.Watch(session, call, str(endpoint_id), deadline, poll_interval=interval)

    async def start(self, endpoint_id: str | None, **options: Unpack[CallOptions]) -> EndpointState:
        """Start a stopped endpoint. It is cold for a moment: see `wait_until_live`.

        Returns:
            The server's JSON, a dict: the endpoint's `id` and its `status` now.

        Raises:
            ConflictError: It is still being deployed.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty; nothing is sent.

        """
        return await self._requester.send(api.start_endpoint(endpoint_id), options)

    async def stop(self, endpoint_id: str | None, **options: Unpack[CallOptions]) -> EndpointState:
        """Stop an endpoint: it costs nothing and serves nothing until it is started again.

        Returns:
            The server's JSON, a dict: the endpoint's `id` and its `status` now.

        Raises:
            ConflictError: It is protected.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty; nothing is sent.

        """
        return await self._requester.send(api.stop_endpoint(endpoint_id), options)

    async def delete(self, endpoint_id: str | None, **options: Unpack[CallOptions]) -> None:
        """Delete an endpoint for good.

        Raises:
            ConflictError: It is protected.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty; nothing is sent.

        """
        await self._requester.send(api.delete_endpoint(endpoint_id), options)

    def metrics(self, endpoint_id: str | None) -> AsyncMetrics:
        """Return the metrics of an endpoint. Nothing is sent until one of them is asked for.

        Raises:
            ValueError: The id is None or empty, or cannot stand in a URL.

        """
        quote_segment("endpoint_id", endpoint_id)
        return AsyncMetrics(self._requester, endpoint_id)
