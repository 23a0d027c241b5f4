# Derived from pareta/_async/endpoints.py. DO NOT EDIT: change that file and run `make generate`.
"""`client.endpoints`: deploy models, operate what is deployed, and measure it."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, Literal, overload

from pareta_generated import api
from pareta_generated.models import (
    EndpointActivity,
    EndpointCost,
    EndpointPerformance,
    EndpointQuality,
    EndpointState,
    EndpointUptime,
)
from pareta_generated.types import UNSET, quote_segment

from .._exceptions import public
from .._log import log_undeclared
from .._models import LIST_ENDPOINTS, RETRIEVE_ENDPOINT, Endpoint
from .._policy import deployments
from .._policy.deadline import Deadline
from .._policy.options import positive
from .streams import DeployStream

if TYPE_CHECKING:
    from .requester import Requester


@public
class Endpoints:
    """The deployed models."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester

    @overload
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: Literal[False] = False,
        **extra: Any,
    ) -> DeployStream: ...
    @overload
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: Literal[True],
        **extra: Any,
    ) -> Endpoint: ...
    @overload
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: bool,
        **extra: Any,
    ) -> DeployStream | Endpoint: ...
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: bool = False,
        **extra: Any,
    ) -> DeployStream | Endpoint:
        """Deploy a model for a task.

        Args:
            task: The id of a task: `tasks.match()` and `tasks.list()` find one.
            model: An alias of the task's leaderboard, or `recommended`.
            name: A name for the endpoint, which becomes its id; one is made up without it.
            wait: Whether to wait until the endpoint is live. A deployment takes minutes; it is given an
                hour, or the `deadline` of `with_options`.
            extra: Further fields of the request, passed on as they are.

        Returns:
            With `wait=True` the live endpoint. Else the progress, as an iterator of
            `{"event": str, "data": dict}`: any number of `progress`, then `complete`, whose
            `data["endpoint"]` is the endpoint, or `error`, whose `data["message"]` says why.

        Raises:
            BadRequestError: The task or the model is not known.
            ConflictError: The name is taken.
            DeployError: The deployment failed, or how it ended is not known. An `error` event raises it
                with `wait=True` only; an end without `complete` or `error` always.
            APITimeoutError: It is not live in time.
            ValueError: `task` or `model` is None or empty; nothing is sent.

        """
        log_undeclared("deploy", extra)
        call = api.deploy_endpoint(task=task, model=model, name=UNSET if name is None else name, extra_body=extra)
        if wait:
            return self._requester.run(deployments.deploy(self._requester.session, call, RETRIEVE_ENDPOINT))
        return DeployStream(*self._requester.open(deployments.open_deploy(self._requester.session, call)))

    def list(self) -> builtins.list[Endpoint]:
        """List every endpoint that the organisation can access, in any status."""
        return self._requester.send(LIST_ENDPOINTS())

    def retrieve(self, endpoint_id: str | None) -> Endpoint:
        """Retrieve an endpoint.

        Raises:
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty, or cannot stand in a URL; nothing is sent.

        """
        return self._requester.send(RETRIEVE_ENDPOINT(endpoint_id))

    def wait_until_live(
        self, endpoint_id: str | None, *, timeout: float | None = 600.0, poll_interval: float = 3.0
    ) -> Endpoint:
        """Wait until an endpoint is live, after `start()` or a deployment elsewhere.

        Args:
            endpoint_id: The endpoint's id.
            timeout: How many seconds to wait at most; None for ever.
            poll_interval: How many seconds to wait between two looks.

        Raises:
            DeployError: The endpoint failed, or is stopped in two looks running.
            APITimeoutError: It is not live in time.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty, or a number is not positive; nothing is sent.

        """
        call, session = RETRIEVE_ENDPOINT(endpoint_id), self._requester.session
        seconds = None if timeout is None else positive("timeout", timeout)
        interval = positive("poll_interval", poll_interval)
        deadline = Deadline(session, seconds, moves=False)
        flow = deployments.wait_until_live(session, call, str(endpoint_id), deadline, interval)
        return self._requester.run(flow)

    def start(self, endpoint_id: str | None) -> EndpointState:
        """Start a stopped endpoint. It is cold for a moment: see `wait_until_live`.

        Returns:
            The server's JSON, a dict: the endpoint's `id` and its `status` now.

        Raises:
            ConflictError: It is still being deployed.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty; nothing is sent.

        """
        return self._requester.send(api.start_endpoint(endpoint_id))

    def stop(self, endpoint_id: str | None) -> EndpointState:
        """Stop an endpoint: it costs nothing and serves nothing until it is started again.

        Returns:
            The server's JSON, a dict: the endpoint's `id` and its `status` now.

        Raises:
            ConflictError: It is protected.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty; nothing is sent.

        """
        return self._requester.send(api.stop_endpoint(endpoint_id))

    def delete(self, endpoint_id: str | None) -> None:
        """Delete an endpoint for good.

        Raises:
            ConflictError: It is protected.
            NotFoundError: There is no such endpoint.
            ValueError: The id is None or empty; nothing is sent.

        """
        self._requester.send(api.delete_endpoint(endpoint_id))

    def metrics(self, endpoint_id: str | None) -> Metrics:
        """Return the metrics of an endpoint. Nothing is sent until one of them is asked for.

        Raises:
            ValueError: The id is None or empty, or cannot stand in a URL.

        """
        quote_segment("endpoint_id", endpoint_id)
        return Metrics(self._requester, endpoint_id)


@public
class Metrics:
    """What an endpoint did, cost and scored.

    Each method takes `window`, the time up to now that the figures cover (`"90m"`, `"24h"`, `"7d"`; a
    day without it), and any further query parameter. Each returns the server's JSON, a dict, with typed
    properties beside its keys, and raises NotFoundError for an unknown endpoint and BadRequestError for
    a malformed parameter.
    """

    def __init__(self, requester: Requester, endpoint_id: str | None) -> None:
        self._requester = requester
        self._id = endpoint_id

    def performance(self, *, window: str | None = None, **params: Any) -> EndpointPerformance:
        """Measure latency: p50, p95 and p99 in milliseconds."""
        return self._requester.send(api.endpoint_performance(self._id, window=window, filters=params))

    def uptime(self, *, window: str | None = None, **params: Any) -> EndpointUptime:
        """Measure availability, from 0 to 1, and list what interrupted it."""
        return self._requester.send(api.endpoint_uptime(self._id, window=window, filters=params))

    def cost(self, *, window: str | None = None, group_by: str | None = None, **params: Any) -> EndpointCost:
        """Sum up spend, and savings against the frontier baseline, in micro-USD (1,000,000 are a dollar).

        `group_by="day"` or `"hour"` adds `groups`, the same figures for each.
        """
        call = api.endpoint_cost(self._id, window=window, group_by=group_by, filters=params)
        return self._requester.send(call)

    def quality(self, *, window: str | None = None, **params: Any) -> EndpointQuality:
        """Read the judge windows: how the task's scorer judged the answers, from 0 to 1."""
        return self._requester.send(api.endpoint_quality(self._id, window=window, filters=params))

    def activity(self, *, window: str | None = None, **params: Any) -> EndpointActivity:
        """Count requests, tokens and errors, in all and by the hour."""
        return self._requester.send(api.endpoint_activity(self._id, window=window, filters=params))
