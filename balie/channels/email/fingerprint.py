"""What makes a mail the same mail, whichever road it took: the name under which its arrival is kept."""

import re
from collections.abc import Callable
from hashlib import sha256

_LONGEST_HEADER = 1024 * 1024
_CHUNK = 1024 * 1024
_FIELDS = (b"message-id", b"date", b"from", b"subject")
_END_OF_HEADER = re.compile(rb"\r\n\r\n|\n\n|\r\r|\A\r?\n")
_FOLD = re.compile(rb"(?:\r\n|\r|\n)(?=[ \t])")
_LINE = re.compile(rb"\r\n|\r|\n")
_SPACE = re.compile(rb"[ \t]+")


def fingerprint(raw: bytes) -> str:
    """SHA-256, in hex, over Message-ID, Date, From, Subject and the body, with line endings made equal.

    Servers on the way add fields (Received, Return-Path, Delivered-To, ARC), refold others, and change line endings and
    the empty lines at the end; none of that counts.
    """
    found = _END_OF_HEADER.search(raw[:_LONGEST_HEADER])
    end_of_header, start_of_body = (found.start(), found.end()) if found else (len(raw), len(raw))
    said = sha256()
    fields = _fields(raw[:end_of_header])
    for name in _FIELDS:
        for value in fields.get(name, []):
            said.update(name + b":" + value + b"\n")
    said.update(b"\n")
    _add_body(said.update, raw, start_of_body)
    return said.hexdigest()


def _fields(header: bytes) -> dict[bytes, list[bytes]]:
    fields: dict[bytes, list[bytes]] = {}
    for line in _LINE.split(_FOLD.sub(b"", header)):
        name, colon, value = line.partition(b":")
        key = name.strip().lower()
        if colon and key in _FIELDS:
            fields.setdefault(key, []).append(_SPACE.sub(b" ", value).strip())
    return fields


def _add_body(update: Callable[[bytes], object], raw: bytes, start: int) -> None:
    """The body piece by piece, so that 25 MB need no second 25 MB; empty lines are held back until something follows."""
    end = _end_of_content(raw, start)
    held_return = False
    for position in range(start, end, _CHUNK):
        piece = raw[position : min(position + _CHUNK, end)]
        if held_return:
            piece = b"\r" + piece
        held_return = piece.endswith(b"\r") and position + _CHUNK < end
        if held_return:
            piece = piece[:-1]
        update(piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


def _end_of_content(raw: bytes, start: int) -> int:
    end = len(raw)
    while end > start and raw[end - 1] in b"\r\n":
        end -= 1
    return end
