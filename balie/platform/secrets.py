"""The installation's secret key, and what is made with it: sealed columns, signatures and tokens."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from balie.platform.environment import Environment

KEY_FILE = "secret.key"
# Tokens can be told from other text, by our own logs and by those who scan for leaked secrets.
PREFIX = "balie_"


class KeyLost(Exception):
    """A sealed text was sealed with a key that is not there any more."""


def secret_key(environment: Environment) -> str:
    """The key in use: `BALIE_SECRET_KEY`, or the first line of `secret.key`, which is made when it is not there."""
    if environment.secret_key:
        return environment.secret_key
    path = environment.data / KEY_FILE
    if not _kept_keys(path):
        _make_key(path)
    return _kept_keys(path)[0]


def older_keys(environment: Environment) -> list[str]:
    """Keys in use before, the further lines of `secret.key`: what they sealed and signed is still read."""
    current = secret_key(environment)
    return [key for key in _kept_keys(environment.data / KEY_FILE) if key != current]


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """A text that the database and its backups hold sealed; it can be stored and read, and not searched."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(seal(value) if isinstance(value, str) and value else value, connection)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return unseal(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        # Each sealing differs, so that no other comparison can ever be true.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def seal(text: str) -> str:
    """The text encrypted and authenticated; differs each time."""
    return _fernet(_keys()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed, with this key or an older one; raises `KeyLost`."""
    try:
        return _fernet(_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise KeyLost(
            "A stored secret cannot be read with this secret key: "
            "put the key it was sealed with into secret.key again, on a line below the first."
        ) from None


def sign(purpose: str, value: str, *, bits: int = 80) -> str:
    """A signature of the value for one purpose, in lower-case base32: it outlives mail systems that change case."""
    return _signature(settings.SECRET_KEY, purpose, value, bits)


def is_signed(purpose: str, value: str, signature: str, *, bits: int = 80) -> bool:
    """Whether this installation signed the value for that purpose, with its key or an older one."""
    given = signature.lower().encode()
    matching = [hmac.compare_digest(given, _signature(key, purpose, value, bits).encode()) for key in _keys()]
    return any(matching)


def new_token() -> str:
    """A new token of 256 random bits. It is shown once; store its `digest`."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token. It is random enough that a plain SHA-256 keeps it secret, and can be looked up."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _fernet(keys: Iterable[str]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, "sealed columns"))) for key in keys])


@lru_cache(maxsize=64)
def _derived(key: str, use: str) -> bytes:
    """A key of 256 bits for one use, so that nothing done with one tells of another (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"balie {use}".encode()).derive(key.encode())


def _signature(key: str, purpose: str, value: str, bits: int) -> str:
    made = hmac.digest(_derived(key, f"signatures: {purpose}"), value.encode(), "sha256")
    return base64.b32encode(made[: bits // 8]).decode().rstrip("=").lower()


def _kept_keys(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except FileNotFoundError:
        return []


def _make_key(path: Path) -> None:
    """Make the key once, however many processes start at the same moment: a link is made or is there, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)
        except FileExistsError:
            return
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        new.unlink()
