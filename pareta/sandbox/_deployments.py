"""What endpoints do over their lives: deploy, start, stop and delete, on the platform's clock."""

import asyncio
from typing import Any

from pareta.sandbox._clock import iso
from pareta.sandbox._http import Problem, event, lasting
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._seeding import REGIONS, digest
from pareta.sandbox._tape import Tape

# Each stage, and how long it lasts in seconds at a pace of 1.
_STAGES = (
    ("queued", 0, 0.15),
    ("allocating capacity", 5, 0.30),
    ("pulling weights", 15, 0.25),
    ("pulling weights", 30, 0.25),
    ("pulling weights", 45, 0.25),
    ("pulling weights", 60, 0.25),
    ("pulling weights", 75, 0.25),
    ("loading weights", 85, 0.40),
    ("checking health", 95, 0.20),
)
_COLD_SECONDS = 1.2
_PING = b": ping\n\n"
_FAILS_AT = 85


class Deployments:
    """The lives of endpoints. A job belongs to an endpoint's name for as long as it brings it to be live."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._store = platform.store
        self._jobs: dict[str, tuple[asyncio.Task[None], Tape | None]] = {}

    def find(self, name: str) -> EndpointRow:
        """Return an endpoint, or raise 404."""
        row = self._store.endpoint(name)
        if row is None:
            raise Problem(404, f"No endpoint '{name}'.")
        return row

    def to_json(self, row: EndpointRow) -> dict[str, Any]:
        """Return an endpoint as the API writes it."""
        return {
            "id": row.name,
            "name": row.name,
            "model": row.model,
            "status": row.status,
            "taskName": row.task,
            "url": f"{self._platform.base_url}/v1" if row.was_live else None,
            "region": row.region,
            "created_at": iso(row.created_at),
            "owned_by": row.owned_by,
            "protected": row.protected,
            "failure": row.failure,
        }

    def deploy(self, *, task: str, model: str, name: str | None, fails: str | None = None) -> tuple[EndpointRow, Tape]:
        """Accept a deployment and begin it; return its endpoint, and the stream that reports it.

        With `fails` it fails with this message, for those who want to see that.
        """
        known = self._platform.catalog.get(task)
        if known is None:
            raise Problem(400, f"Unknown task '{task}'. GET /v1/tasks lists the catalog.")
        alias = known.resolve(model)
        if alias is None:
            raise Problem(400, f"Unknown model '{model}' for task '{task}'. Its leaderboard lists the open ones.")
        if name is not None and self._store.endpoint(name) is not None:
            raise lasting(409, f"The name '{name}' is taken.")
        number, made_up = self._make_up_name()
        row = EndpointRow(
            name=made_up if name is None else name,
            model=alias,
            task=task,
            status="starting",
            region=REGIONS[int(digest(self._platform.seed, "region", number)[:4], 16) % len(REGIONS)],
            created_at=self._platform.clock.now(),
            deploying=True,
        )
        self._store.add_endpoint(row)
        tape = self._platform.jobs.tape()
        self._begin(row.name, self._deploying(row, tape, fails), tape)
        return row, tape

    def start(self, name: str) -> str:
        """Start an endpoint and return its status."""
        row = self.find(name)
        if row.deploying:
            raise Problem(409, f"Endpoint '{name}' is being deployed.")
        if row.status in {"live", "starting"}:
            return row.status
        row = self._change(row, "starting")
        self._begin(name, self._warming(row), None)
        return row.status

    def stop(self, name: str) -> str:
        """Stop an endpoint, its deployment too, and return its status."""
        row = self.find(name)
        self._refuse_protected(row)
        if row.status != "stopped":
            self._change(row, "stopped")
            self._end(name, f"Endpoint '{name}' was stopped while it was being deployed.")
        return "stopped"

    def delete(self, name: str) -> None:
        """Remove an endpoint, and end its deployment."""
        self._refuse_protected(self.find(name))
        self._store.delete_endpoint(name)
        self._end(name, f"Endpoint '{name}' was deleted while it was being deployed.")

    async def _deploying(self, row: EndpointRow, tape: Tape, fails: str | None) -> None:
        for stage, pct, seconds in _STAGES:
            tape.write(event({"stage": stage, "pct": pct}, name="progress"))
            await self._platform.clock.sleep(seconds / 2)
            tape.write(_PING)
            await self._platform.clock.sleep(seconds / 2)
            if fails is not None and pct >= _FAILS_AT:
                self._change(row, "failed", failure=fails)
                tape.write(event({"message": fails}, name="error"))
                tape.end()
                return
        row = self._change(row, "live")
        tape.write(event({"endpoint": self.to_json(row)}, name="complete"))
        tape.end()

    async def _warming(self, row: EndpointRow) -> None:
        await self._platform.clock.sleep(_COLD_SECONDS)
        self._change(row, "live")

    def _change(self, row: EndpointRow, status: str, *, failure: str | None = None) -> EndpointRow:
        return self._store.change_status(row, status, at=self._platform.clock.now(), failure=failure)

    def _begin(self, name: str, work: Any, tape: Tape | None) -> None:
        task = self._platform.jobs.start(work, tape)
        self._jobs[name] = (task, tape)

        def forget(_: asyncio.Task[None]) -> None:
            if name in self._jobs and self._jobs[name][0] is task:
                del self._jobs[name]

        task.add_done_callback(forget)

    def _end(self, name: str, message: str) -> None:
        task, tape = self._jobs.pop(name, (None, None))
        if task is not None:
            task.cancel()
        if tape is not None and not tape.over:
            tape.write(event({"message": message}, name="error"))
            tape.end()

    def _refuse_protected(self, row: EndpointRow) -> None:
        if row.protected:
            raise lasting(409, f"Endpoint '{row.name}' is protected: it can be neither stopped nor deleted.")

    def _make_up_name(self) -> tuple[int, str]:
        while True:
            number = self._store.next_number("endpoints")
            name = f"ep_{digest(self._platform.seed, 'endpoint', number)[:6]}"
            if self._store.endpoint(name) is None:
                return number, name
