"""The sandbox as a thing: it starts, stops, resets, lives beside others, and says what is wrong."""

import asyncio
import gc
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

import httpx
import pytest
from sandbox_kit import DELAWARE, ask, chat, client_of, until
from stopwatch import Stopwatch

from pareta.sandbox import Sandbox, _document, _server, _thread
from pareta.sandbox._app import compile_document
from pareta.sandbox._store import Store


def test_it_answers_inside_with_and_no_more_after() -> None:
    """A sandbox serves on a port of its own while it is open, and refuses connections afterwards."""
    with Sandbox(pace=0) as sandbox:
        url = sandbox.base_url
        with client_of(sandbox) as api:
            assert api.get("/v1/models").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v1/models", trust_env=False)


def test_start_and_close_work_without_with() -> None:
    """`start` returns the sandbox itself, and `close` may be called twice."""
    sandbox = Sandbox(pace=0).start()
    assert sandbox.base_url.startswith("http://127.0.0.1:")
    sandbox.close()
    sandbox.close()


def test_it_is_quick_to_start_and_to_stop_and_leaves_nothing() -> None:
    """After the first, twenty sandboxes come and go within two seconds, and leave no thread."""
    with Sandbox(pace=0):
        pass
    before = set(threading.enumerate())
    with Stopwatch() as watch:
        for _ in range(20):
            with Sandbox(pace=0) as sandbox, client_of(sandbox) as api:
                api.get("/v1/models")
    assert watch.own < 2
    assert set(threading.enumerate()) == before
    gc.collect()  # An unclosed socket would warn, and warnings are errors.


def test_several_live_side_by_side() -> None:
    """Two sandboxes of one process have ports and balances of their own."""
    with Sandbox(pace=0, balance=1_000) as one, Sandbox(pace=0, balance=2_000) as two:
        assert one.base_url != two.base_url
        with client_of(one) as api:
            ask(api)
        assert (one.balance, two.balance) == (790, 2_000)


def test_what_is_wrong_with_a_start_is_raised_where_it_is_started() -> None:
    """A port that is taken and a setting that makes no sense raise in the caller, and nothing is left open."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=taken.getsockname()[1]).start()
    with pytest.raises(ValueError, match="pace"):
        Sandbox(pace=-1)
    with pytest.raises(ValueError, match="balance"):
        Sandbox(balance=-1)


def test_a_handler_that_is_missing_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document with an operation that the sandbox does not know is refused, by the operation's name."""
    raw = _document.load().raw
    changed = {**raw, "paths": {**raw["paths"], "/v1/new": {"get": {"operationId": "list_news", "responses": {}}}}}
    contract = compile_document(_document.parse(changed))
    monkeypatch.setattr(_server, "_compiled_document", lambda: contract)
    with pytest.raises(RuntimeError, match="list_news"):
        Sandbox(pace=0).start()


def test_it_must_run_to_be_asked() -> None:
    """Its attributes say what to do when the sandbox is not running."""
    with pytest.raises(RuntimeError, match="with Sandbox"):
        _ = Sandbox().base_url


def test_it_says_what_holds_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that its thread does not get to ends with what that thread is doing."""
    monkeypatch.setattr(_thread, "_CALL_SECONDS", 0.01)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        let_go.wait()

    with Sandbox(pace=0) as sandbox:
        assert sandbox._running is not None
        sandbox._running._server.loop.call_soon_threadsafe(hold)  # Nothing that is public holds it up.
        try:
            held.wait()
            with pytest.raises(TimeoutError, match=r"let_go\.wait\(\)"):
                _ = sandbox.balance
        finally:
            let_go.set()


def test_it_cannot_be_started_twice() -> None:
    """A second start is refused while the first lives."""
    with Sandbox(pace=0) as sandbox, pytest.raises(RuntimeError, match="already"):
        sandbox.start()


def test_the_balance_reads_and_sets(sandbox: Sandbox) -> None:
    """The balance is an integer in micro-USD, from any thread."""
    assert sandbox.balance == 25_000_000
    sandbox.balance = 12
    assert sandbox.balance == 12
    with pytest.raises(ValueError, match="balance"):
        sandbox.balance = -1


def test_reset_brings_back_the_first_state(sandbox: Sandbox, api: httpx.Client) -> None:
    """After a reset endpoints, balance, metrics and counters are those of a fresh sandbox."""
    first = [ask(api).content, api.get("/v1/endpoints").content]
    api.delete("/v1/endpoints/ep_a1b2c3")
    api.post("/v1/endpoints", json={"task": "translation"})
    sandbox.reset()
    assert sandbox.balance == 25_000_000
    again = ask(api)
    assert [again.content, api.get("/v1/endpoints").content] == first
    assert again.headers["x-request-id"] == "req_000001"


def test_reset_ends_what_is_running() -> None:
    """A reset breaks open streams off and gives up what was being deployed."""
    with Sandbox(pace=50) as sandbox, client_of(sandbox) as api:
        with api.stream("POST", "/v1/endpoints", json={"task": "translation", "name": "slow"}) as stream:
            lines = stream.iter_lines()
            next(lines)
            sandbox.reset()
            with suppress(httpx.RemoteProtocolError):
                assert not any("complete" in line for line in lines)
        assert api.get("/v1/endpoints/slow").status_code == 404


def test_closing_breaks_open_streams_off_at_once() -> None:
    """A sandbox with streams open closes within a second, and their readers learn that it is gone."""
    sandbox = Sandbox(pace=100).start()
    with client_of(sandbox) as api, api.stream("POST", "/v1/endpoints", json={"task": "translation"}) as stream:
        lines = stream.iter_lines()
        next(lines)
        with Stopwatch() as watch:
            sandbox.close()
        assert watch.own < 1
        with pytest.raises(httpx.RemoteProtocolError):
            list(lines)


def test_clients_come_ready_made(sandbox: Sandbox) -> None:
    """`client` gives the SDK's client with URL and key of the sandbox."""
    with sandbox.client() as pareta:
        assert [model.id for model in pareta.models.list()] == ["ep_seed01", "ep_a1b2c3", "ep_v7w8x9"]


def test_no_proxy_stands_before_a_sandbox(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clients, its upstream on this machine and the demo reach it where the environment names a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    ask: list[Any] = [{"role": "user", "content": "Who signs? Alder & Pine signs."}]

    async def count() -> list[int]:
        async with sandbox.async_client() as pareta, pareta.openai() as openai:
            return [len(await pareta.models.list()), len((await openai.models.list()).data)]

    assert asyncio.run(count()) == [3, 3]
    with sandbox.client() as pareta, pareta.openai() as openai:
        assert len(openai.models.list().data) == 3
    with Sandbox(pace=0, upstream=sandbox.base_url, upstream_key=sandbox.api_key) as front, front.client() as pareta:
        assert pareta.chat.completions.create(model="ep_a1b2c3", messages=ask).choices
    demo = [sys.executable, "examples/demo.py"]
    assert "stopped" in subprocess.run(demo, capture_output=True, text=True, check=True).stdout


def test_a_job_that_fails_breaks_its_stream_off(
    sandbox: Sandbox, api: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A stream whose job dies is cut, and does not hang; the traceback is in the log."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Store, "change_status", fail)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("/v1/endpoints", json={"task": "translation"})
    assert "ZeroDivisionError: planted" in caplog.text


def test_it_listens_on_ipv6_too() -> None:
    """Bound to ::1 it has a URL in brackets, and answers there."""
    with Sandbox(pace=0, host="::1") as sandbox, client_of(sandbox) as api:
        assert sandbox.base_url.startswith("http://[::1]:")
        assert api.get("/v1/models").status_code == 200


def test_importing_it_loads_no_server() -> None:
    """`import pareta.sandbox` is cheap: the server's libraries load when one is started."""
    code = (
        "import sys, pareta.sandbox; print([m for m in ('starlette', 'uvicorn', 'jsonschema_rs') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_extra_it_says_what_to_install() -> None:
    """Where the extra is not installed, starting says which command installs it."""
    code = "import sys; sys.modules['uvicorn'] = None; from pareta.sandbox import Sandbox; Sandbox().start()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install '.[sandbox]' in a checkout" in done.stderr.splitlines()[-1]
    assert "on the public index is another project" in done.stderr.splitlines()[-1]


class Command:
    """`python -m pareta.sandbox`, running."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-W", "error", "-m", "pareta.sandbox", *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.printed = ""
        for line in self.process.stdout:
            self.printed += line
            if "Ctrl-C" in line:
                break
        words = self.printed.split()
        self.url = next((word for word in words if word.startswith("http://")), "")
        self.key = next((w.partition("=")[2] for w in words if w.startswith("PARETA_API_KEY=")), "")

    def end(self, signal_number: int) -> tuple[int, str, float]:
        """Signal it, and return its status, what it wrote to stderr, and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal_number)
        _, errors = self.process.communicate(timeout=5)
        return self.process.returncode, errors, time.monotonic() - began

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def test_the_command_answers_for_further_hosts_and_origins() -> None:
    """`--allow-host` and `--cors` may be given several times."""
    hosts, origins = ("host.docker.internal", "sandbox.test:8700"), ("http://one.test", "http://two.test")
    options = [*(f"--allow-host={each}" for each in hosts), *(f"--cors={each}" for each in origins)]
    with Command("--port", "0", *options) as command:
        for host, origin in zip(hosts, origins, strict=True):
            headers = {"host": host, "origin": origin, "authorization": f"Bearer {command.key}"}
            answer = httpx.get(f"{command.url}/v1/models", headers=headers, trust_env=False)
            assert answer.status_code == 200
            assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_a_signal(number: int) -> None:
    """The command prints URL and key that work, and ends with 0, quickly and silently, with a stream open."""
    with Command("--port", "0", "--pace", "50", "--seed", "7") as command:
        api = httpx.Client(base_url=command.url, headers={"authorization": f"Bearer {command.key}"}, trust_env=False)
        with api, api.stream("POST", "/v1/endpoints", json={"task": "translation"}) as stream:
            assert next(stream.iter_lines()) == "event: progress"
            status, errors, seconds = command.end(number)
    assert (status, errors) == (0, "")
    assert seconds < 2


def test_the_command_says_when_its_port_is_taken() -> None:
    """A taken port gives one line that says so and what to do, and status 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with Command("--port", port) as command:
            _, errors = command.process.communicate(timeout=10)
    assert command.process.returncode == 1
    assert errors == f"Port {port} of 127.0.0.1 is taken. Choose another: --port 0 takes a free one.\n"


@pytest.mark.parametrize("setting", [("--pace", "-1"), ("--cors", "localhost:5173"), ("--cors", "http://x.example/")])
def test_the_command_refuses_settings_that_make_no_sense(setting: tuple[str, str]) -> None:
    """A negative pace or half an origin gives one line and status 1, no traceback."""
    with Command(*setting) as command:
        _, errors = command.process.communicate(timeout=10)
    assert command.process.returncode == 1
    assert setting[0] in errors
    assert setting[1] in errors
    assert "Traceback" not in errors


def run(sandbox: Sandbox) -> list[tuple[int, str, bytes]]:
    """Send a session's requests and return all that came back, the port left out."""
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/v1/models", None),
        ("POST", "/v1/endpoints", {"task": "contract-key-fields"}),
        ("POST", "/v1/endpoints", {"task": "translation", "model": "gemma-2"}),
        ("POST", "/v1/chat/completions", chat()),
        ("POST", "/v1/chat/completions", chat(DELAWARE, stream=True)),
        ("POST", "/v1/endpoints/ep_d4e5f6/start", None),
        ("POST", "/v1/tasks/match", {"query": "read totals from invoices"}),
        ("GET", "/v1/endpoints", None),
        ("GET", "/v1/endpoints/ep_a1b2c3/performance", None),
        ("GET", "/v1/endpoints/ep_a1b2c3/quality", None),
        ("GET", "/v1/endpoints/ep_d4e5f6/uptime?window=30d", None),
        ("DELETE", "/v1/endpoints/ep_d4e5f6", None),
    ]
    port = sandbox.base_url.rpartition(":")[2]
    seen = []
    with client_of(sandbox) as api:
        for method, path, body in requests:
            answer = api.request(method, path, json=body) if body else api.request(method, path)
            names = {name: answer.headers.get(name) for name in ("x-request-id", "content-type", "location")}
            seen.append((answer.status_code, str(names), answer.content.replace(port.encode(), b"PORT")))
    return seen


def test_the_same_seed_gives_the_same_session_to_the_byte() -> None:
    """Two sandboxes of one seed answer the same requests alike; another seed has another key."""
    with Sandbox(seed=7, pace=0) as one, Sandbox(seed=7, pace=0) as two, Sandbox(seed=8, pace=0) as other:
        assert one.api_key == two.api_key != other.api_key
        assert run(one) == run(two) != run(other)


def test_a_real_clock_tells_the_time() -> None:
    """With `clock="real"` a completion is dated now, and its latency is measured."""
    with Sandbox(pace=0, clock="real") as sandbox, client_of(sandbox) as api:
        assert abs(ask(api).json()["created"] - time.time()) < 5
        latency = api.get("/v1/endpoints/ep_a1b2c3/performance").json()["p50_ms"]
    assert 0 < latency < 250


def test_a_fixed_clock_moves_by_what_is_waited_for() -> None:
    """With the fixed clock a paced deployment takes as long on the clock as its waits are."""
    with Sandbox(pace=0.05) as sandbox, client_of(sandbox) as api:
        api.post("/v1/endpoints", json={"task": "translation", "name": "a"})
        created = until(lambda: ask(api, chat(model="a"))).json()["created"]
        assert created == 1768035600
        api.post("/v1/endpoints", json={"task": "translation", "name": "b"})
        stamp = api.get("/v1/endpoints/b").json()["created_at"]
    assert datetime.fromisoformat(stamp) > datetime(2026, 1, 10, 9, 0, 0, 90_000, tzinfo=UTC)
