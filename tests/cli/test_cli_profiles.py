"""Keys that are kept: where, for whom, and for which server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, Popen
from types import SimpleNamespace

import pytest
from terminal import PROGRAM

from pareta.sandbox import Sandbox


@pytest.fixture
def key(env: dict[str, str]) -> str:
    """Give the key that works, which is no longer in the environment."""
    return env.pop("PARETA_API_KEY")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the path of the default profile."""
    return tmp_path / "config" / "pareta" / "profiles" / "default.toml"


def test_a_key_is_tried_and_kept_for_its_owner(pareta: Callable, env: dict[str, str], key: str, file: Path) -> None:
    """`login` stores a key that works in a file of mode 600; after it no key is needed; `logout` deletes it."""
    done = pareta("login", stdin=f"{key}\n")
    assert (done.code, done.out) == (0, "")
    assert key not in done.err
    assert file.stat().st_mode & 0o777 == 0o600
    url = env.pop("PARETA_BASE_URL")
    assert pareta("whoami", "--json").json() == {"base_url": url, "profile": "default", "key_from": str(file)}
    assert pareta("logout").code == 0
    assert not file.exists()
    assert pareta("whoami").code == 3


def test_a_wrong_key_is_not_kept(pareta: Callable, key: str, file: Path) -> None:
    """`login` with a key that the server refuses, or with none, ends with 3 and stores nothing."""
    assert pareta("login", stdin="pareta_sk_wrong\n").code == 3
    assert pareta("login", stdin="").code == 3
    assert not file.exists()


def test_a_profile_is_named(pareta: Callable, env: dict[str, str], key: str) -> None:
    """--profile and PARETA_PROFILE name a profile, and win over the environment's key."""
    pareta("login", "--profile", "work", stdin=f"{key}\n")
    env["PARETA_API_KEY"] = "pareta_sk_wrong"
    assert pareta("models", "list").code == 3
    assert pareta("models", "list", "--profile", "work").code == 0
    env["PARETA_PROFILE"] = "work"
    assert pareta("whoami", "--json").json()["profile"] == "work"


def test_another_key_goes_to_the_server_of_the_profile(
    pareta: Callable, env: dict[str, str], key: str, tmp_path: Path
) -> None:
    """With --api-key-file the profile that is named says where the API is, and it must exist."""
    pareta("login", "--profile", "work", stdin=f"{key}\n")
    url = env.pop("PARETA_BASE_URL")
    (tmp_path / "key").write_text(key)
    line = ("whoami", "--json", "--api-key-file", str(tmp_path / "key"), "--profile")
    assert pareta(*line, "work").json()["base_url"] == url
    for further in ([], ["--base-url", url]):
        done = pareta(*line, "wrok", *further)
        assert (done.code, "There is no profile wrok" in done.err) == (2, True)


def test_a_key_goes_to_its_own_server_alone(pareta: Callable, env: dict[str, str], key: str) -> None:
    """The key of a profile is not sent to another base URL, wherever that was named."""
    pareta("login", stdin=f"{key}\n")
    env["PARETA_BASE_URL"] = "http://127.0.0.1:1"
    for line in (["models", "list"], ["models", "list", "--base-url", "https://elsewhere.invalid"]):
        done = pareta(*line)
        assert (done.code, "The key of profile default is for" in done.err) == (3, True)


@pytest.mark.parametrize("text", ["base_url = ", "\x00", "\xff", "[" * 5000])
def test_a_broken_profile_is_named(pareta: Callable, key: str, file: Path, text: str) -> None:
    """A profile that cannot be read is an error that names its file, and `login` writes it anew."""
    file.parent.mkdir(parents=True)
    file.write_text(text, "latin-1")
    done = pareta("models", "list")
    assert (done.code, str(file) in done.err.replace("\n", "")) == (2, True)
    assert pareta("login", stdin=f"{key}\n").code == 0


def test_a_key_that_toml_must_escape_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in a base URL or a key, the profile gives it back."""
    from pareta.cli import _profiles

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    odd = 'a"b\\c\td\x7fé'
    _profiles.save("odd", "https://example.test/\"'", odd)
    kept = _profiles.load("odd")
    assert kept is not None
    assert (kept.base_url, kept.api_key) == ("https://example.test/\"'", odd)


@pytest.mark.long
def test_two_logins_at_once_leave_a_whole_profile(env: dict[str, str], key: str, file: Path) -> None:
    """Ten commands that write one profile at the same time leave one that works, and no drafts."""
    line = [*PROGRAM, "login"]
    children = [Popen(line, env=env, stdin=PIPE, stderr=PIPE, text=True) for _ in range(10)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(f"{key}\n")
        child.stdin.close()
    assert [child.wait(60) for child in children] == [0] * 10
    for child in children:
        assert child.stderr is not None
        child.stderr.close()
    assert key in file.read_text()
    assert list(file.parent.iterdir()) == [file]


def test_the_keyring_is_used_where_there_is_one(
    pareta: Callable, sandbox: Sandbox, key: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `keyring` is installed and has a place for keys, the key goes there, and not into the file."""
    kept: dict[tuple[str, str], str] = {}
    ring = SimpleNamespace(
        get_keyring=lambda: SimpleNamespace(priority=5),
        get_password=lambda service, name: kept.get((service, name)),
        set_password=lambda service, name, value: kept.update({(service, name): value}),
        delete_password=lambda service, name: kept.pop((service, name)),
    )
    monkeypatch.setitem(sys.modules, "keyring", ring)  # A desktop's keyring, which a test cannot have.
    assert "in keyring" in pareta("login", stdin=f"{key}\n").err
    assert kept == {("pareta", "default"): key}
    assert key not in file.read_text()
    assert pareta("models", "list").code == 0
    pareta("logout")
    assert kept == {}
