"""The certificate of the SMTP door: the one that was given, or one that we make ourselves.

Servers that deliver mail encrypt whenever they can and do not ask who signed (RFC 7435), so that a certificate of our own
keeps mail from being read on the way until there is a better one.
"""

import os
import ssl
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from balie.platform import clock

_LASTS = timedelta(days=3650)
_MARGIN = timedelta(days=30)


class CertificateUnusable(Exception):
    """The certificate or key that was given cannot be used; the message says which and why."""


def context(*, certificate: Path | None, key: Path | None, data: Path, domain: str) -> ssl.SSLContext:
    """What STARTTLS speaks with; raises `CertificateUnusable`."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is None:
        certificate = key = _own(data / "tls" / "smtp.pem", domain)
    try:
        found.load_cert_chain(certificate, key or certificate)
    except (OSError, ssl.SSLError) as fault:
        raise CertificateUnusable(f"The certificate {certificate} cannot be used: {fault}") from fault
    return found


def _own(path: Path, domain: str) -> Path:
    if not _is_good(path):
        _make(path, domain)
    return path


def _is_good(path: Path) -> bool:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc - _MARGIN > clock.now()
    except (OSError, ValueError):
        return False


def _make(path: Path, domain: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain[:64])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + _LASTS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain.encode("idna").decode())]), critical=False)
        .sign(key, hashes.SHA256())
    )
    sealed = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed + made.public_bytes(serialization.Encoding.PEM))
    # Several doors may start at once: each writes a whole file, and one of them stays.
    new.replace(path)
