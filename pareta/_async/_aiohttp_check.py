"""Whether aiohttp can be the engine here. It is imported only where it is installed and to be used."""

from __future__ import annotations

from importlib.util import find_spec

LOWEST, BEYOND = (3, 14), (4, 0)
_INSTALL = "pip install './pareta[aiohttp]'"


def objection() -> str | None:
    """Say why aiohttp cannot be the engine; None where it can."""
    if find_spec("aiohttp") is None:
        return f"aiohttp is not installed: {_INSTALL}"
    try:
        import aiohttp  # noqa: PLC0415  # It takes a tenth of a second.
        from aiohttp import http_parser  # noqa: PLC0415
    except ImportError as error:
        return f"aiohttp cannot be imported: {error}"
    version = aiohttp.__version__
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if not LOWEST <= numbers < BEYOND:
        return f"aiohttp {version} is installed, and 3.14 to 3.x is wanted: {_INSTALL}"
    if http_parser.HttpResponseParser is http_parser.HttpResponseParserPy:
        # Written in Python it is slower than h11, and accepts two lengths that contradict each other.
        return "aiohttp is installed without its parser in C"
    return None
