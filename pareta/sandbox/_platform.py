"""The parts of a sandbox, put together, and how it is brought back to its first state; no HTTP."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from pareta.sandbox import _catalog, _engines, _seeding
from pareta.sandbox._clock import Clock, make
from pareta.sandbox._journal import Journal
from pareta.sandbox._matcher import Matcher
from pareta.sandbox._plan import Plan
from pareta.sandbox._settings import Settings
from pareta.sandbox._store import Store
from pareta.sandbox._tape import Tape
from pareta.sandbox._upstream import UpstreamServer

logger = logging.getLogger("pareta.sandbox")


class Jobs:
    """What goes on without a request that waits for it, and the tapes it writes."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._tapes: set[Tape] = set()

    def tape(self) -> Tape:
        """Return a new tape, which is cut when the jobs are stopped."""
        tape = Tape()
        self._tapes.add(tape)
        tape.when_over(self._tapes.discard)
        return tape

    def start(self, work: Coroutine[Any, Any, None], tape: Tape | None = None) -> asyncio.Task[None]:
        """Start a job. A tape that it leaves without an end is cut."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def done(_: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if tape is not None:
                tape.cut()
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error("A job of the sandbox failed.", exc_info=error)

        task.add_done_callback(done)
        return task

    def stop(self) -> None:
        """Stop every job, and cut every tape."""
        for task in tuple(self._tasks):
            task.cancel()
        for tape in tuple(self._tapes):
            tape.cut()


class Platform:
    """The state and the services that the operations work on. One event loop uses it."""

    def __init__(self, settings: Settings, *, base_url: str) -> None:
        self.settings = settings
        self.seed = settings.seed
        self.base_url = base_url
        self.api_key = _seeding.api_key(settings.seed)
        self.catalog = _catalog.load()
        self.matcher = Matcher(self.catalog)
        self.engine = _engines.make(settings.engine)
        self.upstream = None if settings.upstream is None else UpstreamServer(settings.upstream)
        self.lag = settings.latency / 1000
        self.store = Store() if settings.state is None else Store(str(settings.state))
        self.jobs = Jobs()
        self.journal = Journal(self.api_key)
        self.plan = Plan()
        self.operations: Mapping[str, frozenset[str]] = {}
        """The operations that are served, each with the statuses that are documented for it."""
        self.epoch = 0
        self._begin()

    def next_request_id(self) -> str:
        """Return a request id that no other request has."""
        self._requests += 1
        return f"{self._request_ids}{self._requests:06}"

    def reset(self) -> None:
        """Bring back the first state: endpoints, metrics, balance, counters, the fixed clock; no faults, no journal."""
        self.epoch += 1
        self.jobs.stop()
        self.store.clear()
        self.journal.clear()
        self.plan.clear()
        self._begin()

    def close(self) -> None:
        """Stop every job and close the state."""
        self.jobs.stop()
        self.store.close()

    def _begin(self) -> None:
        """Begin with the state as it is, or with the first state where there is none."""
        begun = self.store.begin(self.settings.balance, _seeding.endpoints())
        self.clock: Clock = make(self.settings.clock, pace=self.settings.pace, after=self.store.latest())
        self._request_ids = "req_" if begun == 1 else f"req_{begun}_"
        self._requests = 0
