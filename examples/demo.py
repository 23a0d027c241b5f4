"""The platform end to end, on a sandbox: find a task, deploy a model, ask it, look at its metrics, stop it.

Each step is a command line, which runs here as `pareta` runs it.
"""

from __future__ import annotations

import os
import shlex
import sys

from pareta.cli import main as pareta
from pareta.sandbox import Sandbox

CONTRACT = (
    "This Agreement is made between Harbor Freight Lines Ltd. and Alder & Pine GmbH. "
    "It takes effect on 1 March 2026 and runs for two years. "
    "It is governed by the laws of the State of Delaware."
)
STEPS = (
    ("Find a task for an intent", "tasks match 'pull key fields out of contracts'"),
    ("Compare the models for it", "tasks leaderboard contract-key-fields"),
    ("Deploy the recommended one", "endpoints deploy contract-key-fields --name contracts --yes"),
    ("Ask it, streamed", f"chat --model contracts {shlex.quote(f'Which law governs the agreement? {CONTRACT}')}"),
    ("See what it did and cost", "endpoints metrics contracts"),
    ("Stop it", "endpoints stop contracts"),
)


def main() -> int:
    """Tell the story; return the exit code of the step that failed, or 0."""
    with Sandbox(seed=7) as sandbox:
        # The sandbox is on this machine: no proxy of the environment leads to it.
        os.environ.update(PARETA_BASE_URL=sandbox.base_url, PARETA_API_KEY=sandbox.api_key, NO_PROXY="127.0.0.1")
        os.environ.pop("no_proxy", None)
        for number, (title, line) in enumerate(STEPS, 1):
            print(f"\n{number}. {title}\n\n$ pareta {line if len(line) < 90 else line[:86] + '…'}", flush=True)
            if code := pareta(shlex.split(line)):
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
