"""A sandbox with something to see, and headless Chromium beside it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from pareta.sandbox import Sandbox

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start the system's Chromium, with a profile of its own."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert program, "Install Chromium: on Debian, the packages chromium and chromium-driver."
    assert driver, "Install ChromeDriver: on Debian, the package chromium-driver."
    options = ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options, ChromeService(driver))
    yield chrome
    chrome.quit()


@pytest.fixture(params=list(WIDTHS))
def page(request: pytest.FixtureRequest, browser: Chrome) -> Chrome:
    """Give the browser at the width of a phone and of a desktop, its logs empty."""
    width, height = WIDTHS[request.param]
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": request.param == "phone"},
    )
    browser.get("about:blank")
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    return browser


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox of the test's own, in real time."""
    with Sandbox(seed=7, pace=1, clock="real") as sandbox:
        yield sandbox


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path:
    """Give the folder that screenshots go to."""
    folder = request.config.rootpath / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
