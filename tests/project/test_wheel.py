"""The wheel: what it holds, and that it works in an empty environment without extras."""

from __future__ import annotations

import email
import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import pareta
from pareta.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    """Run a command without what this process was given for imports, and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PARETA"))}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def isolation() -> list[str]:
    """Return what to build with: with the build backend at hand nothing is downloaded."""
    return ["--no-isolation"] if importlib.util.find_spec("hatchling") else []


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of each file of a folder, by its name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "wheel"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def wheel(place: Path) -> Path:
    """Build the source distribution, and the wheel from that, once."""
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = place / "dist"
        if not list(built.glob("*.whl")):
            run(sys.executable, "-m", "build", *isolation(), "--outdir", built, ROOT, cwd=place)
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def python(place: Path, wheel: Path) -> Path:
    """Install the wheel into an empty environment, without extras, once; return its interpreter."""
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        interpreter = place / "venv" / "bin" / "python"
        done = place / "installed"
        if not done.exists():
            venv.create(place / "venv", with_pip=True, clear=True)
            run(interpreter, "-m", "pip", "install", "--quiet", "--no-input", wheel, cwd=place)
            done.touch()
    return interpreter


def names(wheel: Path) -> Sequence[str]:
    """Return the paths in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def metadata(wheel: Path) -> email.message.Message:
    """Read a wheel's metadata."""
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(path))


def test_the_wheel_holds_the_two_packages_and_its_metadata(wheel: Path) -> None:
    """Nothing but `pareta`, `pareta_generated` and the metadata is installed: no tests, no generator."""
    tops = {name.partition("/")[0] for name in names(wheel)}
    assert tops == {"pareta", "pareta_generated", f"pareta-{pareta.__version__}.dist-info"}


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Each module, both typed markers and the data files are there, and nothing that runs leave behind."""
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in ("pareta", "pareta_generated")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in names(wheel) if ".dist-info/" not in name}
    assert packed == expected
    assert {
        "pareta/py.typed",
        "pareta_generated/py.typed",
        "pareta_generated/openapi.json",
        "pareta/sandbox/catalog.toml",
    } <= packed


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    """Name, version, Python and licence are right, and without extras it requires five distributions."""
    said = metadata(wheel)
    assert (said["Name"], said["Version"]) == ("pareta", pareta.__version__)
    assert (said["Requires-Python"], said["License-Expression"]) == (">=3.11", "Apache-2.0")
    needs = [need for need in said.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert sorted(re.match(r"[\w-]+", need)[0] for need in needs) == [
        "anyio",
        "attrs",
        "h11",
        "httpx",
        "python-dateutil",
    ]
    assert any(name.endswith("/licenses/LICENSE") for name in names(wheel))


def test_builds_are_the_same_to_the_byte(place: Path, wheel: Path, tmp_path: Path) -> None:
    """What another builds of the source distribution, elsewhere and at another time, has the same hashes."""
    (source,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    tree = tmp_path / source.name.removesuffix(".tar.gz")
    for path in tree.rglob("*"):
        os.utime(path, (1_900_000_000, 1_900_000_000))
        path.chmod(0o700 if path.is_dir() or os.access(path, os.X_OK) else 0o600)
    run(sys.executable, "-m", "build", *isolation(), "--outdir", tmp_path / "dist", tree, cwd=tmp_path)
    assert hashes(tmp_path / "dist") == hashes(wheel.parent)


@pytest.mark.parametrize(
    ("extra", "name", "unsafe"),
    [("sandbox", "h11", "0.14.0"), ("sandbox", "starlette", "1.0.0"), ("aiohttp", "aiohttp", "3.13.2")],
)
def test_the_extras_exclude_versions_with_known_weaknesses(wheel: Path, extra: str, name: str, unsafe: str) -> None:
    """The floors of what reads requests or answers lie above the last version that an advisory names."""
    needs = map(Requirement, metadata(wheel).get_all("Requires-Dist", []))
    (need,) = (need for need in needs if need.name == name and need.marker and need.marker.evaluate({"extra": extra}))
    assert unsafe not in need.specifier


@pytest.mark.long
def test_a_new_installation_reads_answers_by_a_parser_without_known_weaknesses(python: Path, place: Path) -> None:
    """What the wheel depends on brings h11 in a version that refuses malformed chunks."""
    code = "from importlib.metadata import version; print(version('h11'))"
    assert Version(run(python, "-c", code, cwd=place).strip()) >= Version("0.16")


@pytest.mark.long
def test_the_wheel_works_alone(python: Path, place: Path) -> None:
    """In an empty environment a client can be made sync and async, and every export is there."""
    code = """
import asyncio, pareta, pareta_generated.api
with pareta.Pareta(api_key="pareta_sk_test") as pa:
    print(pa.base_url, pa.endpoints.metrics("e").__class__.__name__)
async def main():
    async with pareta.AsyncPareta(api_key="pareta_sk_test") as pa:
        print(pa.base_url)
asyncio.run(main())
for name in pareta.__all__:
    getattr(pareta, name)
print(pareta.__version__, pareta.__file__.startswith(PREFIX))
"""
    code = f"PREFIX = {str(place / 'venv')!r}\n{code}"
    assert run(python, "-c", code, cwd=place).split() == [
        *("https://api.pareta.ai", "Metrics", "https://api.pareta.ai"),
        *(pareta.__version__, "True"),
    ]


@pytest.mark.long
def test_the_wheel_without_extras_talks_to_a_server(python: Path, place: Path) -> None:
    """From an empty environment the installed client lists, deploys and chats over a socket."""
    code = """
import asyncio, pareta
with pareta.Pareta.from_env() as pa:
    endpoint = pa.endpoints.deploy(task="contract-key-fields", wait=True)
    answer = pa.chat.completions.create(model=endpoint.id, messages=[{"role": "user", "content": "Hello"}])
    print(len(pa.models.list()), bool(answer.choices[0].message.content), endpoint.created_at.tzinfo is not None)
async def main():
    async with pareta.AsyncPareta.from_env() as pa:
        print(len(await pa.models.list()))
asyncio.run(main())
"""
    with Sandbox(seed=7, pace=0) as sandbox:
        out = run(python, "-c", code, cwd=place, PARETA_BASE_URL=sandbox.base_url, PARETA_API_KEY=sandbox.api_key)
    assert out.split() == ["4", "True", "True", "4"]


def test_the_sandbox_says_which_extra_it_needs(python: Path, place: Path) -> None:
    """Without the extra `pareta.sandbox` imports, and starting it is an ImportError that names the extra."""
    code = """
from pareta.sandbox import Sandbox
try:
    with Sandbox():
        print("started")
except ImportError as error:
    print(error)
"""
    out = run(python, "-c", code, cwd=place)
    assert "[sandbox]" in out
    assert "starlette" in out or "uvicorn" in out or "jsonschema" in out or "h11" in out


def test_the_sandbox_as_a_program_says_which_extra_it_needs(python: Path, place: Path) -> None:
    """`python -m pareta.sandbox` without the extra ends with a line that names it, and no traceback."""
    done = subprocess.run(
        [python, "-m", "pareta.sandbox", "--port", "0"], cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "[sandbox]" in done.stderr
    assert "Traceback" not in done.stderr
