"""Made-up arguments and answers, the same 2,000 each time; `python -m tests.fuzz` tries others, and more."""

from __future__ import annotations

import pytest

from .properties import PROPERTIES, Property
from .running import peak, run
from .sockets import Sockets
from .strategies import raw_answers

CASES = 2_000
ON_SOCKETS = 200


@pytest.mark.parametrize("tried", PROPERTIES, ids=lambda tried: tried.name)
def test_nothing_but_our_exceptions_comes_of_anything(tried: Property) -> None:
    """Whatever is passed or arrives ends in a value, a ParetaError or a ValueError, and takes bounded memory."""
    before = peak()
    run(tried.cases, tried.check, (CASES - ON_SOCKETS) // len(PROPERTIES) + 1, repeatable=True)
    assert peak() - before < 200_000_000


@pytest.mark.long
def test_nothing_but_our_exceptions_comes_of_what_a_server_sends() -> None:
    """Bytes of any kind over a real socket, to each client, end in a value or a ParetaError."""
    sockets = Sockets()
    try:
        run(raw_answers(), sockets.check, ON_SOCKETS, repeatable=True)
    finally:
        sockets.close()
