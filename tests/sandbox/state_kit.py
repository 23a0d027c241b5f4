"""A sandbox in a process of its own that is killed under traffic, and what its clients were told."""

import random
import subprocess
import sys
import threading
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


class Platform:
    """The process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process: subprocess.Popen[str] | None = None
        self.ended = threading.Event()
        self.url = ""
        self.key = ""

    def start(self) -> None:
        """Start it on the file, and return once it answers."""
        self.end()
        self.ended.clear()
        command = [sys.executable, "-c", _SERVE, str(self._file), str(BALANCE)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url, self.key = self._process.stdout.readline().split()

    def kill_after(self, seconds: float) -> threading.Timer:
        """Kill it in a while, from another thread, and say in `ended` that it is gone."""
        assert self._process is not None
        process = self._process

        def kill() -> None:
            process.kill()
            self.ended.set()

        timer = threading.Timer(seconds, kill)
        timer.start()
        return timer

    def end(self) -> None:
        """Kill it and collect it, where it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def client(self) -> httpx.Client:
        """Return a client of the process that runs now."""
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=10, trust_env=False)


class Traffic:
    """Four clients that deploy, delete, and complete under keys, and remember what was answered."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self._platform = platform
        self._dice = [random.Random(f"{seed} {number}") for number in range(4)]
        self._counts = [0] * 4
        self._lost: list[tuple[str, str, Any, str]] = []
        self._billed: set[str] = set()
        self._deployed: set[str] = set()
        self._deleted: set[str] = set()

    @property
    def acknowledged(self) -> int:
        """How many requests with an effect were answered."""
        return len(self._billed) + len(self._deployed) + len(self._deleted)

    def run_until(self, ended: threading.Event) -> None:
        """Send requests until the server is gone."""
        clients = [threading.Thread(target=self._send_until, args=(number, ended)) for number in range(4)]
        for each in clients:
            each.start()
        for each in clients:
            each.join()

    def repeat_what_was_lost(self) -> None:
        """Send again, under their keys, the requests whose answers did not arrive."""
        with self._platform.client() as api:
            for method, path, body, key in self._lost:
                self._send(api, method, path, body, key)

    def hold_against_the_state(self) -> None:
        """Assert that the state is what the answers say, no more and no less."""
        with self._platform.client() as api:
            until(lambda: not [each for each in api.get("/v1/endpoints").json() if each["status"] == "starting"])
            names = {each["name"] for each in api.get("/v1/endpoints").json()}
            spent = api.get("/v1/endpoints/ep_a1b2c3/cost").json()
        seeded = {"ep_seed01", "ep_a1b2c3", "ep_d4e5f6", "ep_v7w8x9"}
        assert names - seeded == self._deployed - self._deleted
        assert spent["requests"] == len(self._billed)
        assert spent["spend_micro_usd"] == PRICE * len(self._billed)

    def _send_until(self, number: int, ended: threading.Event) -> None:
        mine: list[str] = []
        with self._platform.client() as api:
            while not ended.is_set():
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
        """Send a request, and note its effect once its answer says that it has it.

        A deployment is acknowledged by the head of its stream; a delete that was lost may find nothing left.
        """
        with api.stream(method, path, json=body, headers={"idempotency-key": key}) as answer:
            assert answer.status_code in {200, 204, 404}, answer.read()
            if path == "/v1/endpoints":
                self._deployed.add(body["name"])
                with suppress(httpx.HTTPError):
                    answer.read()
            elif method == "DELETE":
                self._deleted.add(path.rpartition("/")[2])
            else:
                answer.read()
                self._billed.add(key)
