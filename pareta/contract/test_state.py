"""What any sequence of calls holds: hypothesis runs calls on the server and on a model of it, and both must agree."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from ._exchange import CheckFailed, Exchange, snippet
from ._server import TASK, Server

_STEPS = 15
_OTHER_SERVERS_EXAMPLES = 3


@define
class _Model:
    """The expected state of an endpoint."""

    price: int
    live: bool = True
    served: int = 0
    refused: int = 0


@pytest.mark.cost(requests=100, deploys=4, completions=2)
def test_the_server_agrees_with_a_model_of_it(server: Server) -> None:
    """After any calls, deployed endpoints are listed, answer and are billed; stopped ones 503, deleted ones 404."""
    most = settings().max_examples
    examples = most if server.sandbox else min(most, _OTHER_SERVERS_EXAMPLES)
    machine = _machine(server)
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=_STEPS))


def _machine(server: Server) -> type[RuleBasedStateMachine]:  # noqa: C901 - hypothesis takes a class
    names = tuple(server.unused() for _ in range(3))

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            server.begin_test()
            self.model: dict[str, _Model] = {}
            self.before = {each["id"]: each["status"] for each in server.call("list_endpoints").json}

        def agree(self, found: object, expected: object, exchange: Exchange) -> None:
            if found != expected:
                raise CheckFailed(f"expected {snippet(expected)}, found {snippet(found)}", exchange)

        @rule(name=sampled_from(names))
        def deploy(self, name: str) -> None:
            server.created[name] = None
            expect = 409 if name in self.model else 200
            answer = server.call("deploy_endpoint", body={"task": TASK, "name": name}, expect=expect)
            if name in self.model:
                return
            endpoint = answer.endpoint or {}
            self.agree(endpoint.get("status"), "live", answer)
            self.model[name] = _Model(price=server.price(endpoint))

        @rule(name=sampled_from(names))
        def stop(self, name: str) -> None:
            known = self.model.get(name)
            answer = server.call("stop_endpoint", name, expect=200 if known else 404)
            if known:
                known.live = False
                self.agree(answer.json["status"], "stopped", answer)

        @rule(name=sampled_from(names))
        def start(self, name: str) -> None:
            known = self.model.get(name)
            server.call("start_endpoint", name, expect=200 if known else 404)
            if known:
                known.live = True
                server.wait_until_live(name)

        @rule(name=sampled_from(names))
        def delete(self, name: str) -> None:
            server.call("delete_endpoint", name, expect=204 if name in self.model else 404)
            self.model.pop(name, None)

        @rule(name=sampled_from(names), stream=booleans())
        def complete(self, *, name: str, stream: bool) -> None:
            known = self.model.get(name)
            more = {"stream": True} if stream else {}
            server.complete(name, expect=404 if known is None else 200 if known.live else 503, **more)
            if known and known.live:
                known.served += 1
            elif known:
                known.refused += 1

        @rule()
        def list_endpoints(self) -> None:
            answer = server.call("list_endpoints")
            found = {each["id"]: each["status"] for each in answer.json if self.includes(each["id"])}
            expected = {name: "live" if each.live else "stopped" for name, each in self.model.items()}
            self.agree(found, {**(self.before if server.sandbox else {}), **expected}, answer)

        @rule()
        def list_models(self) -> None:
            answer = server.call("list_models")
            found = {each["id"] for each in answer.json["data"] if self.includes(each["id"])}
            expected = {name for name, each in self.model.items() if each.live}
            if server.sandbox:
                expected |= {name for name, status in self.before.items() if status == "live"}
            self.agree(sorted(found), sorted(expected), answer)

        @precondition(lambda self: bool(self.model))
        @rule(name=sampled_from(names))
        def measure(self, name: str) -> None:
            known = self.model.get(name)
            expect = 200 if known else 404
            cost = server.call("endpoint_cost", name, expect=expect)
            activity = server.call("endpoint_activity", name, expect=expect)
            if known and server.sandbox:
                found: Any = (cost.json["requests"], cost.json["spend_micro_usd"])
                self.agree(found, (known.served, known.served * known.price), cost)
                counted: Any = (activity.json["requests"], activity.json["errors"])
                self.agree(counted, (known.served, known.refused), activity)

        def includes(self, name: str) -> bool:
            return bool(server.sandbox) or name in names

        def teardown(self) -> None:
            if not server.sandbox:
                for name in self.model:
                    server.send("delete_endpoint", path={"endpoint_id": name})

    return Machine
