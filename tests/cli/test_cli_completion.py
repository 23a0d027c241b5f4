"""Tab, pressed in real shells."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Terminal

SHELLS = {
    "bash": ("--norc", "--noprofile", "-i"),
    "zsh": ("-f", "-i"),
    "fish": ("--no-config", "-i"),
}
SETUP = {
    "bash": "PS1='$ '; bind 'set enable-bracketed-paste off'; eval \"$(pareta completion bash)\"",
    "zsh": "PS1='$ '; autoload -U compinit; compinit -u -D; eval \"$(pareta completion zsh)\"",
    "fish": "set -g fish_autosuggestion_enabled 0; pareta completion fish | source",
}
COMPLETED = {
    "pareta endp": "pareta endpoints",
    "pareta endpoints dep": "pareta endpoints deploy",
    "pareta endpoints list --js": "pareta endpoints list --json",
    "pareta endpoints show ep_a": "pareta endpoints show ep_a1b2c3",
    "pareta endpoints deploy contr": "pareta endpoints deploy contract-key-fields",
    "pareta endpoints deploy contract-key-fields --model lla": "--model llama-1",
    "pareta chat --model ep_v": "pareta chat --model ep_v7w8x9",
    "pareta map --model ep_v": "pareta map --model ep_v7w8x9",
}


@pytest.fixture(params=["bash", *(pytest.param(name, marks=pytest.mark.long) for name in SHELLS if name != "bash")])
def shell(request: pytest.FixtureRequest, terminal: Callable, env: dict[str, str], tmp_path: Path) -> Terminal:
    """Give a shell, in which `pareta` is on the path and completed."""
    program = shutil.which(request.param)
    assert program, f"Install {request.param}: on Debian, the package of that name."
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    script = bin_folder / "pareta"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m pareta.cli "$@"\n')
    script.chmod(0o755)
    env |= {"PATH": f"{bin_folder}:{env['PATH']}", "HOME": str(tmp_path)}
    started = terminal(program=(program, *SHELLS[request.param]), columns=160)
    started.press(f"{SETUP[request.param]}; echo ready-$(expr 40 + 2)\r")
    started.shows("ready-42")
    return started


def test_tab_completes_commands_options_ids_tasks_and_aliases(shell: Terminal) -> None:
    """Tab completes what follows in bash, zsh and fish; ids, tasks and aliases come from the server."""
    for typed, completed in COMPLETED.items():
        shell.press(typed)
        shell.shows(typed)
        shell.press("\t")
        shell.shows(f"{completed}")
        shell.press("\x15")


def test_tab_offers_nothing_where_the_server_is_gone(
    pareta: Callable, env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a server or a key, completion of ids is empty and quiet."""
    env |= {
        "PARETA_BASE_URL": "http://127.0.0.1:1",
        "_PARETA_COMPLETE": "complete_bash",
        "COMP_WORDS": "pareta endpoints show ",
        "COMP_CWORD": "3",
    }
    with pytest.raises(SystemExit) as end:
        pareta()
    assert end.value.code == 0
    assert capfd.readouterr() == ("\n", "")
