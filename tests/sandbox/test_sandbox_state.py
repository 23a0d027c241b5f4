"""State in a file: it outlives the process, whenever and however that ends, and deployments under way go on."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sandbox_kit import ask, client_of, events, until
from state_kit import SandboxProcess, Traffic

from pareta.sandbox import Sandbox

KILLS = 50 if os.environ.get("FULL") else 8
KEY = {"idempotency-key": "k-1"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a path where there is no file yet."""
    return tmp_path / "state.db"


def open_(file: Path, **options: float) -> Sandbox:
    """Return a sandbox with its state in a file."""
    return Sandbox(seed=7, state=file, **{"pace": 0, **options})


def test_everything_is_there_again(file: Path) -> None:
    """Endpoints, balance, metrics and kept answers outlive the sandbox; request ids do not come again."""
    with open_(file, balance=10_000) as sandbox, client_of(sandbox) as api:
        api.post("/v1/endpoints", json={"task": "translation", "name": "mine"})
        api.delete("/v1/endpoints/ep_d4e5f6")
        answered = ask(api, idempotency_key="k-1")
        before = [api.get(f"/v1/endpoints{path}").json() for path in ("", "/ep_a1b2c3/cost", "/ep_a1b2c3/performance")]
        ids = {each.request_id for each in sandbox.requests}
        assert sandbox.balance == 9_790
    with open_(file, balance=5) as sandbox, client_of(sandbox) as api:
        after = [api.get(f"/v1/endpoints{path}").json() for path in ("", "/ep_a1b2c3/cost", "/ep_a1b2c3/performance")]
        assert [without_url(each) for each in after] == [without_url(each) for each in before]
        assert ask(api, idempotency_key="k-1").content == answered.content
        assert sandbox.balance == 9_790
        assert not ids & {each.request_id for each in sandbox.requests}


def without_url(value: object) -> str:
    """Return a JSON value as text, the port left out."""
    text = str(value)
    start = text.find("http://127.0.0.1:")
    return text if start < 0 else text.replace(text[start : text.index("/v1", start)], "")


def test_a_fixed_clock_does_not_go_back(file: Path) -> None:
    """A fixed clock starts where the state's last event was."""
    with open_(file) as sandbox, client_of(sandbox) as api:
        sandbox.clock.advance(3600)
        ask(api)
        then = sandbox.clock.now()
    with open_(file) as sandbox:
        assert sandbox.clock.now() == then


@pytest.mark.parametrize("fails", [False, True])
def test_a_deployment_under_way_goes_on(file: Path, *, fails: bool) -> None:
    """An endpoint that was being deployed, or started, when the sandbox ended comes to its end in the next one."""
    with open_(file, pace=1000) as sandbox, client_of(sandbox) as api:
        headers = {"x-sandbox-scenario": "deploy-fails; message=no luck"} if fails else {}
        body = {"task": "translation", "name": "mine"}
        with api.stream("POST", "/v1/endpoints", json=body, headers={**headers, **KEY}) as stream:
            next(stream.iter_lines())
        api.post("/v1/endpoints/ep_d4e5f6/start")
    with open_(file, pace=0) as sandbox, client_of(sandbox) as api:
        endpoint = until(lambda: settled(api, "mine"))
        assert (endpoint["status"], endpoint["failure"]) == (("failed", "no luck") if fails else ("live", None))
        assert until(lambda: settled(api, "ep_d4e5f6"))["status"] == "live"
        again = events(api.post("/v1/endpoints", json=body, headers=KEY))
        assert again[-1][0] == ("error" if fails else "complete")
        assert len(api.get("/v1/endpoints").json()) == 5


def settled(api: httpx.Client, name: str) -> dict[str, str] | None:
    """Return an endpoint, unless it is starting."""
    endpoint: dict[str, str] = api.get(f"/v1/endpoints/{name}").json()
    return None if endpoint["status"] == "starting" else endpoint


def test_a_reset_begins_anew(file: Path) -> None:
    """A reset brings the first state back, in the file too."""
    with open_(file) as sandbox, client_of(sandbox) as api:
        api.delete("/v1/endpoints/ep_a1b2c3")
        sandbox.reset()
    with open_(file) as sandbox, client_of(sandbox) as api:
        assert len(api.get("/v1/endpoints").json()) == 4


def test_a_file_is_one_sandbox_s(file: Path) -> None:
    """A second sandbox on the same file is refused; after the first is closed it is not."""
    with open_(file), pytest.raises(OSError, match="another sandbox has it open"):
        open_(file).start()
    with open_(file):
        pass


def test_a_file_of_something_else_is_left_alone(file: Path, tmp_path: Path) -> None:
    """What is no state file is refused with the reason, and not written to."""
    file.write_bytes(b"dear diary" * 1_000)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    for each in (file, other, tmp_path, tmp_path / "nowhere" / "x.db"):
        before = each.read_bytes() if each.is_file() else None
        with pytest.raises(OSError, match=r"cannot be (used|opened)|another program"):
            open_(each).start()
        assert before is None or each.read_bytes() == before


def test_the_command_says_what_is_wrong_with_its_file(file: Path) -> None:
    """One line and status 1, no traceback."""
    file.write_bytes(b"dear diary" * 1_000)
    command = [sys.executable, "-m", "pareta.sandbox", "--port", "0", "--state", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be used" in done.stderr


@pytest.fixture
def platform(file: Path) -> Iterator[SandboxProcess]:
    """Give a sandbox in a process of its own, to be killed."""
    made = SandboxProcess(file)
    yield made
    made.end()


@pytest.mark.parametrize("seed", [1, 2])
def test_no_kill_loses_what_was_acknowledged(platform: SandboxProcess, seed: int) -> None:
    """Killed again and again under traffic: every acknowledged deploy, delete and debit is there, each once.

    What was under way when it was killed is sent again under its key, as the SDK does, and has one effect.
    """
    dice = random.Random(seed)
    traffic = Traffic(platform, seed)
    for _ in range(KILLS // 2):
        platform.start()
        traffic.run_and_kill(dice.randint(1, 30), dice.uniform(0, 0.01))
    platform.start()
    traffic.repeat_what_was_lost()
    traffic.check_state()
    assert traffic.acknowledged > KILLS
