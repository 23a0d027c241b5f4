"""`python -m pareta.contract [URL]`: hold a server against the document. 0: all is well, 1: it is not, 2: usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

_DESCRIPTION = """\
Hold a server against the Pareta API's document and its meaning. Without URL a sandbox of its own is held.

What would deploy, ask, stop or delete on another server is skipped unless writes are allowed. Then it makes endpoints
of its own, which are billed, and removes them; it never changes one that it did not make.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite and print its report; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.url is not None:
        url: str = options.url
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            parser.error(f"URL must begin with http:// or https://, not {url!r}")
        if not options.api_key:
            parser.error("a server needs a key: set PARETA_API_KEY, or give --api-key KEY")
    try:
        from . import Settings, Unreachable, _html, _junit, _terminal, hold  # noqa: PLC0415  # It needs the extra.
    except ImportError as error:
        return _fail(str(error))
    settings = Settings(examples=options.examples, seed=options.seed, allow_writes=options.allow_writes)
    try:
        report = hold(options.url, api_key=options.api_key, settings=settings)
    except Unreachable as error:
        return _fail(f"The server cannot be held: {error}")
    except ImportError as error:
        return _fail(str(error))
    for path, render in ((options.junit, _junit.render), (options.html, _html.render)):
        if path is not None:
            try:
                path.write_text(render(report), encoding="utf-8")
            except OSError as error:
                return _fail(f"{path} cannot be written: {error.strerror}")
    sys.stdout.write(_terminal.render(report, colours=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 0 if report.ok else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pareta.contract",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", nargs="?", metavar="URL", help="the server, such as https://api.pareta.ai")
    parser.add_argument(
        "--api-key", default=os.environ.get("PARETA_API_KEY", "").strip(), help="default: $PARETA_API_KEY"
    )
    parser.add_argument(
        "--allow-writes",
        action="store_true",
        default=os.environ.get("ALLOW_WRITES") == "1",
        help="deploy, ask, stop and delete too (or ALLOW_WRITES=1)",
    )
    parser.add_argument(
        "--examples",
        type=count,
        default=os.environ.get("EXAMPLES", "25"),
        metavar="N",
        help="how many requests to make up for each operation and phase (or EXAMPLES=N; default: 25)",
    )
    parser.add_argument("--seed", type=int, default=7, help="what they follow from (default: %(default)s)")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write a JUnit report")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page to read")
    return parser


def count(text: str) -> int:
    """Read a number of examples."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"it must be a whole number of 1 or more, not {text!r}")
    return int(text)


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
