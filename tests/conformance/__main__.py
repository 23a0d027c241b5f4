"""`python -m tests.conformance`: check the SDK. Exit status: 0 passed, 1 failed, 2 usage error."""

from __future__ import annotations

import argparse
import os
import sys

from pareta.contract import _terminal
from pareta.contract.__main__ import count

from ._sdk_run import PARTS, check_sdk


def main() -> int:
    """Run, print the report, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance", description="Check that the SDK conforms to the OpenAPI document."
    )
    parser.add_argument("parts", nargs="*", help=f"the parts to run: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--examples", type=count, default=os.environ.get("EXAMPLES", "25"), metavar="N")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    parts: list[str] = options.parts or list(PARTS)
    if not set(parts) <= set(PARTS):
        parser.error(f"unknown part; choose from {', '.join(PARTS)}")
    report = check_sdk(examples=options.examples, seed=options.seed, parts=parts)
    sys.stdout.write(_terminal.render(report, colours=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
