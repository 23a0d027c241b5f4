"""When a logical call must be over."""

from __future__ import annotations

from .session import Session


class Deadline:
    """The end of a logical call, by the session's clock.

    A deadline that follows from the timeouts moves with each wait between attempts. One that the user set
    does not move, and a wait that would pass it is not begun.
    """

    def __init__(self, session: Session, seconds: float | None, *, moves: bool) -> None:
        self._clock = session.clock
        self._moves = moves
        self.until = None if seconds is None else session.clock() + seconds

    @classmethod
    def of(cls, session: Session, default: float | None = None) -> Deadline:
        """Return the deadline of a call that begins now: the user's, else `default`, else that of the timeouts."""
        seconds = session.options.seconds(session.timeouts)
        given = isinstance(session.options.deadline, float)
        if default is not None and not given:
            seconds = default if session.options.deadline is not None else None
        return cls(session, seconds, moves=default is None and not given)

    def allow(self, seconds: float) -> bool:
        """Return whether there is time to wait so long."""
        return self.until is None or self._clock() + seconds < self.until

    def allow_retry(self, seconds: float) -> bool:
        """Return whether there is time to wait so long before the next attempt; a deadline that moves makes room."""
        if self.until is not None and self._moves:
            self.until += seconds
        return self.allow(seconds)

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self.until is not None and self._clock() >= self.until
