"""A proxy in a process of its own: `python proxy.py [--socks] [--as user:password] [--tls FILE]`.

It prints its port, then each request. It forwards plain HTTP by its absolute URL, and tunnels by CONNECT, or by
SOCKS5; of what goes through a tunnel it sees nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


class Proxy:
    """What it does with a connection."""

    def __init__(self, credentials: str | None) -> None:
        token = base64.b64encode(credentials.encode()).decode() if credentials else None
        self._wanted = f"proxy-authorization: basic {token}".lower() if token else None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one request, or tunnel."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        lines = head.split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        print(method, target, flush=True)  # noqa: T201
        if self._wanted and self._wanted not in head.lower():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        to = urlsplit(f"//{target}" if method == "CONNECT" else target)
        upstream_reader, upstream = await asyncio.open_connection(to.hostname, to.port or 80)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            kept = [line for line in lines[1:-2] if not line.lower().startswith(("proxy-", "connection:"))]
            path = to.path + (f"?{to.query}" if to.query else "")
            upstream.write("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "connection: close", "", ""]).encode())
        await asyncio.gather(_pump(reader, upstream), _pump(upstream_reader, writer))


class Socks:
    """The same over SOCKS5."""

    def __init__(self, credentials: str | None) -> None:
        self._credentials = credentials

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tunnel."""

        async def say(*data: int) -> None:
            writer.write(bytes(data))
            await writer.drain()

        async def counted() -> bytes:
            return await reader.readexactly((await reader.readexactly(1))[0])

        method = 2 if self._credentials else 0
        try:
            await reader.readexactly(1)
            if method not in await counted():
                await say(5, 255)
                return
            await say(5, method)
            if method:
                await reader.readexactly(1)
                right = f"{(await counted()).decode()}:{(await counted()).decode()}" == self._credentials
                await say(1, 0 if right else 1)
                if not right:
                    return
            kind = (await reader.readexactly(4))[3]
            if kind == 3:
                host = (await counted()).decode()
            else:
                size, family = (4, socket.AF_INET) if kind == 1 else (16, socket.AF_INET6)
                host = socket.inet_ntop(family, await reader.readexactly(size))
            port = int.from_bytes(await reader.readexactly(2))
            print("SOCKS", host, port, flush=True)  # noqa: T201
            try:
                upstream_reader, upstream = await asyncio.open_connection(host, port)
            except OSError:
                await say(5, 5, 0, 1, 0, 0, 0, 0, 0, 0)
                return
            await say(5, 0, 0, 3, 5, *b"proxy", 0, 0)
            await asyncio.gather(_pump(reader, upstream), _pump(upstream_reader, writer))
        finally:
            writer.close()


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socks", action="store_true")
    parser.add_argument("--as", dest="credentials")
    parser.add_argument("--tls")
    options = parser.parse_args()
    context = None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls)
    kind = Socks if options.socks else Proxy
    server = await asyncio.start_server(kind(options.credentials).serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


class Running:
    """The proxy's process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def requests(self) -> list[str]:
        """End it, and return what went through: method and target of each."""
        self._process.terminate()
        return self._process.communicate(timeout=10)[0].splitlines()


@contextmanager
def running(credentials: str | None = None, *, socks: bool = False, tls: Path | None = None) -> Iterator[Running]:
    """Run it; `tls` is the file of its key and certificate."""
    command = [sys.executable, str(Path(__file__))]
    command += ["--socks"] * socks
    command += ["--as", credentials] if credentials else []
    command += ["--tls", str(tls)] if tls else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_main())
