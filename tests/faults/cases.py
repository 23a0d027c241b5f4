"""The faults, a row each: what the server does, what is called, and what must come of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import zlib
from functools import cache
from typing import Any, Literal

import attrs
import httpx
from wire import DONE, LAST, answer, chunk, delta, event, stream, stream_head

from pareta import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    DeployError,
    EndpointNotReadyError,
    InternalServerError,
    RateLimitError,
    StreamError,
)

from .server import Peer, Step

What = Literal["list", "twice", "wave", "delete", "chat", "deploy", "wait", "leave", "drop", "streams"]
OK = answer({"object": "list", "data": [{"id": "ep_1"}]})
COMPLETE = event({"endpoint": {"id": "ep_1", "status": "live"}}, "complete")
PROGRESS = event({"pct": 45}, "progress")
POISON = answer({"object": "list", "data": [{"id": "poison"}]})
CALL = r"(GET|POST|DELETE) https?://127\.0\.0\.1:\d+/v1/\w+"
AIOHTTP = "AiohttpTransport"
DRIPS = 2.0
"""Seconds that a slow drip takes in all."""


@attrs.frozen(kw_only=True)
class Expected:
    """What must come of a call."""

    raises: type[Exception] | None = None
    says: str = ""
    """What the error's text holds, beside method and URL."""
    value: Any = None
    requests: int = 1
    least: float = 0.0
    most: float = 2.0
    """Seconds that it takes."""
    keeps: bool | None = False
    """Whether the connection is used again; None where either is right."""
    memory: int | None = None
    """By how many MB the process may grow."""
    partial: str | None = None
    last: bool = False
    """Whether the error has a `last_event`."""

    def __str__(self) -> str:
        return self.raises.__name__ if self.raises else "response"


@attrs.frozen(kw_only=True)
class Case:
    """One fault."""

    row: int
    name: str
    script: tuple[Step, ...]
    expected: Expected
    caller: Expected | None = None
    """† With the user's own client, where that is less."""
    weaker: dict[str, Expected] = attrs.field(factory=dict[str, "Expected"])
    """† By the kind of client, where that is less still."""
    limited: bool = False
    """† Whether no client can do more, since httpx does not."""
    call: What = "list"
    options: dict[str, Any] = attrs.field(factory=dict[str, Any])
    deadline: float | None = None
    tls: str | None = None
    """Which certificate the server shows."""
    swap: bool = False
    """Whether the client takes TLS for plain, or plain for TLS."""

    @property
    def has_limits(self) -> bool:
        """† Whether some kind of client, or each, does less than it should."""
        return self.limited or self.caller is not None or bool(self.weaker)

    @property
    def id(self) -> str:
        """Its name, for a test."""
        return f"{self.row}-{self.name}"

    def expect(self, kind: str) -> Expected:
        """Return what must come of it with a kind of client."""
        for name, weaker in self.weaker.items():
            if kind in name.split(" | "):
                return weaker
        return self.caller if self.caller and kind.startswith("httpx") else self.expected


def then(*parts: bytes | str, end: Literal["FIN", "RST", "hold", "cut"] = "FIN", pause: float = 0.0) -> Step:
    """Send these parts and end the connection in a way."""

    async def step(peer: Peer) -> None:
        await peer.send(*(part.encode() if isinstance(part, str) else part for part in parts), pause=pause)
        if end == "hold":
            await peer.hold()
        elif end == "FIN":
            await peer.end()
        elif end == "RST":
            await asyncio.sleep(0.05)  # What was sent is read before it.
            peer.reset()
        else:
            await asyncio.sleep(0.05)
            peer.cut()

    return step


def events(*parts: str, last: bytes = b"", end: Literal["FIN", "RST", "hold"] = "FIN") -> Step:
    """Send events in chunks, and end without the last chunk."""
    return then(stream_head(), *map(chunk, parts), *filter(None, [last]), end=end)


def drip(head: bytes, rest: bytes) -> Step:
    """Send `rest` a byte at a time."""

    async def step(peer: Peer) -> None:
        await peer.send(head)
        await peer.send(*(rest[at : at + 1] for at in range(len(rest))), pause=DRIPS / len(rest))

    return step


def flood(head: bytes, piece: bytes, times: int) -> Step:
    """Send a piece very often."""

    async def step(peer: Peer) -> None:
        await peer.send(head)
        for _ in range(times):
            peer.writer.write(piece)
            await peer.writer.drain()

    return step


@cache
def bomb() -> bytes:
    """Return 200 MB as gzip."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(bytes(1_000_000)) for _ in range(200)) + packing.flush()


def silence(seconds: float, *after: bytes) -> Step:
    """Send progress, say nothing for a while, and go on."""

    async def step(peer: Peer) -> None:
        await peer.send(stream_head(), chunk(PROGRESS))
        await asyncio.sleep(seconds)
        await peer.send(*after)

    return step


async def bombed(peer: Peer) -> None:
    """Answer by a bomb."""
    await peer.send(answer(bomb(), headers=["Content-Encoding: gzip"]))


def redirect(status: str) -> Step:
    """Point to another host, which is this one under another name."""

    async def step(peer: Peer) -> None:
        port = peer.writer.get_extra_info("sockname")[1]
        await peer.send(answer(b"", status, [f"Location: http://localhost:{port}/elsewhere"]))

    return step


def busy(after: str | None, status: str = "429 Too Many Requests") -> bytes:
    """Refuse, and say when to come again."""
    return answer({"detail": "busy"}, status, [f"Retry-After: {after}"] if after is not None else [])


BROKEN = Expected(raises=APIConnectionError, says=r"\(2 attempts\)", requests=2)
REFUSED = Expected(raises=APIConnectionError, says=r"\(2 attempts\)", requests=2, keeps=None)
LATE = Expected(raises=APITimeoutError, says="deadline|no response in time", most=1.2)
TIGHT: dict[str, Any] = {"timeout": httpx.Timeout(5, read=0.2)}
MODELS = Expected(value=["ep_1"], keeps=True)
NO_ANSWER = r"\[200 to GET .*request req_wire\]"


def unreadable(says: str, *, keeps: bool | None = None) -> Expected:
    """Expect an answer of 2xx that is none."""
    return Expected(raises=APIResponseError, says=f"{says}.*{NO_ANSWER}", keeps=keeps)


def _rows_1_to_8() -> list[Case]:
    cut_json = then(answer([1], length=99))
    long_silence = silence(0.5, chunk(COMPLETE), LAST)
    slow_head = (b"HTTP/1.1 200 OK\r\n", b"x-slow: " + b"a" * 50 + b"\r\n" + OK.partition(b"\r\n")[2])
    slow_body = (answer(b"", length=60), b'{"data": []}'.ljust(60))
    return [
        *(
            # † aiohttp repeats a GET once by itself.
            Case(row=1, name=name, script=(step,), expected=BROKEN, weaker={AIOHTTP: attrs.evolve(BROKEN, requests=4)})
            for name, step in (
                ("reset before the response", then(end="RST")),
                ("end before the response", then()),
                ("reset in the headers", then(b"HTTP/1.1 200 OK\r\nx-a", end="RST")),
                ("end in the headers", then(b"HTTP/1.1 200 OK\r\nx-a")),
            )
        ),
        Case(
            row=1,
            name="reset once",
            script=(then(end="RST"), OK),
            expected=attrs.evolve(MODELS, requests=2, keeps=None),
        ),
        Case(row=2, name="body shorter than its length", script=(cut_json,), expected=BROKEN),
        Case(
            row=2,
            name="truncated chunk",
            script=(then(stream_head(kind="application/json"), b"ff\r\n{"),),
            expected=BROKEN,
        ),
        Case(
            row=3,
            name="surplus after whole JSON",
            script=(OK + POISON,),
            expected=Expected(value=["ep_1"]),
            caller=Expected(value=["ep_1"], keeps=None),
        ),
        Case(
            row=3,
            name="surplus after cut JSON",
            script=(answer({"object": "list", "data": []}, length=5) + POISON,),
            expected=unreadable("not JSON", keeps=False),
            caller=unreadable("not JSON"),
            weaker={AIOHTTP: BROKEN},
        ),
        *(
            Case(
                row=4,
                name=f"{call} stream, {name}",
                call=call,
                script=(events(delta("Half") if call == "chat" else PROGRESS, end=end),),
                expected=Expected(
                    raises=APIConnectionError,
                    says="(?s)broke.*request req_wire",
                    last=True,
                    partial="Half" if call == "chat" else None,
                ),
                # † aiohttp drops what it holds when the connection ends.
                weaker={AIOHTTP: Expected(raises=APIConnectionError, says="broke")} if end == "FIN" else {},
            )
            for call in ("chat", "deploy")
            for name, end in (("reset", "RST"), ("no last chunk", "FIN"))
        ),
        Case(
            row=5,
            name="chat ends without [DONE]",
            call="chat",
            script=(events(delta("Half"), last=LAST),),
            expected=Expected(raises=StreamError, says="request req_wire", partial="Half", last=True),
        ),
        Case(
            row=5,
            name="chat ends with [DONE] but no finish_reason",
            call="chat",
            script=(events(delta("Half"), DONE, end="hold"),),
            expected=Expected(raises=StreamError, says="request req_wire", partial="Half", last=True),
        ),
        Case(
            row=5,
            name="chat is finished, without [DONE]",
            call="chat",
            script=(events(delta("Whole", "stop"), last=LAST),),
            expected=Expected(value="Whole", keeps=None),
        ),
        *(
            Case(
                row=5,
                name=f"{call} ends without complete",
                call=call,
                script=(events(PROGRESS, last=LAST),),
                expected=Expected(raises=DeployError, says="request req_wire", last=True),
            )
            for call in ("deploy", "wait")
        ),
        Case(
            row=6,
            name="deploy is silent for long",
            call="deploy",
            script=(long_silence,),
            options=TIGHT,
            expected=Expected(value=["progress", "complete"], keeps=True, least=0.4),
        ),
        Case(
            row=6,
            name="deploy is silent beyond its deadline",
            call="deploy",
            script=(events(PROGRESS, end="hold"),),
            deadline=0.3,
            expected=Expected(raises=APITimeoutError, says="goes on: look for", last=True, least=0.25, most=0.7),
        ),
        Case(
            row=6,
            name="chat is silent",
            call="chat",
            script=(events(delta("Half"), end="hold"),),
            options=TIGHT,
            expected=Expected(raises=APITimeoutError, says="broke", partial="Half", last=True, least=0.15, most=0.7),
        ),
        Case(
            row=7,
            name="says nothing",
            script=(then(end="hold"),),
            options=TIGHT,
            expected=Expected(raises=APITimeoutError, says=r"in time.*\(2 attempts\)", requests=2, least=0.7),
        ),
        Case(
            row=8,
            name="a head byte by byte",
            script=(drip(*slow_head),),
            deadline=0.4,
            expected=attrs.evolve(LATE, least=0.35, most=0.9),
            weaker={
                "httpx.Client | httpx2.Client": attrs.evolve(LATE, least=DRIPS - 0.5, most=DRIPS + 1.5, keeps=None)
            },
        ),
        Case(
            row=8,
            name="a body byte by byte",
            script=(drip(*slow_body),),
            deadline=0.4,
            expected=attrs.evolve(LATE, least=0.35, most=0.9),
        ),
    ]


def _rows_9_to_13() -> list[Case]:
    def coded(content: bytes, encoding: str = "gzip") -> bytes:
        return answer(content, headers=[f"Content-Encoding: {encoding}"])

    odd: list[tuple[str, bytes]] = [
        ("NUL in a header", b"HTTP/1.1 200 OK\r\nx-a: a\x00b\r\n\r\n{}"),
        ("two lengths", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 2\r\n\r\n{}"),
        ("negative length", b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"),
        ("bad chunk size", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        ("no HTTP at all", b"220 mail.example ESMTP\r\n\r\n"),
        ("unasked 101", b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"),
        ("a header of 200 kB", b"HTTP/1.1 200 OK\r\nx-a: " + b"a" * 200_000 + b"\r\ncontent-length: 0\r\n\r\n"),
    ]
    bodies: list[tuple[str, bytes, str]] = [
        ("invalid UTF-8", b"\xff{}", "utf-8"),
        ("NaN", b'{"data": NaN}', "NaN is not JSON"),
        ("1e999", b"1e999", "beyond"),
        ("nested 100,000 deep", b"[" * 100_000, "nested too deep"),
        ("an integer of 5,000 digits", b"1" * 5000, "digits"),
        ("malformed", b'{"data": [', "Expecting"),
        ("empty", b"", "it is empty"),
        ("a list", b"[]", "expected an object"),
        ("null", b"null", "expected an object"),
        ("no list inside", b'{"data": 7}', "expected an array"),
    ]
    refused = attrs.evolve(REFUSED, says=r"/v1/models: .{8,}")
    flooding = flood(answer(b"", "502 Bad Gateway", kind="text/html", length=30_000_000), b"<p>Oh!</p>" * 6_000, 500)
    return [
        Case(row=9, name="invalid gzip", script=(coded(b"no gzip"),), expected=unreadable("damaged")),
        Case(
            row=9,
            name="truncated gzip",
            script=(coded(gzip.compress(OK, mtime=0)[:-4]),),
            expected=unreadable("cut short"),
        ),
        Case(row=9, name="unknown encoding", script=(coded(b"xxxx", "br"),), expected=unreadable("not supported")),
        Case(
            row=10,
            name="a gzip bomb of 200 MB",
            script=(bombed,),
            expected=attrs.evolve(unreadable("longer than 33,554,432 bytes", keeps=None), memory=60, most=10.0),
        ),
        *(Case(row=11, name=name, script=(content,), expected=refused) for name, content in odd),
        *(Case(row=12, name=name, script=(answer(body),), expected=unreadable(says)) for name, body, says in bodies),
        Case(
            row=12,
            name="HTML",
            script=(answer(b"<html>Sign in</html>", kind="text/html; charset=utf-8"),),
            expected=unreadable(r"text/html\): '<html>Sign in</html>'", keeps=True),
        ),
        Case(
            row=13,
            name="HTML with 502",
            script=(answer(b"<html>Oh</html>", "502 Bad Gateway", kind="text/html"),),
            expected=Expected(raises=InternalServerError, says="502 Bad Gateway: <html>Oh", requests=2, keeps=True),
        ),
        Case(
            row=13,
            name="an error body of 30 MB",
            script=(flooding,),
            options={"max_retries": 0},
            expected=Expected(raises=InternalServerError, says="502 Bad Gateway: <p>Oh!", memory=10),
        ),
    ]


def _rows_14_to_18() -> list[Case]:
    text = delta("é") + delta("ü\u2028\u0085") + delta(finish="stop") + DONE
    body = ("\ufeff: ping\n\nretry: 3\n\n" + text.replace("\n", "\r\n")).encode()
    bytewise = stream_head() + b"".join(chunk(body[at : at + 1]) for at in range(len(body))) + LAST
    folded = json.dumps(json.loads(delta("folded", "stop").removeprefix("data: ")), indent=1)
    multiline = "".join(f"data: {line}\r" for line in folded.splitlines()) + "\r"
    line = flood(stream_head() + b"%x\r\ndata: " % (100_000_000 + 6), b"x" * 100_000, 1_000)
    odd: list[tuple[str, str, str]] = [
        ("a malformed chunk", "data: {\n\n", "not JSON"),
        (
            "a flat error and [DONE]",
            event({"object": "error", "message": "The model is gone."}) + DONE,
            "model is gone",
        ),
        ("an error in the data", event({"error": {"message": "The model is gone."}}), "The model is gone"),
        ("an error event", event({"message": "The model is gone."}, "error"), "The model is gone"),
    ]
    return [
        Case(
            row=14,
            name="an error with 200",
            script=(answer({"error": {"message": "The model is gone."}}),),
            expected=unreadable("The response is an error: The model is gone", keeps=True),
        ),
        Case(
            row=14,
            name="an error with 200 instead of chat events",
            call="chat",
            script=(answer({"error": {"message": "The model is gone."}}),),
            expected=Expected(
                raises=APIResponseError,
                says="The response is an error: The model is gone.*request req_wire",
                keeps=True,
            ),
        ),
        *(
            Case(
                row=14,
                name=f"{kind} instead of {call} events",
                call=call,
                script=(answer(b"<html>{}", kind=kind),),
                expected=Expected(raises=APIResponseError, says=f"found {kind}.*request req_wire", keeps=True),
            )
            for call in ("chat", "deploy")
            for kind in ("text/html", "application/json")
        ),
        Case(
            row=15,
            name="a line of 100 MB in a chat",
            call="chat",
            script=(line,),
            expected=Expected(raises=StreamError, says="a line is longer than 8,388,608 bytes", memory=60, most=10.0),
        ),
        Case(
            row=15,
            name="a line of 100 MB in a deployment",
            call="deploy",
            script=(line,),
            expected=Expected(
                raises=APIResponseError, says="a line is longer than 8,388,608 bytes", memory=60, most=10.0
            ),
        ),
        Case(
            row=16,
            name="CRLF, BOM, comments, U+2028, byte by byte",
            call="chat",
            script=(bytewise,),
            expected=Expected(value="éü\u2028\u0085", keeps=True),
        ),
        Case(
            row=16,
            name="CR and data of many lines",
            call="chat",
            script=(stream(multiline, DONE),),
            expected=Expected(value="folded", keeps=True),
        ),
        *(
            Case(
                row=17,
                name=name,
                call="chat",
                script=(events(delta("Half"), content, end="hold"),),
                expected=Expected(raises=StreamError, says=f"{says}.*request req_wire", partial="Half", last=True),
            )
            for name, content, says in odd
        ),
        Case(
            row=18,
            name="data that is no object",
            call="deploy",
            script=(stream(event("almost", "progress"), event([1], "odd"), COMPLETE),),
            expected=Expected(value=["progress", "odd", "complete"], keeps=True),
        ),
        *(
            Case(
                row=18,
                name=f"complete without an endpoint ({call})",
                call=call,
                script=(stream(event({"endpoint": None}, "complete")),),
                expected=Expected(raises=DeployError, says="the event holds no endpoint", last=True, keeps=None),
            )
            for call in ("deploy", "wait")
        ),
    ]


def _rows_19_to_23() -> list[Case]:
    statuses = ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent"]
    waits: list[tuple[str, Expected]] = [
        *(
            (value, Expected(raises=RateLimitError, says="429", keeps=True, most=0.3))
            for value in ("99999999", "1e400", "61")
        ),
        *(
            (value, Expected(raises=RateLimitError, says="429", requests=2, keeps=True, least=0.3))
            for value in ("inf", "nan", "-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT")
        ),
        ("0.2", Expected(raises=RateLimitError, says="429", requests=2, keeps=True, least=0.2, most=0.6)),
    ]
    cold = busy("0.1", "503 Service Unavailable")
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
    no_content = b"HTTP/1.1 204 No Content\r\nx-request-id: req_wire\r\n\r\n"
    return [
        *(
            Case(
                row=19,
                name=f"{status[:3]} to another host",
                script=(redirect(status),),
                call="chat" if status[:3] in {"307", "308"} else "list",
                expected=Expected(
                    raises=APIStatusError,
                    says=r"redirects to http://localhost:\d+/elsewhere. Redirects are not followed: check base_url",
                    keeps=True,
                ),
            )
            for status in statuses
        ),
        *(
            Case(row=20, name=f"Retry-After: {value}", script=(busy(value),), expected=expected)
            for value, expected in waits
        ),
        Case(
            row=21,
            name="429, 429, 200",
            script=(busy("0.1"), busy("0.1"), OK),
            options={"max_retries": 2},
            expected=attrs.evolve(MODELS, requests=3, least=0.2),
        ),
        Case(
            row=21,
            name="cold twice",
            script=(cold, cold, stream(delta("Warm", "stop"), DONE)),
            call="chat",
            options={"max_retries": 2},
            expected=Expected(value="Warm", requests=3, keeps=True, least=0.2),
        ),
        Case(
            row=21,
            name="stopped for good",
            script=(answer({"detail": "Stopped."}, "503 Service Unavailable", ["x-should-retry: false"]),),
            call="chat",
            expected=Expected(
                raises=EndpointNotReadyError, says=r"Stopped\..*request req_wire\].*endpoints\.start", keeps=True
            ),
        ),
        Case(
            row=22,
            name="status 999",
            script=(answer({"detail": "odd"}, "999 Odd"),),
            expected=Expected(raises=APIStatusError, says="999: odd", keeps=True),
        ),
        Case(
            row=22,
            name="204 with a body",
            script=(no_content + b"{}" + POISON,),
            call="delete",
            expected=Expected(),
            caller=Expected(keeps=None),
            weaker={AIOHTTP: BROKEN},
        ),
        Case(row=22, name="100 and 103 before 200", script=(early + OK,), expected=MODELS),
        Case(
            row=23,
            name="idle connection closed",
            script=(then(OK), OK),
            call="twice",
            expected=attrs.evolve(MODELS, requests=2, keeps=None),
        ),
    ]


def _rows_24_to_28() -> list[Case]:
    def untrusted(says: str) -> Expected:
        return Expected(raises=APIConnectionError, says=says, requests=0, keeps=None)

    def abrupt(content: str, kind: str = "application/json") -> Step:
        return then(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nx-request-id: req_wire\r\n\r\n{content}", end="cut")

    def late(_seconds: float = 0.02) -> Step:
        async def step(peer: Peer) -> None:
            await asyncio.sleep(_seconds)
            await peer.send(OK)

        return step

    each: list[tuple[str, str]] = [
        ("wrong host", "not valid for '127.0.0.1'|doesn't match|mismatch"),
        ("unknown authority", "self-signed|unable to get local issuer"),
        ("expired", "expired"),
    ]
    return [
        *(Case(row=24, name=name, script=(OK,), tls=name, expected=untrusted(f"(?i){says}")) for name, says in each),
        Case(
            row=24,
            name="a private authority that is trusted",
            script=(OK,),
            tls="good",
            call="twice",
            expected=attrs.evolve(MODELS, requests=2),
        ),
        Case(row=24, name="TLS to a plain port", script=(OK,), swap=True, expected=untrusted("TLS handshake failed")),
        Case(
            row=24,
            name="plain HTTP to a TLS port",
            script=(OK,),
            tls="good",
            swap=True,
            # † Such a server hangs up without a word, as one that restarts does.
            limited=True,
            expected=untrusted("the server closed it without a response"),
        ),
        Case(
            row=25,
            name="TLS cut, JSON whole",
            script=(abrupt('{"data": [{"id": "ep_1"}]}'),),
            tls="good",
            expected=Expected(value=["ep_1"]),
        ),
        Case(
            row=25,
            name="TLS cut, JSON cut",
            script=(abrupt('{"data": [{"id": "ep_1"'),),
            tls="good",
            expected=unreadable("not JSON", keeps=False),
        ),
        Case(
            row=25,
            name="TLS cut, chat cut",
            script=(abrupt(delta("Half"), "text/event-stream"),),
            tls="good",
            call="chat",
            expected=Expected(raises=StreamError, partial="Half", last=True),
        ),
        Case(
            row=26,
            name="500 calls at once, cold",
            script=(late(),),
            call="wave",
            options={"timeout": 30, "max_retries": 0},
            expected=Expected(value=500, requests=500, keeps=None, most=20.0),
            caller=Expected(value=100, requests=100, keeps=None, most=30.0),
        ),
        Case(
            row=27,
            name="break",
            script=(events(PROGRESS, end="hold"),),
            call="leave",
            expected=Expected(value="progress"),
        ),
        Case(
            row=27,
            name="dropped, never iterated",
            script=(events(PROGRESS, end="hold"),),
            call="drop",
            expected=Expected(),
        ),
        Case(
            row=28,
            name="10 streams, one connection",
            script=(stream(PROGRESS, COMPLETE),),
            call="streams",
            expected=Expected(value=10, requests=10, keeps=True),
        ),
    ]


CASES: tuple[Case, ...] = (
    *_rows_1_to_8(),
    *_rows_9_to_13(),
    *_rows_14_to_18(),
    *_rows_19_to_23(),
    *_rows_24_to_28(),
)
PLACE = re.compile(CALL)
