"""The options of one call: the same on every method, typed, and handed on by functions of the user's own."""

from typing import Any, Unpack, reveal_type

import httpx

from pareta import AsyncPareta, CallOptions, ChatCompletion, Endpoint, Pareta
from pareta_generated import api


async def key() -> str:
    return "key"


def one_call(pa: Pareta, some: dict[str, Any]) -> None:
    reveal_type(pa.models.list(timeout=3, max_retries=0))  # ModelList
    reveal_type(pa.endpoints.list(extra_headers={"x": "y"}, extra_query={"n": [1, 2]}))  # list[Endpoint]
    reveal_type(pa.endpoints.retrieve("e", timeout=httpx.Timeout(3), deadline=None))  # Endpoint
    reveal_type(pa.endpoints.start("e", idempotency_key="k", extra_body=some))  # EndpointState
    reveal_type(pa.endpoints.deploy(task="t", wait=True, deadline=60, extra_body=some))  # Endpoint
    reveal_type(pa.endpoints.metrics("e").cost(window="7d", timeout=None))  # EndpointCost
    reveal_type(pa.chat.completions.create(model="e", messages=[], timeout=30, extra_body=some))  # ChatCompletion
    reveal_type(pa.chat.completions.create(model="e", messages=[], stream=True, max_retries=0))  # ChatStream
    reveal_type(pa.tasks.match("x", top_k=3, timeout=3))  # TaskMatch
    reveal_type(pa.call(api.list_models(), timeout=3))  # ModelList
    reveal_type(pa.with_options(api_key="other"))  # Pareta
    reveal_type(Pareta(api_key=lambda: "key"))  # Pareta


async def one_call_waiting(pa: AsyncPareta, some: dict[str, Any]) -> None:
    reveal_type(await pa.models.list(timeout=3, max_retries=0))  # ModelList
    reveal_type(await pa.endpoints.deploy(task="t", deadline=60, extra_body=some))  # AsyncDeployStream
    reveal_type(await pa.chat.completions.create(model="e", messages=[], timeout=30))  # ChatCompletion
    reveal_type(await pa.call(api.list_models(), timeout=3))  # ModelList
    AsyncPareta(api_key=key)
    AsyncPareta(api_key=lambda: "key")
    pa.with_options(api_key=key)


def handed_on(pa: Pareta, **options: Unpack[CallOptions]) -> tuple[Endpoint, ChatCompletion]:
    return pa.endpoints.retrieve("e", **options), pa.chat.completions.create(model="e", messages=[], **options)


def mistaken(pa: Pareta) -> None:
    Pareta(api_key=key)  # refused: api_key
    pa.models.list(timout=3)  # refused: timout
    pa.models.list(timeout="3")  # refused: timeout
    pa.models.list(max_retries=None)  # refused: max_retries
    pa.endpoints.retrieve("e", extra_headers={"x": 1})  # refused
    pa.endpoints.wait_until_live("e", deadline=3)  # refused: deadline
    pa.chat.completions.create(model="e", messages=[], timeout="30")  # refused
    pa.chat.completions.create(model="e", messages=[], idempotency_key=5)  # refused
    pa.endpoints.deploy(task="t", extra_body=["region"])  # refused
    handed_on(pa, max_retry=1)  # refused: max_retry
