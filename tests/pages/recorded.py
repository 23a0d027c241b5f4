"""A client whose requests are kept, for tests of what is sent."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import httpx

from pareta import Pareta


@attrs.define
class Recorded:
    """A client whose requests are kept and answered by a function."""

    client: Pareta
    requests: list[httpx.Request]


Answering = Callable[[Callable[[httpx.Request], httpx.Response]], Recorded]
