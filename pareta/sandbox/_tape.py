"""A recording of a stream that any number of readers follow from its first piece; it knows no format."""

import asyncio
from collections.abc import AsyncGenerator, Callable


class Tape:
    """Pieces of bytes in order, written once and read by whoever comes, whenever they come.

    One event loop writes and reads. A tape that was cut is over without having come to its end.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.over = False
        self.was_cut = False
        self._readers: set[asyncio.Event] = set()
        self._at_end: list[Callable[[Tape], None]] = []
        self._at_abandon: list[Callable[[], object]] = []

    def write(self, piece: bytes) -> None:
        """Append a piece, unless the tape is over."""
        if not self.over:
            self.pieces.append(piece)
            self._wake()

    def end(self) -> None:
        """Say that the tape is whole."""
        self._finish(cut=False)

    def cut(self) -> None:
        """Break the tape off where it is."""
        self._finish(cut=True)

    def when_over(self, callback: Callable[["Tape"], None]) -> None:
        """Call back once the tape is over; at once where it is already."""
        if self.over:
            callback(self)
        else:
            self._at_end.append(callback)

    def when_abandoned(self, callback: Callable[[], object]) -> None:
        """Call back when the last reader leaves before the tape is over."""
        self._at_abandon.append(callback)

    async def follow(self) -> AsyncGenerator[bytes, None]:
        """Yield each piece from the first on, up to where the tape is over."""
        position = 0
        news = asyncio.Event()
        self._readers.add(news)
        try:
            while True:
                while position < len(self.pieces):
                    yield self.pieces[position]
                    position += 1
                if self.over:
                    return
                news.clear()
                await news.wait()
        finally:
            self._readers.discard(news)
            if not self._readers and not self.over:
                for callback in self._at_abandon:
                    callback()

    def _finish(self, *, cut: bool) -> None:
        if self.over:
            return
        self.over = True
        self.was_cut = cut
        self._wake()
        callbacks, self._at_end = self._at_end, []
        for callback in callbacks:
            callback(self)

    def _wake(self) -> None:
        for news in self._readers:
            news.set()
