"""The server that is held: where it is, whether it is a sandbox of our own, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from attrs import frozen

PACE = 0.2
"""How fast the sandbox goes where a check needs to see a deployment or a cold start under way."""


class SandboxLike(Protocol):
    """What the suite asks of a sandbox of its own."""

    @property
    def balance(self) -> int:
        """What the organisation has left, in micro-USD; it can be set."""
        ...

    @balance.setter
    def balance(self, micro_usd: int) -> None: ...

    @property
    def base_url(self) -> str:
        """Where it is."""
        ...

    @property
    def api_key(self) -> str:
        """Its key."""
        ...

    def reset(self) -> None:
        """Bring it back to its first state."""
        ...


@frozen(kw_only=True)
class Target:
    """A server. With `sandbox` it is ours: it is reset between checks, and its balance is looked at."""

    base_url: str
    api_key: str
    writes: bool
    sandbox: SandboxLike | None = None
    paced: Callable[[], AbstractContextManager[Target]] | None = None
    """Opens another of our own that takes its time; None where the server is not ours, and takes it anyway."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        return self.base_url if self.sandbox is None else "a sandbox of its own"

    def reset(self) -> None:
        """Bring a sandbox of our own back to its first state; leave any other server as it is."""
        if self.sandbox is not None:
            self.sandbox.reset()


def foreign(base_url: str, api_key: str, *, allow_writes: bool) -> Target:
    """Return a server that is not ours."""
    return Target(base_url=base_url.rstrip("/").removesuffix("/v1"), api_key=api_key, writes=allow_writes)


@contextmanager
def own(seed: int) -> Generator[Target]:
    """Serve a sandbox for as long as the context lasts."""
    from pareta.sandbox import Sandbox  # noqa: PLC0415  # It is the other extra's.

    @contextmanager
    def paced() -> Generator[Target]:
        with Sandbox(seed=seed, pace=PACE) as slow:
            yield Target(base_url=slow.base_url, api_key=slow.api_key, writes=True, sandbox=slow)

    with Sandbox(seed=seed, pace=0) as sandbox:
        yield Target(base_url=sandbox.base_url, api_key=sandbox.api_key, writes=True, sandbox=sandbox, paced=paced)
