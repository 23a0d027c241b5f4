"""What endpoints do over their lives: deploy, start, stop and delete, on the platform's clock."""

import asyncio
from typing import Any

from pareta.sandbox._clock import iso
from pareta.sandbox._http import Problem, event, lasting
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import KEPT, EndpointRow
from pareta.sandbox._seeding import REGIONS, digest
from pareta.sandbox._tape import Tape

# Each stage, and how long it lasts in seconds at a pace of 1. What is due when follows from when a deployment was
# begun, so that one which a restart interrupts goes on where it would be.
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

    def resume(self) -> None:
        """Go on with what was under way when the state was last closed, or its process ended."""
        for row in self._store.endpoints():
            if row.deploying:
                self._begin_deploying(row)
            elif row.status == "starting":
                self._begin(row.name, self._warming(row), None)

    def progress(self, name: str) -> bytes | None:
        """Return the last event of an endpoint's deployment; None where it is not being deployed."""
        _, tape = self._jobs.get(name, (None, None))
        return None if tape is None else next((each for each in reversed(tape.pieces) if each != _PING), None)

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

    def deploy(
        self, *, task: str, model: str, name: str | None, effect: str | None = None, fails: str | None = None
    ) -> tuple[EndpointRow, Tape]:
        """Accept a deployment and begin it; return its endpoint, and the stream that reports it.

        What was deployed for the same `effect` is not deployed again, only reported. With `fails` it fails with this
        message, for those who want to see that.
        """
        before = None if effect is None else self._store.deployed(effect, since=self._platform.clock.now() - KEPT)
        if before is not None:
            return before, self._report(before)
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
            fails=fails,
        )
        self._store.add_endpoint(row, effect=effect)
        return row, self._begin_deploying(row)

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

    def _begin_deploying(self, row: EndpointRow) -> Tape:
        tape = self._platform.jobs.tape()
        self._begin(row.name, self._deploying(row, tape), tape)
        return tape

    async def _deploying(self, row: EndpointRow, tape: Tape) -> None:
        spent = 0.0
        for stage, pct, seconds in _STAGES:
            tape.write(event({"stage": stage, "pct": pct}, name="progress"))
            await self._until(row.created_at, spent + seconds / 2)
            tape.write(_PING)
            spent += seconds
            await self._until(row.created_at, spent)
            if row.fails is not None and pct >= _FAILS_AT:
                self._close(self._change(row, "failed", failure=row.fails), tape)
                return
        self._close(self._change(row, "live"), tape)

    async def _warming(self, row: EndpointRow) -> None:
        await self._until(row.since, _COLD_SECONDS)
        self._change(row, "live")

    async def _until(self, begun: int, seconds: float) -> None:
        clock = self._platform.clock
        await clock.sleep_until(begun + round(seconds * clock.pace * 1000))

    def _report(self, row: EndpointRow) -> Tape:
        """Return the stream of a deployment that was begun before."""
        _, running = self._jobs.get(row.name, (None, None))
        if running is not None:
            return running
        tape = self._platform.jobs.tape()
        self._close(row, tape)
        return tape

    def _close(self, row: EndpointRow, tape: Tape) -> None:
        """Write how a deployment ended."""
        if row.was_live:
            tape.write(event({"endpoint": self.to_json(row)}, name="complete"))
        else:
            tape.write(event({"message": row.failure or f"Endpoint '{row.name}' was stopped."}, name="error"))
        tape.end()

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
