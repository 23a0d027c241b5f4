"""Profiles: a base URL and a key each, in a file of mode 600; the key in the system's keyring if there is one."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from attrs import frozen

from ._errors import NO_ACCESS, CommandError
from ._text import clean

HOSTED = "https://api.pareta.ai"
_SERVICE = "pareta"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@frozen
class Profile:
    """A base URL and a key that belong together."""

    name: str
    base_url: str
    api_key: str | None
    where: str
    """Where the key is: `keyring`, or the path of a file."""


@frozen
class Access:
    """What a command calls the API with, and where that comes from."""

    base_url: str
    api_key: str | None
    key_from: str
    profile: str | None = None


def path_of(name: str) -> Path:
    """Return the file of a profile.

    Raises:
        CommandError: The name cannot be that of a file.

    """
    from platformdirs import user_config_path

    if not _NAME.fullmatch(name):
        raise CommandError(f"{clean(name)!r} is no name of a profile: use letters, digits, - and _.")
    return user_config_path("pareta", appauthor=False) / "profiles" / f"{name}.toml"


def load(name: str) -> Profile | None:
    """Return a stored profile; None if there is none of that name.

    Raises:
        CommandError: Its file cannot be read.

    """
    path = path_of(name)
    try:
        fields = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}. `pareta login --profile {name}` writes it anew.") from None
    url, key = fields.get("base_url"), fields.get("api_key")
    base_url = url if isinstance(url, str) else HOSTED
    if isinstance(key, str):
        return Profile(name, base_url, key, str(path))
    ring = _keyring()
    return Profile(name, base_url, ring.get_password(_SERVICE, name) if ring else None, "keyring")


def save(name: str, base_url: str, api_key: str) -> Profile:
    """Store a profile, in one step: two commands at once leave one of the two whole."""
    path, ring = path_of(name), _keyring()
    lines = [f'base_url = "{_escaped(base_url)}"\n']
    if ring:
        ring.set_password(_SERVICE, name, api_key)
    else:
        lines.append(f'api_key = "{_escaped(api_key)}"\n')
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{name}.")  # Of mode 600.
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(lines)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return Profile(name, base_url, api_key, "keyring" if ring else str(path))


def remove(name: str) -> bool:
    """Delete a profile and its key; return whether there was one."""
    path, ring = path_of(name), _keyring()
    there = path.exists()
    path.unlink(missing_ok=True)
    if there and ring and ring.get_password(_SERVICE, name) is not None:
        ring.delete_password(_SERVICE, name)
    return there


def access(profile: str | None, base_url: str | None, api_key_file: str | None) -> Access:
    """Return what to call the API with: options win, then a profile that is named, the environment, a profile.

    Raises:
        CommandError: There is no such profile, or its key would go to another server than its own.

    """
    named = profile or os.environ.get("PARETA_PROFILE")
    environment: Mapping[str, str] = {} if named else os.environ
    stored = _stored(named) if named else None
    url = base_url or environment.get("PARETA_BASE_URL")
    if api_key_file is not None:
        return Access(url or (stored.base_url if stored else HOSTED), read_key(api_key_file), api_key_file)
    if key := environment.get("PARETA_API_KEY"):
        return Access(url or HOSTED, key, "PARETA_API_KEY")
    stored = stored or load("default")
    if stored is None:
        return Access(url or HOSTED, None, "nowhere")
    if url and url.rstrip("/") != stored.base_url.rstrip("/"):
        raise CommandError(
            f"The key of profile {stored.name} is for {stored.base_url}, not for {clean(url)}:"
            " name another with --api-key-file or PARETA_API_KEY.",
            NO_ACCESS,
        )
    return Access(stored.base_url, stored.api_key, stored.where, stored.name)


def _stored(name: str) -> Profile:
    if (found := load(name)) is None:
        raise CommandError(f"There is no profile {name}. `pareta login --profile {name}` makes it.")
    return found


def read_key(path: str) -> str:
    """Return the key that a file holds.

    Raises:
        CommandError: It cannot be read.

    """
    try:
        with Path(path).open("rb") as file:
            return file.read(4096).decode("ascii").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not ASCII text"
        raise CommandError(f"--api-key-file {clean(path)} cannot be read: {why}.") from None


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" if char in '"\\' or not char.isprintable() else char for char in text)


def _keyring() -> Any:
    """Return the system's keyring; None where it is not installed or has no place to keep a key."""
    try:
        ring: Any = import_module("keyring")
    except ImportError:
        return None
    # Backends without a place have priority 0 and below.
    return ring if ring.get_keyring().priority > 0 else None
