"""The namespaces of a client: properties that load and make them on their first use."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    namespace = cached_property
else:

    class namespace(cached_property):  # noqa: N801  # A decorator.
        """A property that is made once. On the class it is the class of its value, which `create_autospec` needs."""

        def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
            if instance is None:
                return getattr(sys.modules["pareta"], self.func.__annotations__["return"])
            return super().__get__(instance, owner)
