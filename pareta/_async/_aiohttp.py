"""The engine for wide async work, directly on aiohttp: its connections and its parser, none of its policy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
from yarl import URL

from .._aiohttp import HEAD_LIMIT, KEEPALIVE, fault_of
from .._credentials import BaseUrl
from .._engine import Fault, HttpRequest, Waits
from .._exceptions import ParetaError
from .._httpcore_limits import CONNECTING
from .._timeouts import Patience
from .._tls import shared_context
from ._hang_up import Owner
from ._slots import Slots, running
from ._waiting import within

_FAILURES = (aiohttp.ClientError, OSError, asyncio.TimeoutError)
