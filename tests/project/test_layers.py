"""Who may import whom: the rooms of `pareta`, the generated package, and the extras."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from imports import ROOT, Import, all_imports, imports, modules

STANDARD = sys.stdlib_module_names
DOES_IO = {"httpx", "httpx2", "httpcore", "aiohttp", "anyio", "asyncio", "socket", "select", "selectors", "threading"}
EXTRAS = ("pareta.cli", "pareta.sandbox", "pareta.contract", "pareta.integrations", "pareta.testing")
CORE = [name for name in modules("pareta") if not name.startswith(EXTRAS)]
ROOMS = {
    "pareta._async": {"pareta._async", "pareta._policy", "pareta._content", "pareta._transport"},
    "pareta._sync": {"pareta._sync", "pareta._policy", "pareta._content", "pareta._transport"},
    "pareta._policy": {"pareta._policy", "pareta._content"},
    "pareta._transport": {"pareta._transport", "pareta._content.exchange"},
    "pareta._content": {"pareta._content"},
}
"""Each room, and the rooms that it may import. All may import the modules beside them, such as `_exceptions`."""


def of(module: str) -> list[Import]:
    """Return the imports of a module of the overlay."""
    return imports(module, modules("pareta")[module])


def room_of(module: str) -> str | None:
    """Return the room that a module stands in; None for one beside the rooms."""
    return next((room for room in ROOMS if module == room or module.startswith(f"{room}.")), None)


def test_the_rooms_are_there() -> None:
    """There is something to check: each room has modules, and the generated package too."""
    assert all(sum(room_of(module) == room for module in CORE) > 3 for room in ROOMS)
    assert {"pareta_generated.api", "pareta_generated.models"} <= set(modules("pareta_generated"))


def test_the_generated_package_stands_alone() -> None:
    """`pareta_generated` imports the standard library, attrs and itself; dateutil and pydantic once, in a function."""
    foreign = [
        each
        for each in all_imports("pareta_generated")
        if each.top not in {*STANDARD, "attr", "attrs", "pareta_generated"}
    ]
    assert [(each.top, each.lazy) for each in foreign] == [("dateutil", True), ("pydantic_core", True)]


def test_the_generated_package_does_no_io() -> None:
    """`pareta_generated` imports nothing that opens a connection, of the standard library neither."""
    assert [each for each in all_imports("pareta_generated") if each.top in DOES_IO | {"http", "urllib"}] == [
        each for each in all_imports("pareta_generated") if each.name == "urllib.parse"
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_stands_below_it(room: str) -> None:
    """A room imports the rooms that it may, and nothing points back."""
    for module in CORE:
        if room_of(module) == room:
            found = [each.name for each in of(module) if room_of(each.name)]
            assert [each for each in found if not each.startswith(tuple(ROOMS[room]))] == [], module


def test_the_modules_beside_the_rooms_import_none_of_them() -> None:
    """`_exceptions`, `_models` and the others know the rooms for type checkers alone."""
    beside = [module for module in CORE if room_of(module) is None and module != "pareta"]
    assert len(beside) > 3
    for module in beside:
        assert [each for each in of(module) if room_of(each.name) and not each.typing_only] == [], module


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "pareta._transport"])
def test_only_the_transport_does_io(room: str) -> None:
    """HTTP, sockets, event loops and threads are imported in `_transport`; a client names httpx's types alone."""
    for module in CORE:
        if room_of(module) == room:
            assert [each for each in of(module) if each.top in DOES_IO and not each.typing_only] == [], module


def test_blocking_code_knows_no_event_loop() -> None:
    """The blocking half of the transport imports neither asyncio nor anyio, nor the async half."""
    halves = [module for module in CORE if module.startswith("pareta._transport.sync_")]
    assert len(halves) > 2
    for module in halves:
        assert [each for each in of(module) if each.top in {"asyncio", "anyio", "trio"} or ".async_" in each.name] == []


def test_no_two_modules_of_one_name_are_in_sight_of_each_other() -> None:
    """In the core, a module's name says which one it is."""
    homes = defaultdict(list)
    for module in CORE:
        if not module.startswith("pareta._sync"):
            homes[module.rpartition(".")[2].strip("_")].append(module)
    twice = {name: found for name, found in homes.items() if len(found) > 1}
    assert set(twice) == {"models"}  # `models` are the objects, and the namespace of the client.


def test_no_class_name_means_two_things() -> None:
    """A class name stands once in the package; a derived class has the name of its async twin without `Async`."""
    homes = defaultdict(set)
    for module, path in modules("pareta").items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].add(module)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_the_core_needs_no_extra() -> None:
    """Nothing outside them imports the sandbox, the contract suite or the pytest plugin."""
    for module in CORE:
        assert [each for each in of(module) if any(each.within(extra) for extra in EXTRAS)] == []


def test_the_core_imports_only_what_it_depends_on() -> None:
    """What the core imports comes with the standard library or its declared dependencies; others are there or not."""
    allowed = {"attrs", "attr", "anyio", "httpx", "pareta", "pareta_generated"}
    for module in CORE:
        for each in of(module):
            optional = each.lazy or each.typing_only
            assert each.top in {*STANDARD, *allowed} or (each.top in {"trio", "openai", "pydantic"} and optional)


def test_the_package_itself_loads_next_to_nothing() -> None:
    """`pareta/__init__.py` imports the version alone; the rest is for type checkers, and loaded when it is used."""
    loaded = {each.name for each in of("pareta") if not each.typing_only}
    assert {name for name in loaded if name.partition(".")[0] not in STANDARD} == {"pareta._version"}


def test_modules_are_loaded_by_name_in_one_place() -> None:
    """Only `pareta/__init__.py` imports by a name in a string, so that what is read here is all there is."""
    users = [
        module
        for module in CORE
        for node in ast.walk(ast.parse(modules("pareta")[module].read_text("utf-8")))
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith(("import_module", "__import__"))
    ]
    assert set(users) == {"pareta"}


def test_the_sandbox_looks_into_no_client() -> None:
    """The sandbox imports no private module of the client but its clock: it is written against the document."""
    for module, path in modules("pareta").items():
        if module.startswith("pareta.sandbox"):
            private = [each for each in imports(module, path) if each.name.startswith("pareta._")]
            assert [each for each in private if each.name not in ("pareta._version", "pareta._clock")] == []


def test_the_command_line_uses_public_names_alone() -> None:
    """`pareta.cli` imports of the client what users do: `pareta`, and its public modules."""
    for module, path in modules("pareta").items():
        if module.startswith("pareta.cli"):
            ours = [each for each in imports(module, path) if each.top in {"pareta", "pareta_generated"}]
            allowed = ("pareta.cli", "pareta.charts", "pareta.sandbox")
            assert [each for each in ours if each.name != "pareta" and not each.name.startswith(allowed)] == []


def test_the_generator_knows_nothing_of_what_it_writes() -> None:
    """`generator` imports neither `pareta` nor `pareta_generated`: it works where both are missing or broken."""
    assert [each for each in all_imports("generator") if each.within("pareta") or each.within("pareta_generated")] == []


def test_each_module_of_the_generator_is_short() -> None:
    """250 lines at most, the runtime that it copies included."""
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / "generator").rglob("*.py")}
    assert {str(file): length for file, length in lengths.items() if length > 250} == {}


def test_one_module_knows_the_parser() -> None:
    """`openapi_python_client` is imported by `generator/build.py` alone, and by nothing that users install."""
    users = {
        each.module
        for package in ("generator", "pareta", "pareta_generated")
        for each in all_imports(package)
        if each.within("openapi_python_client")
    }
    assert users == {"generator.build"}


def test_what_users_install_knows_nothing_of_the_generator() -> None:
    """Neither `pareta` nor `pareta_generated` imports the generator."""
    for package in ("pareta", "pareta_generated"):
        assert [each for each in all_imports(package) if each.within("generator")] == []


def test_a_violation_would_be_seen(tmp_path: Path) -> None:
    """The reading of imports resolves relative, lazy and guarded ones, which the rules above rely on."""
    source = tmp_path / "module.py"
    source.write_text(
        "from . import _other\nfrom .. import _sync\nfrom .._exceptions import ParetaError\n"
        "if TYPE_CHECKING:\n    import httpx\ndef f():\n    from pareta_generated import api\n    import a.b\n"
    )
    found = imports("pareta._async.module", source)
    assert [(each.name, each.lazy, each.typing_only) for each in found] == [
        ("pareta._async", False, False),  # There is no pareta/_async/_other.py.
        ("pareta._sync", False, False),
        ("pareta._exceptions", False, False),
        ("httpx", False, True),
        ("pareta_generated.api", True, False),
        ("a.b", True, False),
    ]
    assert ROOT.joinpath("pareta").is_dir()
