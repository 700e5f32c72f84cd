"""Fewer bytes over the wire: text goes compressed to whoever takes gzip."""

from __future__ import annotations

import io
import secrets
from gzip import GzipFile
from typing import Final

_TEXT: Final = ("text/", "application/json", "application/problem+json", "application/javascript", "image/svg+xml")
# Below this a packet holds it anyway.
_WORTH_IT: Final = 1024
# A page is made once and read once: what the next level saves in bytes it costs in time.
_QUICK: Final = 4
# BREACH guesses a secret from how long a page is that also holds what the attacker wrote: so no two answers are equally long.
_MOST_RANDOM: Final = 100

Header = tuple[bytes, bytes]


def is_text(media_type: str) -> bool:
    """Whether content of this type becomes shorter by compression."""
    return media_type.startswith(_TEXT)


def takes_gzip(accepted: str) -> bool:
    """What an `Accept-Encoding` says of gzip (RFC 9110, 12.5.3)."""
    for part in accepted.lower().split(","):
        coding, _semicolon, weight = part.strip().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def shrink(body: bytes, headers: list[Header]) -> tuple[bytes, list[Header]]:
    """The answer compressed, with the headers that say so; as it was when that is not worth it or has been done."""
    named = dict(headers)
    if (
        len(body) < _WORTH_IT
        or b"content-encoding" in named
        or not is_text(named.get(b"content-type", b"").decode("latin-1"))
    ):
        return body, headers
    small = gzipped(body, level=_QUICK, padding=secrets.randbelow(_MOST_RANDOM))
    kept = [(name, value) for name, value in headers if name not in (b"content-length", b"vary")]
    vary = b", ".join(filter(None, (named.get(b"vary"), b"Accept-Encoding")))
    return small, [
        *kept,
        (b"content-encoding", b"gzip"),
        (b"content-length", str(len(small)).encode()),
        (b"vary", vary),
    ]


def gzipped(content: bytes, *, level: int, padding: int = 0) -> bytes:
    """Always the same bytes for the same content and padding: the header names no time (RFC 1952)."""
    written = io.BytesIO()
    with GzipFile(filename="a" * padding, mode="wb", compresslevel=level, fileobj=written, mtime=0) as file:
        file.write(content)
    return written.getvalue()
