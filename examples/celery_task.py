"""Answer questions in Celery tasks, each billed once.

The id of the task is the idempotency key: a task that is delivered twice has one effect. The client is made in each
worker process, after the fork.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from celery import Celery  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]

from pareta import APIConnectionError, Pareta, RateLimitError

app: Any = Celery("answers", broker=os.environ.get("BROKER_URL", "memory://"), backend="cache+memory://")
app.conf.task_acks_late = True  # So a task whose worker died is delivered again.


@cache
def client() -> Pareta:
    """Return the client of this process."""
    return Pareta.from_env()


@app.task(bind=True, autoretry_for=(APIConnectionError, RateLimitError), retry_backoff=True, max_retries=5)  # type: ignore[untyped-decorator]
def answer(self: Any, model: str, question: str) -> str | None:
    """Answer a question."""
    completion = client().chat.completions.create(
        model=model, messages=[{"role": "user", "content": question}], idempotency_key=self.request.id
    )
    return completion.choices[0].message.content
