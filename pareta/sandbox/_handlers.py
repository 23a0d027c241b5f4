"""The handler of each operation, by operationId."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from pareta.sandbox._catalog import CatalogTask
from pareta.sandbox._chat_completions import create_chat_completion
from pareta.sandbox._deployments import Deployments
from pareta.sandbox._messages import HTTPError, ServerResponse, event_stream, json_answer
from pareta.sandbox._metrics import MetricFeeds
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._scenario import Scenario
from pareta.sandbox._validation import RequestValues

Handler = Callable[[RequestValues, Scenario | None], Awaitable[ServerResponse]]


class Handlers:
    """The handlers; `table` maps each operationId to its handler."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.deployments = Deployments(platform)
        self._deployments = self.deployments
        self.table: Mapping[str, Handler] = {
            "list_models": self._list_models,
            "list_endpoints": self._list_endpoints,
            "deploy_endpoint": self._deploy_endpoint,
            "retrieve_endpoint": self._retrieve_endpoint,
            "delete_endpoint": self._delete_endpoint,
            "start_endpoint": self._start_endpoint,
            "stop_endpoint": self._stop_endpoint,
            "endpoint_performance": self._feed(MetricFeeds.performance),
            "endpoint_uptime": self._feed(MetricFeeds.uptime),
            "endpoint_cost": self._feed(MetricFeeds.cost),
            "endpoint_quality": self._feed(MetricFeeds.quality),
            "endpoint_activity": self._feed(MetricFeeds.activity),
            "create_chat_completion": self._create_chat_completion,
            "list_tasks": self._list_tasks,
            "match_task": self._match_task,
            "retrieve_task": self._retrieve_task,
            "task_leaderboard": self._task_leaderboard,
        }

    async def _list_models(self, _: RequestValues, __: Scenario | None) -> ServerResponse:
        data = [
            {"id": row.name, "object": "model", "owned_by": row.owned_by, "created": row.created_at // 1000}
            for row in self._platform.store.endpoints()
            if row.status == "live"
        ]
        return json_answer({"object": "list", "data": data})

    async def _list_endpoints(self, _: RequestValues, __: Scenario | None) -> ServerResponse:
        return json_answer([self._deployments.to_json(row) for row in self._platform.store.endpoints()])

    async def _deploy_endpoint(self, values: RequestValues, scenario: Scenario | None) -> ServerResponse:
        body = values.body
        row, recording = self._deployments.deploy(
            task=body["task"],
            model=body.get("model", "recommended"),
            name=body.get("name"),
            effect=values.effect,
            fails=None if scenario is None else scenario.deploy_failure,
        )
        return event_stream(recording, headers=(("location", f"/v1/endpoints/{quote(row.name, safe='')}"),))

    async def _retrieve_endpoint(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        return json_answer(self._deployments.to_json(self._endpoint(values)))

    async def _delete_endpoint(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        self._deployments.delete(values.path["endpoint_id"])
        return ServerResponse(204)

    async def _start_endpoint(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        name = values.path["endpoint_id"]
        return json_answer({"id": name, "status": self._deployments.start(name)})

    async def _stop_endpoint(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        name = values.path["endpoint_id"]
        return json_answer({"id": name, "status": self._deployments.stop(name)})

    def _feed(self, feed: Callable[[MetricFeeds], dict[str, Any]]) -> Handler:
        async def response(values: RequestValues, _: Scenario | None) -> ServerResponse:
            return json_answer(feed(MetricFeeds(self._platform, self._endpoint(values), values.query)))

        return response

    async def _create_chat_completion(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        return await create_chat_completion(self._platform, values.body, effect=values.effect)

    async def _list_tasks(self, _: RequestValues, __: Scenario | None) -> ServerResponse:
        return json_answer({"tasks": [task.to_json() for task in self._platform.catalog.values()]})

    async def _match_task(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        top_k = int(values.body.get("top_k", 5))
        return json_answer(self._platform.matcher.match(values.body["query"], top_k=top_k))

    async def _retrieve_task(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        return json_answer(self._task(values).to_json(examples=values.query.get("examples_n", 0)))

    async def _task_leaderboard(self, values: RequestValues, _: Scenario | None) -> ServerResponse:
        return json_answer(self._task(values).leaderboard())

    def _endpoint(self, values: RequestValues) -> EndpointRow:
        return self._deployments.find(values.path["endpoint_id"])

    def _task(self, values: RequestValues) -> CatalogTask:
        task_id = values.path["task_id"]
        task = self._platform.catalog.get(task_id)
        if task is None:
            raise HTTPError(404, f"No task '{task_id}'. GET /v1/tasks lists the catalog.")
        return task
