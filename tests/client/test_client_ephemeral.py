"""Endpoints that end with their block, and deployments that another process takes up again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from modes import AsyncioMode, Mode
from wire import Wire, answer, event, stream

from pareta import APIStatusError, APITimeoutError, AsyncPareta, ConflictError, DeployError, Pareta
from pareta.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
TASK = "contract-key-fields"
Serve = Callable[..., Wire]
FREE = answer({"detail": "no endpoint"}, "404 Not Found")
"""The answer for a name that is free."""


def client_of(mode: Mode, sandbox: Sandbox) -> Any:
    """Return a client of the sandbox."""
    return mode.client(sandbox.base_url, api_key=sandbox.api_key)


def names(sandbox: Sandbox) -> set[str | None]:
    """Return the ids of the endpoints that are there."""
    with sandbox.client() as pa:
        return {endpoint.id for endpoint in pa.endpoints.list()}


def status(sandbox: Sandbox, name: str) -> str | None:
    """Return the status of an endpoint."""
    with sandbox.client() as pa:
        return pa.endpoints.retrieve(name).status


def test_an_endpoint_ends_with_its_block(mode: Mode, sandbox: Sandbox) -> None:
    """It is live inside, and gone after; a name is made up where none is given."""
    before = names(sandbox)
    with mode.entered(client_of(mode, sandbox).endpoints.ephemeral(task=TASK)) as endpoint:
        assert endpoint.is_live
        assert names(sandbox) == before | {endpoint.id}
    assert names(sandbox) == before


def test_an_endpoint_can_be_stopped_instead(mode: Mode, sandbox: Sandbox) -> None:
    """`at_exit="stop"` keeps it, stopped, under its name."""
    with mode.entered(client_of(mode, sandbox).endpoints.ephemeral(task=TASK, name="mine", at_exit="stop")):
        assert status(sandbox, "mine") == "live"
    assert status(sandbox, "mine") == "stopped"


def test_an_exception_passes_and_the_endpoint_is_gone(mode: Mode, sandbox: Sandbox) -> None:
    """What the block raises is raised, after the endpoint has ended."""
    before = names(sandbox)
    with pytest.raises(KeyError, match="mistake"):  # noqa: SIM117
        with mode.entered(client_of(mode, sandbox).endpoints.ephemeral(task=TASK)):
            raise KeyError("mistake")
    assert names(sandbox) == before


def test_an_endpoint_that_is_gone_already_is_no_error(mode: Mode, sandbox: Sandbox) -> None:
    """Whoever deletes it inside the block is not punished for it."""
    with mode.entered(client_of(mode, sandbox).endpoints.ephemeral(task=TASK, name="mine")), sandbox.client() as pa:
        pa.endpoints.delete("mine")
    assert "mine" not in names(sandbox)


def test_a_deployment_that_fails_leaves_nothing(mode: Mode, wire: Serve) -> None:
    """The endpoint is deleted by its name, since it may be there; the error is the deployment's."""
    server = wire(FREE, stream(event({"message": "no GPU"}, "error")), answer(None, "204 No Content"))
    with pytest.raises(DeployError, match="no GPU"):  # noqa: SIM117
        with mode.entered(mode.client(server.url).endpoints.ephemeral(task=TASK, name="mine")):
            pytest.fail("it is not live")
    assert (server.received[2].method, server.received[2].target) == ("DELETE", "/v1/endpoints/mine")


@pytest.mark.parametrize("task", [TASK, "nope", ""])
def test_an_endpoint_of_that_name_stays(mode: Mode, sandbox: Sandbox, task: str) -> None:
    """Where the name is taken, or the deployment is refused, somebody else's endpoint is not touched."""
    with sandbox.client() as pa:
        pa.endpoints.deploy(task=TASK, name="production", wait=True)
    with pytest.raises((APIStatusError, ValueError)):  # noqa: SIM117
        with mode.entered(client_of(mode, sandbox).endpoints.ephemeral(task=task, name="production")):
            pytest.fail("it is another's")
    assert status(sandbox, "production") == "live"


def test_an_end_that_fails_is_noted(mode: Mode, wire: Serve) -> None:
    """The block's own error stays, with a note of the endpoint that may be left; without one, the failure is raised."""
    live = stream(event({"endpoint": {"id": "mine", "status": "live"}}, "complete"))
    refused = answer({"detail": "protected"}, "409 Conflict", ["x-should-retry: false"])
    client = mode.client(wire(FREE, live, refused).url)
    with pytest.raises(KeyError) as raised:  # noqa: SIM117
        with mode.entered(client.endpoints.ephemeral(task=TASK, name="mine")):
            raise KeyError("mistake")
    assert raised.value.__notes__[0].startswith("The endpoint mine may still be there: 409 Conflict: protected")
    client = mode.client(wire(FREE, live, refused).url)
    with pytest.raises(ConflictError, match="protected"):  # noqa: SIM117
        with mode.entered(client.endpoints.ephemeral(task=TASK, name="mine")):
            pass


def test_what_becomes_of_it_is_one_of_two(mode: Mode, sandbox: Sandbox) -> None:
    """Another `at_exit` is refused before anything is sent."""
    with pytest.raises(ValueError, match="at_exit must be 'delete' or 'stop', not 'keep'"):
        client_of(mode, sandbox).endpoints.ephemeral(task=TASK, at_exit="keep")


def test_a_cancelled_task_ends_its_endpoint(sandbox: Sandbox) -> None:
    """A task that is cancelled inside the block ends its endpoint before it is over."""
    before = names(sandbox)

    async def main() -> None:
        entered = asyncio.Event()

        async def work() -> None:
            pa = AsyncPareta(api_key=sandbox.api_key, base_url=sandbox.base_url)
            async with pa, pa.endpoints.ephemeral(task=TASK):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert names(sandbox) == before


BLOCKING = """
    import time
    from pareta import Pareta
    with Pareta() as pa, pa.endpoints.ephemeral(task="contract-key-fields") as ep:
        print("live", flush=True)
        time.sleep(60)
"""
ASYNC = """
    import {library}
    from pareta import AsyncPareta
    async def main():
        async with AsyncPareta() as pa, pa.endpoints.ephemeral(task="contract-key-fields") as ep:
            print("live", flush=True)
            await {library}.sleep(60)
    {library}.run({main})
"""
PROGRAMS = {
    "sync": BLOCKING,
    "asyncio": ASYNC.format(library="asyncio", main="main()"),
    "trio": ASYNC.format(library="trio", main="main"),
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_signal_ends_the_endpoint(sandbox: Sandbox, program: str, number: signal.Signals) -> None:
    """A process that is told to end deletes its endpoint first, and says by its exit code what ended it."""
    before = names(sandbox)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PARETA_API_KEY": sandbox.api_key,
        "PARETA_BASE_URL": sandbox.base_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "live\n"
    assert len(names(sandbox)) == len(before) + 1
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert names(sandbox) == before
    assert process.returncode == (143 if number == signal.SIGTERM else -signal.SIGINT)
    assert "KeyboardInterrupt" in errors or number == signal.SIGTERM


# Taking a deployment up again.


def test_a_deployment_is_taken_up_by_another_process(mode: Mode, tmp_path: Path) -> None:
    """The process that deploys is killed; another follows the endpoint by its name until it is live."""
    with Sandbox(seed=7, pace=0.15) as sandbox:
        code = f"""
            from pareta import Pareta
            pa = Pareta()
            for event in pa.endpoints.deploy(task="{TASK}", name="mine"):
                print(event["event"], flush=True)
        """
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PARETA_API_KEY": sandbox.api_key,
            "PARETA_BASE_URL": sandbox.base_url,
        }
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "progress\n"
        process.kill()
        process.communicate()
        watch = client_of(mode, sandbox).endpoints.attach("mine", poll_interval=0.05)
        events = list(mode.each(watch))
        assert [each["event"] for each in events] == ["progress", "complete"]
        assert events[0]["data"] == {"stage": "starting", "pct": None}
        assert watch.endpoint.is_live
        assert events[-1]["data"]["endpoint"]["id"] == "mine"


def test_a_followed_deployment_fails_as_a_deploy_stream_does(mode: Mode, wire: Serve) -> None:
    """`error` is the last event, with the server's words; a stopped endpoint and the timeout are exceptions."""
    starting, failed = (
        answer({"id": "e", "status": "starting"}),
        answer({"id": "e", "status": "failed", "failure": "OOM"}),
    )
    watch = mode.client(wire(starting, failed).url).endpoints.attach("e", poll_interval=0.01)
    assert list(mode.each(watch))[1:] == [{"event": "error", "data": {"message": "OOM"}}]
    assert watch.endpoint is None
    watch = mode.client(wire(answer({"id": "e", "status": "stopped"})).url).endpoints.attach("e", poll_interval=0.01)
    with pytest.raises(DeployError, match=r"Start it with endpoints.start\('e'\)"):
        list(mode.each(watch))
    watch = mode.client(wire(starting).url).endpoints.attach("e", poll_interval=0.01, timeout=0.05)
    with pytest.raises(APITimeoutError):
        list(mode.each(watch))


def test_progress_is_told_while_a_deployment_is_awaited(mode: Mode, sandbox: Sandbox) -> None:
    """`on_progress` is called with each event, and `deploy` returns the endpoint."""
    events: list[dict[str, Any]] = []
    endpoint = mode.run(client_of(mode, sandbox).endpoints.deploy(task=TASK, wait=True, on_progress=events.append))
    assert endpoint.is_live
    assert [each["event"] for each in events][-2:] == ["progress", "complete"]
    assert events[0]["data"].keys() == {"stage", "pct"}


def test_progress_can_be_told_to_an_async_function(async_mode: AsyncioMode, sandbox: Sandbox) -> None:
    """AsyncPareta awaits what the function returns."""
    events: list[str] = []

    async def show(event: dict[str, Any]) -> None:
        events.append(event["event"])

    async_mode.run(client_of(async_mode, sandbox).endpoints.deploy(task=TASK, wait=True, on_progress=show))
    assert events[-1] == "complete"


def test_progress_without_waiting_is_refused(mode: Mode, sandbox: Sandbox) -> None:
    """Without `wait=True` the stream itself is the progress; nothing is sent."""
    before = len(sandbox.requests)
    with pytest.raises(ValueError, match="on_progress is for wait=True"):
        mode.run(client_of(mode, sandbox).endpoints.deploy(task=TASK, on_progress=print))
    assert len(sandbox.requests) == before


def test_a_lost_deployment_goes_on_telling_its_progress(mode: Mode, wire: Serve) -> None:
    """Where the stream breaks, the endpoint is polled, and its status is told in the same events."""
    from wire import chunk, stream_head

    def cut(peer: Any) -> None:
        peer.send(stream_head("location: /v1/endpoints/e"), chunk(event({"stage": "pulling", "pct": 1}, "progress")))
        peer.reset()

    starting, live = answer({"id": "e", "status": "starting"}), answer({"id": "e", "status": "live"})
    events: list[dict[str, Any]] = []
    client = mode.client(wire(cut, starting, live).url)
    mode.run(client.endpoints.deploy(task=TASK, wait=True, on_progress=events.append))
    stages = [each["data"].get("stage") for each in events]
    assert stages == ["pulling", "starting", None]


# OpenAI's client.


def test_openais_client_comes_with_key_and_url(mode: Mode, sandbox: Sandbox) -> None:
    """`openai()` is OpenAI's client for the platform; with an endpoint, for that endpoint's own URL."""
    client = client_of(mode, sandbox)
    endpoint = mode.run(client.endpoints.retrieve("ep_a1b2c3"))
    for made in (client.openai(), client.openai(endpoint, timeout=30)):
        with mode.entered(made):
            asked = made.chat.completions.create(
                model="ep_a1b2c3", messages=[{"role": "user", "content": "Who signs? Alder signs."}]
            )
            assert mode.run(asked).choices[0].message.content == "Alder signs."


def test_openais_client_takes_a_rotating_key(sandbox: Sandbox) -> None:
    """A function that gives the key gives it to OpenAI's client too."""
    with Pareta(api_key=lambda: sandbox.api_key, base_url=sandbox.base_url) as pa, pa.openai() as made:
        assert len(list(made.models.list())) > 0


def test_an_endpoint_without_a_url_has_no_client(mode: Mode, sandbox: Sandbox) -> None:
    """An endpoint that was never live is refused, and so is a URL that would show the key."""
    from pareta import Endpoint

    client = client_of(mode, sandbox)
    with pytest.raises(ValueError, match="endpoint e has no URL: its status is 'starting'"):
        client.openai(Endpoint.from_dict({"id": "e", "status": "starting", "url": None}))
    https = mode.client("https://api.example")
    with pytest.raises(ValueError, match="plain http"):
        https.openai(Endpoint.from_dict({"id": "e", "status": "live", "url": "http://gpu.example/v1"}))
