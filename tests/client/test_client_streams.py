"""Streams over a raw server, sync and async: as they arrive, however they end, and whoever leaves them."""

import asyncio
import gc
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from modes import KEY, AiohttpMode, AsyncioMode, Mode
from wire import DONE, LAST, PATIENCE, Peer, Wire, answer, chunk, delta, event, stream, stream_head

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
from pareta_generated import api

ASK: list[Any] = [{"role": "user", "content": "Hello?"}]
COMPLETE = event({"endpoint": {"id": "ep_1", "status": "live"}}, "complete")
PROGRESS = event({"stage": "pulling weights", "pct": 45}, "progress")
OVER = ["ours", "caller's"]
"""Connections made here, or by an `http_client=`."""
AT_ONCE = 0.2
"""Seconds within which a server sees the hang-up."""
Serve = Callable[..., Wire]


def chat(mode: Mode, client: Any, **options: Any) -> Any:
    """Open a chat stream."""
    return mode.run(client.chat.completions.create(model="m", messages=ASK, stream=True, **options))


def deploy(mode: Mode, client: Any) -> Any:
    """Open a deploy stream."""
    return mode.run(client.endpoints.deploy(task="t"))


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


def gone(mode: Mode, server: Wire) -> bool:
    """Whether the server sees the hang-up at once."""
    return mode.wait(server.peers[-1].gone, AT_ONCE)


def test_an_event_arrives_while_the_server_still_sends(mode: Mode, wire: Serve, connect: Any) -> None:
    """Each event is there before the next is sent: the server sends it only when told."""
    go = threading.Event()

    def step(peer: Peer) -> None:
        peer.send(stream_head(), chunk(PROGRESS))
        assert go.wait(PATIENCE)
        peer.send(chunk(COMPLETE), LAST)

    events = mode.each(deploy(mode, connect(wire(step))))
    assert next(events)["event"] == "progress"
    go.set()
    assert [event["event"] for event in events] == ["complete"]


def test_the_request_asks_for_events(mode: Mode, wire: Serve) -> None:
    """A streaming call accepts events, uncompressed, and says `stream` in its body."""
    server = wire(stream(delta("x", "stop"), DONE))
    list(mode.each(chat(mode, mode.client(server.url))))
    assert server.received[0].headers["accept"] == "text/event-stream"
    assert server.received[0].headers["accept-encoding"] == "identity"
    assert server.received[0].json["stream"] is True


def test_an_error_is_raised_by_the_call_itself(mode: Mode, wire: Serve, connect: Any) -> None:
    """The request goes out when the method is called, so a 401 is raised there."""
    client = connect(wire(answer({"detail": "No key."}, "401 Unauthorized")))
    for open_one in (chat, deploy):
        with pytest.raises(APIStatusError, match="No key"):
            open_one(mode, client)


def test_leaving_the_loop_hangs_up(mode: Mode, wire: Serve, connect: Any) -> None:
    """`break` out of a stream, and the server sees it at once."""
    server = wire(held(PROGRESS))
    for _ in mode.each(deploy(mode, connect(server))):
        break
    assert gone(mode, server)


def test_an_exception_in_the_loop_hangs_up(mode: Mode, wire: Serve, connect: Any) -> None:
    """An exception inside the loop closes the stream, and goes through."""
    server = wire(held(delta("x")))
    open_one = chat(mode, connect(server))

    def fail() -> None:
        for received in mode.each(open_one):
            raise ZeroDivisionError(received)

    with pytest.raises(ZeroDivisionError):
        fail()
    assert gone(mode, server)


def test_leaving_the_text_hangs_up(mode: Mode, wire: Serve, connect: Any) -> None:
    """The same for the loop over `text`."""
    server = wire(held(delta("x")))
    for _ in mode.each(chat(mode, connect(server)).text):
        break
    gc.collect()
    assert gone(mode, server)


def test_leaving_the_context_hangs_up(mode: Mode, wire: Serve, connect: Any) -> None:
    """The end of `with` closes the stream; reading on is an error that says so, buffered events or not."""
    server = wire(held(delta("x") + delta("y")))
    with mode.entered(chat(mode, connect(server))) as open_one:
        assert next(mode.each(open_one)).choices[0].delta.content == "x"
    assert gone(mode, server)
    with pytest.raises(ParetaError, match="closed before its end"):
        list(mode.each(open_one))
    with pytest.raises(ParetaError, match="closed before its end"):
        mode.run(open_one.completion())
    mode.close(open_one)


@pytest.mark.parametrize("begun", [False, True])
def test_dropping_a_stream_hangs_up(mode: Mode, wire: Serve, connect: Any, begun: bool) -> None:
    """A stream that is let go, never iterated or in the middle, is hung up by the garbage collector."""
    server = wire(held(PROGRESS))
    open_one = deploy(mode, connect(server))
    if begun:
        next(iter(mode.each(open_one)))
    del open_one
    gc.collect()
    assert gone(mode, server)


def test_a_stream_in_a_cycle_is_collected(mode: Mode, wire: Serve, connect: Any) -> None:
    """A cycle through the stream does not keep it."""
    server = wire(held(PROGRESS))
    cycle: list[Any] = [deploy(mode, connect(server))]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert gone(mode, server)


@pytest.mark.parametrize("over", OVER)
def test_cancelling_the_reader_hangs_up(async_mode: AsyncioMode, wire: Serve, over: str) -> None:
    """A cancelled task closes the stream that it was waiting for."""
    server = wire(held(PROGRESS))
    own = {"http_client": async_mode.http_client()} if over != "ours" else {}
    client = async_mode.client(server.url, **own)
    reading = anyio.Event()

    async def read() -> None:
        async for _ in await client.endpoints.deploy(task="t"):
            reading.set()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(read)
            with anyio.fail_after(PATIENCE):
                await reading.wait()
            group.cancel_scope.cancel()

    async_mode.run(main())
    assert gone(async_mode, server)


@pytest.mark.parametrize("over", OVER)
def test_cancelling_a_call_hangs_up(async_mode: AsyncioMode, wire: Serve, over: str) -> None:
    """A call that is cancelled while it waits for its head gives its connection up."""
    server = wire(Peer.hold)
    own = {"http_client": async_mode.http_client()} if over != "ours" else {}
    client = async_mode.client(server.url, **own)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.models.list)
            await anyio.to_thread.run_sync(server.await_requests, 1)
            group.cancel_scope.cancel()

    async_mode.run(main())
    assert gone(async_mode, server)


def test_closing_wakes_a_reader(mode: Mode, wire: Serve) -> None:
    """A stream that is closed from elsewhere wakes who reads it, with an error that says so."""
    server = wire(held(PROGRESS))
    client = mode.client(server.url)
    open_one = deploy(mode, client)
    if isinstance(mode, AsyncioMode):

        async def main() -> None:
            assert (await open_one.__anext__())["event"] == "progress"
            caught = []

            async def read() -> None:
                try:
                    await open_one.__anext__()
                except ParetaError as error:
                    caught.append(str(error))

            with anyio.fail_after(PATIENCE):
                async with anyio.create_task_group() as group:
                    group.start_soon(read)
                    await anyio.wait_all_tasks_blocked()
                    await open_one.aclose()
            assert "closed before its end" in caught[0]

        mode.run(main())
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
        while sys._current_frames()[reader.ident].f_code.co_name != "read":  # type: ignore[index]  # Its socket's.
            pass
        open_one.close()
        reader.join(PATIENCE)
        assert "closed before its end" in str(caught[0])
    assert gone(mode, server)


def test_a_response_that_a_hook_has_read_is_off_its_connection(async_mode: AsyncioMode, wire: Serve) -> None:
    """Leaving such a stream neither breaks nor limits the next request of the caller's client there."""
    left = threading.Event()

    def late(peer: Peer) -> None:
        assert left.wait(PATIENCE)
        peer.send(answer({}))

    server = wire(stream(delta("x", "stop"), DONE), late)

    async def hook(response: httpx.Response) -> None:
        await response.aread()

    own = async_mode.http_client(event_hooks={"response": [hook]})
    client = async_mode.client(server.url, http_client=own).with_options(deadline=0.5)

    async def main() -> None:
        open_one = await client.chat.completions.create(model="m", messages=ASK, stream=True)
        statuses = []

        async def get() -> None:
            statuses.append((await own.get(server.url)).status_code)

        async with anyio.create_task_group() as group:
            group.start_soon(get)
            await anyio.to_thread.run_sync(server.await_requests, 2)
            await open_one.aclose()
            left.set()
        assert statuses == [200]

    async_mode.run(main())
    assert len(server.peers) == 1


@pytest.mark.parametrize("over", OVER)
def test_a_stream_outlives_its_loop_without_a_sound(wire: Serve, over: str) -> None:
    """A stream that is dropped when its loop is gone hangs up, or is hung up with it, and warns of nothing."""
    server = wire(held(PROGRESS))

    async def main() -> Any:
        own = {"http_client": httpx.AsyncClient(trust_env=False)} if over != "ours" else {}
        client = AsyncPareta(api_key=KEY, base_url=server.url, **own)
        open_one = await client.endpoints.deploy(task="t")
        assert (await open_one.__anext__())["event"] == "progress"
        if over == "ours":
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


def test_streams_one_after_another_use_one_connection(mode: Mode, wire: Serve, connect: Any) -> None:
    """After the terminal event the rest of the body is read, and the connection used again."""
    server = wire(stream(delta("x", "stop"), DONE), stream(PROGRESS, COMPLETE))
    client = connect(server)
    list(mode.each(chat(mode, client)))
    for _ in range(4):
        assert len(list(mode.each(deploy(mode, client)))) == 2
    assert mode.run(client.endpoints.deploy(task="t", wait=True)).is_live
    assert len(server.peers) == 1


def test_a_stream_ends_at_its_terminal_event(mode: Mode, wire: Serve, connect: Any) -> None:
    """Whether the server closes or not: a moment is given to the rest, then the client hangs up."""
    server = wire(held(PROGRESS, COMPLETE), held(delta("x", "stop"), DONE))
    client = connect(server)
    assert len(list(mode.each(deploy(mode, client)))) == 2
    assert mode.wait(server.peers[-1].gone, 1)
    assert mode.run(chat(mode, client).completion()).choices[0].message.content == "x"
    assert mode.wait(server.peers[-1].gone, 1)


def test_a_terminal_event_ends_a_stream_over_a_transport_of_the_users(mode: Mode) -> None:
    """A transport whose stream does not end is given a moment, or left where nothing could interrupt it."""
    content = (delta("x", "stop") + DONE).encode()
    read_on: list[bool] = []

    async def silent() -> AsyncIterator[bytes]:
        yield content
        await anyio.sleep_forever()

    def endless() -> Iterator[bytes]:
        yield content
        read_on.append(True)

    def handle(_request: httpx.Request) -> httpx.Response:
        body = silent() if isinstance(mode, AsyncioMode) else endless()
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)

    open_one = chat(mode, mode.client("http://localhost:9", transport=httpx.MockTransport(handle)))
    assert len(list(mode.each(open_one))) == 1
    assert read_on == []


def test_the_deadline_ends_a_silent_stream_over_a_transport_of_the_users(async_mode: AsyncioMode) -> None:
    """A deadline holds where the transport knows nothing of it."""

    async def silent() -> AsyncIterator[bytes]:
        yield delta("x").encode()
        await anyio.sleep_forever()

    def handle(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=silent())

    client = async_mode.client("http://localhost:9", transport=httpx.MockTransport(handle))
    open_one = chat(async_mode, client.with_options(deadline=0.1))
    with pytest.raises(APITimeoutError, match="the deadline has passed"):
        list(async_mode.each(open_one))


def test_a_terminal_event_ends_a_stream_over_aiohttp(wire: Serve) -> None:
    """A moment is given to the rest, then the client hangs up; a stream that ends leaves its connection in use."""
    whole = stream(delta("x", "stop"), DONE)
    server = wire(whole, whole, held(delta("x", "stop"), DONE))
    mode = AiohttpMode()
    try:
        client = mode.client(server.url)
        for _ in range(3):
            assert len(list(mode.each(chat(mode, client)))) == 1
        assert mode.wait(server.peers[0].gone, 1)
        assert len(server.peers) == 1
    finally:
        mode.end()


@pytest.mark.parametrize("last", [b"", LAST])
def test_a_truncated_chat_stream_keeps_what_came(mode: Mode, wire: Serve, connect: Any, last: bytes) -> None:
    """An end without `[DONE]` or a finish_reason raises with the partial text."""
    open_one = chat(mode, connect(wire(cut(delta("Half an "), delta("ans"), last=last))))
    with pytest.raises(StreamError if last else APIConnectionError) as caught:
        list(mode.each(open_one.text))
    if isinstance(caught.value, StreamError):
        assert caught.value.partial == "Half an ans"
    assert caught.value.last_event["choices"][0]["delta"]["content"] == "ans"


def test_an_answer_that_said_it_is_finished_needs_no_done(mode: Mode, wire: Serve, connect: Any) -> None:
    """A finish_reason makes a clean end without `[DONE]` an end."""
    open_one = chat(mode, connect(wire(cut(delta("x", "stop"), last=LAST))))
    assert mode.run(open_one.completion()).choices[0].message.content == "x"


def test_a_deploy_stream_without_terminal_event_is_an_error(mode: Mode, wire: Serve, connect: Any) -> None:
    """A clean end without `complete` or `error` is a DeployError, in both modes."""
    client = connect(wire(cut(PROGRESS, last=LAST)), max_retries=2)  # It closes, which the next call may meet.
    with pytest.raises(DeployError, match="ended before") as caught:
        list(mode.each(deploy(mode, client)))
    assert caught.value.last_event["data"]["pct"] == 45
    with pytest.raises(DeployError, match="ended before"):
        mode.run(client.endpoints.deploy(task="t", wait=True))


@pytest.mark.parametrize("open_one", [chat, deploy])
def test_a_reset_in_the_middle_is_raised_after_what_came(mode: Mode, wire: Serve, connect: Any, open_one: Any) -> None:
    """The events so far are delivered; then APIConnectionError, with the last of them, and nothing is sent again."""
    step = cut(PROGRESS if open_one is deploy else delta("x"), reset=True)
    server = wire(step)
    events = mode.each(open_one(mode, connect(server, max_retries=2)))
    first = next(events)
    step.released.set()  # type: ignore[attr-defined]
    with pytest.raises(APIConnectionError) as caught:
        next(events)
    raw = first if isinstance(first, dict) else first.to_dict()
    assert caught.value.last_event == raw
    assert not isinstance(caught.value, APITimeoutError)
    assert len(server.received) == 1


def test_an_error_event_ends_a_deploy_stream(mode: Mode, wire: Serve, connect: Any) -> None:
    """With `wait=False` an `error` event is yielded and is the end; with `wait=True` its message is raised."""
    client = connect(wire(stream(PROGRESS, event({"message": "no capacity"}, "error"), COMPLETE)))
    events = list(mode.each(deploy(mode, client)))
    assert events[-1] == {"event": "error", "data": {"message": "no capacity"}}
    assert len(events) == 2
    with pytest.raises(DeployError, match="no capacity"):
        mode.run(client.endpoints.deploy(task="t", wait=True))


def test_an_error_in_a_chat_stream_is_the_servers_words(mode: Mode, wire: Serve, connect: Any) -> None:
    """An error chunk, and a malformed one, are raised and close the stream."""
    server = wire(
        held(delta("x"), event({"error": {"message": "The model is gone."}})), held(delta("x"), "data: {\n\n")
    )
    client = connect(server)
    for why in ("The model is gone.", "not JSON"):
        with pytest.raises(StreamError, match=why) as caught:
            list(mode.each(chat(mode, client)))
        assert caught.value.partial == "x"
        assert gone(mode, server)


def test_data_that_is_no_object_is_passed_on(mode: Mode, wire: Serve, connect: Any) -> None:
    """Progress is only told: odd data is passed on as a value, unknown events by their name."""
    odd = [event("almost there", "progress"), event([1, 2], "weights"), ": ping\n\n", "retry: 3\n\n"]
    events = list(mode.each(deploy(mode, connect(wire(stream(*odd, COMPLETE))))))
    assert events[:-1] == [
        {"event": "progress", "data": {"value": "almost there"}},
        {"event": "weights", "data": {"value": [1, 2]}},
    ]


def test_a_content_type_that_is_named_twice_is_one(mode: Mode, wire: Serve, connect: Any) -> None:
    """A proxy and a server may both send the header."""
    head = stream_head("content-type: text/event-stream; charset=utf-8")
    client = connect(wire(head + chunk(delta("x", "stop") + DONE) + LAST))
    assert mode.run(chat(mode, client).completion()).choices[0].message.content == "x"


def test_text_comes_from_chunks_of_any_shape(mode: Mode, wire: Serve, connect: Any) -> None:
    """`text` reads content in parts, and passes over what holds no text."""
    parts = event(
        {"choices": [{"index": 0, "delta": {"content": [{"type": "text", "text": "wa"}, {"type": "image"}]}}]}
    )
    odd = [event({"choices": 7}), event({"choices": [None, {"delta": 7}]}), "data:\n\n", event({"t": 1}, "ping")]
    client = connect(wire(stream(delta("Dela"), parts, *odd, delta("re", "stop"), DONE)))
    assert list(mode.each(chat(mode, client).text)) == ["Dela", "wa", "re"]


def test_a_stream_says_what_it_is_and_how_far(mode: Mode, wire: Serve, connect: Any) -> None:
    """The repr of each has its state, what came last, and its request; never the key."""
    client = connect(wire(stream(delta("Dela"), delta("ware", "stop"), DONE), stream(PROGRESS, COMPLETE)))
    seen = []
    for open_one in (chat(mode, client), deploy(mode, client), mode.run(client.call(api.deploy_endpoint(task="t")))):
        seen.append(repr(open_one))
        events = mode.each(open_one)
        next(events)
        seen.append(repr(open_one))
        list(events)
        seen.append(repr(open_one))
    left = deploy(mode, client)
    mode.close(left)
    seen.append(repr(left))
    prefix = "Async" if isinstance(mode, AsyncioMode) else ""
    states = [re.sub(r" \[POST http://127.0.0.1:\d+/v1/[\w/]+, request req_wire\]", "", text) for text in seen]
    assert states == [
        f"<{prefix}{state}>"
        for state in (
            "ChatStream: open, 0 characters",
            "ChatStream: open, 4 characters",
            "ChatStream: ended, 8 characters",
            "DeployStream: open, no event",
            "DeployStream: open, last event 'progress': {'stage': 'pulling weights', 'pct': 45}",
            "DeployStream: ended, last event 'complete': {'endpoint': {…}}",
            "Stream: open, no event",
            "Stream: open, last event 'progress': {'stage': 'pulling weights', 'pct': 45}",
            "Stream: ended, last event 'complete': {'endpoint': {…}}",
            "DeployStream: closed, no event",
        )
    ]


@pytest.mark.parametrize("operation", ["chat", "deploy"])
def test_an_error_in_any_stream_is_raised(mode: Mode, wire: Serve, connect: Any, operation: str) -> None:
    """`client.call` raises it where the document declares no event for it."""
    call: Any = api.create_chat_completion(model="m", messages=ASK, stream=True)
    if operation == "deploy":
        call = api.deploy_endpoint(task="t")
    client = connect(wire(stream("data:\n\n", event({"t": 1}, "ping"), event({"error": {"message": "Busy."}}), DONE)))
    with pytest.raises(APIResponseError, match=r"The server ended the stream: Busy\."):
        list(mode.each(mode.run(client.call(call))))


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_anything_but_events_is_refused(mode: Mode, wire: Serve, connect: Any, kind: str) -> None:
    """JSON or HTML where events were due is an error that names the content type."""
    client = connect(wire(answer(b"<html>Sign in</html>", kind=kind)))
    for open_one in (chat, deploy):
        with pytest.raises(APIResponseError, match=f"found {kind}: '<html>Sign in"):
            open_one(mode, client)


def test_compressed_events_are_refused(mode: Mode, wire: Serve, connect: Any) -> None:
    """Events in an encoding that was not asked for are an error, not an empty stream."""
    client = connect(wire(stream_head("content-encoding: gzip") + chunk(b"\x1f\x8b") + LAST))
    with pytest.raises(APIResponseError, match="content-encoding 'gzip'"):
        chat(mode, client)


def test_a_head_that_is_busy_is_asked_again(mode: Mode, wire: Serve) -> None:
    """429 and 503 before the stream are retried, having waited what was asked."""
    busy = answer({"detail": "busy"}, "429 Too Many Requests", ["Retry-After: 0"])
    server = wire(busy, busy, stream(delta("x", "stop"), DONE))
    assert mode.run(chat(mode, mode.client(server.url)).completion()).choices
    assert len(server.received) == 3
    late = wire(answer({"detail": "busy"}, "429 Too Many Requests", ["Retry-After: 99999999"]))
    with pytest.raises(RateLimitError) as caught:
        chat(mode, mode.client(late.url))
    assert caught.value.retry_after == 99999999
    assert len(late.received) == 1


def test_silence_ends_a_chat_stream(mode: Mode, wire: Serve, connect: Any) -> None:
    """The read timeout is the idle limit of a chat stream."""
    server = wire(held(delta("x")))
    patient = httpx.Timeout(PATIENCE, read=0.1)
    events = mode.each(chat(mode, connect(server, timeout=patient)))
    next(events)
    with pytest.raises(APITimeoutError, match="The stream broke") as caught:
        next(events)
    assert caught.value.last_event is not None
    assert gone(mode, server)


def test_silence_does_not_end_a_deployment(mode: Mode, wire: Serve, connect: Any) -> None:
    """A deploy stream may be silent for longer than the read timeout, up to its deadline."""
    silence = threading.Event()

    def step(peer: Peer) -> None:
        peer.send(stream_head(), chunk(PROGRESS))
        silence.wait(0.3)
        peer.send(chunk(COMPLETE), LAST)

    assert len(list(mode.each(deploy(mode, connect(wire(step), timeout=httpx.Timeout(PATIENCE, read=0.1)))))) == 2
    server = wire(held(PROGRESS))
    client = connect(server).with_options(deadline=0.3)
    for name, how in ((None, r"endpoints\.list\(\)"), ("mine", r"endpoints\.wait_until_live\('mine'\)")):
        events = mode.each(mode.run(client.endpoints.deploy(task="t", name=name)))
        next(events)
        with pytest.raises(APITimeoutError, match=f"The deploy stream broke: the deadline has passed.* goes on.*{how}"):
            next(events)
        assert gone(mode, server)


def test_open_streams_go_on_when_their_client_is_closed(mode: Mode, wire: Serve) -> None:
    """Closing a client closes what is idle; a stream that is open can be read to its end, and is closed then."""
    go = threading.Event()

    def step(peer: Peer) -> None:
        peer.send(stream_head(), chunk(PROGRESS))
        assert go.wait(PATIENCE)
        peer.send(chunk(COMPLETE), LAST)

    server = wire(step)
    client = mode.client(server.url)
    events = mode.each(deploy(mode, client))
    next(events)
    mode.close(client)
    go.set()
    assert [event["event"] for event in events] == ["complete"]
    assert gone(mode, server)


def test_many_streams_at_once(async_mode: AsyncioMode, wire: Serve) -> None:
    """Fifty streams run side by side, each to its own end."""
    server = wire(stream(*[delta(str(number)) for number in range(20)], delta(finish="stop"), DONE))
    client = async_mode.client(server.url)

    texts: list[str] = []

    async def one() -> None:
        open_one = await client.chat.completions.create(model="m", messages=ASK, stream=True)
        texts.append("".join([text async for text in open_one.text]))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(one)

    async_mode.run(main())
    assert texts == ["".join(map(str, range(20)))] * 50


def test_an_event_cut_at_every_byte_is_the_same(mode: Mode, wire: Serve) -> None:
    """Events do not depend on how the network cuts them."""
    content = (delta("é\u2028ü") + delta(finish="stop") + DONE).encode()
    server = wire(stream_head() + b"".join(chunk(content[at : at + 1]) for at in range(len(content))) + LAST)
    assert mode.run(chat(mode, mode.client(server.url)).completion()).choices[0].message.content == "é\u2028ü"


def test_references_are_not_kept(mode: Mode, wire: Serve) -> None:
    """A finished stream leaves nothing behind that only the garbage collector finds."""
    client = mode.client(wire(stream(delta("x", "stop"), DONE)).url)
    open_one = chat(mode, client)
    list(mode.each(open_one))
    gc.collect()
    assert sys.getrefcount(open_one) == 2


def test_a_watch_and_metrics_say_what_they_are(mode: Mode, wire: Serve) -> None:
    """The repr names the endpoint, and how far the watch is."""
    client = mode.client(wire(stream(DONE)).url)
    kind = "" if mode.name == "sync" else "Async"
    watching = mode.run(client.endpoints.attach("ep_1"))
    assert repr(watching) == f"<{kind}DeployWatch of ep_1, not looked at yet>"
    assert repr(client.endpoints.metrics("ep_1")) == f"{kind}Metrics(endpoint_id='ep_1')"
