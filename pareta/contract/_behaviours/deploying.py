"""Checks of deployments: what is deployed, where it can be found, and what is refused."""

from __future__ import annotations

from urllib.parse import unquote

from .._bench import TASK, Bench
from .._exchange import Exchange, fields, snippet
from ._behaviour import behaviour


def _board(bench: Bench) -> Exchange:
    return bench.call("task_leaderboard", path={"task_id": TASK})


@behaviour("recommended-is-deployed", "`recommended` deploys the alias that the leaderboard recommends, for that task.")
def recommended_is_deployed(bench: Bench) -> None:
    wanted = _board(bench).json["recommended"]
    deployed = bench.deploy(model="recommended")
    endpoint = deployed.endpoint or {}
    found = endpoint.get("model")
    bench.hold(found == wanted, f"{wanted!r} is recommended, {found!r} was deployed", deployed.exchange)
    task = endpoint.get("taskName")
    bench.hold(task == TASK, f"{TASK!r} was asked for, the endpoint's taskName is {task!r}", deployed.exchange)


@behaviour(
    "asked-model-is-deployed", "The alias that is asked for is the one that is deployed, under the name asked for."
)
def asked_model_is_deployed(bench: Bench) -> None:
    board = _board(bench).json
    other = next((each["name"] for each in board["models"] if each["name"] != board["recommended"]), None)
    if other is None:
        return
    name = bench.a_name()
    deployed = bench.deploy(model=other, name=name)
    endpoint = deployed.endpoint or {}
    bench.hold(
        endpoint.get("model") == other, f"{other!r} was asked for, it is {endpoint.get('model')!r}", deployed.exchange
    )
    bench.hold(
        endpoint.get("name") == name, f"{name!r} was asked for, it is {endpoint.get('name')!r}", deployed.exchange
    )


@behaviour("deployed-is-live", "What a deployment completes with is live and has a url.")
def deployed_is_live(bench: Bench) -> None:
    deployed = bench.deploy()
    endpoint = deployed.endpoint
    if endpoint is None:
        bench.fail("a deployment of the recommended model did not complete", deployed.exchange)
    bench.hold(endpoint["status"] == "live", f"its status is {endpoint['status']!r}", deployed.exchange)
    bench.hold(endpoint["url"], "it has no url", deployed.exchange)
    bench.ask(endpoint["id"])


@behaviour("deployed-is-listed", "What was deployed is listed, can be retrieved, and is among the models.")
def deployed_is_listed(bench: Bench) -> None:
    deployed = bench.deploy()
    if deployed.id is None:
        bench.fail("neither `complete` nor Location names the endpoint", deployed.exchange)
    listed = bench.call("list_endpoints")
    bench.hold(deployed.id in [each["id"] for each in listed.json], f"{deployed.id!r} is not listed", listed)
    bench.call("retrieve_endpoint", deployed.id)
    models = bench.call("list_models")
    ids = [each["id"] for each in models.json["data"]]
    bench.hold(deployed.id in ids, f"{deployed.id!r} is not among the models", models)


@behaviour("location-names-the-endpoint", "`Location`, where it is sent, is the path of the endpoint being deployed.")
def location_names_the_endpoint(bench: Bench) -> None:
    deployed = bench.deploy()
    location = deployed.exchange.headers.get("location")
    if location is None:
        return
    found = unquote(location.rpartition("/v1/endpoints/")[2])
    wanted = (deployed.endpoint or {}).get("id")
    bench.hold(found == wanted, f"Location names {found!r}, `complete` {wanted!r}", deployed.exchange)


@behaviour("taken-name-refused", "A name that is taken answers 409, and changes nothing.")
def taken_name_refused(bench: Bench) -> None:
    name = bench.a_name()
    bench.deploy(name=name)
    before = bench.call("retrieve_endpoint", name)
    bench.deploy(name=name, expect=409)
    after = bench.call("retrieve_endpoint", name)
    bench.hold(after.json == before.json, f"the endpoint changed: {snippet(after.json)}", after)


@behaviour("unknown-is-not-deployed", "An unknown task or model answers 400, and no endpoint is made.")
def unknown_is_not_deployed(bench: Bench) -> None:
    before = [each["id"] for each in bench.call("list_endpoints").json]
    bench.deploy(task="contract-suite-no-such-thing", expect=400)
    bench.deploy(model="contract-suite-no-such-thing", expect=400)
    frontier = _board(bench).json["frontier"]
    if frontier is not None:
        bench.deploy(model=frontier["name"], expect=400)
    after = bench.call("list_endpoints")
    bench.hold([each["id"] for each in after.json] == before, "an endpoint was made", after)


@behaviour(
    "failed-deployment", "A deployment that fails says why, and its endpoint is failed and serves nothing.", own=True
)
def failed_deployment(bench: Bench) -> None:
    name = bench.a_name()
    deployed = bench.deploy(name=name, headers={"x-sandbox-scenario": "deploy-fails; message=out of luck"})
    ends = [fields(payload).get("message") for event, payload in deployed.exchange.payloads if event == "error"]
    bench.hold(ends == ["out of luck"], f"the stream's errors say {snippet(ends)}", deployed.exchange)
    endpoint = bench.call("retrieve_endpoint", name)
    bench.hold(endpoint.json["status"] == "failed", f"its status is {endpoint.json['status']!r}", endpoint)
    bench.hold(endpoint.json["failure"] == "out of luck", "its `failure` does not say why", endpoint)
    bench.ask(name, expect=503)


@behaviour("deployment-outlives-client", "A deployment goes on when its client leaves.")
def deployment_outlives_client(bench: Bench) -> None:
    with bench.paced() as slow:
        name = slow.a_name()
        slow.made[name] = None
        slow.call("deploy_endpoint", body={"task": TASK, "name": name}, leave=True)
        slow.until_live(name)


@behaviour("deploying-refuses-start", "Starting an endpoint that is being deployed answers 409.", own=True)
def deploying_refuses_start(bench: Bench) -> None:
    with bench.paced() as slow:
        name = slow.a_name()
        slow.call("deploy_endpoint", body={"task": TASK, "name": name}, leave=True)
        slow.call("start_endpoint", name, expect=409)
        refused = slow.ask(name, expect=503)
        slow.hold("retry-after" in refused.headers, "a 503 while it starts has no Retry-After", refused)


DEPLOYING = (
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
