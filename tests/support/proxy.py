"""A forwarding proxy in a process of its own: `python proxy.py [user:password]`. It prints its port, then each request.

It forwards plain HTTP by its absolute URL, and tunnels by CONNECT; of what goes through a tunnel it sees nothing.
"""

from __future__ import annotations

import asyncio
import base64
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


async def _main(credentials: str | None) -> None:
    server = await asyncio.start_server(Proxy(credentials).serve, "127.0.0.1", 0)
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
def running(credentials: str | None = None) -> Iterator[Running]:
    """Run it."""
    command = [sys.executable, str(Path(__file__)), *([credentials] if credentials else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1] if len(sys.argv) > 1 else None))
