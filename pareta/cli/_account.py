"""`pareta login`, `logout` and `whoami`: which key is used, and where it is kept."""

from __future__ import annotations

import os
import sys
from getpass import getpass

import typer

from ._errors import NO_ACCESS, CommandError
from ._invocation import fetch, of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("login")(login)
    app.command("logout")(logout)
    app.command("whoami")(whoami)


def login(context: typer.Context) -> None:
    """Store a key: typed in, from stdin, or from --api-key-file. It is tried first.

    It goes to the system's keyring where Python's `keyring` is installed, else to a file that its owner alone
    can read. --profile names the profile, and --base-url its server.
    """
    from . import _profiles

    invocation = of(context)
    name = invocation.profile or os.environ.get("PARETA_PROFILE") or "default"
    _profiles.path_of(name)
    url = invocation.base_url or os.environ.get("PARETA_BASE_URL") or _profiles.HOSTED
    if invocation.api_key_file is not None:
        key = _profiles.read_key(invocation.api_key_file)
    elif sys.stdin.isatty():
        key = getpass(f"API key for {url}: ", sys.stderr).strip()
    else:
        key = sys.stdin.readline().strip()
    if not key:
        raise CommandError("No key was given.", NO_ACCESS)
    from pareta import Pareta

    with Pareta(api_key=key, base_url=url) as client:
        client.models.list()
    profile = _profiles.save(name, url, key)
    invocation.out.note(f"The key works. It is stored as profile {name}, in {profile.where}.")


def logout(context: typer.Context) -> None:
    """Delete a profile and its key from this machine."""
    from . import _profiles

    invocation = of(context)
    name = invocation.profile or os.environ.get("PARETA_PROFILE") or "default"
    if not _profiles.remove(name):
        raise CommandError(f"There is no profile {name}.")
    invocation.out.note(f"Profile {name} is deleted. The key itself stays valid: revoke it in the dashboard.")


def whoami(context: typer.Context) -> None:
    """Show which server and which key are used, and whether the server takes it."""
    invocation, _ = fetch(context, lambda pa: pa.models.list())
    access = invocation.access()
    found = {"base_url": access.base_url, "profile": access.profile, "key_from": access.key_from}
    invocation.record(found, found)
