"""Keywords that are mistakes: nearly a declared name, or another library's name for it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from .._log import info

_OUR_NAME = {
    "api_base": "the client's base_url",
    "api_key": "with_options(api_key=…)",
    "blocking": "wait",
    "base_url": "the client's base_url",
    "default_headers": "extra_headers",
    "default_query": "extra_query",
    "deployment_id": "model",
    "engine": "model",
    "extra_body": "extra_query",
    "extra_params": "extra_body",
    "function_call": "tool_choice",
    "functions": "tools",
    "headers": "extra_headers",
    "idempotency_key": "nothing, since a GET needs none",
    "http_client": "the client's http_client",
    "input": "messages",
    "instructions": "messages",
    "max_new_tokens": "max_tokens",
    "max_output_tokens": "max_completion_tokens",
    "num_retries": "max_retries",
    "params": "extra_query",
    "prompt": "messages",
    "query": "extra_query",
    "random_seed": "seed",
    "request_timeout": "timeout",
    "retries": "max_retries",
    "stop_sequences": "stop",
    "system": "messages",
    "wait_timeout": "deadline",
}
"""What has another name here than in OpenAI's client, its older versions, and others of its kind."""
_NO_SLIPS = frozenset(
    {"length_penalty", "min_tokens", "repetition_penalty", "stop_regex", "top_a", "top_k", "top_logprobs"}
)
"""Parameters of OpenAI's API and of model servers which are only spelt like a declared one."""


def check_undeclared(method: Callable[..., Any], extra: Iterable[str], place: str) -> None:
    """Refuse each undeclared keyword that is a mistake, and log the others, which are sent.

    Args:
        method: The method that was called.
        extra: The names of its undeclared keywords.
        place: The option that sends any name, `extra_body` or `extra_query`.

    Raises:
        TypeError: A keyword is a mistake. Nothing is sent.

    """
    code = method.__code__
    first = code.co_argcount
    declared = code.co_varnames[first : first + code.co_kwonlyargcount]  # `inspect.signature` is slow.
    for name in extra:
        meant = _meant(name, declared)
        if meant is not None:
            raise TypeError(
                f"{method.__name__}() has no parameter {name!r}: did you mean {meant}? Nothing was sent."
                f" To send it as it is, use {place}={{{name!r}: …}}."
            )
        info("%s: %r is not in the API's document; it is sent as it is", method.__name__, name)


def refuse_unknown(method: str, given: Iterable[str], known: tuple[str, ...]) -> None:
    """Raise TypeError for a keyword of a method that takes no others."""
    for name in given:
        if name not in known:
            meant = _meant(name, known)
            hint = f": did you mean {meant}?" if meant else f"; it takes {', '.join(known)} beside its arguments."
            raise TypeError(f"{method}() got an unexpected keyword argument {name!r}{hint} Nothing was sent.")


def check_flag(name: str, value: Any) -> None:
    """Raise TypeError for a flag that is no bool: a text would count as True."""
    if value is not None and not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}. Nothing was sent.")


def check_list(name: str, value: Any) -> None:
    """Raise TypeError for a text or an object where a list belongs."""
    if value is not None and value.__class__ is not list and isinstance(value, str | Mapping):
        kind = "str" if isinstance(value, str) else "mapping"
        raise TypeError(f"{name} must be a list, not a {kind}. Nothing was sent.")


@lru_cache(maxsize=256)  # A service may send the same undeclared keyword in each call.
def _meant(name: str, declared: tuple[str, ...]) -> str | None:
    """Return what a keyword stands for; None where it is a name of its own."""
    if name in _NO_SLIPS:
        return None
    ours = _OUR_NAME.get(name)
    if ours is not None and (ours in declared or " " in ours or "(" in ours):
        return ours
    from difflib import get_close_matches  # Rarely needed.

    word = _plain(name)
    plain = {_plain(each): each for each in declared}
    close = get_close_matches(word, plain, n=1, cutoff=0.77)
    close += [each for each in plain if sorted(each) == sorted(word) or (len(word) >= 4 and each.startswith(word))]
    return plain[close[0]] if close else None


def _plain(name: str) -> str:
    """Return a name without what differs between styles: `maxTokens` and `max_tokens` are one."""
    return name.lower().replace("_", "").replace("-", "")
