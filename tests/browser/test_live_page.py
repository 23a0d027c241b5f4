"""The live page in a real browser, at the width of a phone and of a desktop."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from pareta import Pareta
from pareta.sandbox import Sandbox

EVIL = "<img src=x onerror=alert(1)>"


def read(page: Chrome, selector: str, what: str) -> list[str]:
    """Return what a selector finds, in one step: the page draws itself anew, and what was found may be gone."""
    script = f"return [...document.querySelectorAll(arguments[0])].map((each) => each.{what})"
    return list(page.execute_script(script, selector))


def shown(page: Chrome, selector: str) -> str:
    """Return the text of what a selector finds first."""
    return (read(page, selector, "innerText") or [""])[0].strip()


def wait(page: Chrome, condition: Any) -> Any:
    """Wait until it is true, and return what it is then."""
    return WebDriverWait(page, 10, poll_frequency=0.05).until(lambda _: condition())


def ask(client: Pareta, times: int) -> None:
    """Ask an endpoint some questions."""
    for number in range(times):
        text = "Which law governs? " + "Delaware law governs this agreement. " * (number % 5 + 1)
        client.chat.completions.create(model="ep_a1b2c3", messages=[{"role": "user", "content": text}])


def complaints(page: Chrome) -> list[str]:
    """Return what the browser complained of."""
    return [each["message"] for each in page.get_log("browser") if each["level"] in {"SEVERE", "WARNING"}]


def hosts(page: Chrome) -> set[str]:
    """Return where the page sent requests to."""
    messages = [json.loads(each["message"])["message"] for each in page.get_log("performance")]
    sent = [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]
    return {url.split("/")[2] for url in sent if url.startswith("http")}


def test_it_shows_what_goes_on_as_it_goes_on(page: Chrome, sandbox: Sandbox, shots: Path) -> None:
    """Endpoints, a running deployment's progress, balance, charts and requests follow the API without a reload."""
    sandbox.fault("create_chat_completion", status=500, should_retry=True, retry_after="0")
    page.get(sandbox.base_url)
    wait(page, lambda: shown(page, "#live") == "3 of 4")
    assert shown(page, "#balance") == "$25.00"
    assert sandbox.api_key in shown(page, "#exports")
    assert "Nothing to draw yet" in shown(page, "#latency")
    with sandbox.client() as client:
        with client.endpoints.deploy(task="translation", name="under-way"):
            bar = '[data-id="under-way"] [role="progressbar"]'
            assert 0 <= int(wait(page, lambda: read(page, bar, "ariaValueNow"))[0]) < 100
            ask(client, 8)
            page.save_screenshot(str(shots / f"live-{page.execute_script('return innerWidth')}-deploying.png"))
        wait(page, lambda: shown(page, '[data-id="under-way"] .status') == "live")
        ask(client, 4)
    wait(page, lambda: shown(page, "#balance") == "$24.9975")
    assert shown(page, "#live") == "4 of 5"
    wait(page, lambda: len(page.find_elements(By.CSS_SELECTOR, "#latency circle")) == 12)
    assert read(page, "#spend svg", "ariaLabel") == ["Spent $0.00252; the frontier model would have cost $0.0624"]
    assert "create_chat_completion" in read(page, "#requests", "textContent")[0]
    width = page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "the page is wider than the screen"
    height = page.execute_script("return document.documentElement.scrollHeight")
    for scheme in ("light", "dark"):
        page.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        shot = page.execute_cdp_cmd(
            "Page.captureScreenshot",
            {"captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width[1], "height": height, "scale": 1}},
        )

        (shots / f"live-{width[1]}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    assert complaints(page) == []
    assert hosts(page) == {sandbox.base_url.removeprefix("http://")}


def test_what_the_server_says_is_text(page: Chrome, sandbox: Sandbox) -> None:
    """Names and paths that look like markup are shown as they are, and run nothing."""
    with httpx.Client(base_url=sandbox.base_url, headers={"authorization": f"Bearer {sandbox.api_key}"}) as api:
        api.post(
            "/v1/endpoints",
            json={"task": "translation", "name": EVIL},
            headers={"x-sandbox-scenario": f"deploy-fails; message={EVIL}"},
        )
        api.get(f"/v1/{EVIL}")
    page.get(sandbox.base_url)
    names = wait(page, lambda: read(page, ".name", "innerText"))
    assert EVIL in names
    assert page.find_elements(By.CSS_SELECTOR, "main img") == []
    assert complaints(page) == []


def test_it_says_when_the_sandbox_is_gone_and_comes_back(page: Chrome) -> None:
    """Without the sandbox the page says that it is not reached; when it is there again, the page goes on."""
    with Sandbox(seed=7, pace=0) as sandbox:
        port = int(sandbox.base_url.rpartition(":")[2])
        page.get(sandbox.base_url)
        wait(page, lambda: shown(page, "#state") == "live")
    wait(page, lambda: shown(page, "#state") == "not reached")
    with Sandbox(seed=7, pace=0, port=port, balance=7_000_000) as sandbox:
        wait(page, lambda: shown(page, "#balance") == "$7.00")
        assert shown(page, "#state") == "live"


def test_the_reference_shows_the_document(page: Chrome, sandbox: Sandbox, shots: Path) -> None:
    """Swagger UI renders every operation from the sandbox's own port, and tries one out with the key filled in."""
    page.get(f"{sandbox.base_url}/docs")
    wait(page, lambda: len(page.find_elements(By.CSS_SELECTOR, ".opblock")) == 17)
    page.save_screenshot(str(shots / f"docs-{page.execute_script('return innerWidth')}.png"))
    block = page.find_element(By.ID, "operations-models-list_models")
    block.find_element(By.CSS_SELECTOR, ".opblock-summary-control").click()
    # Swagger UI forgets an answer that comes before it has resolved the operation, as nobody is quick enough to see.
    resolved = "return Boolean(ui.getSystem().specSelectors.specResolvedSubtree(['paths', '/v1/models', 'get']))"
    wait(page, lambda: page.execute_script(resolved))
    button = wait(page, lambda: block.find_elements(By.CSS_SELECTOR, "button.execute"))[0]
    page.execute_script("arguments[0].scrollIntoView(); arguments[0].click()", button)
    answer = wait(page, lambda: block.find_elements(By.CSS_SELECTOR, ".live-responses-table .response-col_status"))
    assert "200" in answer[-1].text
    assert sandbox.requests[-1].operation == "list_models"
    assert complaints(page) == []
    assert hosts(page) == {sandbox.base_url.removeprefix("http://")}
