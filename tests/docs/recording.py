"""The command lines of a page, run on a sandbox and in a folder, in their order, with what they print below them."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from pareta.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from terminal import Terminal, plain_environment

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"(?s)(```console\n)(.*?)(```)")
_COMMAND = re.compile(r"\$ (?:cat|printf|(?:echo [^|]+\| )?pareta) (?!sandbox|contract|login|completion)")
_TIMES = re.compile(r"(100 %) \d+ s")
_URL = "http://127.0.0.1:8700"


def recorded(page: str) -> str:
    """Return a page with the outputs of its `$ pareta` lines made anew; other lines stay as they are."""
    if not any(_COMMAND.match(line) for block in _BLOCK.findall(page) for line in block[1].splitlines()):
        return page
    with Sandbox(seed=7, pace=0) as sandbox, tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "pareta")
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pareta.cli "$@"\n')
        script.chmod(0o755)
        env = plain_environment(
            PATH=f"{folder}{os.pathsep}{os.environ['PATH']}",
            PYTHONPATH=str(ROOT),
            PARETA_BASE_URL=sandbox.base_url,
            PARETA_API_KEY=sandbox.api_key,
        )

        def block(match: re.Match[str]) -> str:
            lines: list[str] = []
            running = False
            for line in match[2].splitlines():
                if line.startswith("$ "):
                    lines.append(line)
                    running = bool(_COMMAND.match(line))
                    if running:
                        shown = Terminal(
                            ["sh", "-c", f"cd {folder} && {line[2:]}"],
                            env,
                            columns=160 if "--json" in line else 100,
                            rows=300,
                        )
                        shown.ends(60)
                        lines += _TIMES.sub(r"\1 0 s", shown.screen).replace(sandbox.base_url, _URL).splitlines()
                elif not running:
                    lines.append(line)
            return "\n".join([match[1].rstrip(), *lines, match[3]])

        return _BLOCK.sub(block, page)
