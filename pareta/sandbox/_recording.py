"""A recorded stream of bytes, which any number of readers can follow from the start."""

import asyncio
from collections.abc import AsyncGenerator, Callable


class Recording:
    """A stream of pieces. Readers may start before, during or after the writing.

    It belongs to one event loop. `finished` means that no more pieces follow; `aborted` means that the end is missing.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.finished = False
        self.aborted = False
        self._readers: set[asyncio.Event] = set()
        self._at_end: list[Callable[[Recording], None]] = []
        self._at_abandon: list[Callable[[], object]] = []

    def write(self, piece: bytes) -> None:
        """Append a piece, unless the recording is finished."""
        if not self.finished:
            self.pieces.append(piece)
            self._wake()

    def end(self) -> None:
        """Finish the recording; it is complete."""
        self._finish(aborted=False)

    def abort(self) -> None:
        """Finish the recording; it is incomplete."""
        self._finish(aborted=True)

    def on_finish(self, callback: Callable[["Recording"], None]) -> None:
        """Call `callback` when the recording finishes, or now if it has finished."""
        if self.finished:
            callback(self)
        else:
            self._at_end.append(callback)

    def on_abandon(self, callback: Callable[[], object]) -> None:
        """Call `callback` when the last reader leaves an unfinished recording."""
        self._at_abandon.append(callback)

    async def follow(self) -> AsyncGenerator[bytes, None]:
        """Yield every piece from the first one, until the recording finishes."""
        position = 0
        news = asyncio.Event()
        self._readers.add(news)
        try:
            while True:
                while position < len(self.pieces):
                    yield self.pieces[position]
                    position += 1
                if self.finished:
                    return
                news.clear()
                await news.wait()
        finally:
            self._readers.discard(news)
            if not self._readers and not self.finished:
                for callback in self._at_abandon:
                    callback()

    def _finish(self, *, aborted: bool) -> None:
        if self.finished:
            return
        self.finished = True
        self.aborted = aborted
        self._wake()
        callbacks, self._at_end = self._at_end, []
        for callback in callbacks:
            callback(self)

    def _wake(self) -> None:
        for news in self._readers:
            news.set()
