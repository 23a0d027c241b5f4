"""The documentation site in a real browser: at two widths, light and dark, offline."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

ROOT = Path(__file__).parents[2]
PAGES = ("", "command-line/", "metrics/", "cookbook/", "reference-python/", "reference-cli/", "reference-http/")
CONTRAST = """
const luminance = text => {
  const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const shown = (color, below) => {
  canvas.fillStyle = below; canvas.fillRect(0, 0, 1, 1);
  canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
  return `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)})`;
};
const page = getComputedStyle(document.body).backgroundColor;
const texts = [...document.querySelectorAll("article p, article li, article h1, article h2, article td")];
return Math.min(...texts.map(each => {
  const [a, b] = [luminance(shown(getComputedStyle(each).color, page)), luminance(page)].sort((x, y) => x - y);
  return (b + 0.05) / (a + 0.05);
}));
"""
"""The lowest contrast between text and page, as WCAG counts it."""
SAID = "return [...document.querySelectorAll('*')].map(each => each.shadowRoot?.textContent ?? '').join()"
OPEN = "return [...document.querySelectorAll('*')].some(each => each.shadowRoot?.querySelector('dialog[open] input'))"
"""Whether the search is open; it draws in a root of its own."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its name in the base class.
        """Log nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the site and serve it."""
    work = tmp_path_factory.mktemp("docs")
    subprocess.run([sys.executable, "docs/build.py", "--into", str(work)], cwd=ROOT, check=True, capture_output=True)
    folder = work / "site"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pages_fit_and_can_be_read(page: Chrome, site: str, shots: Path, mode: str) -> None:
    """No page is wider than the screen, text has the contrast that WCAG asks for, and nothing fails to load."""
    features = [{"name": "prefers-color-scheme", "value": mode}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for name in PAGES:
        page.get(site + name)
        width = page.execute_script("return innerWidth")
        assert page.execute_script("return document.documentElement.scrollWidth") <= width, name
        assert page.execute_script(CONTRAST) >= 4.5, name
        page.save_screenshot(str(shots / f"site-{name.strip('/') or 'index'}-{width}-{mode}.png"))
    assert (
        page.execute_script("return document.body.dataset.mdColorScheme") == {"light": "default", "dark": "slate"}[mode]
    )
    assert [each for each in page.get_log("browser") if each["level"] == "SEVERE"] == []


def test_search_works_offline(page: Chrome, site: str) -> None:
    """A word typed into the search finds a page, with nothing loaded from elsewhere."""
    page.get(site)
    page.execute_script("document.querySelector('.md-search__button').click()")
    WebDriverWait(page, 10).until(lambda shown: shown.execute_script(OPEN))
    page.switch_to.active_element.send_keys("ephemeral")
    WebDriverWait(page, 10).until(lambda shown: re.search(r"[1-9]\d* results", shown.execute_script(SAID)))


def test_pages_are_read_without_javascript(page: Chrome, site: str) -> None:
    """With JavaScript off, text, code, tables and pictures are there, and the menu leads to another page."""
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.get(site + "performance/")
        assert page.find_element(By.TAG_NAME, "html").get_attribute("class") == "no-js"
        text = page.find_element(By.TAG_NAME, "article").text
        assert all(words in text for words in ("make bench", "Figures", "GET models"))
        assert page.find_element(By.CSS_SELECTOR, "article img").size["width"] > 200
        for drawer in page.find_elements(By.CSS_SELECTOR, "label.md-header__button[for=__drawer]"):
            if drawer.is_displayed():  # On a phone.
                drawer.click()
        link = page.find_element(By.CSS_SELECTOR, ".md-nav--primary a[href='../deploying/']")
        WebDriverWait(page, 10).until(lambda _: link.is_displayed() and link.location["x"] >= 0)
        link.click()
        WebDriverWait(page, 10).until(lambda shown: shown.find_element(By.TAG_NAME, "h1").text == "Deploying")
    finally:
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
