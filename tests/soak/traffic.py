"""What the callers do: a mix of calls, each of which ends as it should or is set down as unexpected."""

from __future__ import annotations

import asyncio
import random
import threading
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pareta import (
    APIConnectionError,
    AsyncPareta,
    DeployError,
    EndpointNotReadyError,
    NotFoundError,
    Pareta,
    RateLimitError,
)

TASK = "contract-key-fields"
MODEL = "ep_a1b2c3"
ASKED: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "Hello, hello!"}], "max_tokens": 4}
PASSING = (APIConnectionError, RateLimitError, EndpointNotReadyError)
"""What a bad line may come to: once the retries are used up, or in the middle of a stream."""
PAID = ("chat", "stream", "leave", "cancel")
DEEDS = ("chat",) * 8 + ("stream",) * 6 + ("leave", "cancel", "models", "retrieve", "metrics", "match", "deploy")


class Book:
    """What was done, and what came of it; shared by all callers."""

    def __init__(self, direct: Pareta) -> None:
        self._direct = direct
        self._lock = threading.Lock()
        self.text = direct.chat.completions.create(**ASKED).choices[0].message.content or ""
        self.done: Counter[str] = Counter()
        self.raised: Counter[str] = Counter()
        self.unexpected: list[str] = []
        self.completions = 1
        """Each is paid for once."""

    def begin(self, deed: str) -> str | None:
        """Set down a call; return its key where it is paid for."""
        with self._lock:
            self.done[deed] += 1
            self.completions += deed in PAID
        return uuid.uuid4().hex if deed in PAID else None

    def failed(self, deed: str, key: str | None, error: BaseException) -> None:
        """Set down what a call raised. A completion whose answer was lost is asked for again, over a good line."""
        allowed = (*PASSING, DeployError, NotFoundError) if deed == "deploy" else PASSING
        with self._lock:
            self.raised[f"{deed}: {type(error).__name__}"] += 1
            if not isinstance(error, (*allowed, asyncio.CancelledError)):
                self.unexpected.append("".join(traceback.format_exception(error, limit=-6)))
        if key is not None:
            self.settle(deed, key)

    def settle(self, deed: str, key: str) -> None:
        """Ask for a completion under its key: it is paid for from now on, if it was not before, and once."""
        completions = self._direct.with_options(idempotency_key=key).chat.completions
        if deed in ("chat", "cancel"):
            completions.create(**ASKED)
        else:
            completions.create(**ASKED, stream=True).completion()

    def hold(self, text: str | None) -> None:
        """Raise for an answer that is not the right one."""
        if text != self.text:
            raise AssertionError(f"a wrong answer: {text!r}")


def block(book: Book, client: Pareta, seed: int, pause: float, over: Callable[[], bool]) -> None:
    """Do one thing after another, in this thread."""
    dice = random.Random(seed)
    while not over():
        time.sleep(dice.random() * 2 * pause)
        deed = dice.choice(DEEDS)
        deed = "leave" if deed == "cancel" else deed  # A blocking call cannot be cancelled.
        key = book.begin(deed)
        try:
            _do(book, client.with_options(idempotency_key=key) if key else client, deed)
        except Exception as error:  # Whatever it is, it is set down.
            book.failed(deed, key, error)


def _do(book: Book, client: Pareta, deed: str) -> None:
    match deed:
        case "chat":
            book.hold(client.chat.completions.create(**ASKED).choices[0].message.content)
        case "stream":
            stream = client.chat.completions.create(**ASKED, stream=True)
            book.hold("".join(stream.text))
        case "leave":
            for _ in client.chat.completions.create(**ASKED, stream=True):
                break
        case "models":
            client.models.list()
        case "retrieve":
            client.endpoints.retrieve(MODEL)
        case "metrics":
            client.endpoints.metrics(MODEL).cost()
        case "match":
            client.tasks.match("fields of a contract")
        case _:
            endpoint = client.endpoints.deploy(task=TASK, name=f"soak-{uuid.uuid4().hex}", wait=True)
            client.endpoints.stop(endpoint.id)
            client.endpoints.delete(endpoint.id)


async def go_on(book: Book, client: AsyncPareta, seed: int, pause: float, over: Callable[[], bool]) -> None:
    """Do one thing after another, in this task."""
    dice = random.Random(seed)
    while not over():
        await asyncio.sleep(dice.random() * 2 * pause)
        deed = dice.choice(DEEDS)
        key = book.begin(deed)
        try:
            await _do_async(book, client.with_options(idempotency_key=key) if key else client, deed, dice)
        except (Exception, asyncio.CancelledError) as error:  # Whatever it is, it is set down.
            await asyncio.to_thread(book.failed, deed, key, error)


async def _do_async(book: Book, client: AsyncPareta, deed: str, dice: random.Random) -> None:
    match deed:
        case "chat":
            book.hold((await client.chat.completions.create(**ASKED)).choices[0].message.content)
        case "stream":
            stream = await client.chat.completions.create(**ASKED, stream=True)
            book.hold("".join([text async for text in stream.text]))
        case "leave":
            async for _ in await client.chat.completions.create(**ASKED, stream=True):
                break
        case "cancel":
            task = asyncio.ensure_future(client.chat.completions.create(**ASKED))
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(task), dice.random() * 0.01)
            task.cancel()
            await task
        case "models":
            await client.models.list()
        case "retrieve":
            await client.endpoints.retrieve(MODEL)
        case "metrics":
            await client.endpoints.metrics(MODEL).cost()
        case "match":
            await client.tasks.match("fields of a contract")
        case _:
            endpoint = await client.endpoints.deploy(task=TASK, name=f"soak-{uuid.uuid4().hex}", wait=True)
            await client.endpoints.stop(endpoint.id)
            await client.endpoints.delete(endpoint.id)
