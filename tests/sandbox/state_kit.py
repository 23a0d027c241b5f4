"""A sandbox process that is killed under load, and the clients that record its responses."""

import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from sandbox_kit import chat, until

BALANCE = 10_000_000
PRICE = 210
_SERVE = """
import sys, time
from pareta.sandbox import Sandbox
with Sandbox(seed=7, pace=0.05, clock="real", balance=int(sys.argv[2]), state=sys.argv[1]) as sandbox:
    print(sandbox.base_url, sandbox.api_key, flush=True)
    sys.stdin.read()
"""


class SandboxProcess:
    """A sandbox in its own process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process: subprocess.Popen[str] | None = None
        self.ended = threading.Event()
        self.url = ""
        self.key = ""

    def start(self) -> None:
        """Start the process with the state file, and return when it is ready."""
        self.end()
        self.ended.clear()
        command = [sys.executable, "-c", _SERVE, str(self._file), str(BALANCE)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url, self.key = self._process.stdout.readline().split()

    def kill(self) -> None:
        """Kill the process with SIGKILL, and set `ended`."""
        assert self._process is not None
        self._process.kill()
        self.ended.set()

    def end(self) -> None:
        """Kill the process if it is running, and wait for it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def client(self) -> httpx.Client:
        """Return a client of the current process."""
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=10, trust_env=False)


class Traffic:
    """Four clients that deploy, delete and complete with idempotency keys, and record the responses."""

    def __init__(self, process: SandboxProcess, seed: int) -> None:
        self._process = process
        self._dice = [random.Random(f"{seed} {number}") for number in range(4)]
        self._counts = [0] * 4
        self._changed = threading.Condition()
        self._lost: list[tuple[str, str, Any, str]] = []
        self._billed: set[str] = set()
        self._deployed: set[str] = set()
        self._deleted: set[str] = set()

    @property
    def acknowledged(self) -> int:
        """The number of acknowledged requests."""
        return len(self._billed) + len(self._deployed) + len(self._deleted)

    def run_and_kill(self, acknowledgements: int, later: float) -> None:
        """Send until `acknowledgements` more requests are acknowledged, and kill the server `later` seconds later."""
        wanted = self.acknowledged + acknowledgements
        clients = [threading.Thread(target=self._send_until_ended, args=(number,)) for number in range(4)]
        for each in clients:
            each.start()
        with self._changed:
            assert self._changed.wait_for(lambda: self.acknowledged >= wanted, 30)
        time.sleep(later)  # Kill it at an arbitrary moment.
        self._process.kill()
        for each in clients:
            each.join()

    def repeat_what_was_lost(self) -> None:
        """Repeat the requests without a response, with their keys."""
        with self._process.client() as api:
            for method, path, body, key in self._lost:
                self._send(api, method, path, body, key)

    def check_state(self) -> None:
        """Assert that the state matches the responses exactly."""
        with self._process.client() as api:
            until(lambda: not [each for each in api.get("/v1/endpoints").json() if each["status"] == "starting"])
            names = {each["name"] for each in api.get("/v1/endpoints").json()}
            spent = api.get("/v1/endpoints/ep_a1b2c3/cost").json()
        seeded = {"ep_seed01", "ep_a1b2c3", "ep_d4e5f6", "ep_v7w8x9"}
        assert names - seeded == self._deployed - self._deleted
        assert spent["requests"] == len(self._billed)
        assert spent["spend_micro_usd"] == PRICE * len(self._billed)

    def _send_until_ended(self, number: int) -> None:
        mine: list[str] = []
        with self._process.client() as api:
            while not self._process.ended.is_set():
                self._counts[number] += 1
                key = f"{number}-{self._counts[number]}"
                method, path, body = self._choose(number, key, mine)
                try:
                    self._send(api, method, path, body, key)
                except (httpx.HTTPError, ConnectionError):
                    self._lost.append((method, path, body, key))
                    return

    def _choose(self, number: int, key: str, mine: list[str]) -> tuple[str, str, Any]:
        dice = self._dice[number].random()
        if dice < 0.2:
            mine.append(f"mine-{key}")
            return "POST", "/v1/endpoints", {"task": "translation", "name": mine[-1]}
        if dice < 0.35 and mine:
            return "DELETE", f"/v1/endpoints/{mine.pop(0)}", None
        return "POST", "/v1/chat/completions", chat(f"Number {key}. Which number?")

    def _send(self, api: httpx.Client, method: str, path: str, body: Any, key: str) -> None:
        """Send a request, and record its effect when the response acknowledges it.

        The response head acknowledges a deployment. A repeated delete may get a 404.
        """
        with api.stream(method, path, json=body, headers={"idempotency-key": key}) as answer:
            assert answer.status_code in {200, 204, 404}, answer.read()
            if path == "/v1/endpoints":
                self._acknowledge(self._deployed, body["name"])
                with suppress(httpx.HTTPError):
                    answer.read()
            elif method == "DELETE":
                self._acknowledge(self._deleted, path.rpartition("/")[2])
            else:
                answer.read()
                self._acknowledge(self._billed, key)

    def _acknowledge(self, effects: set[str], effect: str) -> None:
        with self._changed:
            effects.add(effect)
            self._changed.notify_all()
