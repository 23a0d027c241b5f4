"""freezegun and time-machine freeze and move the time of a test; calls, deadlines and the sandbox go on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time
from modes import Mode
from wire import PATIENCE, Peer, Wire, answer

from pareta import APITimeoutError, Hooks, RequestInfo
from pareta.sandbox import Sandbox

MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
ASK: list[Any] = [{"role": "user", "content": "Who signs? Alder & Pine signs."}]
TOOLS: dict[str, Callable[[datetime], Any]] = {
    # It would freeze the timers of event loops too.
    "freezegun": lambda when: freeze_time(when, real_asyncio=True, ignore=["trio"]),
    "time-machine": lambda when: time_machine.travel(when, tick=False),
}
Freeze = Callable[[str], Any]


@pytest.fixture(params=TOOLS)
def frozen(request: pytest.FixtureRequest) -> Freeze:
    """Give each tool in turn: it freezes the time at an instant."""
    return lambda when: TOOLS[request.param](datetime.fromisoformat(when))


def use(mode: Mode, client: Any) -> None:
    """Call, stream, retry and deploy."""
    assert mode.run(client.models.list())
    stream = mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=True))
    assert len(list(mode.each(stream))) > 1
    assert mode.run(client.endpoints.deploy(task="invoice-fields", wait=True)).is_live
    assert mode.run(client.with_options(deadline=PATIENCE).models.list())


@pytest.mark.parametrize("when", ["2001-01-01", "2099-01-01"])
def test_calls_work_before_in_and_after_a_freeze(mode: Mode, sandbox: Sandbox, frozen: Freeze, when: str) -> None:
    """One client calls, retries, streams and deploys, over connections that were idle while the time jumped."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key)
    use(mode, client)
    with frozen(when):
        sandbox.fault("list_models", status=503, retry_after=0.01)
        use(mode, client)
    use(mode, client)
    assert sandbox.verdicts == []


def test_a_deadline_holds_while_the_time_jumps(mode: Mode, wire: Callable[..., Wire], frozen: Freeze) -> None:
    """A call that began before a freeze and ends in it has its real seconds: neither more nor less."""
    tool = frozen("2099-01-01")
    started: list[object] = []

    def freeze(info: RequestInfo) -> None:
        # In the client's own thread: an event loop must not look at the clock while the tool replaces it.
        if not started:
            started.append(info)
            tool.start()

    server = wire(MODELS, Peer.hold)
    client = mode.client(server.url, max_retries=0, hooks=Hooks(on_request=freeze))
    try:
        assert mode.run(client.with_options(deadline=PATIENCE).models.list())
        with pytest.raises(APITimeoutError, match="the deadline has passed"):
            mode.run(client.with_options(deadline=0.2).models.list())
    finally:
        tool.stop()


def test_a_sandbox_waits_and_stops_in_a_freeze(frozen: Freeze) -> None:
    """Its deployments take their time, and its verdicts and its end come, while the time stands still."""
    with frozen("2001-01-01"), Sandbox(seed=7, pace=0.02) as sandbox, sandbox.client() as client:
        assert client.endpoints.deploy(task="invoice-fields", wait=True).is_live
        stream = client.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=True)
        assert [each.kind for each in sandbox.verdicts] == []
        stream.close()
