"""Where the plugin's parts find what belongs to the run."""

from __future__ import annotations

from typing import Final

import pytest

from ._journal import Journal
from ._server import Server
from ._session import Limits

LIMITS: Final = pytest.StashKey[Limits]()
JOURNAL: Final = pytest.StashKey[Journal]()
SERVER: Final = pytest.StashKey[Server]()
