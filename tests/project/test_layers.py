"""Who may import whom: generated values, then pure policy, then the two worlds, and nothing points back."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from imports import ROOT, Import, all_imports, imports, modules

STANDARD = sys.stdlib_module_names
DOES_IO = {"httpx", "httpx2", "httpcore", "aiohttp", "asyncio", "socket", "select", "selectors", "threading"}
# What the engines share, and only they import: aiohttp's parser, which opens nothing, and a kind of socket.
SHARED_BY_ENGINES = {"pareta._llhttp": {"aiohttp"}, "pareta._socket": {"socket"}}
EXTRAS = ("pareta.sandbox", "pareta.contract", "pareta.testing")
PURE = sorted(name for name in modules("pareta") if name.count(".") == 1 and name.split(".")[1][0] == "_")
PURE = [name for name in PURE if name not in ("pareta._sync", "pareta._async")]
CORE = [name for name in modules("pareta") if not name.startswith(EXTRAS)]


def of(module: str) -> list[Import]:
    """Return the imports of a module of the overlay."""
    return imports(module, modules("pareta")[module])


def test_the_layers_are_there() -> None:
    """There is something to hold the rules against: pure modules, both worlds, and the generated package."""
    assert {"pareta._flows", "pareta._retry", "pareta._sse", *SHARED_BY_ENGINES} <= set(PURE)
    for world in ("_sync", "_async"):
        assert {f"pareta.{world}.client", f"pareta.{world}.endpoints"} <= set(CORE)
    assert {"pareta_generated.api", "pareta_generated.models"} <= set(modules("pareta_generated"))


def test_the_generated_package_stands_alone() -> None:
    """`pareta_generated` imports the standard library, attrs and itself; dateutil once, inside a function."""
    foreign = [
        each
        for each in all_imports("pareta_generated")
        if each.top not in {*STANDARD, "attr", "attrs", "pareta_generated"}
    ]
    assert [(each.top, each.lazy) for each in foreign] == [("dateutil", True)]


def test_the_generated_package_does_no_io() -> None:
    """`pareta_generated` imports nothing that opens a connection, of the standard library neither."""
    assert [each for each in all_imports("pareta_generated") if each.top in DOES_IO | {"http", "urllib"}] == [
        each for each in all_imports("pareta_generated") if each.name == "urllib.parse"
    ]


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_knows_no_world_and_does_no_io(module: str) -> None:
    """A module `pareta/_*.py` imports neither world nor anything that does I/O, for type checkers neither."""
    allowed = SHARED_BY_ENGINES.get(module, set[str]())
    assert [each for each in of(module) if each.top in DOES_IO - allowed] == []
    assert [each for each in of(module) if each.within("pareta._sync") or each.within("pareta._async")] == []


@pytest.mark.parametrize("shared", SHARED_BY_ENGINES)
def test_what_the_engines_share_is_imported_by_engines_alone(shared: str) -> None:
    """What engines share is imported by the modules of the two worlds that move bytes, and by no policy."""
    users = {module for module in CORE for each in of(module) if each.within(shared)}
    assert users
    assert users <= {f"pareta.{world}.{name}" for world in ("_sync", "_async") for name in _MOVE_BYTES}


_MOVE_BYTES = ("_driver", "_connections", "_network", "_socket")


@pytest.mark.parametrize(("world", "other"), [("_sync", "_async"), ("_async", "_sync")])
def test_the_worlds_do_not_know_each_other(world: str, other: str) -> None:
    """Neither `_sync` nor `_async` imports the other."""
    members = [module for module in CORE if module.startswith(f"pareta.{world}")]
    assert len(members) > 5
    for module in members:
        assert [each for each in of(module) if each.within(f"pareta.{other}")] == []


def test_the_blocking_world_runs_no_loop() -> None:
    """`_sync` imports neither asyncio nor anyio."""
    for module in (each for each in CORE if each.startswith("pareta._sync")):
        assert [each for each in of(module) if each.top in {"asyncio", "anyio"}] == []


def test_only_what_moves_bytes_knows_the_transport() -> None:
    """HTTP, sockets and TLS are imported by engines; resources, streams and the clients know none of them."""
    movers = {f"pareta.{world}.{name}" for world in ("_sync", "_async") for name in (*_MOVE_BYTES, "_http_client")}
    for module in CORE:
        if module.startswith(("pareta._sync.", "pareta._async.")) and module not in movers:
            found = {each.top for each in of(module)} & {"h11", "socket", "ssl", "select", "httpx", "httpx2"}
            assert (module, found) == (module, set())


def test_httpx_is_never_imported() -> None:
    """The SDK takes httpx clients and imports neither httpx nor httpx2: a caller's client brings its own module."""
    assert [each for module in CORE for each in of(module) if each.top in {"httpx", "httpx2"}] == []


def test_the_core_needs_no_extra() -> None:
    """Nothing outside them imports the sandbox, the contract suite or the pytest plugin."""
    for module in CORE:
        assert [each for each in of(module) if any(each.within(extra) for extra in EXTRAS)] == []


def test_the_core_imports_only_what_it_depends_on() -> None:
    """What the core imports comes with the standard library or its declared dependencies."""
    allowed = {"attrs", "attr", "certifi", "h11", "pareta", "pareta_generated"}
    optional = {"aiohttp", "socksio"}
    for module in CORE:
        for each in of(module):
            chosen = each.top in optional and (each.lazy or module == "pareta._llhttp")
            assert each.top in {*STANDARD, *allowed} or chosen


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
    """The sandbox imports no private module of the client: it is written against the document."""
    for module, path in modules("pareta").items():
        if module.startswith("pareta.sandbox"):
            private = [each for each in imports(module, path) if each.name.startswith("pareta._")]
            assert [each for each in private if each.name != "pareta._version"] == []


def test_the_generator_knows_nothing_of_what_it_writes() -> None:
    """`generator` imports neither `pareta` nor `pareta_generated`: it works where both are missing or broken."""
    assert [each for each in all_imports("generator") if each.within("pareta") or each.within("pareta_generated")] == []


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
        "from . import _flows\nfrom .. import _sync\nfrom .._exceptions import ParetaError\n"
        "if TYPE_CHECKING:\n    import httpx\ndef f():\n    from pareta_generated import api\n    import a.b\n"
    )
    found = imports("pareta._async.module", source)
    assert [(each.name, each.lazy, each.typing_only) for each in found] == [
        ("pareta._async", False, False),  # There is no pareta/_async/_flows.py.
        ("pareta._sync", False, False),
        ("pareta._exceptions", False, False),
        ("httpx", False, True),
        ("pareta_generated.api", True, False),
        ("a.b", True, False),
    ]
    assert ROOT.joinpath("pareta").is_dir()
