"""The transport's exceptions as causes of ours: what they say and where they were raised, without what they held."""

from __future__ import annotations

_HOLDERS = ("_request", "request_info")  # Of httpx's and aiohttp's: they hold the headers, and so the key.


def bare(error: BaseException) -> None:
    """Let `error`, and whatever led to it, forget its request and the variables of the frames it went through.

    Error reporters print the variables of each frame, and the frames of an HTTP library hold the head of
    the request in many forms. Which frames they were stays, and what ours hold prints no key.
    """
    from traceback import clear_frames  # noqa: PLC0415  # Only needed where something is wrong.

    known: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in known:
            continue
        known.add(id(each))
        clear_frames(each.__traceback__)
        held = getattr(each, "__dict__", {})
        held.update(dict.fromkeys(held.keys() & set(_HOLDERS)))
        waiting += [each.__cause__, each.__context__]
