"""A model of the platform, driven beside the real one by hypothesis: whatever the order of calls, both must agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from ._bench import TASK, Bench, Broken, Deployed
from ._exchange import Exchange, snippet
from ._settings import Settings

INVARIANTS = {
    "state-deployments": "A free name can be deployed and is live then; a taken one answers 409.",
    "state-endpoints": "The endpoints listed are those that were deployed and not deleted, each in its status.",
    "state-models": "The models listed are the live ones.",
    "state-completions": "Live endpoints answer, stopped ones refuse with 503, deleted ones are 404.",
    "state-cost": "The cost feed is the number of completions times the price.",
    "state-activity": "Activity counts each completion and each refusal.",
    "state-changes": "Stop, start and delete do what they say, and 404 where nothing is.",
}
_NAMES = ("contract-machine-a", "contract-machine-b", "contract-machine-c")
_STEPS = 15
_FOREIGN_EXAMPLES = 3


class _Disagree(Broken):
    def __init__(self, check: str, reason: str, exchange: Exchange | None, steps: tuple[str, ...]) -> None:
        super().__init__(reason, exchange)
        self.check = check
        self.steps = steps


@define
class _Model:
    """What an endpoint must be like."""

    price: int
    live: bool = True
    served: int = 0
    refused: int = 0


def run(bench: Bench, chosen: Settings) -> None:
    """Drive the model and the server; record what they disagree about."""
    examples = chosen.examples if bench.ours else min(chosen.examples, _FOREIGN_EXAMPLES)
    machine = seed(chosen.seed)(_machine_for(bench))
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
    except _Disagree as broken:
        bench.wire.journal.fail(broken.check, broken.reason, broken.exchange, steps=broken.steps)
    except Flaky as flaky:
        reason = f"it came out differently when the same requests were sent again: {snippet(str(flaky))}"
        bench.wire.journal.fail("state-endpoints", reason)


def _machine_for(bench: Bench) -> type[RuleBasedStateMachine]:  # noqa: C901  # Hypothesis takes a class.
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            bench.fresh()
            self.model: dict[str, _Model] = {}
            self.steps: list[str] = []
            self.before = {each["id"]: each["status"] for each in bench.call("list_endpoints").json}

        def call(self, check: str, operation_id: str, name: str | None, *, expect: int, **options: Any) -> Exchange:
            self.steps.append(f"{operation_id} {name or ''} → {expect}".replace("  ", " "))
            return self.watch(check, lambda: bench.call(operation_id, name, expect=expect, **options))

        def watch(self, check: str, act: Callable[[], Exchange]) -> Exchange:
            try:
                return act()
            except Broken as broken:
                raise _Disagree(check, broken.reason, broken.exchange, tuple(self.steps)) from None

        def agree(self, check: str, found: object, due: object, exchange: Exchange) -> None:
            if found != due:
                reason = f"{snippet(due)} is due, found {snippet(found)}"
                raise _Disagree(check, reason, exchange, tuple(self.steps))

        @rule(name=sampled_from(_NAMES))
        def deploy(self, name: str) -> None:
            expect = 409 if name in self.model else 200
            body = {"task": TASK, "name": name}
            answer = self.call("state-deployments", "deploy_endpoint", None, expect=expect, body=body)
            if name in self.model:
                return
            bench.made[name] = None
            endpoint = Deployed(answer).endpoint
            self.agree("state-deployments", (endpoint or {}).get("status"), "live", answer)
            self.model[name] = _Model(price=bench.price(endpoint or {}))

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
                try:
                    bench.until_live(name)
                except Broken as broken:
                    raise _Disagree("state-changes", broken.reason, broken.exchange, tuple(self.steps)) from None

        @rule(name=sampled_from(_NAMES))
        def delete(self, name: str) -> None:
            self.call("state-changes", "delete_endpoint", name, expect=204 if name in self.model else 404)
            self.model.pop(name, None)

        @rule(name=sampled_from(_NAMES), stream=booleans())
        def complete(self, name: str, stream: bool) -> None:  # noqa: FBT001  # Hypothesis passes keywords.
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
            found = {each["id"]: each["status"] for each in answer.json if self.about(each["id"])}
            due = {name: "live" if each.live else "stopped" for name, each in self.model.items()}
            self.agree("state-endpoints", found, {**(self.before if bench.ours else {}), **due}, answer)

        @rule()
        def list_models(self) -> None:
            answer = self.call("state-models", "list_models", None, expect=200)
            found = {each["id"] for each in answer.json["data"] if self.about(each["id"])}
            before = {name for name, status in self.before.items() if status == "live"} if bench.ours else set[str]()
            due = before | {name for name, each in self.model.items() if each.live}
            self.agree("state-models", sorted(found), sorted(due), answer)

        @precondition(lambda self: bool(self.model))
        @rule(name=sampled_from(_NAMES))
        def measure(self, name: str) -> None:
            known = self.model.get(name)
            expect = 200 if known else 404
            cost = self.call("state-cost", "endpoint_cost", name, expect=expect)
            activity = self.call("state-activity", "endpoint_activity", name, expect=expect)
            if known and bench.ours:
                found = (cost.json["requests"], cost.json["spend_micro_usd"])
                self.agree("state-cost", found, (known.served, known.served * known.price), cost)
                counted = (activity.json["requests"], activity.json["errors"])
                self.agree("state-activity", counted, (known.served, known.refused), activity)

        def about(self, name: str) -> bool:
            return bench.ours or name in _NAMES

        def teardown(self) -> None:
            if not bench.ours:
                for name in self.model:
                    bench.wire.send("delete_endpoint", path={"endpoint_id": name})

    return Machine
