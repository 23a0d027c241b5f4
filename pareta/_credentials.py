"""The API key and the base URL: what is refused when a client is made, and where the key lives."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import Any, final
from urllib.parse import urlsplit

from ._exceptions import ParetaError

BASE_URL = "https://api.pareta.ai"
_PORTS = {"https": 443, "http": 80}
_LABELS = re.compile(r"(?s)([^.]{1,63}\.)*[^.]{1,63}\.?")
"""A host's name: parts of 1 to 63 characters. Which characters is looked at for the whole URL."""


@final
class Key:
    """The one holder of an API key. Nothing prints it, and it stays out of pickles.

    In another process it is taken from `PARETA_API_KEY`; where that is not set, the first call says so.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | None) -> None:
        """Take a key; white space around it is not part of it.

        Raises:
            ParetaError: There is none.
            ValueError: It holds characters that no header can carry. The text does not show it.

        """
        key = (value or "").strip()
        if not key:
            raise ParetaError(
                "No API key: set the environment variable PARETA_API_KEY and use Pareta.from_env(), or pass api_key=."
            )
        if not key.isascii() or any(ord(char) < 32 or ord(char) == 127 for char in key):  # noqa: PLR2004
            raise ValueError("The API key holds a control or non-ASCII character. Was it copied whole, and alone?")
        self._value = key

    def header(self) -> bytes:
        """Return the value of the Authorization header."""
        if not self._value:
            raise ParetaError(
                "No API key: a client does not take its key along to another process."
                " Set the environment variable PARETA_API_KEY there, or make another client."
            )
        return b"Bearer " + self._value.encode("ascii")

    @classmethod
    def of_environment(cls) -> Key:
        """Return the key of this process, which may have none."""
        value = os.environ.get("PARETA_API_KEY")
        try:
            return cls(value)
        except ParetaError:
            key = object.__new__(cls)
            key._value = ""
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
    """Where the API is: an origin, and a prefix before each path."""

    def __init__(self, scheme: str, host: str, port: int, prefix: str) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port
        self.prefix = prefix

    def __str__(self) -> str:
        return self.root + self.prefix

    @cached_property
    def authority(self) -> str:
        """The Host header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @cached_property
    def root(self) -> str:
        """The URL without the prefix."""
        return f"{self.scheme}://{self.authority}"

    @classmethod
    def parse(cls, url: str | None, *, allow_http: bool) -> BaseUrl:
        """Read a base URL. One that ends in `/v1`, as OpenAI's clients want it, means the same without.

        Raises:
            ValueError: It is none, carries a user name or a query, or is plain HTTP to another machine.

        """
        text = (url or "").strip() or BASE_URL
        try:
            parts = urlsplit(text)
            port = parts.port
            if not _LABELS.fullmatch(parts.hostname or "-"):
                raise ValueError("the name of its host is not one")  # noqa: TRY301
        except ValueError as error:
            raise ValueError(f"base_url is not a URL: {error}") from None
        if parts.username is not None or parts.password is not None:
            raise ValueError("base_url must not carry a user name or password")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"base_url must begin with https:// and name a host, not {text!r}")
        if parts.query or parts.fragment or "?" in text or "#" in text:
            raise ValueError(f"base_url must not carry a query or fragment: {text!r}")
        if not text.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in text):
            raise ValueError(f"base_url holds a character that no URL can: {text!r}")
        if parts.scheme == "http" and not allow_http and not _loopback(parts.hostname):
            raise ValueError(
                f"base_url is plain http to {parts.hostname}, which would show the key to the network:"
                " use https://, or allow_http=True"
            )
        prefix = parts.path.rstrip("/")
        if prefix == "/v1" or prefix.endswith("/v1"):
            prefix = prefix.removesuffix("/v1").rstrip("/")
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], prefix)


def _loopback(host: str) -> bool:
    if host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address  # noqa: PLC0415  # Only needed for tests and tunnels.

    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
