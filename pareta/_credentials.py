"""The API key and the base URL, checked when a client is made."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, TypeAlias, final
from urllib.parse import urlsplit

from ._exceptions import ParetaError

BASE_URL = "https://api.pareta.ai"
KeySource: TypeAlias = Callable[[], str]
"""A function that returns the API key. It is called before each attempt, so that keys can rotate."""
AsyncKeySource: TypeAlias = Callable[[], str | Awaitable[str]]
"""A function, `async` or not, that returns the API key. It is called before each attempt, so that keys can rotate."""
_PORTS = {"https": 443, "http": 80}
_LABELS = re.compile(r"(?s)([^.]{1,63}\.)*[^.]{1,63}\.?")
"""A host name: labels of 1 to 63 characters. The characters are checked for the whole URL."""


@final
class Key:
    """Holds an API key. It is never printed and never pickled.

    Unpickled in another process, it reads `PARETA_API_KEY` there; if that is not set, the first call fails.
    """

    __slots__ = ("_value", "source")

    def __init__(self, value: str | None) -> None:
        """Take a key and strip white space around it.

        Raises:
            ParetaError: There is no key.
            TypeError: It is no text.
            ValueError: It holds characters that no header can carry. The text does not show the key.

        """
        if not isinstance(value, str | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"api_key must be a str, or a function that returns one, not {type(value).__name__}")
        key = (value or "").strip()
        self.source: Callable[[], Any] | None = None
        """What returns the key of the next attempt; None where the key is fixed."""
        if not key:
            raise ParetaError("No API key: api_key= is empty. Leave it out to use the environment's PARETA_API_KEY.")
        if not key.isascii() or any(ord(char) < 32 or ord(char) == 127 for char in key):
            raise ValueError("The API key holds a control or non-ASCII character. Was it copied whole, and alone?")
        self._value = key

    @classmethod
    def of(cls, api_key: str | Callable[[], Any] | None) -> Key:
        """Return the key that an argument names: itself, a function's, or by default the environment's.

        Raises:
            ParetaError: There is none. The text says what was looked at.

        """
        if callable(api_key):
            key = object.__new__(cls)
            key._value, key.source = "", api_key
            return key
        if api_key is not None:
            return cls(api_key)
        value = os.environ.get("PARETA_API_KEY")
        if not (value or "").strip():
            raise ParetaError(
                "No API key: api_key= is not given, and the environment variable PARETA_API_KEY is"
                f" {'not set' if value is None else 'empty'}. Set it, or pass api_key=."
            )
        return cls(value)

    @property
    def value(self) -> str:
        """The key itself."""
        return self.header().removeprefix(b"Bearer ").decode("ascii")

    def header(self) -> bytes:
        """Return the value of the Authorization header."""
        if not self._value:
            raise ParetaError(
                "No API key: a pickled client does not contain its key."
                " Set the environment variable PARETA_API_KEY in this process, or make another client."
            )
        return b"Bearer " + self._value.encode("ascii")

    @classmethod
    def of_environment(cls) -> Key:
        """Return the key of this process's environment, which may be missing."""
        value = os.environ.get("PARETA_API_KEY")
        try:
            return cls(value)
        except ParetaError:
            key = object.__new__(cls)
            key._value, key.source = "", None
            return key

    def __repr__(self) -> str:
        return "Key(***)"

    def __deepcopy__(self, memo: dict[int, Any]) -> Key:
        return self

    def __copy__(self) -> Key:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (Key.of_environment, ())


class BaseUrl:
    """Where the API is: an origin and a path prefix."""

    def __init__(self, scheme: str, host: str, port: int, prefix: str) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.prefix = prefix

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        return f"{self.scheme}://{self.authority}{self.prefix}"

    @cached_property
    def authority(self) -> str:
        """The Host header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @classmethod
    def parse(cls, url: str | None, *, allow_http: bool) -> BaseUrl:
        """Read a base URL. A `/v1` at its end, as OpenAI's clients need it, is optional.

        Raises:
            ValueError: It is not a URL, has a user name or a query, or is plain HTTP to another machine.

        """
        text = (url or "").strip() or BASE_URL
        try:
            parts = urlsplit(text)
            port = parts.port
            if not is_host_name((parts.hostname or "-").partition("%")[0]):
                raise ValueError("its host name is malformed")  # noqa: TRY301
            if port == 0:
                raise ValueError("its port is 0, where nothing can listen")  # noqa: TRY301
        except ValueError as error:
            raise ValueError(f"base_url is not a URL: {error}") from None
        if parts.username is not None or parts.password is not None:
            raise ValueError("base_url must not carry a user name or password")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"base_url must begin with https:// and name a host, not {text!r}")
        if parts.query or parts.fragment or "?" in text or "#" in text:
            raise ValueError(f"base_url must not carry a query or fragment: {text!r}")
        if not text.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in text):
            raise ValueError(f"base_url holds a character that URLs cannot: {text!r}")
        if parts.scheme == "http" and not allow_http and not _loopback(parts.hostname):
            raise ValueError(
                f"base_url is plain http to {parts.hostname}, which would show the key to the network:"
                " use https://, or allow_http=True"
            )
        prefix = parts.path.rstrip("/")
        if prefix == "/v1" or prefix.endswith("/v1"):
            prefix = prefix.removesuffix("/v1").rstrip("/")
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], prefix)


def is_host_name(host: str) -> bool:
    """Return whether `host` is a name or an address, by the length of its labels."""
    return bool(_LABELS.fullmatch(host)) and "%" not in host


def _loopback(host: str) -> bool:
    if host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address  # Rarely needed.

    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
