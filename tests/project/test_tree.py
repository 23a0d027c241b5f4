"""What stands, and does not stand, in the files of this project."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from imports import ROOT, imports, modules

import pareta

FOLDERS = (
    "openapi",
    "generator",
    "templates",
    "pareta",
    "pareta_generated",
    "tests",
    "examples",
    "bench",
    "docs",
    ".ci",
)
# In pieces, so that this file does not hold what it looks for.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "proxy." + "golang", "_INDEX" + "_URL")
MACHINES = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/bash" + "_jobs", r"C:" + "\\Users")


@cache
def texts() -> dict[str, str]:
    """Read every text file of the project, by its path; what runs leave behind is left out."""
    found: dict[str, str] = {}
    paths = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        paths += [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in sorted(paths):
        if path.suffix not in {".pyc", ".png", ".sqlite", ".so"}:
            found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8", errors="replace")
    return found


def holding(pattern: str) -> list[str]:
    """Return where a pattern stands, as `path:line`."""
    return [
        f"{path}:{number}"
        for path, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_the_files_are_there() -> None:
    """There is something to look through."""
    assert {
        "pyproject.toml",
        "openapi/pareta.yaml",
        "pareta/_policy/calls.py",
        "pareta_generated/api.py",
    } <= texts().keys()


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_registry(host: str) -> None:
    """Where packages come from is the business of the machine that installs them."""
    assert holding(re.escape(host)) == []


@pytest.mark.parametrize("place", MACHINES)
def test_no_file_names_a_place_on_a_machine(place: str) -> None:
    """No path of anyone's machine stands in the project."""
    assert holding(rf"(?<![\w.:/}}]){re.escape(place)}") == []


def test_no_text_installs_another_project() -> None:
    """Whatever says how to install this names a checkout or a file: on the public index the name is another project."""
    tools = r"\b(pip|pipx|uv|poetry|pdm|conda)3?\b.*\b(install|add|wheel|download)\b"
    bare = tools + r"""\b.*[\s'"`]pareta(?![\w/-]|\.\w)"""
    for name in ("pareta", "'pareta[sandbox]>=0.1'", "-U httpx==0.28 pareta."):
        assert re.search(bare, f"python -m pip install {name}")
    assert holding(bare) == []
    assert "public index is another project" in texts()["README.md"]


def test_the_version_stands_in_one_place() -> None:
    """The version is written in `pareta/_version.py`, and told in the changelog alone."""
    places = {place.partition(":")[0] for place in holding(rf"(?<![\d.]){re.escape(pareta.__version__)}(?![\d.])")}
    assert places - {"CHANGELOG.md", "openapi/pareta.yaml", "pareta_generated/openapi.json"} == {"pareta/_version.py"}


def test_the_build_reads_the_version_from_there() -> None:
    """The wheel's version is dynamic, and comes from that file."""
    project = tomllib.loads(texts()["pyproject.toml"])
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "pareta/_version.py"


def test_the_package_asks_no_metadata() -> None:
    """Nothing in `pareta` reads importlib.metadata: it works from a checkout and in a bundle."""
    for module, path in modules("pareta").items():
        assert [each for each in imports(module, path) if each.within("importlib.metadata")] == []
        assert "importlib.metadata" not in path.read_text("utf-8")


def test_the_core_brings_little_along() -> None:
    """Users install httpx with its anyio and h11, attrs and python-dateutil; the rest are extras."""
    project = tomllib.loads(texts()["pyproject.toml"])["project"]
    names = sorted(re.match(r"[\w-]+", requirement)[0] for requirement in project["dependencies"])
    assert names == ["anyio", "attrs", "h11", "httpx", "python-dateutil"]
    assert {"sandbox", "contract", "dev"} <= project["optional-dependencies"].keys()


def test_generated_files_say_so() -> None:
    """Each generated or derived module says what it was made of and how it is made again."""
    for path, text in texts().items():
        if path.startswith("pareta_generated/") and path.endswith(".py"):
            assert "Do not edit" in text
            assert "make generate" in text
    derived = [path for path in texts() if path.startswith("pareta/_sync/") and "DO NOT EDIT" in texts()[path]]
    assert {f"pareta/_sync/{name}.py" for name in ("chat", "client", "endpoints", "models", "streams", "tasks")} <= set(
        derived
    )
    for path in derived:
        assert "make generate" in texts()[path].partition("\n")[0]


def test_every_module_says_what_it_is() -> None:
    """Each module begins with a docstring, tests included."""
    for path, text in texts().items():
        data = path.startswith(("tests/pages/examples/", "tests/typing/cases/"))
        if path.endswith(".py") and not data and text.strip():
            first = next(line for line in text.splitlines() if not line.startswith("#"))
            assert (path, first.removeprefix("r")[:3]) == (path, '"""')


def test_every_test_is_a_sentence() -> None:
    """The docstring of each test is a sentence that says what it shows, and no test is skipped."""
    functions = [
        (f"{path}: {node.name}", (ast.get_docstring(node) or "").partition("\n\n")[0])
        for path, text in texts().items()
        if re.fullmatch(r"tests/.*/test_\w+\.py", path)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]
    assert len(functions) > 100
    assert [name for name, text in functions if " " not in text or not text.endswith(".")] == []
    assert holding(r"\bpytest\.(mark\.)?(ski" + r"p|xfai" + r"l)\b") == []


def test_the_typed_marker_is_there() -> None:
    """Both packages are marked as typed."""
    for package in ("pareta", "pareta_generated"):
        assert Path(ROOT / package / "py.typed").is_file()
