"""A push service on this machine that reads what it carries: it has the browser's keys, and so opens each message."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from balie.platform import clock
from balie.platform.guarded_http import Policy
from balie.platform.tests.serving import served

HOST = "push.example"


@dataclass
class Told:
    """What one browser was sent, opened."""

    path: str
    headers: dict[str, str]
    message: dict[str, Any]


@dataclass
class Service:
    """`answers` gives the status of each address, 201 unless told otherwise."""

    port: int
    policy: Policy
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes ok"
    answers: dict[str, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def keys(self) -> dict[str, str]:
        return {"p256dh": written(point(self.key.public_key())), "auth": written(self.secret)}

    def address(self, name: str) -> str:
        return f"https://{HOST}:{self.port}/send/{name}"

    def open(self, body: bytes) -> bytes:
        """By the steps of RFC 8188 and 8291, from the receiver's side, with the bare HMAC instead of our own code."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        their_point, sealed = body[21 : 21 + length], body[21 + length :]
        assert size >= len(sealed)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), their_point)
        shared = self.key.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\0" + point(self.key.public_key()) + their_point + b"\1"
        material = mac(mac(self.secret, shared), info)
        pseudo = mac(salt, material)
        key = mac(pseudo, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = mac(pseudo, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded.endswith(b"\2")
        return padded[:-1]


def mac(key: bytes, said: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(said)
    return made.finalize()


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(authorization: str) -> dict[str, Any]:
    """What the sender says about itself, after its signature has been checked with the key that it names."""
    token, key = (part.split("=", 1)[1] for part in authorization.removeprefix("vapid ").split(", "))
    head, body, signature = token.split(".")
    raw = read(signature)
    numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), read(key))
    public.verify(numbers, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(read(head)) == {"typ": "JWT", "alg": "ES256"}
    claims: dict[str, Any] = json.loads(read(body))
    return claims


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    certificate = _certificate(folder)
    service: Service

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.told.append(Told(self.path, headers, json.loads(service.open(body))))
            self.send_response(service.answers.get(self.path.rpartition("/")[2], 201))
            self.send_header("Content-Length", "0")
            self.send_header("Retry-After", "600")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    policy = Policy(
        allows=lambda address: address == "127.0.0.1",
        ports=frozenset({port}),
        resolve=lambda host, _port: ["127.0.0.1"] if host == HOST else ["10.0.0.1"],
        tls=lambda: ssl.create_default_context(cafile=str(certificate)),
    )
    service = Service(port=port, policy=policy)
    with served(server):
        yield service


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "push.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
