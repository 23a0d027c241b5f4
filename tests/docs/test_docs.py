"""The documentation: its code runs, its recordings are true, its links lead somewhere, its pages can be read."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pareta.cli._errors import MEANINGS
from pareta.sandbox import Sandbox

from .recording import PAGES, ROOT, recorded

BLOCKS = [
    pytest.param(code, id=f"{path.name}:{text[: match.start()].count(chr(10)) + 1}")
    for path in PAGES
    if path.name != "typescript.md"  # Its blocks go on from each other; tests/shared runs them.
    if (text := path.read_text("utf-8"))
    for match in re.finditer(r"(?s)```python\n(.*?)```", text)
    if (code := match[1])
]


@pytest.mark.parametrize("code", BLOCKS)
def test_code_runs(code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each block of Python of the documentation runs as it stands, in a folder of its own; tests in it pass."""
    monkeypatch.chdir(tmp_path)
    with Sandbox(seed=7, pace=0) as sandbox:
        monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
        monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
        sandbox.client().endpoints.start("ep_d4e5f6")
        if "pa." in code and not re.search(r"\bPareta\b", code):  # One side of a comparison with another language.
            code = f"from pareta import Pareta\npa = Pareta.from_env()\n{code}"
        if "def test_" in code:
            (tmp_path / "test_it.py").write_text(code)
            line = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
            monkeypatch.setenv("PYTHONPATH", str(ROOT))
            done = subprocess.run([sys.executable, *line], capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        else:
            (tmp_path / "program.py").write_text(code)
            runpy.run_path("program.py", run_name="__main__")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.name, marks=pytest.mark.long if path.name == "command-line.md" else ())
        for path in PAGES
    ],
)
def test_recordings_are_true(path: Path) -> None:
    """What a command line prints in the documentation is what it prints; `python -m tests.docs` records it."""
    text = path.read_text("utf-8")
    assert recorded(text) == text


def test_the_lines_of_the_readme_lead_from_one_to_the_next() -> None:
    """Where pip gets `./pareta`, the lines before it lead beside the checkout, not into it."""
    depth, installs = 0, 0
    for line in re.findall(r"(?m)^\$ (.*)$", (ROOT / "README.md").read_text("utf-8")):
        for step in line.partition("#")[0].split("&&"):
            depth += {"cd pareta": 1, "cd ..": -1}.get(step.strip(), 0)
            if "pip" in step and "./pareta" in step:
                installs += 1
                assert depth == 0, line
    assert installs > 3


def test_exit_codes_are_those_of_the_code() -> None:
    """The table of exit codes says what the code says."""
    table = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    for code, meaning in MEANINGS.items():
        assert f"| {code} | {meaning.replace('| head', chr(92) + '| head')} |" in table


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site: warnings such as a dead link or anchor are errors."""
    folder = tmp_path_factory.mktemp("docs")
    line = [sys.executable, "docs/build.py", "--into", str(folder)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


class Page(HTMLParser):
    """What a page has: headings, pictures, links, ids, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.pictures: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.lang = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag in."""
        found = dict(attrs)
        self.ids.add(found.get("id") or found.get("name") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "img":
            self.pictures.append(found)
        elif tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        elif tag == "html":
            self.lang = found.get("lang") or ""
        if tag in {"script", "img", "iframe"} or (tag == "link" and "stylesheet" in str(found.get("rel"))):
            self.loads.append(str(found.get("src") or found.get("href") or ""))


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Read every page of the site."""
    return {path: Page(path) for path in site.rglob("*.html")}


@pytest.mark.long
def test_every_link_leads_somewhere(pages: dict[Path, Page], site: Path) -> None:
    """Each link and anchor within the site, menus and footers too, has a page or a place that it leads to."""
    broken: list[str] = []
    for path, page in pages.items():
        for link in page.links:
            if "://" in link or link.startswith("mailto:") or path.name == "404.html":
                continue
            where, _, anchor = link.partition("#")
            target = (path.parent / where).resolve() if where else path
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].ids | {"__top"}):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []
    assert len(pages) > 20


@pytest.mark.long
def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page], site: Path) -> None:
    """No page loads a script, a font, a style or a picture from another host."""
    assert [load for page in pages.values() for load in page.loads if "//" in load] == []
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\(['\"]?(?:https?:)?//[^)]+", styles) == []


@pytest.mark.long
def test_pages_can_be_read_by_everybody(pages: dict[Path, Page]) -> None:
    """Each page names its language, has one h1 and no gap between headings, and words for its pictures."""
    for path, page in pages.items():
        if path.name == "404.html":
            continue
        assert page.lang, path
        assert page.headings.count(1) == 1, path
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert [(a, b) for a, b in steps if b > a + 1] == [], path
        assert all(each.get("alt") for each in page.pictures), path


@pytest.mark.long
def test_the_search_knows_every_page(site: Path, pages: dict[Path, Page]) -> None:
    """Search is an index of the site's own, so that it works offline."""
    index = json.loads((site / "search.json").read_text("utf-8"))
    found = json.dumps(index)
    assert all(word in found for word in ("ephemeral", "Idempotency-Key", "wait_until_live", "--api-key-file"))


def names() -> Iterator[str]:
    """Yield every public name."""
    import pareta

    return (name for name in pareta.__all__ if not name.startswith("_"))


@pytest.mark.long
def test_the_reference_is_complete(pages: dict[Path, Page], site: Path) -> None:
    """The reference has every public name, every operation, every command and every exit code."""
    python = pages[site / "reference-python" / "index.html"].ids
    assert [name for name in names() if f"pareta.{name}" not in python] == []
    operations = json.loads((ROOT / "pareta_generated" / "openapi.json").read_text("utf-8"))["paths"]
    http = (site / "reference-http" / "index.html").read_text("utf-8")
    assert [path for path in operations if path not in http] == []
    commands = pages[site / "reference-cli" / "index.html"].ids
    assert {"pareta-endpoints-deploy", "pareta-tasks-match", "pareta-doctor", "pareta-chat"} <= commands
    text = re.sub(r"<[^>]+>", "", (site / "reference-cli" / "index.html").read_text("utf-8"))
    assert [each for each in MEANINGS.values() if each.replace("`", "") not in text] == []


def test_every_page_is_in_the_menu() -> None:
    """Each page of docs/ stands in the menu of the site."""
    text = (ROOT / "docs" / "build.py").read_text("utf-8")
    assert [path.name for path in (ROOT / "docs").glob("*.md") if f'"{path.name}"' not in text] == []


@pytest.mark.long
def test_language_models_get_the_pages_as_text(site: Path) -> None:
    """llms.txt links every page of the menu, and llms-full.txt holds them."""
    listed = re.findall(r"\((.*?)\)", (site / "llms.txt").read_text("utf-8"))
    assert len(listed) > 15
    assert [each for each in listed if not (site / each / "index.html").exists()] == []
    assert "## Who imports whom" in (site / "llms-full.txt").read_text("utf-8")
