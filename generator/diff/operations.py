"""Compares the operations of two documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from .. import media, names, servers, webhooks
from ..arguments import parameters_of
from ..problems import Pointer
from ..spec import Spec, at, entries
from . import generated
from .answers import Answers, Pair, compare_media
from .changes import Change, Changes
from .schemas import SchemaComparer


def compare(old: Spec, new: Spec) -> list[Change]:
    """Return every change from `old` to `new`, what breaks first."""
    changes = Changes(old, new)
    _Comparer(changes, SchemaComparer(changes)).whole()
    generated.compare(changes)
    return changes.sorted()


def _by_id(spec: Spec) -> dict[str, tuple[Pointer, dict[str, Any]]]:
    return {str(operation.get("operationId")): (pointer, operation) for pointer, operation in spec.operations()}


@attrs.define(eq=False)
class _Comparer:
    changes: Changes
    schemas: SchemaComparer

    def whole(self) -> None:
        """Compare everything."""
        self._root()
        old, new = _by_id(self.changes.old), _by_id(self.changes.new)
        places = {(pointer[1], pointer[2]): id_ for id_, (pointer, _) in new.items() if id_ not in old}
        for id_, (pointer, operation) in old.items():
            renamed = places.pop((pointer[1], pointer[2]), None) if id_ not in new else id_
            if renamed is None:
                self.changes.add("operation-removed", f"operation {id_} is gone", pointer, None, f"api.{id_}")
                continue
            after_at, after = new.pop(renamed)
            if renamed != id_:
                what = f"operation {id_} is {renamed}"
                self.changes.add("operation-renamed", what, pointer, after_at, f"api.{id_}")
            self._operation(renamed, (pointer, after_at), operation, after)
        for id_, (pointer, _) in new.items():
            self.changes.add("operation-added", f"operation {id_}", None, pointer, f"api.{id_}")
        self._webhooks()

    def _root(self) -> None:
        old, new = self.changes.old, self.changes.new
        if servers.default(old) != servers.default(new):
            what = f"the server is {servers.default(new)}"
            self.changes.add("server-changed", what, ("servers",), ("servers",))
        section = ("components", "securitySchemes")
        before, after = at(old.root, *section), at(new.root, *section)
        for name in sorted(before.keys() | after.keys()):
            where = (*section, name)
            if name not in after:
                self.changes.add("security-scheme-removed", f"security scheme {name!r} is gone", where, None)
            elif name not in before:
                self.changes.add("security-scheme-added", f"security scheme {name!r}", None, where)
            elif _plain(before[name]) != _plain(after[name]):
                self.changes.add("security-scheme-changed", f"security scheme {name!r}", where, where)

    def _webhooks(self) -> None:
        old, new = ({one.name: one for one in webhooks.payloads(spec)} for spec in (self.changes.old, self.changes.new))
        for name in old.keys() - new.keys():
            self.changes.add("webhook-removed", f"webhook {name!r} is gone", old[name].pointer, None, "webhooks")
        for name in new.keys() - old.keys():
            self.changes.add("webhook-added", f"webhook {name!r}", None, new[name].pointer, "webhooks")
        for name in old.keys() & new.keys():
            pair = old[name], new[name]
            nodes = pair[0].schema, pair[1].schema
            self.schemas.compare("answer", pair[0].pointer, pair[1].pointer, nodes, f"webhooks {name}")

    def _operation(self, id_: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        name = f"api.{id_}"

        def add(kind: str, what: str) -> None:
            self.changes.add(kind, what, *places, name)

        if _shape_of(places[0][1]) != _shape_of(places[1][1]):
            add("operation-moved", f"the path of {id_} is {places[1][1]}, was {places[0][1]}")
        if places[0][2] != places[1][2]:
            add("operation-method-changed", f"the method of {id_} is {places[1][2].upper()}")
        deprecated = old.get("deprecated") is True, new.get("deprecated") is True
        if deprecated[0] != deprecated[1]:
            add(f"operation-{'deprecated' if deprecated[1] else 'undeprecated'}", f"operation {id_}")
        if any(old.get(key) != new.get(key) for key in ("summary", "description")):
            add("operation-described", f"summary or description of {id_}")
        if old.get("tags") != new.get("tags"):
            add("operation-tag-changed", f"tags of {id_}")
        if _server(self.changes.old, places[0], old) != _server(self.changes.new, places[1], new):
            add("operation-server-changed", f"the server of {id_}")
        if old.get("x-stream-field") != new.get("x-stream-field") and old.get("x-stream-field"):
            add("stream-selector-changed", f"{id_}: `x-stream-field` is {new.get('x-stream-field')}")
        for extension, change in _extensions(old, new):
            add(f"{extension}-{change}", f"{id_}: `x-{extension}`")
        self._security(id_, places, old, new)
        self._parameters(id_, places, old, new)
        self._body(id_, places, old, new)
        Answers(self.changes, self.schemas).compare(id_, places, old, new)

    def _security(self, id_: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        before = entries(old.get("security", self.changes.old.root.get("security")))
        after = entries(new.get("security", self.changes.new.root.get("security")))
        if before != after:
            kind = "added" if not before else "removed" if not after else "changed"
            self.changes.add(f"operation-security-{kind}", f"security of {id_}", *places, f"api.{id_}")

    def _parameters(self, id_: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        before = parameters_of(self.changes.old, places[0], old)
        after = parameters_of(self.changes.new, places[1], new)
        moved = {name: (place, name) for place, name in after if (place, name) not in before}
        for key, (pointer, parameter) in before.items():
            name = f"api.{id_}({_argument(parameter)})"
            if key in after:
                self._parameter(name, (pointer, after[key][0]), parameter, after[key][1])
            elif key[1] in moved:
                place = moved.pop(key[1])
                what = f"{name} is in {place[0]}, was in {key[0]}"
                self.changes.add("parameter-moved", what, pointer, after[place][0], name)
            else:
                self.changes.add("parameter-removed", f"{name} is gone", pointer, None, name)
        for key in moved.values():
            pointer, parameter = after[key]
            name = f"api.{id_}({_argument(parameter)})"
            kind = "parameter-required-added" if parameter.get("required") is True else "parameter-added"
            self.changes.add(kind, f"{name}, in {key[0]}", None, pointer, name)
        order = [[name for place, name in found if place == "path"] for found in (before, after)]
        in_path = [sorted(order[index], key=places[index][1].find) for index in (0, 1)]
        if in_path[0] != in_path[1] and sorted(in_path[0]) == sorted(in_path[1]):
            self.changes.add("parameter-reordered", f"the path parameters of {id_}", *places, f"api.{id_}")

    def _parameter(self, name: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        def add(kind: str, what: str) -> None:
            self.changes.add(kind, what, *places, name)

        required = old.get("required") is True, new.get("required") is True
        if required[0] != required[1]:
            made = "required" if required[1] else "optional"
            add(f"parameter-made-{made}", f"{name} is {made}")
        if _argument(old) != _argument(new):
            add("parameter-renamed-in-python", f"{name} is {_argument(new)} in Python")
        if [old.get(key) for key in ("style", "explode")] != [new.get(key) for key in ("style", "explode")]:
            add("parameter-style-changed", f"style or explode of {name}")
        if new.get("deprecated") is True and old.get("deprecated") is not True:
            add("parameter-deprecated", f"{name} is deprecated")
        if old.get("description") != new.get("description"):
            add("parameter-described", f"the description of {name}")
        schemas = old.get("schema", {}), new.get("schema", {})
        self.schemas.compare("request", (*places[0], "schema"), (*places[1], "schema"), schemas, name)

    def _body(self, id_: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        before_at, before = self.changes.old.follow((*places[0], "requestBody"), old.get("requestBody"))
        after_at, after = self.changes.new.follow((*places[1], "requestBody"), new.get("requestBody"))
        name, required = f"api.{id_}", at(after).get("required") is True
        if not before and not after:
            return
        if not before or not after:
            kind = "body-removed" if before else "body-required-added" if required else "body-added"
            self.changes.add(kind, f"the body of {id_}", before_at, after_at if after else places[1], name)
            return
        if (at(before).get("required") is True) != required:
            made = "required" if required else "optional"
            self.changes.add(f"body-made-{made}", f"the body of {id_} is {made}", before_at, after_at, name)
        contents = at(before, "content"), at(after, "content")
        taken = media.best(contents[0]), media.best(contents[1])
        compare_media(self.changes, "body", id_, (before_at, after_at), contents)
        pointers = (*before_at, "content", taken[0], "schema"), (*after_at, "content", taken[1], "schema")
        schemas = at(contents[0], taken[0]).get("schema"), at(contents[1], taken[1]).get("schema")
        self.schemas.compare("request", *pointers, schemas, f"{name}(body)")


def _extensions(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the extensions of an operation that differ, and how."""
    for extension in ("pagination", "polling"):
        before, after = old.get(f"x-{extension}"), new.get(f"x-{extension}")
        if before != after:
            yield extension, "removed" if not after else "changed" if before else "added"


def _plain(node: Any) -> dict[str, Any]:
    return {key: value for key, value in at(node).items() if key != "description"}


def _shape_of(path: str) -> list[str]:
    return ["{}" if part.startswith("{") else part for part in path.partition("#")[0].split("/")]


def _argument(parameter: dict[str, Any]) -> str:
    return names.argument(str(parameter.get("x-name", parameter.get("name", ""))))


def _server(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> str:
    for node in (operation, at(spec.root, *pointer[:2])):
        if listed := node.get("servers"):
            found = servers.url(listed[0])[0]
            return "" if found == servers.default(spec) else found
    return ""
