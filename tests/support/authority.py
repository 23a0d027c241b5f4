"""An authority of the test run's own, and the certificates that it gives: no private key stands in the tree."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import trustme


@cache
def authority(name: str = "ours") -> trustme.CA:
    """Return an authority; another name is another one."""
    return trustme.CA(organization_name=name)


def serving(*names: str, by: str = "ours", expired: bool = False) -> ssl.SSLContext:
    """Return the context of a server that shows a certificate for `names`."""
    over = datetime.now(UTC) - timedelta(days=1) if expired else None
    certificate = authority(by).issue_cert(*(names or ("127.0.0.1",)), not_after=over)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting(by: str = "ours") -> ssl.SSLContext:
    """Return the context of a client that trusts an authority."""
    context = ssl.create_default_context()
    authority(by).configure_trust(context)
    return context


def write_trust(folder: Path, by: str = "ours") -> Path:
    """Write the authority's certificate, for `SSL_CERT_FILE`."""
    path = folder / "authority.pem"
    authority(by).cert_pem.write_to_path(path)
    return path


def write_certificate(folder: Path, name: str = "127.0.0.1", by: str = "ours") -> Path:
    """Write the key and the certificate of a server in another process."""
    path = folder / f"{by}.pem"
    authority(by).issue_cert(name).private_key_and_cert_chain_pem.write_to_path(path)
    return path
