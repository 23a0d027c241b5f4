"""The commands on a real terminal: what stands on the screen, and what keys do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pareta.sandbox import Sandbox

TASK = "contract-key-fields"
QUESTION = "Which law governs? It is governed by the laws of Delaware."
FACTS = """\
qwen-2, recommended: field_f1 92.90%, $0.000210 a request.
frontier-1, on the frontier: field_f1 94.10%, $0.005200 a request.
"""


@pytest.fixture
def slow(env: dict[str, str]) -> Iterator[Sandbox]:
    """Give a sandbox that takes some seconds to deploy."""
    with Sandbox(seed=7, pace=1.5, clock="real") as sandbox:
        env |= {"PARETA_BASE_URL": sandbox.base_url, "PARETA_API_KEY": sandbox.api_key}
        yield sandbox


def test_a_deployment_is_a_live_bar(terminal: Callable, slow: Sandbox) -> None:
    """A deployment shows its price, asks, and draws one line with stage, percentage and times over and over."""
    shown = terminal("endpoints", "deploy", TASK, "--name", "mine")
    assert shown.shows("[Y/n]") == f"{FACTS}Deploy it? [Y/n]"
    shown.press("\r")
    shown.shows("pulling weights")
    assert re.search(r"pulling weights ━+╸?━* +\d+ % \d s of about \d+ s", shown.screen)
    assert shown.ends() == 0
    lines = shown.screen.splitlines()
    assert re.fullmatch(r"live ━{24} 100 % \d s", lines[3])
    assert lines[4:7] == ["id          mine", "status      live", f"task        {TASK}"]


def test_a_failed_deployment_leaves_its_bar(terminal: Callable, sandbox: Sandbox) -> None:
    """A deployment that fails leaves the bar where it was, says why, and ends with 5."""
    sandbox.fault("deploy_endpoint", deploy_fails="no capacity in [red]eu[/red]")
    shown = terminal("endpoints", "deploy", TASK, "--yes")
    assert shown.ends() == 5
    assert shown.screen.splitlines()[-1] == "Error: The deployment failed: no capacity in [red]eu[/red]"
    assert re.search(r"━ +\d+ % ", shown.screen)


def test_nothing_is_deployed_without_a_yes(terminal: Callable, sandbox: Sandbox) -> None:
    """An answer other than yes, and the end of the input, deploy nothing."""
    for keys in ("n\r", "\x04"):
        shown = terminal("endpoints", "deploy", TASK)
        shown.shows("[Y/n]")
        shown.press(keys)
        assert shown.ends() == 0
        assert "Nothing is deployed." in shown.screen
    assert "deploy_endpoint" not in {each.operation for each in sandbox.requests}


def test_ctrl_c_leaves_the_deployment_running(terminal: Callable, slow: Sandbox) -> None:
    """Ctrl-C ends the command with 130 and says how to take it up again, and that works."""
    shown = terminal("endpoints", "deploy", TASK, "--name", "mine", "--yes")
    shown.shows("pulling weights")
    shown.press("\x03")
    assert shown.ends() == 130
    assert shown.screen.endswith("The deployment goes on. Take it up again with `pareta endpoints wait mine`.")
    again = terminal("endpoints", "wait", "mine")
    again.shows("Waiting for mine, which is starting")
    again.press("\x03")
    assert again.ends() == 130
    assert again.screen.endswith("Take it up again with `pareta endpoints wait mine`.")
    last = terminal("endpoints", "wait", "mine")
    assert last.ends() == 0
    assert last.screen.startswith("id          mine\nstatus      live")


@pytest.mark.parametrize("dumb", [True, False])
def test_a_terminal_without_a_cursor_gets_lines(terminal: Callable, env: dict[str, str], dumb: bool) -> None:
    """With TERM=dumb nothing is drawn over; with NO_COLOR nothing has a colour."""
    env |= {"TERM": "dumb"} if dumb else {"NO_COLOR": "1"}
    shown = terminal("endpoints", "deploy", TASK, "--yes")
    assert shown.ends() == 0
    if dumb:
        assert b"\x1b" not in shown.raw
        assert " 45 %  pulling weights" in shown.screen
    listed = terminal("endpoints", "list")
    assert listed.ends() == 0
    assert not re.search(rb"\x1b\[[\d;]*3\dm", listed.raw)


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("line", ["endpoints list", f"tasks leaderboard {TASK}", "endpoints metrics ep_a1b2c3 --plot"])
def test_everything_fits_the_terminal(terminal: Callable, columns: int, line: str) -> None:
    """At 40, 80 and 200 columns no line is cut by the terminal, and ids stand whole."""
    shown = terminal(*line.split(), columns=columns)
    assert shown.ends() == 0
    assert all(len(part) <= columns for part in re.sub(rb"\x1b\[[\d;?]*\w", b"", shown.raw).decode().splitlines())
    if line == "endpoints list":
        assert re.search(rf"\b{TASK}\b", shown.screen)


def test_a_conversation(terminal: Callable, env: dict[str, str], tmp_path: Path) -> None:
    """On a terminal, without a prompt, `chat` answers line after line, and has commands and a history."""
    shown = terminal("chat", "-m", "ep_a1b2c3", columns=100)
    shown.shows("Ctrl-D leaves.\n>")
    shown.press(f"{QUESTION}\r")
    shown.shows("the laws of Delaware.\n>")
    shown.press("/system Be brief.\r")
    shown.press("Who signs? Alder & Pine GmbH signs.\r")
    shown.shows("GmbH\n>") if "GmbH\n>" in shown.screen else shown.shows("Pine GmbH")
    shown.press("/cost\r")
    shown.shows("2 answers, ")
    assert "$0.000420" in shown.shows("$")
    path = tmp_path / "conversation.json"
    shown.press(f"/save {path}\r")
    shown.shows("is written.")
    assert [each["role"] for each in json.loads(path.read_text())] == ["user", "assistant"] * 2
    shown.press("/model nope\rhello\r")
    shown.shows("No model 'nope'")
    shown.press("/nonsense\r")
    shown.shows("/exit ")
    shown.press("half a line\x03")
    shown.shows("(Ctrl-D leaves)")
    shown.press("\x04")
    assert shown.ends() == 0
    again = terminal("chat", "-m", "ep_a1b2c3")
    again.shows("Ctrl-D leaves.\n>")
    again.press("\x1b[A")
    again.shows("> /nonsense")
    again.press("\x15/exit\r")
    assert again.ends() == 0
    assert (tmp_path / "state" / "pareta" / "history").stat().st_mode & 0o777 == 0o600


def test_ctrl_c_breaks_an_answer_off(terminal: Callable, env: dict[str, str]) -> None:
    """Ctrl-C during an answer hangs up and goes back to the prompt; what had begun is counted as billed."""
    with Sandbox(seed=7, pace=1, clock="real", engine="echo") as sandbox:
        env |= {"PARETA_BASE_URL": sandbox.base_url, "PARETA_API_KEY": sandbox.api_key}
        shown = terminal("chat", "-m", "ep_a1b2c3", columns=200)
        shown.shows("Ctrl-D leaves.\n>")
        sandbox.fault("create_chat_completion", silence=True)
        shown.press("first\r")
        shown.shows("> first")
        while not any(each.operation == "create_chat_completion" for each in sandbox.requests):
            pass
        shown.press("\x03")
        shown.shows("(Ctrl-D leaves)\n>")
        shown.press("second\r")
        shown.shows("second\nsecond")
        sandbox.fault("create_chat_completion", silence=True, after=2)
        shown.press("third\r")
        shown.shows("third\nthird")
        shown.press("\x03/cost\r")
        shown.shows("2 answers, ")
        shown.press("\x04")
        assert shown.ends() == 0


def test_watch_draws_over_itself(terminal: Callable, sandbox: Sandbox) -> None:
    """`watch` shows every endpoint, draws anew in place, and Ctrl-C leaves with 130."""
    shown = terminal("endpoints", "watch", "--interval", "0.2", columns=110)
    shown.shows("ep_v7w8x9")
    with sandbox.client() as pa:
        pa.chat.completions.create(model="ep_a1b2c3", messages=[{"role": "user", "content": QUESTION}])
    shown.shows("$0.004990")
    shown.press("\x03")
    assert shown.ends() == 130
    head, *rows = shown.screen.splitlines()
    assert re.match(r"4 endpoints, 0 starting  \d\d:\d\d:\d\d  Ctrl-C leaves", head)
    assert rows[0].split() == ["ENDPOINT", "STATUS", "TASK", "MODEL", "REQUESTS/S", "P95", "SPEND", "SAVED"]
    assert [row.split()[0] for row in rows[1:5]] == ["ep_seed01", "ep_a1b2c3", "ep_d4e5f6", "ep_v7w8x9"]
    assert terminal("endpoints", "watch", "--count", "1", columns=70).shows("ep_v7w8x9").count("TASK") == 0


def test_login_does_not_show_the_key(terminal: Callable, env: dict[str, str]) -> None:
    """`login` asks for the key without showing it, tries it, and stores it."""
    key = env.pop("PARETA_API_KEY")
    shown = terminal("login", columns=200)
    shown.shows("API key for ")
    shown.press(f"{key}\r")
    assert shown.ends() == 0
    assert "The key works." in shown.screen
    assert key not in shown.screen
