"""What people and networks do wrong: an exit code and a sentence each, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from terminal import PROGRAM
from wire import Wire, answer, event, stream

from pareta.sandbox import Sandbox

EVIL = "\x1b[31m[red]bold[/red]\x07\r\n\x9b2J\u202e:smile: \ud800"
"""An escape sequence, markup, a bell, a line, a C1 sequence, a reversal, an emoji's name, half a character."""


@pytest.mark.parametrize(("line", "code", "said"), [
    ("", 2, "Usage: pareta"),
    ("endpoint list", 2, "No such command 'endpoint'"),
    ("endpoints lst", 2, "No such command 'lst'"),
    ("endpoints list --jsn", 2, "No such option: --jsn"),
    ("endpoints show", 2, "Missing argument 'ID'"),
    ("endpoints list --profile", 2, "requires an argument"),
    ("tasks match contracts --top-k none", 2, "is not a valid int"),
    ("tasks match contracts --top-k 0", 2, "not in the range"),
    ("chat hi -m ep_a1b2c3 --temperature 9", 2, "not in the range"),
    ("endpoints metrics ep_a1b2c3 --window week", 2, "such as 30m, 24h or 7d"),
    ("endpoints watch --window week --count 1", 2, "such as 30m, 24h or 7d"),
    ("endpoints metrics ep_a1b2c3 --window 7d --since today", 2, "exclude each other"),
    ("endpoints metrics ep_a1b2c3 --since soonish", 2, "is no time"),
    ("endpoints metrics ep_a1b2c3 --since 2999-01-01", 2, "is not in the past"),
    ("endpoints metrics ep_a1b2c3 --since 1990-01-01", 2, "more than 9,999 days ago"),
    ("endpoints metrics ep_a1b2c3 --group-by week", 2, "is not one of"),
    ("endpoints metrics ep_a1b2c3 --out a.gif", 2, "must end in .svg or .png"),
    ("endpoints metrics ep_a1b2c3 --out nowhere/a.svg", 1, "No such file or directory"),
    ("endpoints show nope", 4, "No endpoint 'nope'"),
    ("endpoints show .", 2, "endpoint_id"),
    ("endpoints deploy nope", 4, "nope"),
    ("endpoints deploy contract-key-fields -m nope", 1, "nope"),
    ("endpoints stop ep_seed01", 1, "protected"),
    ("endpoints wait ep_a1b2c3 --timeout -1", 0, ""),
    ("endpoints wait ep_d4e5f6 --timeout -1", 2, "timeout"),
    ("chat hi -m nope", 4, "No model 'nope'"),
    ("models list --profile nope", 2, "There is no profile nope"),
    ("models list --profile ../nope", 2, "is no name of a profile"),
    ("models list --api-key-file nowhere", 2, "cannot be read: No such file"),
    ("models list --api-key-file .", 2, "cannot be read: Is a directory"),
    ("models list --base-url http://example.test", 2, "allow_http"),
    ("models list --base-url nonsense", 2, "base_url"),
    ("models list --base-url http://127.0.0.1:1", 1, "pareta doctor"),
    ("models list --base-url https://nowhere.invalid", 1, "pareta doctor"),
    ("logout --profile nope", 2, "There is no profile nope"),
    ("completion csh", 2, "'csh' is not one of"),
])  # fmt: skip
def test_a_mistake_has_an_exit_code_and_a_sentence(
    pareta: Callable, env: dict[str, str], line: str, code: int, said: str
) -> None:
    """Each mistake ends with its exit code, says on stderr what is wrong, and prints no traceback."""
    done = pareta(*line.split())
    assert (done.code, "Traceback" in done.err) == (code, False)
    assert said in " ".join(done.err.split())
    assert not done.out or code == 0


@pytest.mark.parametrize("key", ["", "wrong", "pareta_sk_\N{SNOWMAN}", "two\nlines", "\x00"])
def test_a_bad_key_is_refused_and_not_printed(pareta: Callable, env: dict[str, str], tmp_path: Path, key: str) -> None:
    """A key that is missing, wrong or garbled ends with 2 or 3, and is not shown."""
    del env["PARETA_API_KEY"]
    path = tmp_path / "key"
    path.write_text(key, "utf-8")
    done = pareta("models", "list", "--api-key-file", str(path))
    assert done.code in {2, 3}
    assert "Traceback" not in done.err
    assert not key or key not in done.err


def test_without_a_key_it_says_how_to_get_one(pareta: Callable, env: dict[str, str]) -> None:
    """Without a key a command names the three ways to give one."""
    del env["PARETA_API_KEY"]
    done = pareta("models", "list")
    assert done.code == 3
    assert all(way in done.err for way in ("pareta login", "PARETA_API_KEY", "--api-key-file"))


def served(env: dict[str, str], server: Wire) -> None:
    """Point the commands to a server of the test's own."""
    env |= {"PARETA_BASE_URL": server.url, "PARETA_API_KEY": "pareta_sk_test"}


def safe(text: str) -> bool:
    """Return whether a text holds nothing that a terminal obeys, but the ends of lines and tabs."""
    return not any(
        ord(char) < 32 or 127 <= ord(char) < 160 or char == "\u202e" for char in text.translate({9: " ", 10: " "})
    )


ENDPOINT = {"id": EVIL, "name": EVIL, "model": EVIL, "status": "live", "taskName": EVIL, "url": EVIL, "region": EVIL}
STREAM = stream(
    event(json.dumps({"stage": EVIL, "pct": 45}), "progress"), event(json.dumps({"message": EVIL}), "error")
)
ANSWER = {"choices": [{"index": 0, "delta": {"content": EVIL}, "finish_reason": "stop"}]}
BOARD = {"task_id": "t", "metric": EVIL, "recommended": EVIL, "models": [{"name": EVIL, "quality": 0.5}]}


@pytest.mark.parametrize(("line", "script"), [
    ("endpoints list", [answer([ENDPOINT])]),
    ("endpoints show x", [answer(ENDPOINT)]),
    ("endpoints stop x", [answer({EVIL: EVIL})]),
    ("models list", [answer({"data": [{"id": EVIL, "owned_by": EVIL}]})]),
    ("tasks list", [answer({"tasks": [{"id": EVIL, "default_scorer": EVIL}]})]),
    ("tasks leaderboard t", [answer(BOARD)]),
    ("tasks recommended t", [answer(BOARD)]),
    ("tasks match t", [answer({"query": "t", "candidates": [{"task_id": EVIL, "confidence": EVIL}]})]),
    ("endpoints deploy t", [answer(BOARD), STREAM]),
    ("chat hi -m x", [stream(event(json.dumps(ANSWER)), event("[DONE]"))]),
    ("endpoints watch --count 1", [answer([ENDPOINT]), answer({"detail": EVIL}, "400 Bad Request")]),
    ("endpoints metrics x --plot", [answer({"window": EVIL, "windows": [{"score": 1, "started_at": EVIL}]})]),
    ("endpoints metrics x", [answer({"window": EVIL, "scorer": EVIL, "requests": EVIL, "errors": EVIL})]),
    ("models list", [answer({"detail": EVIL}, "400 Bad Request")]),
])  # fmt: skip
@pytest.mark.off_document("a hostile server")
def test_text_of_a_server_is_neither_markup_nor_an_escape_sequence(
    pareta: Callable, env: dict[str, str], wire: Callable[..., Wire], line: str, script: list[bytes]
) -> None:
    """Control characters of a server are shown as escapes, and markup and emojis' names as they stand."""
    served(env, wire(*script))
    done = pareta(*line.split())
    text = done.out + done.err
    assert "Traceback" not in text
    assert safe(text)
    assert "\\x1b[31m[red]bold[/red]\\x07" in text
    as_json = pareta(*line.split(), "--json")
    assert safe(as_json.out + as_json.err)


@pytest.mark.off_document("a terminal that is attacked")
def test_a_terminal_is_not_obeying_the_server(
    terminal: Callable, env: dict[str, str], wire: Callable[..., Wire]
) -> None:
    """On a terminal too, what a server sends is text: rich's own colours are the only sequences."""
    served(env, wire(answer([ENDPOINT])))
    shown = terminal("endpoints", "list", columns=200)
    assert shown.ends() == 0
    assert "\\x1b[31m[red]bold[/red]\\x07" in shown.screen
    assert b"\x1b[31m" not in shown.raw


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(b"x" * 20_000_000), "Error: "),
        (answer({"data": [{"id": "x" * 20_000_000}]}), None),
        (answer(b"<html>proxy</html>", kind="text/html"), "text/html"),
        (answer(b'{"data": [', length=10), "Error: "),
        (answer({"data": 5}), "expected an array"),
        (answer(b"", "302 Found", ["location: https://elsewhere.test/"]), "Redirects are not followed"),
        (answer({"detail": "no"}, "429 Too Many Requests", ["retry-after: 3600"]), "429"),
        (b"garbage\r\n\r\n", "Error: "),
    ],
)
@pytest.mark.off_document("a broken server")
def test_a_broken_server_is_an_error(
    pareta: Callable, env: dict[str, str], wire: Callable[..., Wire], reply: bytes, said: str | None
) -> None:
    """Whatever a server sends ends in an exit code of 1 and a short sentence, or in what it sent."""
    served(env, wire(reply))
    done = pareta("models", "list")
    assert done.code == (1 if said else 0)
    assert len(done.err) < 1500
    assert (said or "") in done.err


def test_an_answer_that_breaks_off_is_an_error(pareta: Callable, sandbox: Sandbox) -> None:
    """A stream that is cut prints what came, and ends with 1."""
    sandbox.fault("create_chat_completion", truncate=True)
    done = pareta("chat", "Who signs? Alder & Pine GmbH signs.", "-m", "ep_a1b2c3")
    assert done.code == 1
    assert done.err.startswith("Error: ")


@pytest.mark.parametrize("stdin", [b"\xff\xfe", b"", b" \n"])
def test_a_question_that_is_no_text_is_refused(pareta: Callable, stdin: bytes) -> None:
    """Bytes that are not UTF-8, and nothing at all, are no question: nothing is billed."""
    done = pareta("chat", "-m", "ep_a1b2c3", stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert "stdin is" in done.err


def test_a_full_disk_is_an_error(pareta: Callable, tmp_path: Path) -> None:
    """A picture that cannot be written ends with 1 and the system's reason."""
    (tmp_path / "full.svg").symlink_to("/dev/full")
    done = pareta("endpoints", "metrics", "ep_a1b2c3", "--out", str(tmp_path / "full.svg"))
    assert (done.code, "No space left on device" in done.err) == (1, True)


def test_a_full_disk_under_stdout_is_an_error(env: dict[str, str]) -> None:
    """Results that cannot be written end with 1, so that no script takes half of them for all."""
    with Path("/dev/full").open("w") as full:
        line = [*PROGRAM, "models", "list"]
        done = subprocess.run(line, env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "No space left on device" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "line", ["tasks list", "endpoints watch --interval 0.1", "endpoints deploy contract-key-fields --json"]
)
def test_a_closed_pipe_ends_a_command_quietly(env: dict[str, str], line: str) -> None:
    """With `| head -1` a command ends with 141, as other programs do, and says nothing."""
    child = subprocess.Popen([*PROGRAM, *line.split()], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    if "watch" in line:  # The others may have written all by then.
        child.stdout.readline()
    child.stdout.close()
    _, said = child.communicate(timeout=30)
    assert child.returncode == 141
    assert b"Error" not in said
    assert b"Traceback" not in said


@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-8", *(pytest.param(name, marks=pytest.mark.long) for name in ("ascii", "cp437"))]
)
@pytest.mark.off_document("a server that sends every script")
def test_code_pages_do_not_break_a_command(
    process: Callable, env: dict[str, str], wire: Callable[..., Wire], encoding: str
) -> None:
    """What a code page lacks is escaped: in text by backslashes, in JSON by JSON's own escapes."""
    served(env, wire(answer({"data": [{"id": "\N{SNOWMAN} \N{GRINNING FACE}"}]})))
    env |= {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = process("models", "list")
    assert (done.code, done.err) == (0, "")
    assert ("\N{SNOWMAN}" if encoding == "utf-8" else "\\u2603") in done.out
    listed: Any = process("models", "list", "--json").json()
    assert listed["data"][0]["id"] == "\N{SNOWMAN} \N{GRINNING FACE}"


def test_an_error_is_an_object_for_a_wrong_line_too(pareta: Callable) -> None:
    """With --json a mistake in the line is an object on stderr as well, wherever --json stands."""
    for line in ("--json endpoints lst", "endpoints lst --json", "endpoints list --jsn --json"):
        assert json.loads(pareta(*line.split()).err)["error"]["exit_code"] == 2
    assert pareta("endpoints", "list", "--", "--json").err.startswith("Usage: ")


def test_a_folder_that_cannot_be_written_is_an_error(pareta: Callable, env: dict[str, str], tmp_path: Path) -> None:
    """`login` without a place for the profile ends with 1 and a reason."""
    (tmp_path / "file").write_text("")
    env["XDG_CONFIG_HOME"] = str(tmp_path / "file")
    done = pareta("login", stdin=env["PARETA_API_KEY"] + "\n")
    assert done.code == 1
    assert os.strerror(20) in done.err
