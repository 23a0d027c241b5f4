"""`pareta doctor`: what stands between this machine and the API, checked one thing after another."""

from __future__ import annotations

import os
import platform
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import asdict, frozen

import pareta

from ._errors import CommandError, code_of
from ._invocation import Invocation
from ._text import clean

if TYPE_CHECKING:
    from ._profiles import Access

_KEY = re.compile(r"pareta_sk_[A-Za-z0-9_-]{4,}")
_SKEW_SECONDS = 60
_VARIABLES = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}


@frozen
class Check:
    """The result of one check."""

    check: str
    ok: bool
    found: str
    advice: str = ""
    exit_code: int = 0


def doctor(invocation: Invocation) -> int:
    """Print a line for each check, and return the exit code of the first that failed."""
    out = invocation.out
    checks: list[Check] = []
    for result in _checks(invocation):
        checks.append(result)
        if not invocation.json:
            out.line("  ".join(("ok  " if result.ok else "FAIL", f"{result.check:<10}", clean(result.found))))
            if result.advice:
                out.line(f"{'':<18}{result.advice}")
    if invocation.json:
        out.json([asdict(each) for each in checks])
    return next((each.exit_code or 1 for each in checks if not each.ok), 0)


def _checks(invocation: Invocation) -> Iterator[Check]:
    import httpx

    system = f"{platform.system()} {platform.machine()}"
    yield Check(
        "versions",
        True,
        f"pareta {pareta.__version__}, Python {platform.python_version()}, httpx {httpx.__version__}, {system}",
    )
    try:
        access = invocation.access()
    except CommandError as error:
        yield Check("settings", False, str(error), exit_code=error.code)
        return
    yield Check("settings", True, f"{access.base_url}, key from {access.key_from}")
    yield _key(access)
    address = _address(access.base_url)
    if address is None:
        yield Check("address", False, access.base_url, "A base URL looks like https://api.pareta.ai.", 2)
        return
    yield from _way(access, *address)


def _way(access: Access, scheme: str, host: str, port: int) -> Iterator[Check]:
    """Check each step to the server, then a request that costs nothing."""
    dates: list[str] = []
    try:
        client = pareta.Pareta(
            api_key=lambda: access.api_key or "",  # A wrong one is a result of the request.
            base_url=access.base_url,
            timeout=10,
            max_retries=0,
            hooks=pareta.Hooks(on_response=lambda _, response: dates.append(response.headers.get("date", ""))),
        )
    except ValueError as error:
        yield Check("client", False, str(error), exit_code=code_of(error))
        return
    with client:
        names = [
            f"{name}={_without_password(value)}"
            for name, value in sorted(os.environ.items())
            if value and name.upper() in _VARIABLES
        ]
        yield Check("proxy", True, f"{'used' if client.proxy else 'not used'}; {', '.join(names) or 'none is set'}")
        if client.proxy is None:  # A proxy looks the name up, and is reached by the request below.
            for check in (_dns, _connection, *([_tls] if scheme == "https" else [])):
                result = _attempt(check, host, port)
                yield result
                if not result.ok:
                    return
        if not access.api_key:
            return
        yield _request(client)
    if dates and dates[0]:
        yield _clock(dates[0])
    yield Check(
        "billing", True, "chat completions are billed to the organisation's balance; all other requests are free"
    )


def _address(base_url: str) -> tuple[str, str, int] | None:
    try:
        url = urlsplit(base_url)
        port = url.port or (443 if url.scheme == "https" else 80)
    except ValueError:
        return None
    return (url.scheme, url.hostname, port) if url.hostname else None


def _key(access: Access) -> Check:
    key = access.api_key
    if not key:
        return Check("key", False, "there is none", "Run `pareta login`, or set PARETA_API_KEY.", 3)
    if key != key.strip():
        return Check("key", False, "it has white space around it", "Was it copied with a line break?", 3)
    if not _KEY.fullmatch(key):
        return Check(
            "key",
            False,
            f"{len(key)} characters of an unexpected shape",
            "A key is pareta_sk_ and letters, digits, - or _.",
            3,
        )
    return Check("key", True, f"pareta_sk_ and {len(key) - 10} characters")


def _without_password(value: str) -> str:
    return re.sub(r"^(\w+://)?.*@", r"\1…@", value)


def _attempt(check: Callable[[str, int], Check], host: str, port: int) -> Check:
    """Run a check that talks to the network; its failure is a result too."""
    name = check.__name__.strip("_")
    advice = {
        "dns": "Is the host spelt rightly, and is there a network?",
        "connection": "Does a firewall stand between, or does nothing listen there?",
        "tls": "Does the server speak TLS on this port?",
    }
    try:
        return check(host, port)
    except ssl.SSLCertVerificationError as error:
        return Check(name, False, f"{host}:{port}: {error.strerror}", "A company's CA goes into SSL_CERT_FILE.", 1)
    except OSError as error:
        return Check(name, False, f"{host}:{port}: {error.strerror or error}", advice[name], 1)
    except UnicodeError:
        return Check(name, False, f"{host} is no host name", advice[name], 2)


def _dns(host: str, port: int) -> Check:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return Check("dns", True, ", ".join(dict.fromkeys(str(each[4][0]) for each in found)))


def _connection(host: str, port: int) -> Check:
    began = time.monotonic()
    socket.create_connection((host, port), timeout=5).close()
    return Check("connection", True, f"port {port} in {(time.monotonic() - began) * 1000:.0f} ms")


def _tls(host: str, port: int) -> Check:
    import httpx

    context = httpx.create_ssl_context()
    with (
        socket.create_connection((host, port), timeout=5) as bare,
        context.wrap_socket(bare, server_hostname=host) as tls,
    ):
        certificate: Any = tls.getpeercert() or {}
        days = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86_400
        return Check("tls", True, f"{tls.version()}, the certificate is valid for {days:.0f} days")


def _request(client: pareta.Pareta) -> Check:
    began = time.monotonic()
    try:
        models = client.models.list()
    except (pareta.ParetaError, ValueError) as error:
        return Check("request", False, str(error), exit_code=code_of(error))
    took = (time.monotonic() - began) * 1000
    return Check("request", True, f"GET /v1/models in {took:.0f} ms; {len(models)} models can be called")


def _clock(date: str) -> Check:
    from email.utils import parsedate_to_datetime

    try:
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return Check("clock", True, "the server's Date header cannot be read")
    if abs(skew) > _SKEW_SECONDS:
        return Check(
            "clock",
            False,
            f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server's",
            "Set this machine's clock.",
            1,
        )
    return Check("clock", True, f"within {max(1, abs(skew)):.0f} s of the server's")
