"""What the document cannot say of its objects: iteration, an endpoint's liveness, errors that name the call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, overload

from pareta_generated import api, models, types
from pareta_generated.models import Model
from pareta_generated.types import Call, Origin, View

from ._error_text import place_of
from ._exceptions import APIResponseError, public

if TYPE_CHECKING:
    from ._content.response import Response

P = ParamSpec("P")
V = TypeVar("V", bound=View)
G = TypeVar("G", bound=View)
T = TypeVar("T")
_new = object.__new__  # Each event of a stream needs one.


class ResponseOrigin(Origin):
    """The response that a view came in, for the errors that reading it raises."""

    __slots__ = ("response",)

    def __init__(self, root: Any, response: Response | None = None) -> None:
        super().__init__(root, response.request_id if response else None)
        self.response = response

    @classmethod
    def of(cls, root: Any, response: Response) -> ResponseOrigin:
        """Return the origin of `root`, which came in `response`; the bytes are not kept."""
        return cls(root, response.containing(b""))

    def with_root(self, root: Any) -> Self:
        """Return this origin with another root: an event of the same response."""
        other = _new(self.__class__)
        other.root, other.request_id, other.response = root, self.request_id, self.response
        return other

    def to_html(self, raw: dict[str, Any]) -> str:
        """Return an object as a notebook shows it."""
        from .charts import html  # Notebooks alone need it.

        return html(raw)

    def decode_error(self, path: str, expected: str, found: Any) -> Exception:
        """Return an APIResponseError that names the call."""
        said = f"{path}: expected {expected}, found {types.json_type(found)}"
        response = self.response
        if response is None:
            return APIResponseError(said)
        return APIResponseError(
            f"The response has another shape: {said} [{response.status_code} to {place_of(response)}]",
            response=response,
        )


# Views that users make raise the same exceptions.
View.make_origin = ResponseOrigin


@public
class ModelList(models.ModelList):
    """The models that can be called now. Iterate it, take its length, or read `data`.

    It has no index: use `models.data[0]`. Its keys are those of the server's object.
    """

    __slots__ = ()

    @classmethod
    def from_dict(cls, raw: dict[str, Any], origin: Origin | None = None) -> Self:
        """Wrap the server's `{"data": […]}`."""
        origin = View.make_origin(raw) if origin is None else origin
        listed = super().from_dict(raw, origin)
        if not isinstance(raw.get("data"), list):
            raise origin.decode_error("$.data", "an array", raw.get("data"))
        return listed

    def __iter__(self) -> Iterator[Model]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) if isinstance(key, str) else key in self.data

    def __getitem__(self, key: str) -> Any:
        try:
            return super().__getitem__(key)
        except TypeError as error:
            place = key if isinstance(key, int) else "…"
            raise TypeError(f"{error}; for a model by its place, use .data[{place}]") from None


@public
class ChatCompletion(models.ChatCompletion):
    """An answer to a conversation."""

    __slots__ = ()

    def parsed(self, kind: type[T]) -> T:
        """Return the answer of the first choice as `kind`, which `response_format` asked for.

        Args:
            kind: A pydantic model, a dataclass or a TypedDict.

        Raises:
            APIResponseError: The answer is refused, cut, or something else. The text shows what came.

        """
        from ._schemas import read_as  # Rarely needed.

        choice = self.choices[0] if self.choices else None
        text = choice.message.content if choice else None
        name = getattr(kind, "__name__", str(kind))
        refusal = choice.message.refusal if choice else None
        if refusal:  # Beside it the text of a stream is "".
            raise self._error(f"refused: {refusal!r}", name, text or None)
        if choice is None or text is None:
            raise self._error("there is no text", name, text)
        if choice.finish_reason not in ("stop", None):
            raise self._error(f"it is incomplete, by finish_reason {choice.finish_reason!r}", name, text)
        try:
            value: T = read_as(kind, json.loads(text))
        except ValueError as error:
            raise self._error(str(error), name, text) from error
        return value

    def _error(self, why: str, name: str, text: str | None) -> APIResponseError:
        came = "" if text is None else f" It is {text[:500]!r}."
        response = self._origin.response if isinstance(self._origin, ResponseOrigin) else None
        where = f" [{response.status_code} to {place_of(response)}]" if response else ""
        return APIResponseError(f"The answer is no {name}: {why}.{came}{where}", response=response)


@public
class Endpoint(models.Endpoint):
    """A deployed model and its status."""

    __slots__ = ()

    @property
    def id(self) -> str | None:
        """The endpoint's id, which a completion takes as `model`; the name where the server sends no id."""
        own = self._raw.get("id")
        return (own if isinstance(own, str) else None) or self.name

    @property
    def task(self) -> str | None:
        """The id of the task that it serves."""
        task = self._raw.get("task")
        return self.task_name or (task if isinstance(task, str) else None)

    @property
    def is_live(self) -> bool:
        """Whether it can be called now: its status is `live`."""
        return self.status == "live"


@overload
def bind(function: Callable[P, Call[list[G]]], view: type[V]) -> Callable[P, Call[list[V]]]: ...
@overload
def bind(function: Callable[P, Call[G]], view: type[V]) -> Callable[P, Call[V]]: ...
def bind(function: Callable[P, Call[Any]], view: type[V]) -> Callable[P, Call[Any]]:
    """Return the generated `function` with `view`, a subclass of the document's class, to read its response."""
    operation = api.OPERATIONS[function.__name__]
    if operation.response_type is None or not issubclass(view, operation.response_type):
        raise TypeError(f"{view.__name__} is not a subclass of {operation.response_type}, which {operation.id} returns")

    def call(*args: P.args, **kwargs: P.kwargs) -> Call[Any]:
        made = function(*args, **kwargs)
        object.__setattr__(made, "response_type", view)  # Nobody else has it yet, and a copy takes as long again.
        return made

    return call


LIST_MODELS = bind(api.list_models, ModelList)
LIST_ENDPOINTS = bind(api.list_endpoints, Endpoint)
RETRIEVE_ENDPOINT = bind(api.retrieve_endpoint, Endpoint)
