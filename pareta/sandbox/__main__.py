"""`python -m pareta.sandbox`: the sandbox on a fixed port, until Ctrl-C."""

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

from pareta.sandbox._settings import DEFAULT_BALANCE, DEFAULT_PATIENCE, EngineName, Settings, Upstream
from pareta.sandbox._thread import import_server

if TYPE_CHECKING:
    from pareta.sandbox._platform import Platform
    from pareta.sandbox._server import SandboxServer

_DEFAULT_PORT = 8700
_UPSTREAM_KEY = "PARETA_SANDBOX_UPSTREAM_KEY"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
    except ValueError as error:
        return _fail(f"--pace, --balance and --latency must not be negative: {error.args[0]}")
    try:
        server_module = import_server()
        bound = server_module.bind(options.host, options.port)
    except ImportError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(_why_not_bound(error, options.host, options.port))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)

    async def serve() -> None:
        server: SandboxServer = server_module.SandboxServer(settings, bound, on_ready=lambda: _greet(server.platform))

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


def _settings(options: argparse.Namespace) -> Settings:
    upstream = None
    if options.upstream is not None:
        key = options.upstream_key or os.environ.get(_UPSTREAM_KEY)
        upstream = Upstream(
            url=options.upstream, key=key, model=options.upstream_model, patience=options.upstream_timeout
        )
    return Settings(
        seed=options.seed,
        pace=options.pace,
        balance=options.balance,
        clock=options.clock,
        state=options.state,
        latency=options.latency,
        engine=_engine(options.engine),
        upstream=upstream,
    )


def _engine(words: list[str]) -> "EngineName | Path":
    match words:
        case ["extractive" | "echo" as name]:
            return "echo" if name == "echo" else "extractive"
        case ["script", file]:
            return Path(file)
        case _:
            raise SystemExit("--engine takes `extractive`, `echo`, or `script FILE`.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pareta.sandbox", description="Serve the platform on this machine, until Ctrl-C."
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to bind (default: %(default)s)")
    parser.add_argument("--port", type=int, default=_DEFAULT_PORT, help="0 for a free one (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="what ids and the key follow from (default: %(default)s)")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="a factor on every wait; 0 waits for nothing (default: %(default)s)"
    )
    parser.add_argument(
        "--balance", type=int, default=DEFAULT_BALANCE, help="the balance in micro-USD (default: %(default)s)"
    )
    parser.add_argument(
        "--clock",
        choices=("fixed", "real"),
        default="real",
        help="the machine's time, or one that starts alike in every run (default: %(default)s)",
    )
    parser.add_argument("--state", metavar="FILE", help="keep the state in a file (default: in memory)")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="MS", help="milliseconds added to every answer (default: none)"
    )
    parser.add_argument(
        "--engine",
        nargs="+",
        default=["extractive"],
        metavar="ENGINE",
        help="what answers chats: extractive quotes the prompt, echo repeats it, or script FILE (default: extractive)",
    )
    parser.add_argument(
        "--upstream", metavar="URL", help="a server that speaks OpenAI's protocol, to answer chats instead"
    )
    parser.add_argument(
        "--upstream-key", metavar="KEY", help=f"the API key for that server (default: what {_UPSTREAM_KEY} holds)"
    )
    parser.add_argument("--upstream-model", metavar="ID", help="the model to ask there (default: its first)")
    parser.add_argument(
        "--upstream-timeout",
        type=float,
        default=DEFAULT_PATIENCE,
        metavar="SECONDS",
        help="how long it may be silent (default: %(default)s)",
    )
    return parser


def _greet(platform: "Platform") -> None:
    print(  # noqa: T201 - it is what the command is for.
        f"Pareta sandbox at {platform.base_url}\n\n"
        f"    export PARETA_BASE_URL={platform.base_url}\n"
        f"    export PARETA_API_KEY={platform.api_key}\n\n"
        f"Try it:\n\n"
        f'    curl -H "Authorization: Bearer $PARETA_API_KEY" $PARETA_BASE_URL/v1/models\n\n'
        "Ctrl-C stops it.",
        flush=True,
    )


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken. Choose another: --port 0 takes a free one."
    return f"{host}:{port} cannot be bound: {error.strerror or error}"


def _fail(message: str) -> int:
    print(message, file=sys.stderr)  # noqa: T201 - it is what the command is for.
    return 1


if __name__ == "__main__":
    sys.exit(main())
