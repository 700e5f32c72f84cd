"""Seals a message for one browser, so that the service that carries it reads nothing (RFC 8291, with aes128gcm of RFC 8188)."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# RFC 8291, section 4: services take 4,096 bytes, of which the header, the delimiter and the tag are ours.
LARGEST = 4096 - 16 - 4 - 1 - 65 - 1 - 16
# So that its length says little about what is in it.
_STEP = 512
_POINT, _SECRET = 65, 16


class BadKey(ValueError):
    """What a browser gave is no key of the kind."""


def as_base64(raw: bytes) -> str:
    """base64url without padding, as all of Web Push writes it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64(written: str) -> bytes:
    """Raises `BadKey`."""
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadKey("not base64url") from None


def public_key_of(written: str) -> ec.EllipticCurvePublicKey:
    """A browser's public key; raises `BadKey` for anything but a point on the curve P-256."""
    raw = from_base64(written)
    if len(raw) != _POINT:
        raise BadKey("not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise BadKey("not on the curve") from None


def secret_of(written: str) -> bytes:
    """A browser's authentication secret; raises `BadKey`."""
    raw = from_base64(written)
    if len(raw) != _SECRET:
        raise BadKey("not 16 bytes")
    return raw


def seal(message: bytes, *, public_key: str, secret: str) -> bytes:
    """The body of the request to the push service; raises `BadKey`, and `ValueError` when it is too long."""
    if len(message) > LARGEST:
        raise ValueError("a push message has 4,096 bytes at most")
    theirs, own = public_key_of(public_key), ec.generate_private_key(ec.SECP256R1())
    their_point, own_point = _point(theirs), _point(own.public_key())
    salt = os.urandom(16)
    shared = _derived(
        own.exchange(ec.ECDH(), theirs),
        salt=secret_of(secret),
        use=b"WebPush: info\0" + their_point + own_point,
        length=32,
    )
    key = _derived(shared, salt=salt, use=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _derived(shared, salt=salt, use=b"Content-Encoding: nonce\0", length=12)
    padded = message + b"\x02" + b"\0" * min(-len(message) % _STEP, LARGEST - len(message))
    header = salt + (4096).to_bytes(4, "big") + bytes([len(own_point)]) + own_point
    return header + AESGCM(key).encrypt(nonce, padded, None)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _derived(material: bytes, *, salt: bytes, use: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=use).derive(material)
