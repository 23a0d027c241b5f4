"""Which proxy the environment names for a host: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from ._credentials import BaseUrl


def proxy_for(base: BaseUrl) -> str | None:
    """Return the URL of the proxy to reach `base` by; None for the direct way."""
    proxies = getproxies()
    url = proxies.get(base.scheme) or proxies.get("all")
    if not url or proxy_bypass(f"{base.host}:{base.port}") or proxy_bypass(base.host):
        return None
    return url if "://" in url else f"http://{url}"
