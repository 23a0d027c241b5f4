"""Streams over a raw server, in both worlds: as they arrive, however they end, and whoever leaves them."""

import asyncio
import gc
import sys
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wire import DONE, LAST, PATIENCE, Peer, Wire, answer, chunk, delta, event, stream, stream_head
from worlds import KEY, AsyncWorld, World

from pareta import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AsyncPareta,
    DeployError,
    ParetaError,
    RateLimitError,
    StreamError,
)

ASK: list[Any] = [{"role": "user", "content": "Hello?"}]
COMPLETE = event({"endpoint": {"id": "ep_1", "status": "live"}}, "complete")
PROGRESS = event({"stage": "pulling weights", "pct": 45}, "progress")
ENGINES = ["ours", "caller's"]
AT_ONCE = 0.2
"""Seconds within which a server sees the hang-up."""
Serve = Callable[..., Wire]


@pytest.fixture(params=ENGINES)
def connect(request: pytest.FixtureRequest, world: World) -> Callable[..., Any]:
    """Make clients over connections of ours, and over a client of the caller's own."""

    def make(server: Wire, **options: Any) -> Any:
        if request.param != "ours":
            options["http_client"] = world.http_client()
        return world.client(server.url, **{"max_retries": 0, **options})

    return make


def chat(world: World, client: Any, **options: Any) -> Any:
    """Open a chat stream."""
    return world.run(client.chat.completions.create(model="m", messages=ASK, stream=True, **options))


def deploy(world: World, client: Any) -> Any:
    """Open a deploy stream."""
    return world.run(client.endpoints.deploy(task="t"))


def held(*events: str) -> Callable[[Peer], None]:
    """Send events, then nothing more until the client hangs up."""

    def step(peer: Peer) -> None:
        peer.send(stream_head(), *map(chunk, events))
        peer.hold()

    return step


def cut(*events: str, reset: bool = False, last: bytes = b"") -> Callable[[Peer], None]:
    """Send events, then end or break the connection."""

    def step(peer: Peer) -> None:
        peer.send(stream_head(), *map(chunk, events), last)
        if not reset:
            peer.close()
            return
        assert released.wait(PATIENCE)
        peer.reset()

    released = threading.Event()
    step.released = released  # type: ignore[attr-defined]
    return step


def gone(world: World, server: Wire) -> bool:
    """Whether the server sees the hang-up at once."""
    return world.wait(server.peers[-1].gone, AT_ONCE)


def test_an_event_arrives_while_the_server_still_sends(world: World, wire: Serve, connect: Any) -> None:
    """Each event is there before the next is sent: the server sends it only when told."""
    go = threading.Event()

    def step(peer: Peer) -> None:
        peer.send(stream_head(), chunk(PROGRESS))
        assert go.wait(PATIENCE)
        peer.send(chunk(COMPLETE), LAST)

    events = world.each(deploy(world, connect(wire(step))))
    assert next(events)["event"] == "progress"
    go.set()
    assert [event["event"] for event in events] == ["complete"]


def test_the_request_asks_for_events(world: World, wire: Serve) -> None:
    """A streaming call accepts events, uncompressed, and says `stream` in its body."""
    server = wire(stream(delta("x", "stop"), DONE))
    list(world.each(chat(world, world.client(server.url))))
    assert server.received[0].headers["accept"] == "text/event-stream"
    assert server.received[0].headers["accept-encoding"] == "identity"
    assert server.received[0].json["stream"] is True


def test_an_error_is_raised_by_the_call_itself(world: World, wire: Serve, connect: Any) -> None:
    """The request goes out when the method is called, so a 401 is raised there."""
    client = connect(wire(answer({"detail": "No key."}, "401 Unauthorized")))
    for open_one in (chat, deploy):
        with pytest.raises(APIStatusError, match="No key"):
            open_one(world, client)


def test_leaving_the_loop_hangs_up(world: World, wire: Serve, connect: Any) -> None:
    """`break` out of a stream, and the server sees it at once."""
    server = wire(held(PROGRESS))
    for _ in world.each(deploy(world, connect(server))):
        break
    assert gone(world, server)


def test_an_exception_in_the_loop_hangs_up(world: World, wire: Serve, connect: Any) -> None:
    """An exception inside the loop closes the stream, and goes through."""
    server = wire(held(delta("x")))
    open_one = chat(world, connect(server))

    def fail() -> None:
        for received in world.each(open_one):
            raise ZeroDivisionError(received)

    with pytest.raises(ZeroDivisionError):
        fail()
    assert gone(world, server)


def test_leaving_the_text_hangs_up(world: World, wire: Serve, connect: Any) -> None:
    """The same for the loop over `text`."""
    server = wire(held(delta("x")))
    for _ in world.each(chat(world, connect(server)).text):
        break
    gc.collect()
    assert gone(world, server)


def test_leaving_the_context_hangs_up(world: World, wire: Serve, connect: Any) -> None:
    """The end of `with` closes the stream; reading on is an error that says so, buffered events or not."""
    server = wire(held(delta("x") + delta("y")))
    with world.entered(chat(world, connect(server))) as open_one:
        assert next(world.each(open_one)).choices[0].delta.content == "x"
    assert gone(world, server)
    with pytest.raises(ParetaError, match="closed before its end"):
        list(world.each(open_one))
    with pytest.raises(ParetaError, match="closed before its end"):
        world.run(open_one.completion())
    world.close(open_one)


@pytest.mark.parametrize("begun", [False, True])
def test_dropping_a_stream_hangs_up(world: World, wire: Serve, connect: Any, begun: bool) -> None:  # noqa: FBT001
    """A stream that is let go, never iterated or in the middle, is hung up by the garbage collector."""
    server = wire(held(PROGRESS))
    open_one = deploy(world, connect(server))
    if begun:
        next(iter(world.each(open_one)))
    del open_one
    gc.collect()
    assert gone(world, server)


def test_a_stream_in_a_cycle_is_collected(world: World, wire: Serve, connect: Any) -> None:
    """A cycle through the stream does not keep it."""
    server = wire(held(PROGRESS))
    cycle: list[Any] = [deploy(world, connect(server))]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert gone(world, server)


@pytest.mark.parametrize("engine", ENGINES)
def test_cancelling_the_reader_hangs_up(async_world: AsyncWorld, wire: Serve, engine: str) -> None:
    """A cancelled task closes the stream that it was waiting for."""
    server = wire(held(PROGRESS))
    own = {"http_client": async_world.http_client()} if engine != "ours" else {}
    client = async_world.client(server.url, **own)
    reading = asyncio.Event()

    async def read() -> None:
        async for _ in await client.endpoints.deploy(task="t"):
            reading.set()

    async def main() -> None:
        task = asyncio.create_task(read())
        await asyncio.wait_for(reading.wait(), PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async_world.run(main())
    assert gone(async_world, server)


@pytest.mark.parametrize("engine", ENGINES)
def test_cancelling_a_call_hangs_up(async_world: AsyncWorld, wire: Serve, engine: str) -> None:
    """A call that is cancelled while it waits for its head gives its connection up."""
    server = wire(Peer.hold)
    own = {"http_client": async_world.http_client()} if engine != "ours" else {}
    client = async_world.client(server.url, **own)

    async def main() -> None:
        task = asyncio.create_task(client.models.list())
        await asyncio.to_thread(server.await_requests, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async_world.run(main())
    assert gone(async_world, server)


def test_closing_wakes_a_reader(world: World, wire: Serve) -> None:
    """A stream that is closed from elsewhere wakes who reads it, with an error that says so."""
    server = wire(held(PROGRESS))
    client = world.client(server.url)
    open_one = deploy(world, client)
    if isinstance(world, AsyncWorld):

        async def main() -> None:
            assert (await open_one.__anext__())["event"] == "progress"
            reader = asyncio.ensure_future(open_one.__anext__())
            await asyncio.sleep(0)
            await open_one.aclose()
            with pytest.raises(ParetaError, match="closed before its end"):
                await asyncio.wait_for(reader, PATIENCE)

        world.run(main())
    else:
        assert next(open_one)["event"] == "progress"
        reading = threading.Event()
        caught: list[Exception] = []

        def read() -> None:
            reading.set()
            try:
                next(open_one)
            except ParetaError as error:
                caught.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        assert reading.wait(PATIENCE)
        while not open_one._arrival._connection._stream._reading:  # The reader is in its socket.
            pass
        open_one.close()
        reader.join(PATIENCE)
        assert "closed before its end" in str(caught[0])
    assert gone(world, server)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stream_outlives_its_loop_without_a_sound(wire: Serve, engine: str) -> None:
    """A stream that is dropped when its loop is gone hangs up, or is hung up with it, and warns of nothing."""
    server = wire(held(PROGRESS))

    async def main() -> Any:
        own = {"http_client": httpx.AsyncClient(trust_env=False)} if engine != "ours" else {}
        client = AsyncPareta(api_key=KEY, base_url=server.url, **own)
        open_one = await client.endpoints.deploy(task="t")
        assert (await open_one.__anext__())["event"] == "progress"
        if engine == "ours":
            return open_one
        await open_one.aclose()
        await own["http_client"].aclose()
        return open_one

    open_one = asyncio.run(main())
    del open_one
    gc.collect()
    assert server.peers[0].gone.wait(AT_ONCE)


def test_a_client_serves_two_loops_in_turn(wire: Serve) -> None:
    """One AsyncPareta used in two event loops works: each has connections of its own."""
    server = wire(answer({"data": []}))
    client = AsyncPareta(api_key=KEY, base_url=server.url)

    async def count(client: AsyncPareta) -> int:
        return len(await client.models.list()) + len(await client.models.list())

    assert asyncio.run(count(client)) == asyncio.run(count(client)) == 0
    del client
    gc.collect()
    assert len(server.peers) == 2


def test_streams_one_after_another_use_one_connection(world: World, wire: Serve, connect: Any) -> None:
    """After the terminal event the rest of the body is read, and the connection used again."""
    server = wire(stream(delta("x", "stop"), DONE), stream(PROGRESS, COMPLETE))
    client = connect(server)
    list(world.each(chat(world, client)))
    for _ in range(4):
        assert len(list(world.each(deploy(world, client)))) == 2
    assert world.run(client.endpoints.deploy(task="t", wait=True)).is_live
    assert len(server.peers) == 1


def test_a_stream_ends_at_its_terminal_event(world: World, wire: Serve, connect: Any) -> None:
    """Whether the server closes or not: a moment is given to the rest, then the client hangs up."""
    server = wire(held(PROGRESS, COMPLETE), held(delta("x", "stop"), DONE))
    client = connect(server)
    assert len(list(world.each(deploy(world, client)))) == 2
    assert world.wait(server.peers[-1].gone, 1)
    assert world.run(chat(world, client).completion()).choices[0].message.content == "x"
    assert world.wait(server.peers[-1].gone, 1)


@pytest.mark.parametrize("last", [b"", LAST])
def test_a_truncated_chat_stream_keeps_what_came(world: World, wire: Serve, connect: Any, last: bytes) -> None:
    """An end without `[DONE]` or a finish_reason raises with the partial text."""
    open_one = chat(world, connect(wire(cut(delta("Half an "), delta("ans"), last=last))))
    with pytest.raises(StreamError if last else APIConnectionError) as caught:
        list(world.each(open_one.text))
    if isinstance(caught.value, StreamError):
        assert caught.value.partial == "Half an ans"
    assert caught.value.last_event["choices"][0]["delta"]["content"] == "ans"


def test_an_answer_that_said_it_is_finished_needs_no_done(world: World, wire: Serve, connect: Any) -> None:
    """A finish_reason makes a clean end without `[DONE]` an end."""
    open_one = chat(world, connect(wire(cut(delta("x", "stop"), last=LAST))))
    assert world.run(open_one.completion()).choices[0].message.content == "x"


def test_a_deploy_stream_without_terminal_event_is_an_error(world: World, wire: Serve, connect: Any) -> None:
    """A clean end without `complete` or `error` is a DeployError, in both modes."""
    client = connect(wire(cut(PROGRESS, last=LAST)), max_retries=2)  # It closes, which the next call may meet.
    with pytest.raises(DeployError, match="ended before") as caught:
        list(world.each(deploy(world, client)))
    assert caught.value.last_event["data"]["pct"] == 45
    with pytest.raises(DeployError, match="ended before"):
        world.run(client.endpoints.deploy(task="t", wait=True))


@pytest.mark.parametrize("open_one", [chat, deploy])
def test_a_reset_in_the_middle_is_raised_after_what_came(
    world: World, wire: Serve, connect: Any, open_one: Any
) -> None:
    """The events so far are delivered; then APIConnectionError, with the last of them, and nothing is sent again."""
    step = cut(PROGRESS if open_one is deploy else delta("x"), reset=True)
    server = wire(step)
    events = world.each(open_one(world, connect(server, max_retries=2)))
    first = next(events)
    step.released.set()  # type: ignore[attr-defined]
    with pytest.raises(APIConnectionError) as caught:
        next(events)
    raw = first if isinstance(first, dict) else first.to_dict()
    assert caught.value.last_event == raw
    assert not isinstance(caught.value, APITimeoutError)
    assert len(server.received) == 1


def test_an_error_event_ends_a_deploy_stream(world: World, wire: Serve, connect: Any) -> None:
    """With `wait=False` an `error` event is yielded and is the end; with `wait=True` its message is raised."""
    client = connect(wire(stream(PROGRESS, event({"message": "no capacity"}, "error"), COMPLETE)))
    events = list(world.each(deploy(world, client)))
    assert events[-1] == {"event": "error", "data": {"message": "no capacity"}}
    assert len(events) == 2
    with pytest.raises(DeployError, match="no capacity"):
        world.run(client.endpoints.deploy(task="t", wait=True))


def test_an_error_in_a_chat_stream_is_the_servers_words(world: World, wire: Serve, connect: Any) -> None:
    """An error chunk, and a malformed one, are raised and close the stream."""
    server = wire(
        held(delta("x"), event({"error": {"message": "The model is gone."}})), held(delta("x"), "data: {\n\n")
    )
    client = connect(server)
    for why in ("The model is gone.", "not JSON"):
        with pytest.raises(StreamError, match=why) as caught:
            list(world.each(chat(world, client)))
        assert caught.value.partial == "x"
        assert gone(world, server)


def test_data_that_is_no_object_is_passed_on(world: World, wire: Serve, connect: Any) -> None:
    """Progress is only told: odd data is passed on as a value, unknown events by their name."""
    odd = [event("almost there", "progress"), event([1, 2], "weights"), ": ping\n\n", "retry: 3\n\n"]
    events = list(world.each(deploy(world, connect(wire(stream(*odd, COMPLETE))))))
    assert events[:-1] == [
        {"event": "progress", "data": {"value": "almost there"}},
        {"event": "weights", "data": {"value": [1, 2]}},
    ]


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_anything_but_events_is_refused(world: World, wire: Serve, connect: Any, kind: str) -> None:
    """JSON or HTML where events were due is an error that names the content type."""
    client = connect(wire(answer(b"<html>Sign in</html>", kind=kind)))
    for open_one in (chat, deploy):
        with pytest.raises(APIResponseError, match=f"found {kind}: '<html>Sign in"):
            open_one(world, client)


def test_compressed_events_are_refused(world: World, wire: Serve, connect: Any) -> None:
    """Events in an encoding that was not asked for are an error, not an empty stream."""
    client = connect(wire(stream_head("content-encoding: gzip") + chunk(b"\x1f\x8b") + LAST))
    with pytest.raises(APIResponseError, match="content-encoding 'gzip'"):
        chat(world, client)


def test_a_head_that_is_busy_is_asked_again(world: World, wire: Serve) -> None:
    """429 and 503 before the stream are retried, having waited what was asked."""
    busy = answer({"detail": "busy"}, "429 Too Many Requests", ["Retry-After: 0"])
    server = wire(busy, busy, stream(delta("x", "stop"), DONE))
    assert world.run(chat(world, world.client(server.url)).completion()).choices
    assert len(server.received) == 3
    late = wire(answer({"detail": "busy"}, "429 Too Many Requests", ["Retry-After: 99999999"]))
    with pytest.raises(RateLimitError) as caught:
        chat(world, world.client(late.url))
    assert caught.value.retry_after == 99999999
    assert len(late.received) == 1


def test_silence_ends_a_chat_stream(world: World, wire: Serve, connect: Any) -> None:
    """The read timeout is the idle limit of a chat stream."""
    server = wire(held(delta("x")))
    patient = httpx.Timeout(PATIENCE, read=0.1)
    events = world.each(chat(world, connect(server, timeout=patient)))
    next(events)
    with pytest.raises(APITimeoutError, match="The stream broke") as caught:
        next(events)
    assert caught.value.last_event is not None
    assert gone(world, server)


def test_silence_does_not_end_a_deployment(world: World, wire: Serve, connect: Any) -> None:
    """A deploy stream may be silent for longer than the read timeout, up to its deadline."""
    silence = threading.Event()

    def step(peer: Peer) -> None:
        peer.send(stream_head(), chunk(PROGRESS))
        silence.wait(0.3)
        peer.send(chunk(COMPLETE), LAST)

    assert len(list(world.each(deploy(world, connect(wire(step), timeout=httpx.Timeout(PATIENCE, read=0.1)))))) == 2
    server = wire(held(PROGRESS))
    events = world.each(deploy(world, connect(server).with_options(deadline=0.3)))
    next(events)
    with pytest.raises(APITimeoutError, match="The deploy stream broke"):
        next(events)
    assert gone(world, server)


def test_open_streams_go_on_when_their_client_is_closed(world: World, wire: Serve) -> None:
    """Closing a client closes what is idle; a stream that is open can be read to its end, and is closed then."""
    go = threading.Event()

    def step(peer: Peer) -> None:
        peer.send(stream_head(), chunk(PROGRESS))
        assert go.wait(PATIENCE)
        peer.send(chunk(COMPLETE), LAST)

    server = wire(step)
    client = world.client(server.url)
    events = world.each(deploy(world, client))
    next(events)
    world.close(client)
    go.set()
    assert [event["event"] for event in events] == ["complete"]
    assert gone(world, server)


def test_many_streams_at_once(async_world: AsyncWorld, wire: Serve) -> None:
    """Fifty streams run side by side, each to its own end."""
    server = wire(stream(*[delta(str(number)) for number in range(20)], delta(finish="stop"), DONE))
    client = async_world.client(server.url)

    async def one() -> str:
        open_one = await client.chat.completions.create(model="m", messages=ASK, stream=True)
        return "".join([text async for text in open_one.text])

    async def main() -> list[str]:
        return await asyncio.gather(*(one() for _ in range(50)))

    assert set(async_world.run(main())) == {"".join(map(str, range(20)))}


def test_an_event_cut_at_every_byte_is_the_same(world: World, wire: Serve) -> None:
    """Events do not depend on how the network cuts them."""
    content = (delta("é\u2028ü") + delta(finish="stop") + DONE).encode()
    server = wire(stream_head() + b"".join(chunk(content[at : at + 1]) for at in range(len(content))) + LAST)
    assert world.run(chat(world, world.client(server.url)).completion()).choices[0].message.content == "é\u2028ü"


def test_references_are_not_kept(world: World, wire: Serve) -> None:
    """A finished stream leaves nothing behind that only the garbage collector finds."""
    client = world.client(wire(stream(delta("x", "stop"), DONE)).url)
    open_one = chat(world, client)
    list(world.each(open_one))
    gc.collect()
    assert sys.getrefcount(open_one) == 2
