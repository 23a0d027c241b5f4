"""The state and services of a sandbox, and its reset; no HTTP."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from pareta.sandbox import _catalog, _engine_choice, _seeding
from pareta.sandbox._clock import Clock, make_clock
from pareta.sandbox._fault_queue import FaultQueue
from pareta.sandbox._journal import Journal
from pareta.sandbox._matcher import Matcher
from pareta.sandbox._recording import Recording
from pareta.sandbox._settings import SandboxSettings, Upstream
from pareta.sandbox._store import Store

if TYPE_CHECKING:
    from pareta.sandbox._upstream import UpstreamServer

logger = logging.getLogger("pareta.sandbox")


class Jobs:
    """Background tasks and the recordings that they write."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._recordings: set[Recording] = set()

    def recording(self) -> Recording:
        """Return a new recording; `stop` aborts it."""
        recording = Recording()
        self._recordings.add(recording)
        recording.on_finish(self._recordings.discard)
        return recording

    def start(self, work: Coroutine[Any, Any, None], recording: Recording | None = None) -> asyncio.Task[None]:
        """Start a task. When it ends, an unfinished recording is aborted."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def done(_: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if recording is not None:
                recording.abort()
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error("A job of the sandbox failed.", exc_info=error)

        task.add_done_callback(done)
        return task

    def stop(self) -> None:
        """Cancel every task and abort every recording."""
        for task in tuple(self._tasks):
            task.cancel()
        for recording in tuple(self._recordings):
            recording.abort()


class Platform:
    """The state and the services behind the operations. It belongs to one event loop."""

    def __init__(self, settings: SandboxSettings, *, base_url: str) -> None:
        self.settings = settings
        self.seed = settings.seed
        self.base_url = base_url
        self.api_key = _seeding.api_key(settings.seed)
        self.catalog = _catalog.load()
        self.matcher = Matcher(self.catalog)
        self.engine = _engine_choice.make_engine(settings.engine)
        self.upstream = None if settings.upstream is None else _upstream_server(settings.upstream)
        self.added_latency = settings.latency / 1000
        self.store = Store() if settings.state is None else Store(str(settings.state))
        self.jobs = Jobs()
        self.journal = Journal(self.api_key)
        self.faults = FaultQueue()
        self.operations: Mapping[str, frozenset[str]] = {}
        """The documented statuses of each operation."""
        self.epoch = 0
        self._begin()

    def next_request_id(self) -> str:
        """Return a unique request id."""
        self._requests += 1
        return f"{self._request_ids}{self._requests:06}"

    def reset(self) -> None:
        """Restore the initial state: endpoints, metrics, balance, counters, fixed clock; clear faults and journal."""
        self.epoch += 1
        self.jobs.stop()
        self.store.clear()
        self.journal.clear()
        self.faults.clear()
        self._begin()

    def close(self) -> None:
        """Stop all tasks and close the state."""
        self.jobs.stop()
        self.store.close()

    def _begin(self) -> None:
        """Load the state, or create the initial one."""
        begun = self.store.begin(self.settings.balance, _seeding.endpoints())
        self.clock: Clock = make_clock(self.settings.clock, pace=self.settings.pace, after=self.store.latest())
        self._request_ids = "req_" if begun == 1 else f"req_{begun}_"
        self._requests = 0


def _upstream_server(settings: Upstream) -> "UpstreamServer":
    from pareta.sandbox._upstream import UpstreamServer  # httpx is slow to import

    return UpstreamServer(settings)
