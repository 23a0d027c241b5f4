"""The server under test: its address, whether it is the suite's own sandbox, and whether it may be written to."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

from attrs import frozen

from pareta.sandbox import Sandbox

_SLOW_PACE = 0.2
"""The pace of the sandbox on which a check can see a deployment or a cold start in progress."""


@frozen(kw_only=True)
class Target:
    """A server under test. With `sandbox`, the suite resets it between checks and reads its balance."""

    base_url: str
    api_key: str
    writes: bool
    sandbox: Sandbox | None = None
    slow: Callable[[], AbstractContextManager[Target]] | None = None
    """Opens a second, slow sandbox; None for an external server, whose deployments take time anyway."""

    @property
    def name(self) -> str:
        """The target's name in a report."""
        return self.base_url if self.sandbox is None else "the suite's own sandbox"

    def reset(self) -> None:
        """Reset the sandbox; do nothing on another server."""
        if self.sandbox is not None:
            self.sandbox.reset()


def external_target(base_url: str, api_key: str, *, allow_writes: bool) -> Target:
    """Return a server that the suite did not start."""
    return Target(base_url=base_url.rstrip("/").removesuffix("/v1"), api_key=api_key, writes=allow_writes)


@contextmanager
def sandbox_target(seed: int) -> Generator[Target]:
    """Serve a sandbox while the context is open."""

    @contextmanager
    def slow() -> Generator[Target]:
        with Sandbox(seed=seed, pace=_SLOW_PACE) as sandbox:
            yield Target(base_url=sandbox.base_url, api_key=sandbox.api_key, writes=True, sandbox=sandbox)

    with Sandbox(seed=seed, pace=0) as sandbox:
        yield Target(base_url=sandbox.base_url, api_key=sandbox.api_key, writes=True, sandbox=sandbox, slow=slow)
