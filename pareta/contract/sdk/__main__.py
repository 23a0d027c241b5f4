"""`python -m pareta.contract.sdk`: hold the SDK against the document. 0: all is well, 1: it is not."""

from __future__ import annotations

import os
import sys

from .. import _terminal
from ._run import hold_sdk


def main() -> int:
    """Run, print the report, and return the exit status."""
    report = hold_sdk(examples=int(os.environ.get("EXAMPLES", "25")))
    sys.stdout.write(_terminal.render(report, colours=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
