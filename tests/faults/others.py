"""What others make of the same faults: bare httpx, and OpenAI's client. A report, held against nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import attrs
import authority
import httpx
import openai

from pareta import APITimeoutError

from .cases import Case
from .probe import ASK, Growth, Seen, _watched, serving, url_of

TIMEOUT = 5.0


@attrs.define
class Other:
    """A client of someone else's."""

    name: str
    module: Any
    make: Callable[[str, Case], Any]
    calls: dict[str, Callable[[Any], Any]]
    """How it makes the calls that it knows."""

    def probe(self, case: Case) -> Seen | None:
        """Run a case; None for a call that it does not have."""
        if case.call not in self.calls:
            return None
        seen = Seen()
        with serving(case) as server:
            client = self.make(url_of(case, server), case)
            with _watched(server), Growth(measured=case.expected.memory is not None) as growth:
                begun = time.monotonic()
                try:
                    seen.value = self.calls[case.call](client)
                except Exception as error:  # Whatever comes out is what is looked at.
                    seen.error = error
                seen.seconds = time.monotonic() - begun
            seen.memory, seen.requests = growth.megabytes, len(server.requests)
            server.heal()
            with _watched(server), suppress(Exception):
                found = self.calls["list"](client)
                seen.next = found[0] if found else ""
            client.close()
        return seen

    def verdict(self, case: Case, seen: Seen | None) -> str:
        """Say in a few words what came of it."""
        if seen is None:
            return "-"
        expected = case.expected
        slow = f" after {seen.seconds:.1f} s" if seen.seconds > expected.most else ""
        grown = f", +{seen.memory:.0f} MB" if expected.memory and seen.memory > expected.memory else ""
        followed = ", **followed**" if "another host" in case.name and seen.requests > 2 * expected.requests else ""
        poisoned = ", **the next call got the surplus**" if seen.next == "poison" else followed
        if seen.error is not None:
            known = isinstance(
                seen.error, getattr(self.module, "HTTPError", ()) or getattr(self.module, "APIError", ())
            )
            name = type(seen.error).__name__
            return f"{name if known else f'**{name}**'}{slow}{grown}{poisoned}"
        right = expected.raises is None and seen.value == expected.value
        if expected.raises is APITimeoutError:
            return f"no deadline: response after {seen.seconds:.1f} s"
        what = "response" if right else f"**accepted: {_short(seen.value)}**"
        return f"{what}{slow}{grown}{poisoned}"


def _short(value: Any) -> str:
    text = repr(value).replace("|", "/").replace("\u2028", " ")
    return f"`{text[:24]}…`" if len(text) > 24 else f"`{text}`"


def _http(url: str, case: Case) -> Any:
    timeout = case.options.get("timeout", TIMEOUT)
    return httpx.Client(base_url=url, timeout=timeout, verify=authority.trusting(), trust_env=False)


def _ids(client: Any) -> list[str]:
    answer = client.get("/v1/models")
    answer.raise_for_status()
    return [model["id"] for model in answer.json()["data"]]


def _lines(client: Any, path: str, field: str = "data: ") -> list[str]:
    with client.stream("POST", path, json={"messages": ASK, "stream": True}) as answer:
        answer.raise_for_status()
        return [line.removeprefix(field) for line in answer.iter_lines() if line.startswith(field)]


def _text(client: Any) -> str:
    import json

    chunks = [json.loads(line) for line in _lines(client, "/v1/chat/completions") if line != "[DONE]"]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def _twice(ids: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def call(client: Any) -> Any:
        ids(client)
        time.sleep(0.05)
        return ids(client)

    return call


def _wave(client: Any) -> int:
    with ThreadPoolExecutor(100) as pool:
        return sum(pool.map(lambda _: len(_ids(client)), range(500)))


def _openai(url: str, case: Case) -> Any:
    return openai.OpenAI(
        api_key="pareta_sk_x",
        base_url=f"{url}/v1",
        timeout=case.options.get("timeout", TIMEOUT),
        max_retries=case.options.get("max_retries", 1),
        http_client=openai.DefaultHttpxClient(verify=authority.trusting(), trust_env=False),
    )


def _openai_ids(client: Any) -> list[str]:
    return [model.id for model in client.models.list().data]


def _openai_text(client: Any) -> str:
    stream = client.chat.completions.create(model="m", messages=ASK, stream=True)
    return "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)


OTHERS = (
    Other(
        "httpx",
        httpx,
        _http,
        {
            "list": _ids,
            "twice": _twice(_ids),
            "wave": _wave,
            "chat": _text,
            "delete": lambda client: client.delete("/v1/endpoints/x").raise_for_status() and None,
            "deploy": lambda client: _lines(client, "/v1/endpoints", "event: "),
        },
    ),
    Other("openai", openai, _openai, {"list": _openai_ids, "twice": _twice(_openai_ids), "chat": _openai_text}),
)
