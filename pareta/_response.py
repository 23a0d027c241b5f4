"""What an exception keeps of an answer: a value of its own that holds no key, no socket, and pickles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, final, overload

from . import _json
from ._public import public

T = TypeVar("T")


@public
@final
class Headers(Mapping[str, str]):
    """The headers of an answer, whatever the case of their names; repeated ones are joined by commas."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]] = ()) -> None:
        values: dict[str, str] = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            values[name] = f"{values[name]}, {value}" if name in values else value
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: str | T) -> str | T: ...
    def get(self, name: str, /, default: Any = None) -> Any:
        """Return a header's value, or `default`."""
        return self._values.get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values})"


@public
@final
class Response:
    """An answer of the server's, as far as it was read.

    Attributes:
        method: The request's.
        url: The request's.
        status_code: Of the answer.
        headers: Of the answer.
        content: The body; of an error at most its first 64 kB.

    """

    __slots__ = ("content", "headers", "method", "status_code", "url")

    def __init__(self, *, method: str, url: str, status_code: int, headers: Headers, content: bytes = b"") -> None:
        self.method = method
        self.url = url
        self.status_code = status_code
        self.headers = headers
        self.content = content

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Response):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]  # As its headers have none.

    def __repr__(self) -> str:
        return f"Response({self.status_code} to {self.method} {self.url})"

    def containing(self, content: bytes) -> Response:
        """Return the same answer with another body."""
        return Response(
            method=self.method, url=self.url, status_code=self.status_code, headers=self.headers, content=content
        )

    @property
    def request_id(self) -> str | None:
        """The server's name for the request: its `x-request-id`."""
        return self.headers.get("x-request-id")

    @property
    def content_type(self) -> str:
        """The media type of the body, in lower case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            ValueError: It is not JSON.

        """
        return _json.decode(self.content)

    @property
    def snippet(self) -> str:
        """The start of the body in one line, for an error's text."""
        text = " ".join(self.text[:1000].split())
        return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004
