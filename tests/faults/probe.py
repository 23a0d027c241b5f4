"""Calls a faulty server through one kind of client, and says what came of it."""

from __future__ import annotations

import gc
import os
import re
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import anyio
import attrs
import authority
from modes import KEY, AiohttpMode, AsyncioMode, Mode, SyncMode, TrioMode
from stopwatch import Stopwatch

from pareta import ParetaError

from .cases import PLACE, Case, Expected
from .server import FaultServer

CLIENTS: dict[str, type[Mode]] = {
    "sync": SyncMode,
    "asyncio": AsyncioMode,
    "trio": TrioMode,
    "AiohttpTransport": AiohttpMode,
    "httpx.Client": SyncMode,
    "httpx.AsyncClient": AsyncioMode,
    "httpx2.Client": SyncMode,
    "httpx2.AsyncClient": AsyncioMode,
}
"""The default client, sync and async, one over aiohttp's transport, and those over the user's own HTTP client."""
ASK: list[Any] = [{"role": "user", "content": "Hello?"}]
PATIENCE = 20.0
"""Seconds after which a call that hangs is broken off."""


LONGEST_TEXT = 1_500
AT_ONCE = 0.5
"""Seconds within which a server sees the hang-up, on a busy machine."""


@attrs.define
class Seen:
    """What came of a call."""

    value: Any = None
    error: BaseException | None = None
    partial: str = ""
    requests: int = 0
    seconds: float = 0.0
    own_seconds: float = 0.0
    """Those, but for the ones in which others had the machine."""
    memory: float = 0.0
    """By how many MB the process grew, at its most."""
    hung_up: bool = False
    """Whether the connections of the call were closed at once."""
    connections: int = 0
    """How many there were, a sound call after it included."""
    next: str = ""
    """What the sound call after it got, `sound` where all is well."""

    def __str__(self) -> str:
        return type(self.error).__name__ if self.error else "response"


@contextmanager
def serving(case: Case) -> Iterator[FaultServer]:
    """Serve a case."""
    context: ssl.SSLContext | None = None
    if case.tls is not None:
        shown = {"wrong host": ("elsewhere.example",)}.get(case.tls, ("127.0.0.1",))
        by = "theirs" if case.tls == "unknown authority" else "ours"
        context = authority.serving(*shown, by=by, expired=case.tls == "expired")
    server = FaultServer(*case.script, tls=context)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def trusted(folder: Path) -> Iterator[None]:
    """Let clients that are made here trust the authority."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(authority.write_trust(folder))
    try:
        yield
    finally:
        del os.environ["SSL_CERT_FILE"]
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before


def url_of(case: Case, server: FaultServer) -> str:
    """Return the base URL that a client of the case is given."""
    if not case.swap:
        return server.url
    return server.url.replace("https:", "http:") if case.tls else server.url.replace("http:", "https:")


def probe(case: Case, kind: str) -> Seen:
    """Run a case with one kind of client."""
    mode = CLIENTS[kind]()
    expected = case.expect(kind)
    seen = Seen()
    try:
        with serving(case) as server:
            options: dict[str, Any] = {"timeout": 5, "max_retries": 1, **case.options}
            if kind.startswith("httpx"):
                verify = authority.trusting() if case.tls else False
                options["http_client"] = mode.http_client(kind.partition(".")[0], verify=verify)
            client = mode.client(url_of(case, server), **options)
            used = client.with_options(deadline=case.deadline) if case.deadline else client
            if expected.memory is not None:
                _warm(mode)
            with _watched(server), Growth(measured=expected.memory is not None) as growth:
                with Stopwatch() as watch:
                    try:
                        seen.value = perform(case.call, mode, used, seen)
                    except Exception as error:  # Whatever comes out is what is looked at.
                        seen.error = error
                seen.seconds, seen.own_seconds = watch.clock, watch.own
            seen.memory = growth.megabytes
            seen.requests = len(server.requests)
            seen.hung_up = expected.keeps is False and all(mode.wait(peer.gone, AT_ONCE) for peer in server.peers)
            server.heal()
            if not case.swap and case.tls in {None, "good"}:
                # A connection that just ended may be met by this call: as any caller's, it is tried again.
                again = client.with_options(max_retries=1, timeout=5)
                with _watched(server), suppress(Exception):
                    seen.next = mode.run(again.models.list()).data[0].id
            seen.connections = len(server.peers)
    finally:
        mode.end()
    return seen


def perform(call: str, mode: Mode, client: Any, seen: Seen) -> Any:  # noqa: C901, PLR0911  # A table.
    """Make the call of a case."""
    match call:
        case "list":
            return [model.id for model in mode.run(client.models.list())]
        case "twice":
            mode.run(client.models.list())
            time.sleep(0.05)
            return [model.id for model in mode.run(client.models.list())]
        case "wave":
            return _wave(mode, client)
        case "delete":
            return mode.run(client.endpoints.delete("x"))
        case "chat":
            stream = mode.run(client.chat.completions.create(model="m", messages=ASK, stream=True))
            for text in mode.each(stream.text):
                seen.partial += text
            return seen.partial
        case "wait":
            return mode.run(client.endpoints.deploy(task="t", wait=True)).id
        case "streams":
            return sum(bool(list(mode.each(mode.run(client.endpoints.deploy(task="t"))))) for _ in range(10))
        case "drop":
            stream = mode.run(client.endpoints.deploy(task="t"))
            del stream
            gc.collect()
            return None
        case "leave":
            for event in mode.each(mode.run(client.endpoints.deploy(task="t"))):
                return event["event"]
    return [event["event"] for event in mode.each(mode.run(client.endpoints.deploy(task="t")))]


def _wave(mode: Mode, client: Any) -> int:
    """Make 500 calls at once, as far as the mode goes; return how many succeed.

    † httpx's own pool takes ever longer the more calls wait in it: with the user's client there are 100.
    """
    count = 100 if client._settings.http_client is not None else 500
    if not isinstance(mode, AsyncioMode):
        with ThreadPoolExecutor(100) as pool:
            return sum(pool.map(lambda _: len(client.models.list()), range(count)))

    found: list[int] = []

    async def one() -> None:
        found.append(len(await client.models.list()))

    async def main() -> int:
        async with anyio.create_task_group() as group:
            for _ in range(count):
                group.start_soon(one)
        return sum(found)

    return int(mode.run(main()))


def complaints(case: Case, kind: str, seen: Seen) -> list[str]:
    """Say in what `seen` differs from what must be; nothing where all is well."""
    expected = case.expect(kind)
    found = list(_of_outcome(expected, seen))
    if seen.requests != expected.requests:
        found.append(f"{seen.requests} requests, not {expected.requests}")
    if seen.seconds < expected.least or seen.own_seconds > expected.most:
        found.append(
            f"{seen.seconds:.2f} s, {seen.own_seconds:.2f} of its own, not {expected.least} to {expected.most}"
        )
    if expected.memory is not None and seen.memory > expected.memory:
        found.append(f"grew by {seen.memory:.0f} MB, beyond {expected.memory}")
    if case.tls in {None, "good"} and not case.swap:
        if seen.next != "sound" and (case.caller is None or not kind.startswith("httpx")):
            found.append(f"the next call got {seen.next or 'nothing'}")
        if expected.keeps is True and seen.connections != 1 and case.call != "wave":
            found.append(f"{seen.connections} connections for what one can carry")
    if expected.keeps is False and not seen.hung_up:
        found.append("the server saw no hang-up")
    return found


def _of_outcome(expected: Expected, seen: Seen) -> Iterator[str]:
    if expected.raises is not None:
        yield from _of_error(expected, expected.raises, seen)
    elif seen.error is not None:
        yield f"{type(seen.error).__name__}: {seen.error}"
    elif seen.value != expected.value:
        yield f"{seen.value!r}, not {expected.value!r}"


def _of_error(expected: Expected, kind: type[Exception], seen: Seen) -> Iterator[str]:
    error, text = seen.error, str(seen.error)
    if error is None:
        yield f"answered {seen.value!r}"
        return
    wrong = {
        f"{type(error).__name__} escaped": not isinstance(error, ParetaError),
        f"{type(error).__name__}, not {kind.__name__}": kind not in {type(error), type(error).__base__},
        "the text names no call": not PLACE.search(text),
        f"the text does not say {expected.says!r}": not re.search(expected.says, text),
        f"a text of {len(text)} characters": len(text) > LONGEST_TEXT,
        "the key is shown": KEY in f"{text}{error!r}{vars(error)}",
        "there is no last_event": expected.last and not getattr(error, "last_event", None),
        f"delivered {seen.partial!r}": expected.partial is not None and seen.partial != expected.partial,
        "the partial text is not in the error": seen.partial != getattr(error, "partial", seen.partial),
    }
    yield from (f"{what}: {text}" for what, is_so in wrong.items() if is_so)


@contextmanager
def _watched(server: FaultServer) -> Iterator[None]:
    """Break everything off when a call hangs, so that it is seen as slow and not for ever."""
    timer = threading.Timer(PATIENCE, server.break_all)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _warm(mode: Mode) -> None:
    """Make a call elsewhere, so that the modules that the first one loads do not count as growth."""
    server = FaultServer()
    server.heal()
    try:
        mode.run(mode.client(server.url).models.list())
    finally:
        server.close()


class Growth:
    """By how much this process grows at its most, in MB; 0 where the system cannot say."""

    def __init__(self, *, measured: bool) -> None:
        self._measured = measured
        self.megabytes = 0.0

    def __enter__(self) -> Self:
        if not self._measured:
            return self
        gc.collect()
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # The peak is counted from here.
        self._before = _status("VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        if self._measured:
            self.megabytes = max(_status("VmHWM") - self._before, 0) / 1024


def _status(name: str) -> int:
    if not sys.platform.startswith("linux"):
        return 0
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
