"""`python -m pareta.sandbox`: run the sandbox on a fixed port, until Ctrl-C."""

import argparse
import asyncio
import errno
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from pareta.sandbox._demo import start_traffic
from pareta.sandbox._settings import DEFAULT_BALANCE, DEFAULT_UPSTREAM_TIMEOUT, EngineName, SandboxSettings, Upstream
from pareta.sandbox._thread import import_server

if TYPE_CHECKING:
    from pareta.sandbox._platform import Platform
    from pareta.sandbox._server import SandboxServer

_DEFAULT_PORT = 8700
_UPSTREAM_KEY = "PARETA_SANDBOX_UPSTREAM_KEY"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
    except ValueError as error:
        return _fail(f"--pace, --balance, --latency or --cors cannot be used: {error.args[0]}")
    try:
        server_module = import_server()
        bound = server_module.bind(options.host, options.port)
    except ImportError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(_bind_error(error, options.host, options.port))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)

    async def serve() -> None:
        def ready() -> None:
            _greet(server.platform)
            if options.demo:
                start_traffic(server.platform.base_url, server.platform.api_key)

        server: SandboxServer = server_module.SandboxServer(settings, bound, on_ready=ready)

        def stop(_: int, __: FrameType | None) -> None:
            server.stop()

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, stop)
        await server.serve_until_stopped()

    try:
        asyncio.run(serve())
    except (ValueError, OSError) as error:
        bound.close()
        return _fail(str(error))
    return 0


def _settings(options: argparse.Namespace) -> SandboxSettings:
    upstream = None
    if options.upstream is not None:
        key = options.upstream_key or os.environ.get(_UPSTREAM_KEY)
        upstream = Upstream(
            url=options.upstream, key=key, model=options.upstream_model, timeout=options.upstream_timeout
        )
    return SandboxSettings(
        seed=options.seed,
        pace=options.pace,
        balance=options.balance,
        clock=options.clock,
        state=options.state,
        latency=options.latency,
        engine=_engine(options.engine),
        upstream=upstream,
        allow_hosts=options.allow_host,
        cors=options.cors,
    )


def _engine(words: list[str]) -> "EngineName | Path":
    match words:
        case ["extractive" | "echo" as name]:
            return "echo" if name == "echo" else "extractive"
        case ["script", file]:
            return Path(file)
        case _:
            raise SystemExit("--engine must be `extractive`, `echo`, or `script FILE`.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pareta.sandbox", description="Run a local server of the Pareta API, until Ctrl-C."
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to bind (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=_DEFAULT_PORT, help="the port to bind; 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a further host to answer for, such as host.docker.internal",
    )
    parser.add_argument(
        "--cors",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="an origin whose pages may call this, such as http://localhost:5173; * for any",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="the seed of the ids and the API key (default: %(default)s)"
    )
    parser.add_argument(
        "--pace", type=float, default=1.0, help="a factor on every wait; 0 for no waits (default: %(default)s)"
    )
    parser.add_argument(
        "--balance", type=int, default=DEFAULT_BALANCE, help="the initial balance in micro-USD (default: %(default)s)"
    )
    parser.add_argument(
        "--clock",
        choices=("fixed", "real"),
        default="real",
        help="real: the machine's time; fixed: the same start time in every run (default: %(default)s)",
    )
    parser.add_argument("--state", metavar="FILE", help="keep the state in a file (default: in memory)")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="MS", help="milliseconds to add to every response (default: 0)"
    )
    parser.add_argument(
        "--engine",
        nargs="+",
        default=["extractive"],
        metavar="ENGINE",
        help="generates chat answers: extractive quotes the prompt, echo repeats it, or script FILE"
        " (default: extractive)",
    )
    parser.add_argument(
        "--upstream", metavar="URL", help="an OpenAI-compatible server that answers chats instead of the engine"
    )
    parser.add_argument("--upstream-key", metavar="KEY", help=f"the upstream's API key (default: ${_UPSTREAM_KEY})")
    parser.add_argument("--upstream-model", metavar="ID", help="the upstream's model (default: the first it lists)")
    parser.add_argument(
        "--upstream-timeout",
        type=float,
        default=DEFAULT_UPSTREAM_TIMEOUT,
        metavar="SECONDS",
        help="the upstream's read timeout (default: %(default)s)",
    )
    parser.add_argument("--demo", action="store_true", help="deploy two models and send them traffic, to have some")
    return parser


def _greet(platform: "Platform") -> None:
    sys.stdout.write(
        f"Pareta sandbox at {platform.base_url}\n\n"
        f"    export PARETA_BASE_URL={platform.base_url}\n"
        f"    export PARETA_API_KEY={platform.api_key}\n\n"
        f"Try it:\n\n"
        f'    curl -H "Authorization: Bearer $PARETA_API_KEY" $PARETA_BASE_URL/v1/models\n\n'
        "Press Ctrl-C to stop.\n"
    )
    sys.stdout.flush()


def _bind_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken. Choose another: --port 0 takes a free one."
    return f"Cannot bind {host}:{port}: {error.strerror or error}"


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
