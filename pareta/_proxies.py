"""Which proxy the environment names for a host: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`."""

from __future__ import annotations

import os
import sys

from ._credentials import BaseUrl


def proxy_for(base: BaseUrl) -> str | None:
    """Return the URL of the proxy to reach `base` by; None for the direct way."""
    # Elsewhere the environment alone names proxies; where it names none, a slow import is saved.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415

    proxies = getproxies()
    url = proxies.get(base.scheme) or proxies.get("all")
    if not url or proxy_bypass(f"{base.host}:{base.port}") or proxy_bypass(base.host):
        return None
    return url if "://" in url else f"http://{url}"
