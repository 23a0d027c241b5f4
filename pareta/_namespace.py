"""The namespaces of a client, such as `client.models`: loaded and made at the first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

N = TypeVar("N")


class Namespace(Generic[N]):
    """Decorates the method that loads the class of a namespace.

    Of an instance it is that namespace, made once. Of the class it is that class, so that `create_autospec` and
    `help` see what it has.
    """

    def __init__(self, load: Callable[[Any], type[N]]) -> None:
        self.__doc__ = load.__doc__
        self.load = load

    @overload
    def __get__(self, client: None, owner: type) -> type[N]: ...
    @overload
    def __get__(self, client: object, owner: type) -> N: ...
    def __get__(self, client: Any, owner: type) -> Any:
        kind: Any = self.load(client)
        if client is None:
            return kind
        # The next access finds this attribute of the instance, and does not come here.
        value = client.__dict__[self.load.__name__] = kind(client._requester)  # noqa: SLF001  # The client is its own.
        return value
