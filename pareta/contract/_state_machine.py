"""A stateful test: hypothesis runs random calls on the server and on a model of it, and both must agree."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from attrs import define
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from ._context import TASK, CheckFailed, Context, Deployment
from ._exchange import Exchange, snippet
from ._suite_settings import SuiteSettings

INVARIANTS = {
    "state-deployments": "Deploying a free name creates a live endpoint; a taken name returns 409.",
    "state-endpoints": "The list has every endpoint that was deployed and not deleted, with its status.",
    "state-models": "The models are the live endpoints.",
    "state-completions": "Live endpoints answer, stopped ones return 503, deleted ones 404.",
    "state-cost": "The cost feed equals the number of completions times the price.",
    "state-activity": "Activity counts each completion and each refusal.",
    "state-changes": "Stop, start and delete take effect, and return 404 for an unknown endpoint.",
}
_NAMES = ("contract-machine-a", "contract-machine-b", "contract-machine-c")
_STEPS = 15
_EXTERNAL_EXAMPLES = 3


@define
class _Model:
    """The expected state of an endpoint."""

    price: int
    live: bool = True
    served: int = 0
    refused: int = 0


def run(context: Context, chosen: SuiteSettings) -> None:
    """Run the model beside the server, and record the first difference."""
    examples = chosen.examples if context.is_sandbox else min(chosen.examples, _EXTERNAL_EXAMPLES)
    machine = seed(chosen.seed)(_machine_for(context))
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=_STEPS,
                derandomize=True,
                database=None,
                deadline=None,
                print_blob=False,
                report_multiple_bugs=False,
                verbosity=Verbosity.quiet,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            ),
        )
    except CheckFailed as failure:
        context.client.results.fail(failure.check, failure.reason, failure.exchange, steps=failure.steps)
    except Flaky as flaky:
        reason = f"the same requests gave another result the second time: {snippet(str(flaky))}"
        context.client.results.fail("state-endpoints", reason)


def _machine_for(context: Context) -> type[RuleBasedStateMachine]:  # noqa: C901 - hypothesis takes a class
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            context.reset()
            self.model: dict[str, _Model] = {}
            self.steps: list[str] = []
            self.before = {each["id"]: each["status"] for each in context.call("list_endpoints").json}

        def call(self, check: str, operation_id: str, name: str | None, *, expect: int, **options: Any) -> Exchange:
            self.steps.append(f"{operation_id} {name or ''} → {expect}".replace("  ", " "))
            with self.naming(check):
                return context.call(operation_id, name, expect=expect, **options)

        @contextmanager
        def naming(self, check: str) -> Generator[None]:
            try:
                yield
            except CheckFailed as failure:
                failure.check, failure.steps = check, tuple(self.steps)
                raise

        def agree(self, check: str, found: object, expected: object, exchange: Exchange) -> None:
            with self.naming(check):
                context.check(found == expected, f"expected {snippet(expected)}, found {snippet(found)}", exchange)

        @rule(name=sampled_from(_NAMES))
        def deploy(self, name: str) -> None:
            expect = 409 if name in self.model else 200
            body = {"task": TASK, "name": name}
            answer = self.call("state-deployments", "deploy_endpoint", None, expect=expect, body=body)
            if name in self.model:
                return
            context.created[name] = None
            endpoint = Deployment(answer).endpoint
            self.agree("state-deployments", (endpoint or {}).get("status"), "live", answer)
            self.model[name] = _Model(price=context.price(endpoint or {}))

        @rule(name=sampled_from(_NAMES))
        def stop(self, name: str) -> None:
            known = self.model.get(name)
            answer = self.call("state-changes", "stop_endpoint", name, expect=200 if known else 404)
            if known:
                known.live = False
                self.agree("state-changes", answer.json["status"], "stopped", answer)

        @rule(name=sampled_from(_NAMES))
        def start(self, name: str) -> None:
            known = self.model.get(name)
            self.call("state-changes", "start_endpoint", name, expect=200 if known else 404)
            if known:
                known.live = True
                with self.naming("state-changes"):
                    context.wait_until_live(name)

        @rule(name=sampled_from(_NAMES))
        def delete(self, name: str) -> None:
            self.call("state-changes", "delete_endpoint", name, expect=204 if name in self.model else 404)
            self.model.pop(name, None)

        @rule(name=sampled_from(_NAMES), stream=booleans())
        def complete(self, *, name: str, stream: bool) -> None:
            known = self.model.get(name)
            expect = 404 if known is None else 200 if known.live else 503
            body = {"model": name, "messages": [{"role": "user", "content": "Who signs? Alder signs."}]}
            sent = {**body, "stream": True} if stream else body
            self.call("state-completions", "create_chat_completion", None, expect=expect, body=sent)
            if known and known.live:
                known.served += 1
            elif known:
                known.refused += 1

        @rule()
        def list_endpoints(self) -> None:
            answer = self.call("state-endpoints", "list_endpoints", None, expect=200)
            found = {each["id"]: each["status"] for each in answer.json if self.includes(each["id"])}
            expected = {name: "live" if each.live else "stopped" for name, each in self.model.items()}
            self.agree("state-endpoints", found, {**(self.before if context.is_sandbox else {}), **expected}, answer)

        @rule()
        def list_models(self) -> None:
            answer = self.call("state-models", "list_models", None, expect=200)
            found = {each["id"] for each in answer.json["data"] if self.includes(each["id"])}
            before = (
                {name for name, status in self.before.items() if status == "live"} if context.is_sandbox else set[str]()
            )
            expected = before | {name for name, each in self.model.items() if each.live}
            self.agree("state-models", sorted(found), sorted(expected), answer)

        @precondition(lambda self: bool(self.model))
        @rule(name=sampled_from(_NAMES))
        def measure(self, name: str) -> None:
            known = self.model.get(name)
            expect = 200 if known else 404
            cost = self.call("state-cost", "endpoint_cost", name, expect=expect)
            activity = self.call("state-activity", "endpoint_activity", name, expect=expect)
            if known and context.is_sandbox:
                found = (cost.json["requests"], cost.json["spend_micro_usd"])
                self.agree("state-cost", found, (known.served, known.served * known.price), cost)
                counted = (activity.json["requests"], activity.json["errors"])
                self.agree("state-activity", counted, (known.served, known.refused), activity)

        def includes(self, name: str) -> bool:
            return context.is_sandbox or name in _NAMES

        def teardown(self) -> None:
            if not context.is_sandbox:
                for name in self.model:
                    context.client.send("delete_endpoint", path={"endpoint_id": name})

    return Machine
