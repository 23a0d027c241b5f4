"""How a deployment and a map get on: a bar on a terminal, else lines."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Self

from ._output import Output
from ._text import cell, dollars

if TYPE_CHECKING:
    from types import TracebackType

    from pareta import MapResults

_EVERY = 5.0
"""Seconds between two lines of a map."""


class DeployProgress:
    """Draws the stage, the percentage, the time so far and the time that it will take in all."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._began = time.monotonic()
        self._last = ""
        self._bar: Any = None

    def __enter__(self) -> Self:
        if self._out.can_redraw:
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:3.0f} %"),
                _times_column(),
                console=self._out.errors,
            )
            self._task = self._bar.add_task("starting", total=100)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, stage: object, percent: object) -> None:
        """Show where the deployment is."""
        done = percent if isinstance(percent, int | float) else 0
        text = cell(stage)
        if self._bar is not None:
            self._bar.update(self._task, description=text, completed=done, at=time.monotonic() - self._began)
        elif (line := f"{done:3.0f} %  {text}") != self._last:
            self._last = line
            self._out.note(f"{line}  ({time.monotonic() - self._began:.0f} s)")


class MapProgress:
    """Shows the rows so far, the rate, the cost and the time left, from a thread of its own."""

    def __init__(self, out: Output, results: MapResults[Any], rows: int) -> None:
        self._out = out
        self._results = results
        self._rows = rows
        self._seen: deque[tuple[float, int]] = deque(maxlen=60)
        """When how many rows had been sent and answered, for the rate of the last half minute."""
        self._stopping = False
        self._ended = Event()
        self._thread = Thread(target=self._tell, daemon=True)

    def stop(self) -> None:
        """Stop the map, and say so; a handler of a signal may call this."""
        self._stopping = True
        self._results.stop()

    def __enter__(self) -> Self:
        self._seen.append((time.monotonic(), 0))
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _tell(self) -> None:
        if self._out.can_redraw:
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=24))
            with Progress(*columns, console=self._out.errors, transient=True) as bar:
                task = bar.add_task("", total=self._rows)
                while True:
                    bar.update(task, description=self._text(), completed=self._results.delivered)
                    if self._ended.wait(0.5):
                        return
        told, last = False, -_EVERY
        while not self._ended.wait(0.5):
            text = self._text()
            if time.monotonic() - last >= _EVERY or self._stopping > told:
                told, last = self._stopping, time.monotonic()
                self._out.note(text)

    def _text(self) -> str:
        results, now = self._results, time.monotonic()
        done = results.delivered
        self._seen.append((now, done - results.resumed))
        (then, before), (_, after) = self._seen[0], self._seen[-1]
        rate = (after - before) / (now - then) if now > then else 0.0
        parts = [f"{done:,} of {self._rows:,} rows"]
        parts += [f"{results.failed:,} failed"] if results.failed else []
        parts += [f"{rate:,.1f} rows/s", dollars(results.spent_micro_usd)]
        if self._stopping:
            parts.append(f"stopping after the {results.in_flight} in flight; Ctrl-C again leaves at once")
        elif rate:
            parts.append(f"{_duration((self._rows - done) / rate)} left")
        return ", ".join(parts)


@contextmanager
def gently(stop: Callable[[], None]) -> Generator[None]:
    """Let the first Ctrl-C stop it, and the second break it off."""

    def interrupted(_signal: int, _frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def waiting(out: Output, text: str) -> AbstractContextManager[Any]:
    """Show that something is waited for."""
    if not out.can_redraw:
        out.note(text)
        return nullcontext()
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    progress = Progress(*columns, console=out.errors, transient=True)
    progress.add_task(cell(text), total=None)
    return progress


def _times(task: Any) -> str:
    elapsed = task.elapsed or 0.0
    at, percent = task.fields.get("at"), task.percentage
    if not at or not 0 < percent < 100:
        return f"{elapsed:.0f} s"
    return f"{elapsed:.0f} s of about {max(elapsed, at * 100 / percent):.0f} s"


def _times_column() -> Any:
    from rich.progress import ProgressColumn
    from rich.text import Text

    class Times(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(_times(task))

    return Times()
