"""Arguments that are no JSON: sent as what they mean, or refused by their path, with what to pass instead."""

from __future__ import annotations

import json
from collections import UserDict, UserList, UserString, deque, namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

import pytest

from pareta import EndpointCost, Message
from pareta._content import strict_json
from pareta_generated import api

ASK = [{"role": "user", "content": "Hi"}]
Named = namedtuple("Named", "role content")  # noqa: PYI024  # As people write it.


class Level(Enum):
    """An enum of what is no text."""

    LOW = 1
    HIGH = "high"


class Role(StrEnum):
    """An enum of texts."""

    USER = "user"


class OldRole(str, Enum):  # noqa: UP042  # As people wrote it.
    """An enum of texts, as it was written before StrEnum."""

    USER = "user"


class Count(IntEnum):
    """An enum of numbers."""

    ONE = 1


class Shout(str):
    """A text of another class."""

    __slots__ = ()

    def __str__(self) -> str:
        return "not this"


@dataclass
class Ask:
    """A message as a dataclass."""

    kind: ClassVar[str] = "message"
    role: str = "user"
    content: Any = "Hi"
    name: str | None = None


class Later:
    """What was not awaited."""

    def __await__(self) -> Iterator[Any]:
        yield


def sent(value: Any) -> Any:
    """Return what is sent for an argument that holds `value`."""
    call = api.create_chat_completion(model="m", messages=ASK, extra_body={"metadata": {"x": [0, value]}})
    return json.loads(strict_json.encode(call.body))["metadata"]["x"][1]


def refused(value: Any) -> str:
    """Return what is said of an argument that holds `value`."""
    with pytest.raises(ValueError, match=r"^metadata\.x\[1\]") as caught:
        sent(value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (Level.LOW, 1),
        (Level.HIGH, "high"),
        (Role.USER, "user"),
        (OldRole.USER, "user"),
        (Count.ONE, 1),
        (Shout("hi"), "hi"),
        (UserString("hi"), "hi"),
        (UserDict(a=1), {"a": 1}),
        (UserList([1]), [1]),
        (MappingProxyType({"a": (1, 2)}), {"a": [1, 2]}),
        (deque([1]), [1]),
        (range(2), [0, 1]),
        (Decimal("0.7"), 0.7),
        (Decimal("420.0"), 420),
        (Decimal("1E+3"), 1000),
        (datetime(2026, 1, 10, 9, tzinfo=UTC), "2026-01-10T09:00:00+00:00"),
        (datetime(2026, 1, 10, 9), "2026-01-10T09:00:00"),  # noqa: DTZ001  # Without a zone, and so without an offset.
        (date(2026, 1, 10), "2026-01-10"),
        (time(9, 30), "09:30:00"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Ask(), {"role": "user", "content": "Hi"}),
        (Ask(content=[Ask(name="me")]), {"role": "user", "content": [{"role": "user", "content": "Hi", "name": "me"}]}),
        (Message.from_dict({"content": None}), {"content": None}),
        (EndpointCost({"groups": [{}]}), {"groups": [{}]}),
        ({1: 2, Role.USER: 3, Level.LOW: 4, UserString("a"): 5}, {"1": 4, "user": 3, "a": 5}),
        (10**30, 10**30),
        (0.1, 0.1),
    ],
)
def test_what_has_a_meaning_is_sent_as_it(value: Any, meant: Any) -> None:
    """Enums, numbers, times, texts and objects of the standard library are sent as their JSON."""
    assert sent(value) == meant
    assert type(sent(value)) is type(meant)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "cannot send nan, for which JSON has no value; pass None or leave it out"),
        (float("-inf"), "cannot send -inf, for which JSON has no value; pass None or leave it out"),
        (Decimal("sNaN"), "cannot send sNaN, for which JSON has no value; pass None or leave it out"),
        (Decimal("1E+999"), "cannot send 1E+999, for which JSON has no value; pass None or leave it out"),
        (Decimal("0.12345678901234567"), "cannot send 0.12345678901234567 as a number without losing digits"),
        (b"x", "cannot send a value of type bytes; decode it to str, or encode it as base64"),
        (bytearray(b"x"), "cannot send a value of type bytearray; decode it to str, or encode it as base64"),
        (memoryview(b"x"), "cannot send a value of type memoryview; pass its tolist()"),
        (Named("user", "Hi"), "cannot send a value of type Named; pass its _asdict(), or a list of it"),
        ({1, 2}, "cannot send a value of type set; pass a list of it"),
        ({}.keys(), "cannot send a value of type dict_keys; pass a list of it"),
        ((each for each in "ab"), "cannot send a value of type generator; pass a list of it"),
        (timedelta(1), "cannot send a value of type timedelta; pass its total_seconds()"),
        (Fraction(1, 3), "cannot send a value of type Fraction; pass a float"),
        (1j, "cannot send a value of type complex; pass a dict, list, str, number or bool"),
        (object(), "cannot send a value of type object; pass a dict"),
        (Ask, "cannot send the class Ask; pass a dict"),
        (len, "cannot send a value of type builtin_function_or_method; pass a dict"),
        (Later(), "cannot send a value of type Later; await it first"),
        ({(1, 2): 3}, "cannot send a key of type tuple; keys are text"),
    ],
)
def test_what_has_none_is_refused_with_the_way_out(value: Any, said: str) -> None:
    """The error names the argument, its path, the type, and what to pass instead."""
    assert said in refused(value)


@pytest.mark.parametrize(
    ("messages", "path"),
    [
        ([{"role": "user", "content": {1}}], "messages[0].content: "),
        ([{}, {"content": [{"type": "text", "text": b""}]}], "messages[1].content[0].text: "),
        ([Ask(content=b"")], "messages[0].content: "),
        ([{"a b": {2: {"c": {1}}}}], "messages[0]['a b'][2].c: "),
        ([Ask], "messages[0]: "),
        ({1}, "messages: "),
    ],
)
def test_the_path_leads_to_the_value(messages: Any, path: str) -> None:
    """The steps are those that Python would take."""
    with pytest.raises(ValueError, match="cannot send") as caught:
        api.create_chat_completion(model="m", messages=messages)
    assert str(caught.value).startswith(path)


def test_what_contains_itself_is_refused_by_name() -> None:
    """A circle, and a nesting that exhausts the stack, are a ValueError that names the argument."""
    circle: list[Any] = []
    circle.append({"again": circle})
    with pytest.raises(ValueError, match=r"^messages is nested too deeply, or contains itself$"):
        api.create_chat_completion(model="m", messages=circle)


def test_half_a_character_is_refused_by_its_path() -> None:
    """A lone surrogate, which a cut text may hold, is no text that can be sent."""
    call = api.create_chat_completion(model="m", messages=[{"role": "user", "content": "a\ud83d"}])
    with pytest.raises(ValueError, match=r"^messages\[0\]\.content: it holds half of a surrogate pair"):
        strict_json.encode(call.body)


def test_arguments_are_left_as_they_are() -> None:
    """What is sent is the caller's own at no level: changing it changes no argument."""
    messages: list[Any] = [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]
    body: Any = api.create_chat_completion(model="m", messages=messages).body
    body["messages"][0]["content"][0]["text"] = "changed"
    assert messages[0]["content"][0]["text"] == "Hi"


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (Role.USER, ["user"]),
        (OldRole.USER, ["user"]),
        (Count.ONE, ["1"]),
        (UserString("7d"), ["7d"]),
        (Decimal("0.5"), ["0.5"]),
        (date(2026, 1, 10), ["2026-01-10"]),
        (True, ["true"]),
        ([Level.HIGH, 2, None], ["high", "2"]),
        ({"a"}, ["a"]),
        (None, []),
    ],
)
def test_a_parameter_is_the_text_of_what_it_means(value: Any, texts: list[str]) -> None:
    """Query parameters are converted as arguments of a body are, and then written out."""
    call = api.endpoint_performance("ep_1", window=value, filters={"more": value})
    assert call.query == (*(("window", text) for text in texts), *(("more", text) for text in texts))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": 1}, "window: cannot send dict as a parameter; pass text, numbers or a list"),
        ([[1]], "window: cannot send list as a parameter"),
        (Named("a", "b"), "window: cannot send a value of type Named; pass its _asdict()"),
        (b"7d", "window: cannot send a value of type bytes; decode it"),
        ([float("nan")], "window[0]: cannot send nan"),
        (object(), "window: cannot send a value of type object"),
    ],
)
def test_a_parameter_without_text_is_refused(value: Any, said: str) -> None:
    """What would be sent as the repr of a Python object is refused by the parameter's name."""
    with pytest.raises(ValueError, match="cannot send") as caught:
        api.endpoint_performance("ep_1", window=value)
    assert str(caught.value).startswith(said)


def test_an_object_in_place_of_its_id_is_refused() -> None:
    """An id is text; an object that was received says to pass its id."""
    with pytest.raises(ValueError, match=r"^endpoint_id must be a str, not Message; pass its id$"):
        api.retrieve_endpoint(Message.from_dict({"id": "x"}))  # type: ignore[arg-type]


def test_a_mapping_of_any_class_is_an_object() -> None:
    """A class that has keys and values need not be a dict."""

    class Fields(UserDict[str, Any]):
        def __iter__(self) -> Iterator[str]:
            return iter(sorted(self.data))

    assert sent(Fields(b=1, a=2)) == {"a": 2, "b": 1}
