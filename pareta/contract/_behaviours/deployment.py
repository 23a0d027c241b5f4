"""Checks of deployments: the endpoint that results, where it is listed, and what is refused."""

from __future__ import annotations

from urllib.parse import unquote

from .._context import TASK, Context
from .._exchange import Exchange, fields, snippet
from ._behaviour import behaviour


def _board(context: Context) -> Exchange:
    return context.call("task_leaderboard", path={"task_id": TASK})


@behaviour("recommended-is-deployed", "`recommended` deploys the alias that the task's leaderboard recommends.")
def recommended_is_deployed(context: Context) -> None:
    wanted = _board(context).json["recommended"]
    deployed = context.deploy(model="recommended")
    endpoint = deployed.endpoint or {}
    found = endpoint.get("model")
    context.check(found == wanted, f"{wanted!r} is recommended, but {found!r} was deployed", deployed.exchange)
    task = endpoint.get("taskName")
    context.check(task == TASK, f"taskName is {task!r}, expected {TASK!r}", deployed.exchange)


@behaviour("asked-model-is-deployed", "A deployment has the requested alias and name.")
def asked_model_is_deployed(context: Context) -> None:
    board = _board(context).json
    other = next((each["name"] for each in board["models"] if each["name"] != board["recommended"]), None)
    if other is None:
        return
    name = context.new_name()
    deployed = context.deploy(model=other, name=name)
    endpoint = deployed.endpoint or {}
    for key, wanted in (("model", other), ("name", name)):
        found = endpoint.get(key)
        context.check(found == wanted, f"its {key} is {found!r}, expected {wanted!r}", deployed.exchange)


@behaviour("deployed-is-live", "A completed deployment is live and has a url.")
def deployed_is_live(context: Context) -> None:
    deployed = context.deploy()
    endpoint = deployed.endpoint
    if endpoint is None:
        context.fail("a deployment of the recommended model did not complete", deployed.exchange)
    context.check(endpoint["status"] == "live", f"its status is {endpoint['status']!r}", deployed.exchange)
    context.check(endpoint["url"], "it has no url", deployed.exchange)
    context.complete(endpoint["id"])


@behaviour("deployed-is-listed", "A deployed endpoint is listed, can be retrieved, and is among the models.")
def deployed_is_listed(context: Context) -> None:
    deployed = context.deploy()
    if deployed.id is None:
        context.fail("neither `complete` nor Location names the endpoint", deployed.exchange)
    listed = context.call("list_endpoints")
    context.check(deployed.id in [each["id"] for each in listed.json], f"{deployed.id!r} is not listed", listed)
    context.call("retrieve_endpoint", deployed.id)
    models = context.call("list_models")
    ids = [each["id"] for each in models.json["data"]]
    context.check(deployed.id in ids, f"{deployed.id!r} is not among the models", models)


@behaviour("location-names-the-endpoint", "`Location`, if present, is the path of the endpoint being deployed.")
def location_names_the_endpoint(context: Context) -> None:
    deployed = context.deploy()
    location = deployed.exchange.headers.get("location")
    if location is None:
        return
    found = unquote(location.rpartition("/v1/endpoints/")[2])
    wanted = (deployed.endpoint or {}).get("id")
    context.check(found == wanted, f"Location names {found!r}, `complete` names {wanted!r}", deployed.exchange)


@behaviour("taken-name-refused", "Deploying under a taken name returns 409 and changes nothing.")
def taken_name_refused(context: Context) -> None:
    name = context.new_name()
    context.deploy(name=name)
    before = context.call("retrieve_endpoint", name)
    context.deploy(name=name, expect=409)
    after = context.call("retrieve_endpoint", name)
    context.check(after.json == before.json, f"the endpoint changed: {snippet(after.json)}", after)


@behaviour("unknown-is-not-deployed", "An unknown task or model returns 400, and no endpoint is created.")
def unknown_is_not_deployed(context: Context) -> None:
    before = [each["id"] for each in context.call("list_endpoints").json]
    context.deploy(task="contract-suite-no-such-thing", expect=400)
    context.deploy(model="contract-suite-no-such-thing", expect=400)
    frontier = _board(context).json["frontier"]
    if frontier is not None:
        context.deploy(model=frontier["name"], expect=400)
    after = context.call("list_endpoints")
    context.check([each["id"] for each in after.json] == before, "an endpoint was created", after)


@behaviour(
    "failed-deployment",
    "A failed deployment gives a reason; its endpoint is `failed` and returns 503.",
    sandbox_only=True,
)
def failed_deployment(context: Context) -> None:
    name = context.new_name()
    deployed = context.deploy(name=name, headers={"x-sandbox-scenario": "deploy-fails; message=out of luck"})
    ends = [fields(payload).get("message") for event, payload in deployed.exchange.payloads if event == "error"]
    context.check(ends == ["out of luck"], f"the stream's errors are {snippet(ends)}", deployed.exchange)
    endpoint = context.call("retrieve_endpoint", name)
    context.check(endpoint.json["status"] == "failed", f"its status is {endpoint.json['status']!r}", endpoint)
    context.check(endpoint.json["failure"] == "out of luck", f"its failure is {endpoint.json['failure']!r}", endpoint)
    context.complete(name, expect=503)


@behaviour("deployment-outlives-client", "A deployment continues after its client disconnects.")
def deployment_outlives_client(context: Context) -> None:
    with context.slow() as slow:
        name = slow.new_name()
        slow.created[name] = None
        slow.call("deploy_endpoint", body={"task": TASK, "name": name}, disconnect=True)
        slow.wait_until_live(name)


@behaviour("deploying-refuses-start", "Starting an endpoint that is being deployed returns 409.", sandbox_only=True)
def deploying_refuses_start(context: Context) -> None:
    with context.slow() as slow:
        name = slow.new_name()
        slow.call("deploy_endpoint", body={"task": TASK, "name": name}, disconnect=True)
        slow.call("start_endpoint", name, expect=409)
        refused = slow.complete(name, expect=503)
        slow.check("retry-after" in refused.headers, "a 503 during the start has no Retry-After", refused)


DEPLOYMENT = (
    recommended_is_deployed,
    asked_model_is_deployed,
    deployed_is_live,
    deployed_is_listed,
    location_names_the_endpoint,
    taken_name_refused,
    unknown_is_not_deployed,
    failed_deployment,
    deployment_outlives_client,
    deploying_refuses_start,
)
