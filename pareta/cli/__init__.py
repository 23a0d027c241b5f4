"""The command line `pareta`, an extra: it uses the public names of `pareta` alone."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default that of this process, and return its exit code."""
    try:
        from ._main import run

        return run(sys.argv[1:] if arguments is None else list(arguments))
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich", "platformdirs", "plotext"}:
            raise
        sys.stderr.write(f"Error: {error.name} is not installed. Run: pip install './pareta[cli]' beside a checkout\n")
        return 2
