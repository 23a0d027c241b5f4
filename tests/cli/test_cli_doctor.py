"""`pareta doctor` on machines that work, and on broken ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from authority import serving, write_trust
from terminal import Terminal
from wire import Wire, answer

from pareta.sandbox import Sandbox

MODELS = {"object": "list", "data": []}
UTF8 = "application/json"


def failed(checks: list[dict]) -> list[str]:
    """Return the names of the checks that failed."""
    return [each["check"] for each in checks if not each["ok"]]


def test_a_machine_that_works_is_told_so(pareta: Callable, env: dict[str, str]) -> None:
    """With a key that works every check is ok, the exit code is 0, and the bill is explained."""
    done = pareta("doctor")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[1] for line in done.out.splitlines()] == [
        *("versions", "settings", "key", "proxy", "dns", "connection", "request", "billing")
    ]
    assert all(line.startswith("ok ") for line in done.out.splitlines())
    assert "chat completions are billed" in done.out
    assert env["PARETA_API_KEY"] not in done.out


def test_broken_one_no_key(pareta: Callable, env: dict[str, str]) -> None:
    """Without a key: the other checks run, nothing is requested, the exit code is 3."""
    del env["PARETA_API_KEY"]
    done = pareta("doctor", "--json")
    assert (done.code, failed(done.json())) == (3, ["key"])


@pytest.mark.parametrize("key", ["sk-wrong", "pareta_sk_x y", "\N{SNOWMAN}man", "pareta_sk_wrong1234"])
def test_broken_two_a_wrong_key(pareta: Callable, env: dict[str, str], key: str) -> None:
    """With a wrong key: its shape is judged, the server refuses it, and it is never printed."""
    env["PARETA_API_KEY"] = key
    done = pareta("doctor")
    assert done.code == 3
    assert "FAIL  request" in done.out or "FAIL  key" in done.out
    assert key not in done.out + done.err


def test_broken_three_no_such_host(pareta: Callable, env: dict[str, str]) -> None:
    """With a host that does not exist: DNS fails, and nothing after it is tried."""
    env["PARETA_BASE_URL"] = "https://nowhere.invalid"
    done = pareta("doctor", "--json")
    assert (done.code, failed(done.json())) == (1, ["dns"])
    assert done.json()[-1]["check"] == "dns"


def test_broken_four_nothing_listens(pareta: Callable, env: dict[str, str]) -> None:
    """With a port where nothing listens: the connection fails."""
    env["PARETA_BASE_URL"] = "http://127.0.0.1:1"
    assert failed(pareta("doctor", "--json").json()) == ["connection"]


def test_broken_five_a_certificate_of_nobody(
    process: Callable, env: dict[str, str], wire: Callable[..., Wire], sandbox: Sandbox, tmp_path: Path
) -> None:
    """TLS fails with a certificate that is not trusted, works with SSL_CERT_FILE, and needs a port that speaks it."""
    server = wire(answer(MODELS), tls=serving())
    env |= {"PARETA_BASE_URL": server.url, "PARETA_API_KEY": "pareta_sk_test"}
    done = process("doctor", "--json")
    assert (done.code, failed(done.json())) == (1, ["tls"])
    assert "SSL_CERT_FILE" in done.json()[-1]["advice"]
    env["SSL_CERT_FILE"] = str(write_trust(tmp_path))
    assert process("doctor").code == 0
    env["PARETA_BASE_URL"] = sandbox.base_url.replace("http:", "https:")
    assert process("doctor", "--json").json()[-1]["advice"] == "Does the server speak TLS on this port?"


def test_broken_six_a_proxy_that_is_gone(pareta: Callable, env: dict[str, str]) -> None:
    """With a proxy that does not respond: the proxy is named without its password, and the request fails."""
    env |= {"HTTPS_PROXY": "http://me:secret@127.0.0.1:1", "PARETA_BASE_URL": "https://nowhere.invalid"}
    done = pareta("doctor")
    assert done.code == 1
    assert "proxy       used; HTTPS_PROXY=http://" in done.out
    assert "secret" not in done.out + done.err
    assert "FAIL  request" in done.out


def test_the_doctor_goes_the_way_of_every_command(pareta: Callable, env: dict[str, str]) -> None:
    """Variables in lower case count, and NO_PROXY takes a network: no proxy is used, and no password is shown."""
    env |= {"http_proxy": "me:secret@127.0.0.1:1", "NO_PROXY": "127.0.0.0/8"}
    done = pareta("doctor")
    assert done.code == 0
    assert "ok    proxy       not used; NO_PROXY=127.0.0.0/8, http_proxy=…@127.0.0.1:1\nok    dns" in done.out


def test_broken_nine_a_proxy_that_is_none(pareta: Callable, env: dict[str, str]) -> None:
    """With a proxy whose URL is none, the doctor says so instead of trying it."""
    env["HTTP_PROXY"] = "ftp://127.0.0.1:1"
    done = pareta("doctor", "--json")
    assert (done.code, failed(done.json())) == (2, ["client"])
    assert "the environment names a proxy that cannot be used" in done.json()[-1]["found"]


def test_broken_seven_a_clock_that_is_wrong(pareta: Callable, env: dict[str, str], wire: Callable[..., Wire]) -> None:
    """With a clock that differs from the server's: by how much, and what to do."""
    server = wire(answer(MODELS, headers=["date: Thu, 01 Jan 2026 00:00:00 GMT"]))
    env |= {"PARETA_BASE_URL": server.url, "PARETA_API_KEY": "pareta_sk_test"}
    done = pareta("doctor")
    assert done.code == 1
    assert "FAIL  clock" in done.out
    assert "Set this machine's clock." in done.out


@pytest.mark.parametrize("url", ["nonsense", "https://", "https://[::1", "http://x:99999999"])
def test_broken_eight_an_address_that_is_none(pareta: Callable, env: dict[str, str], url: str) -> None:
    """With a base URL that is none, the doctor says so."""
    env["PARETA_BASE_URL"] = url
    done = pareta("doctor")
    assert (done.code, "FAIL  address" in done.out, "Traceback" in done.err) == (2, True, False)


def test_the_doctor_on_a_narrow_terminal(terminal: Callable[..., Terminal]) -> None:
    """The checks read as a list on a terminal too."""
    shown = terminal("doctor", program=(sys.executable, "-m", "pareta.cli"), columns=60)
    assert shown.ends() == 0
    assert shown.screen.startswith("ok    versions    pareta ")
