"""The lifecycle of endpoints: deploy, start, stop and delete."""

import asyncio
from typing import Any

from pareta.sandbox._clock import iso
from pareta.sandbox._messages import HTTPError, event, not_retryable
from pareta.sandbox._platform import Platform
from pareta.sandbox._recording import Recording
from pareta.sandbox._rows import IDEMPOTENCY_WINDOW_MS, EndpointRow
from pareta.sandbox._seeding import REGIONS, digest

# Stage, percentage and duration in seconds at a pace of 1. Times count from the start of the deployment, so that it
# resumes at the right stage after a restart.
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
    """Runs deployments and cold starts, at most one job for each endpoint name."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._store = platform.store
        self._jobs: dict[str, tuple[asyncio.Task[None], Recording | None]] = {}

    def resume(self) -> None:
        """Resume the deployments and starts that were in progress when the state was closed."""
        for row in self._store.endpoints():
            if row.deploying:
                self._begin_deploying(row)
            elif row.status == "starting":
                self._begin(row.name, self._cold_start(row), None)

    def progress(self, name: str) -> bytes | None:
        """Return the last event of an endpoint's deployment, or None if it is not being deployed."""
        _, recording = self._jobs.get(name, (None, None))
        return None if recording is None else next((each for each in reversed(recording.pieces) if each != _PING), None)

    def find(self, name: str) -> EndpointRow:
        """Return an endpoint, or raise 404."""
        row = self._store.endpoint(name)
        if row is None:
            raise HTTPError(404, f"No endpoint '{name}'.")
        return row

    def to_json(self, row: EndpointRow) -> dict[str, Any]:
        """Return the API's JSON for an endpoint."""
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
    ) -> tuple[EndpointRow, Recording]:
        """Start a deployment; return its endpoint and its event stream.

        A repetition of the same `effect` returns the first deployment. With `fails` the deployment fails with that
        message.
        """
        before = (
            None
            if effect is None
            else self._store.deployed(effect, since=self._platform.clock.now() - IDEMPOTENCY_WINDOW_MS)
        )
        if before is not None:
            return before, self._report(before)
        known = self._platform.catalog.get(task)
        if known is None:
            raise HTTPError(400, f"Unknown task '{task}'. GET /v1/tasks lists the catalog.")
        alias = known.resolve(model)
        if alias is None:
            raise HTTPError(400, f"Unknown model '{model}' for task '{task}'. Its leaderboard lists the open ones.")
        if name is not None and self._store.endpoint(name) is not None:
            raise not_retryable(409, f"The name '{name}' is taken.")
        number, generated = self._generate_name()
        row = EndpointRow(
            name=generated if name is None else name,
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
            raise HTTPError(409, f"Endpoint '{name}' is being deployed.")
        if row.status in {"live", "starting"}:
            return row.status
        row = self._change(row, "starting")
        self._begin(name, self._cold_start(row), None)
        return row.status

    def stop(self, name: str) -> str:
        """Stop an endpoint and its deployment, and return its status."""
        row = self.find(name)
        self._refuse_protected(row)
        if row.status != "stopped":
            self._change(row, "stopped")
            self._end(name, f"Endpoint '{name}' was stopped while it was being deployed.")
        return "stopped"

    def delete(self, name: str) -> None:
        """Delete an endpoint and end its deployment."""
        self._refuse_protected(self.find(name))
        self._store.delete_endpoint(name)
        self._end(name, f"Endpoint '{name}' was deleted while it was being deployed.")

    def _begin_deploying(self, row: EndpointRow) -> Recording:
        recording = self._platform.jobs.recording()
        self._begin(row.name, self._deploying(row, recording), recording)
        return recording

    async def _deploying(self, row: EndpointRow, recording: Recording) -> None:
        spent = 0.0
        for stage, pct, seconds in _STAGES:
            recording.write(event({"stage": stage, "pct": pct}, name="progress"))
            await self._until(row.created_at, spent + seconds / 2)
            recording.write(_PING)
            spent += seconds
            await self._until(row.created_at, spent)
            if row.fails is not None and pct >= _FAILS_AT:
                self._close(self._change(row, "failed", failure=row.fails), recording)
                return
        self._close(self._change(row, "live"), recording)

    async def _cold_start(self, row: EndpointRow) -> None:
        await self._until(row.since, _COLD_SECONDS)
        self._change(row, "live")

    async def _until(self, begun: int, seconds: float) -> None:
        clock = self._platform.clock
        await clock.sleep_until(begun + round(seconds * clock.pace * 1000))

    def _report(self, row: EndpointRow) -> Recording:
        """Return the event stream of an earlier deployment."""
        _, running = self._jobs.get(row.name, (None, None))
        if running is not None:
            return running
        recording = self._platform.jobs.recording()
        self._close(row, recording)
        return recording

    def _close(self, row: EndpointRow, recording: Recording) -> None:
        """Write the terminal event of a deployment."""
        if row.was_live:
            recording.write(event({"endpoint": self.to_json(row)}, name="complete"))
        else:
            recording.write(event({"message": row.failure or f"Endpoint '{row.name}' was stopped."}, name="error"))
        recording.end()

    def _change(self, row: EndpointRow, status: str, *, failure: str | None = None) -> EndpointRow:
        return self._store.change_status(row, status, at=self._platform.clock.now(), failure=failure)

    def _begin(self, name: str, work: Any, recording: Recording | None) -> None:
        task = self._platform.jobs.start(work, recording)
        self._jobs[name] = (task, recording)

        def forget(_: asyncio.Task[None]) -> None:
            if name in self._jobs and self._jobs[name][0] is task:
                del self._jobs[name]

        task.add_done_callback(forget)

    def _end(self, name: str, message: str) -> None:
        task, recording = self._jobs.pop(name, (None, None))
        if task is not None:
            task.cancel()
        if recording is not None and not recording.finished:
            recording.write(event({"message": message}, name="error"))
            recording.end()

    def _refuse_protected(self, row: EndpointRow) -> None:
        if row.protected:
            raise not_retryable(409, f"Endpoint '{row.name}' is protected: it can be neither stopped nor deleted.")

    def _generate_name(self) -> tuple[int, str]:
        while True:
            number = self._store.next_number("endpoints")
            name = f"ep_{digest(self._platform.seed, 'endpoint', number)[:6]}"
            if self._store.endpoint(name) is None:
                return number, name
