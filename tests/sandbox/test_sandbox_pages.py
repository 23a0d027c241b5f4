"""The pages for a browser, as HTTP: what is served, to whom, and what it may do there."""

import json
from collections.abc import Iterator

import httpx
import pytest
from sandbox_kit import ask, client_of, until
from stopwatch import Stopwatch

from pareta.sandbox import Sandbox

PATHS = (
    *("/", "/docs", "/openapi.json"),
    *(
        f"/_sandbox/{name}"
        for name in ("page.css", "page.js", "docs.css", "docs.js", "swagger-ui.css", "swagger-ui-bundle.js")
    ),
)


@pytest.fixture
def web(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Give a client without the key, as a browser is one."""
    with httpx.Client(base_url=sandbox.base_url, timeout=10, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
def test_each_file_is_served_and_may_load_nothing_from_elsewhere(web: httpx.Client, path: str) -> None:
    """The policy names no other host, forbids frames, and other origins cannot read a thing."""
    answer = web.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "//" not in policy
    assert ("unsafe-inline" in policy) is (path == "/docs")
    assert "script-src 'self';" in policy
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert web.head(path).headers["content-length"] == answer.headers["content-length"]


@pytest.mark.parametrize("path", ["/", "/docs", "/_sandbox/page.css", "/_sandbox/page.js", "/_sandbox/docs.js"])
def test_our_own_files_name_no_other_host(web: httpx.Client, path: str) -> None:
    """No script, style or picture comes from elsewhere."""
    text = web.get(path).text.replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize("path", [*PATHS, "/_sandbox/feed"])
def test_other_names_and_other_origins_get_nothing(web: httpx.Client, path: str) -> None:
    """A name that was made to point here is refused, and so are requests that other origins' pages make."""
    assert web.get(path, headers={"host": "example.com"}).status_code == 421
    for site in ("cross-site", "same-site"):
        headers = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
        assert web.get(path, headers=headers).status_code == 403
    assert web.post(path).status_code == 405


def test_a_link_from_elsewhere_can_be_followed(web: httpx.Client) -> None:
    """Who clicks on a link in the terminal's page or in a README gets the page."""
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert web.get("/", headers=headers).status_code == 200


def test_beyond_loopback_there_are_no_pages() -> None:
    """A sandbox that other machines can reach does not show its key."""
    with Sandbox(pace=0, host="0.0.0.0") as sandbox, client_of(sandbox) as api:
        for path in (*PATHS, "/_sandbox/feed"):
            assert api.get(path).status_code == 404


def test_the_document_is_served_with_this_server(sandbox: Sandbox, web: httpx.Client) -> None:
    """What is tried out in the reference goes to the sandbox, not to the platform; the key is filled in there."""
    document = web.get("/openapi.json").json()
    assert [each["url"] for each in document["servers"]] == ["/"]
    assert "/v1/chat/completions" in document["paths"]
    assert sandbox.api_key in web.get("/docs").text


def test_the_licence_of_swagger_ui_comes_with_it(web: httpx.Client) -> None:
    """It is Apache's."""
    assert "Apache License" in web.get("/_sandbox/swagger-ui-licence").text


def test_the_feed_says_what_there_is_and_what_changes(sandbox: Sandbox, api: httpx.Client, web: httpx.Client) -> None:
    """It begins with everything, and goes on when something happens; it is not in the journal."""
    with web.stream("GET", "/_sandbox/feed") as feed:
        lines = (json.loads(line[6:]) for line in feed.iter_lines() if line.startswith("data: "))
        first = next(lines)
        ask(api)
        second = next(each for each in lines if each["completions"])
    assert (first["balance"], second["balance"]) == (25_000_000, 24_999_790)
    assert [each["id"] for each in first["endpoints"]] == ["ep_seed01", "ep_a1b2c3", "ep_d4e5f6", "ep_v7w8x9"]
    assert second["completions"][0]["price"] == 210
    assert [each["operation"] for each in second["requests"]] == ["create_chat_completion"]
    assert [each.operation for each in sandbox.requests] == ["create_chat_completion"]


def test_the_feed_tells_a_deployment_s_progress() -> None:
    """An endpoint that is being deployed has its stage and how far it is."""
    with Sandbox(pace=200) as sandbox, client_of(sandbox) as api:
        with api.stream("POST", "/v1/endpoints", json={"task": "translation", "name": "mine"}) as stream:
            next(stream.iter_lines())
        with api.stream("GET", "/_sandbox/feed") as feed:
            line = next(line for line in feed.iter_lines() if line.startswith("data: "))
    endpoints = {each["id"]: each for each in json.loads(line[6:])["endpoints"]}
    assert endpoints["mine"]["progress"] == {"stage": "queued", "pct": 0}
    assert endpoints["ep_a1b2c3"]["progress"] is None


def test_an_open_page_does_not_hold_the_sandbox_up() -> None:
    """A reset and a close end the feed at once, and the browser comes back by itself."""
    sandbox = Sandbox(pace=0).start()
    with client_of(sandbox) as api, api.stream("GET", "/_sandbox/feed") as feed:
        lines = feed.iter_lines()
        next(lines)
        with Stopwatch() as watch:
            sandbox.close()
            with pytest.raises(httpx.RemoteProtocolError):
                list(lines)
    assert watch.own < 1


def test_a_page_that_is_closed_is_let_go(sandbox: Sandbox, web: httpx.Client) -> None:
    """Nothing goes on for a page that is no longer there."""
    with web.stream("GET", "/_sandbox/feed") as feed:
        lines = feed.iter_lines()  # Held: letting it go hangs up.
        next(lines)
        assert jobs(sandbox) == 1
    assert until(lambda: jobs(sandbox) == 0)


def jobs(sandbox: Sandbox) -> int:
    """Return how many jobs the sandbox has, one more than 0 counted as such."""
    return sandbox._call(lambda platform: len(platform.jobs._tasks))
