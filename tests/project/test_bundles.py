"""Programs in one file: the client and the sandbox run from a zip archive, and from what PyInstaller makes."""

from __future__ import annotations

import sys
import zipapp
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from test_newcomer import interpreter
from test_wheel import place, run, wheel

__all__ = ["interpreter", "place", "wheel"]  # Fixtures, which pytest finds by their names.

PROGRAM = """
import asyncio, sys
from urllib.request import ProxyHandler, build_opener
import pareta
from pareta.sandbox import Sandbox

ASK = [{"role": "user", "content": "Who signs? Alder & Pine signs."}]

async def count(sandbox):
    async with sandbox.async_client() as client:
        return len(await client.models.list())

def get(url):
    with build_opener(ProxyHandler({})).open(url) as response:
        return response.status

with Sandbox(pace=0) as sandbox, sandbox.client() as client:
    print(asyncio.run(count(sandbox)), client.endpoints.deploy(task="invoice-fields", wait=True).status)
    print(client.chat.completions.create(model="ep_a1b2c3", messages=ASK).choices[0].message.content)
    pages = ("/", "/docs", "/openapi.json", "/_sandbox/swagger-ui-bundle.js", "/_sandbox/page.js")
    print(*(get(sandbox.base_url + path) for path in pages))
print(pareta.ChatStream.__name__, pareta.__file__)
"""
PRINTED = ["3 live", "Alder & Pine signs.", "200 200 200 200 200"]


@pytest.mark.long
def test_they_run_from_a_zip_archive(wheel: Path, tmp_path: Path) -> None:
    """A zipapp calls, streams and serves the sandbox with its pages, from files that are not on the disk."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "app")
    (tmp_path / "app" / "__main__.py").write_text(PROGRAM)
    swagger = Path(str(files("mkdocs_swagger_ui_tag")))
    for path in filter(Path.is_file, swagger.rglob("*")):
        target = tmp_path / "app" / path.relative_to(swagger.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz")
    *printed, last = run(sys.executable, "-W", "error", tmp_path / "app.pyz", cwd=tmp_path).splitlines()
    assert printed == PRINTED
    assert last == f"ChatStream {tmp_path / 'app.pyz' / 'pareta' / '__init__.py'}"


@pytest.mark.long
def test_they_run_from_what_pyinstaller_makes(interpreter: Path, tmp_path: Path) -> None:
    """It needs no options: a hook in the wheel names the files that the sandbox reads."""
    (tmp_path / "app.py").write_text(PROGRAM)
    run(interpreter, "-m", "PyInstaller", "--log-level", "ERROR", "app.py", cwd=tmp_path)
    assert run(tmp_path / "dist" / "app" / "app", cwd=tmp_path).splitlines()[:3] == PRINTED
