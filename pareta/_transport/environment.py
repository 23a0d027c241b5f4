"""What the environment says of proxies and certificates."""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from typing import TYPE_CHECKING

from .._credentials import BaseUrl

if TYPE_CHECKING:
    import ssl

_RULE = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<name>[^:\[]+))(?P<bits>/\d+)?(?::(?P<port>\d+))?")
"""A rule of `NO_PROXY`; one that does not match is an IPv6 address or network without brackets."""


def proxy_for(base: BaseUrl) -> str | None:
    """Return the URL of the proxy that the environment names for `base`: `HTTPS_PROXY`, `ALL_PROXY` and the like."""
    # macOS and Windows have settings of the system too. Elsewhere, without a variable, a slow import is saved.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    url = proxies.get(base.scheme) or proxies.get("all")
    if not url or _goes_direct(base, proxies.get("no", "")) or proxy_bypass(base.host):
        return None
    return url if "://" in url else f"http://{url}"


def _goes_direct(base: BaseUrl, rules: str) -> bool:
    """Return whether `NO_PROXY` names `base`: by `*`, a domain, an address or a network, each with a port or none."""
    from ipaddress import ip_address, ip_network

    host = base.host.partition("%")[0].rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    for rule in rules.lower().replace(",", " ").split():
        found = _RULE.fullmatch(rule)
        name = (found["six"] or found["name"]) + (found["bits"] or "") if found else rule
        if found and found["port"] not in (None, str(base.port)):
            continue
        try:
            if address is not None and address in ip_network(name, strict=False):
                return True
        except ValueError:  # It is a name.
            pass
        domain = name.removeprefix("*").strip(".")
        if name == "*" or (domain and f".{host}".endswith(f".{domain}")):
            return True
    return False


def ssl_context(*, verify: ssl.SSLContext | bool) -> ssl.SSLContext:
    """Return the context of TLS connections: one a process, since it takes 17 ms to make.

    Raises:
        ValueError: A variable of the environment names a file or folder that cannot be used.

    """
    if not isinstance(verify, bool):
        return verify
    names = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
    return _shared_context(verify, *(os.environ.get(name) for name in names))


@cache
def _shared_context(verify: object, file: str | None, folder: str | None, log: str | None) -> ssl.SSLContext:
    import httpx

    if verify and folder and not file and not _has_certificates(folder):
        raise ValueError(
            f"SSL_CERT_DIR names {folder!r}, which is missing or has no certificate under the name of its hash"
            " (`openssl rehash` gives them these names): correct it, or unset it"
        )
    try:
        return httpx.create_ssl_context(verify=bool(verify))  # It reads these variables.
    except OSError as error:
        name, path = ("SSLKEYLOGFILE", log) if log and error.filename == log else ("SSL_CERT_FILE", file)
        if not path:
            raise
        why = error.strerror if type(error).__module__ == "builtins" else "it has no certificate in PEM form"
        raise ValueError(f"{name} names {path!r}, which cannot be used ({why}): correct it, or unset it") from error


def _has_certificates(folders: str) -> bool:
    from pathlib import Path

    hashed = "[0-9a-f]" * 8 + ".[0-9]*"
    return any(any(Path(each).glob(hashed)) for each in folders.split(os.pathsep) if each)


@cache
def no_tls() -> ssl.SSLContext:
    """Return a context that trusts nobody, for plain HTTP: httpx would load all certificates for it."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
