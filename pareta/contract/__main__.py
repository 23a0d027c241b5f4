"""`python -m pareta.contract [URL]`: check a server. Exit status: 0 passed, 1 failed, 2 usage error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

_DESCRIPTION = """\
Check that a server conforms to the OpenAPI document of the Pareta API. Without URL, start a sandbox and check it.

By default, another server receives only reads. With --allow-writes the suite deploys its own endpoints, which are
billed, and deletes them at the end. It never changes an endpoint that it did not create.
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
            parser.error("a server needs a key: set PARETA_API_KEY, or give --api-key KEY_PLACEHOLDER")
    try:
        from . import SuiteSettings, UnreachableError, _html, _junit, _terminal, check  # needs the extra
    except ImportError as error:
        return _fail(str(error))
    settings = SuiteSettings(examples=options.examples, seed=options.seed, allow_writes=options.allow_writes)
    try:
        report = check(options.url, api_key=options.api_key, settings=settings)
    except UnreachableError as error:
        return _fail(f"Cannot check the server: {error}")
    except ImportError as error:
        return _fail(str(error))
    for path, render in ((options.junit, _junit.render), (options.html, _html.render)):
        if path is not None:
            try:
                path.write_text(render(report), encoding="utf-8")
            except OSError as error:
                return _fail(f"Cannot write {path}: {error.strerror}")
    sys.stdout.write(_terminal.render(report, colours=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 0 if report.ok else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pareta.contract",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", nargs="?", metavar="URL", help="the server to check, such as https://api.pareta.ai")
    parser.add_argument(
        "--api-key", default=os.environ.get("PARETA_API_KEY", "").strip(), help="the API key (default: $PARETA_API_KEY)"
    )
    parser.add_argument(
        "--allow-writes",
        action="store_true",
        default=os.environ.get("ALLOW_WRITES") == "1",
        help="also deploy, complete, stop and delete (or ALLOW_WRITES=1)",
    )
    parser.add_argument(
        "--examples",
        type=count,
        default=os.environ.get("EXAMPLES", "25"),
        metavar="N",
        help="requests to generate for each operation and phase (or EXAMPLES=N; default: 25)",
    )
    parser.add_argument("--seed", type=int, default=7, help="the seed of the generator (default: %(default)s)")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write a JUnit report")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write an HTML report")
    return parser


def count(text: str) -> int:
    """Parse a positive integer."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a positive integer, not {text!r}")
    return int(text)


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
