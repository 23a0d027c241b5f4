"""What answers, how late, and at what time: engines, latency and the clock."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sandbox_kit import DELAWARE, ask, chat, client_of, text_of, until

from pareta.sandbox import Call, Reply, Sandbox

SCRIPT = """
[[answer]]
when = 'governing law'
text = "Delaware."

[[answer]]
when = 'my name is (?P<name>\\w+)'
text = 'Hello \\g<name>.'

[[answer]]
when = "weather in (\\\\w+)"
call = {name = "get_weather", arguments = {city = '\\1', days = 3}}

[[answer]]
text = "Nothing to say."
"""


def said(answer: httpx.Response) -> str:
    """Return the text of a completion."""
    return str(answer.json()["choices"][0]["message"]["content"])


def test_echo_repeats_the_last_user_message() -> None:
    """Echo answers with the prompt, to the character, whole and in a stream, and says that it is echo."""
    told = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": " Ä \n"}]},
    ]
    with Sandbox(pace=0, engine="echo") as sandbox, client_of(sandbox) as api:
        answer = ask(api, {"model": "ep_a1b2c3", "messages": told})
        assert (said(answer), answer.headers["x-pareta-sandbox"]) == (" Ä \n", "echo")
        assert text_of(ask(api, chat(stream=True))) == DELAWARE


def test_a_script_answers_by_patterns(tmp_path: Path) -> None:
    """The first pattern found answers, its groups put in; a call is a call; the last entry takes what is left."""
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT)
    with Sandbox(pace=0, engine=script) as sandbox, client_of(sandbox) as api:
        assert said(ask(api, chat("What is the GOVERNING law?"))) == "Delaware."
        assert said(ask(api, chat("Hi, my name is Ada!"))) == "Hello Ada."
        assert said(ask(api, chat("Hm."))) == "Nothing to say."
        answer = ask(api, chat("The weather in Oslo?")).json()["choices"][0]
        assert answer["finish_reason"] == "tool_calls"
        assert answer["message"]["tool_calls"][0]["function"] == {
            "name": "get_weather",
            "arguments": '{"city": "Oslo", "days": 3}',
        }


def test_a_script_without_a_last_entry_says_so(tmp_path: Path) -> None:
    """Where nothing fits, the answer is that nothing does."""
    script = tmp_path / "script.toml"
    script.write_text('[[answer]]\nwhen = "x"\ntext = "y"\n')
    with Sandbox(pace=0, engine=script) as sandbox, client_of(sandbox) as api:
        assert said(ask(api, chat("Hm."))) == "The script of this sandbox has no answer to that."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x", "cannot be read"),
        ("x = 1", r"\[\[answer\]\]"),
        ("[[answer]]\nwhen = 'a'", "answer 1: it takes"),
        ("[[answer]]\ntext = 'a'\nwhat = 1", "answer 1: it takes"),
        ("[[answer]]\ntext = 'a'\n[[answer]]\ntext = 1", "answer 2: `text`"),
        ("[[answer]]\ncall = 'a'", "`call` must"),
        ("[[answer]]\nwhen = '('\ntext = 'a'", "unknown group"),
        ("[[answer]]\nwhen = 'a'\ntext = '\\1'", "unknown group"),
        ("[[answer]]\nwhen = 3\ntext = 'a'", "unknown group"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused_at_the_start(tmp_path: Path, text: str, why: str) -> None:
    """The start says which entry is wrong, and why."""
    script = tmp_path / "script.toml"
    script.write_text(text)
    with pytest.raises(ValueError, match=why):
        Sandbox(engine=script).start()


def test_an_engine_of_one_s_own_answers() -> None:
    """Any object with a name and a `reply` is an engine."""

    class Shouting:
        name = "shouting"

        def reply(self, body: dict[str, Any]) -> Reply:
            """Shout, or call a function where there are any."""
            return Reply(None, (Call("f", "{}"),)) if "tools" in body else Reply("LOUD")

    with Sandbox(pace=0, engine=Shouting()) as sandbox, client_of(sandbox) as api:
        answer = ask(api)
        assert (said(answer), answer.headers["x-pareta-sandbox"]) == ("LOUD", "shouting")


def test_an_engine_that_there_is_not_is_refused() -> None:
    """A misspelt engine does not start."""
    with pytest.raises(ValueError, match="Unknown engine 'eko'"):
        Sandbox(engine="eko").start()  # type: ignore[arg-type]


def test_latency_is_added_to_every_answer_and_counted() -> None:
    """Answers and first events come later by as much; the performance feed has it too."""
    with Sandbox(pace=0, latency=120) as sandbox, client_of(sandbox) as api:
        for send in (lambda: api.get("/v1/models"), lambda: ask(api, chat(stream=True))):
            began = time.monotonic()
            send()
            assert time.monotonic() - began >= 0.12
        feed = api.get("/v1/endpoints/ep_a1b2c3/performance").json()
        assert feed["p50_ms"] > 200  # The model's 80 ms and more, and 120.


def test_the_clock_moves_on_demand(sandbox: Sandbox, api: httpx.Client) -> None:
    """An hour on, a feed of the last half hour is empty, and an endpoint is an hour older."""
    assert sandbox.clock.now() == datetime(2026, 1, 10, 9, tzinfo=UTC)
    ask(api)
    sandbox.clock.advance(3600)
    assert sandbox.clock.now() == datetime(2026, 1, 10, 10, tzinfo=UTC)
    path = "/v1/endpoints/ep_a1b2c3/activity"
    counts = [api.get(path, params={"window": window}).json()["requests"] for window in ("30m", "2h")]
    assert counts == [0, 1]
    with pytest.raises(ValueError, match="negative"):
        sandbox.clock.advance(-1)


def test_what_is_due_happens_when_the_clock_moves() -> None:
    """A deployment that would take an hour is live at once when the clock is moved on by two."""
    with Sandbox(pace=1_500) as sandbox, client_of(sandbox) as api:
        with api.stream("POST", "/v1/endpoints", json={"task": "translation", "name": "slow"}) as stream:
            lines = stream.iter_lines()
            next(lines)
            sandbox.clock.advance(7200)
            assert any(line == "event: complete" for line in lines)
        assert until(lambda: api.get("/v1/endpoints/slow").json()["status"] == "live")


def test_a_real_clock_can_run_ahead() -> None:
    """A real clock is the machine's time, and what it was moved on by."""
    with Sandbox(pace=0, clock="real") as sandbox:
        sandbox.clock.advance(86_400)
        ahead = sandbox.clock.now() - datetime.now(UTC)
        assert timedelta(hours=23, minutes=59) < ahead < timedelta(hours=24, minutes=1)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--engine", "loud"], "--engine must be"),
        (["--engine", "script"], "--engine must be"),
        (["--engine", "script", "/nowhere.toml"], "cannot be read"),
        (["--latency", "-1"], "--latency"),
        (["--upstream", "nowhere"], "upstream's URL"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_options(arguments: list[str], why: str) -> None:
    """One line, a status that is not 0, and no traceback."""
    command = [sys.executable, "-m", "pareta.sandbox", "--port", "0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert why in done.stderr
