"""How a deployment gets on: a bar on a terminal, else a line for each event."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from ._output import Output
from ._text import cell

if TYPE_CHECKING:
    from types import TracebackType


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
