"""What the commands print, and with which exit code they end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from pareta.cli._errors import MEANINGS
from pareta.sandbox import Sandbox

TASK = "contract-key-fields"
QUESTION = "Which law governs? It is governed by the laws of Delaware."


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("models list", "data"),
        ("endpoints show ep_a1b2c3", "taskName"),
        ("endpoints stop ep_a1b2c3", "status"),
        ("endpoints start ep_d4e5f6", "status"),
        ("endpoints wait ep_a1b2c3", "taskName"),
        ("endpoints metrics ep_a1b2c3", "performance"),
        (f"tasks show {TASK} --examples 1", "default_scorer"),
        (f"tasks leaderboard {TASK}", "cost_unit"),
        ("tasks match contracts", "candidates"),
        ("whoami", "base_url"),
    ],
)
def test_json_has_the_keys_of_the_wire(pareta: Callable, line: str, key: str) -> None:
    """Each command prints with --json what the server sent, under its names, as one line of JSON."""
    done = pareta(*line.split(), "--json")
    assert done.code == 0
    assert key in done.json()
    assert done.out.count("\n") == 1


def test_json_stands_anywhere_in_the_line(pareta: Callable) -> None:
    """--json and the other shared options are taken before, between and after the words of a command."""
    outputs = {
        pareta(*line).out
        for line in permutations(["--json", "endpoints", "list"])
        if line.index("endpoints") < line.index("list")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())[0]["id"] == "ep_seed01"


def test_shared_options_stand_anywhere_too(pareta: Callable, env: dict[str, str]) -> None:
    """--base-url is taken after the command, and wins over the environment."""
    url, env["PARETA_BASE_URL"] = env["PARETA_BASE_URL"], "http://127.0.0.1:1"
    assert pareta("models", "list", "--base-url", url).code == 0
    assert pareta("--base-url", url, "models", "list").code == 0


def test_a_table_without_a_terminal_has_tabs(pareta: Callable) -> None:
    """Where stdout is no terminal, a table is lines with tabs under a head, and nothing is cut."""
    lines = pareta("endpoints", "list").out.splitlines()
    assert lines[0].split("\t") == ["ID", "STATUS", "TASK", "MODEL"]
    assert lines[2].split("\t") == ["ep_a1b2c3", "live", TASK, "qwen-2"]


def test_a_deployment_goes_from_the_leaderboard_to_the_endpoint(pareta: Callable) -> None:
    """A deployment shows its price and its progress on stderr, and the live endpoint on stdout."""
    done = pareta("endpoints", "deploy", TASK, "--name", "mine")
    assert done.code == 0
    assert "qwen-2, recommended: field_f1 92.90%, $0.000210 a request." in done.err
    assert "frontier-1, on the frontier: field_f1 94.10%, $0.005200 a request." in done.err
    assert " 45 %  pulling weights" in done.err
    assert done.out.splitlines()[:2] == ["id          mine", "status      live"]


def test_a_deployment_is_json_lines(pareta: Callable) -> None:
    """With --json each event is a line of stdout, as it came."""
    events = pareta("endpoints", "deploy", TASK, "--json").lines()
    assert {"event": "progress", "data": {"stage": "pulling weights", "pct": 45}} in events
    assert events[-1]["data"]["endpoint"]["status"] == "live"


def test_a_deployment_can_go_on_alone(pareta: Callable) -> None:
    """With --no-wait the endpoint's id is printed, with --json in an object, and `wait` takes it up."""
    endpoint_id = pareta("endpoints", "deploy", TASK, "--no-wait").out.strip()
    assert "live" in pareta("endpoints", "wait", endpoint_id).out
    assert pareta("endpoints", "deploy", TASK, "--no-wait", "--name", "mine", "--json").json() == {"id": "mine"}


def test_the_alias_that_was_shown_is_deployed(pareta: Callable, sandbox: Sandbox) -> None:
    """What is deployed is the row of the leaderboard that was shown, by its alias."""
    assert "mistral-3" in pareta("endpoints", "deploy", TASK, "-m", "mistral-3").out
    pareta("endpoints", "deploy", TASK)
    bodies = [each.body for each in sandbox.requests if each.operation == "deploy_endpoint"]
    assert [each["model"] for each in bodies] == ["mistral-3", "qwen-2"]


@pytest.mark.parametrize(("fault", "code", "line"), [
    ({"status": 500, "times": 9}, 1, "models list"),
    ({"status": 401}, 3, "models list"),
    ({"status": 403}, 3, "models list"),
    ({"status": 404}, 4, "endpoints list"),
    ({"operation": "deploy_endpoint", "deploy_fails": "no capacity"}, 5, f"endpoints deploy {TASK}"),
    ({"operation": "create_chat_completion", "status": 503, "should_retry": False}, 6, "chat hello -m ep_a1b2c3"),
    ({"operation": "create_chat_completion", "status": 402}, 7, "chat hello -m ep_a1b2c3"),
])  # fmt: skip
def test_every_exit_code_has_its_error(pareta: Callable, sandbox: Sandbox, fault: dict, code: int, line: str) -> None:
    """What the server refuses ends with the documented exit code and a line on stderr, nothing on stdout."""
    sandbox.fault(**fault)
    done = pareta(*line.split())
    assert (done.code, done.out) == (code, "")
    assert done.err.splitlines()[-1 - (code in {3, 4, 6})].startswith("Error: ")


def test_a_failed_deployment_says_why(pareta: Callable, sandbox: Sandbox) -> None:
    """A deployment that fails ends with 5 and the server's message, with --json too."""
    sandbox.fault("deploy_endpoint", deploy_fails="no capacity", times=2)
    assert "Error: The deployment failed: no capacity" in pareta("endpoints", "deploy", TASK).err
    done = pareta("endpoints", "deploy", TASK, "--json")
    assert done.code == 5
    assert done.lines()[-1]["event"] == "error"
    assert json.loads(done.err.splitlines()[-1])["error"]["exit_code"] == 5


def test_a_lost_stream_is_waited_for(pareta: Callable, sandbox: Sandbox) -> None:
    """When the stream of a deployment breaks, the command waits for the endpoint, and prints the last event."""
    sandbox.fault("deploy_endpoint", reset=True, after=2)
    done = pareta("endpoints", "deploy", TASK, "--name", "mine")
    assert "The stream was lost" in done.err
    assert (done.code, done.out.splitlines()[1]) == (0, "status      live")
    sandbox.fault("deploy_endpoint", reset=True, after=2)
    last = pareta("endpoints", "deploy", TASK, "--name", "other", "--json").lines()[-1]
    assert (last["event"], last["data"]["endpoint"]["id"]) == ("complete", "other")


def test_an_endpoint_that_is_not_live_in_time_is_not_ready(pareta: Callable) -> None:
    """`wait` on an endpoint that stays stopped fails, and says so."""
    assert pareta("endpoints", "wait", "ep_d4e5f6").code == 5
    done = pareta("endpoints", "wait", "ep_d4e5f6", "--timeout", "0.1")
    assert done.code == 6
    assert "Traceback" not in done.err


def test_an_error_is_json_for_programs(pareta: Callable) -> None:
    """With --json an error is one object on stderr, with its class, status, detail and request id."""
    error = json.loads(pareta("endpoints", "show", "nope", "--json").err)["error"]
    assert error | {"request_id": "", "message": ""} == {
        "type": "NotFoundError",
        "message": "",
        "exit_code": 4,
        "status_code": 404,
        "detail": "No endpoint 'nope'.",
        "request_id": "",
    }


@pytest.mark.parametrize("line", [[QUESTION], ["-"], []])
def test_a_question_comes_as_an_argument_or_from_stdin(pareta: Callable, line: list[str]) -> None:
    """The prompt is an argument, or stdin with `-` or alone; the answer is on stdout."""
    done = pareta("chat", *line, "-m", "ep_a1b2c3", stdin=QUESTION)
    assert (done.code, done.err) == (0, "")
    assert "Delaware" in done.out


def test_an_answer_is_json_lines(pareta: Callable) -> None:
    """With --json the chunks of an answer are printed as they came, the usage last."""
    chunks = pareta("chat", QUESTION, "-m", "ep_a1b2c3", "--json").lines()
    assert chunks[0]["object"] == "chat.completion.chunk"
    assert "Delaware" in "".join(each["choices"][0]["delta"].get("content", "") for each in chunks if each["choices"])
    assert chunks[-1]["usage"]["total_tokens"] > 0


def test_options_of_a_chat_are_sent(pareta: Callable, sandbox: Sandbox) -> None:
    """--system, --max-tokens and --temperature reach the server."""
    pareta("chat", "hi", "-m", "ep_a1b2c3", "-s", "Be short.", "--max-tokens", "5", "--temperature", "0.5")
    body = sandbox.requests[-1].body
    assert (body["messages"][0], body["max_tokens"], body["temperature"]) == (
        {"role": "system", "content": "Be short."},
        5,
        0.5,
    )


def test_a_chat_without_a_model_says_which_there_are(pareta: Callable) -> None:
    """Where several models can be called, the command names them, and asks none."""
    done = pareta("chat", "hi")
    assert done.code == 2
    assert "ep_a1b2c3" in done.err


def test_an_endpoint_is_deleted(pareta: Callable) -> None:
    """`delete` says on stderr that it did, and the endpoint is gone."""
    pareta("endpoints", "deploy", TASK, "--name", "mine")
    assert pareta("endpoints", "delete", "mine").err == "mine is deleted.\n"
    assert pareta("endpoints", "show", "mine").code == 4


def test_metrics_are_a_summary_a_plot_and_pictures(pareta: Callable, tmp_path: Path) -> None:
    """Metrics are printed in words and units, drawn with --plot, and written as SVG and PNG with --out."""
    pareta("chat", QUESTION, "-m", "ep_a1b2c3")
    assert "spend            $0.000210" in pareta("endpoints", "metrics", "ep_a1b2c3").out
    plot = pareta("endpoints", "metrics", "ep_a1b2c3", "--plot", "--since", "yesterday").out
    assert "frontier $0.005200 " in plot
    assert "\x1b" not in plot
    for name, start in (("a.svg", b"<svg "), ("a.png", b"\x89PNG")):
        assert pareta("endpoints", "metrics", "ep_a1b2c3", "--out", str(tmp_path / name)).code == 0
        assert (tmp_path / name).read_bytes().startswith(start)


def test_watch_counts_requests_a_second(pareta: Callable) -> None:
    """Without a terminal, `watch` prints a table for each look, and with --json a line."""
    looks = pareta("endpoints", "watch", "--count", "2", "--interval", "0.1").out.split("ENDPOINT\t")[1:]
    assert [look.splitlines()[1].split("\t")[4] for look in looks] == ["-", "0.0"]
    line = pareta("endpoints", "watch", "--count", "1", "--json").lines()[0]
    assert line[1]["endpoint"]["id"] == "ep_a1b2c3"
    assert {"activity", "performance", "cost"} <= line[1].keys()


def test_every_command_has_help_that_names_the_shared_options(pareta: Callable) -> None:
    """--help works for every command, and each one lists --json where it takes it."""
    from pareta.cli._main import build

    def check(command: object, *line: str) -> int:
        done = pareta(*line, "--help")
        assert (done.code, done.out[:13]) == (0, "Usage: pareta"), line
        assert "--json" in done.out
        below = [each for each in getattr(command, "commands", {}).items() if each[0] not in {"sandbox", "contract"}]
        return 1 + sum(check(each, *line, name) for name, each in below)

    assert check(build()) > 20


def test_the_help_lists_the_exit_codes(pareta: Callable) -> None:
    """`pareta --help` ends with what each exit code means."""
    text = " ".join(pareta("--help").out.split())
    assert all(f"{code} {meaning}" in text for code, meaning in MEANINGS.items())


@pytest.mark.parametrize("module", ["sandbox", "contract"])
def test_the_sandbox_and_the_suite_are_reached(process: Callable, env: dict[str, str], module: str) -> None:
    """`pareta sandbox` and `pareta contract` are the programs of these names, with the same words."""
    whole = subprocess.run(
        [sys.executable, "-m", f"pareta.{module}", "--help"], env=env, capture_output=True, text=True, check=True
    )
    assert process(module, "--help").out == whole.stdout
