"""Where a list goes on: signed, opaque marks of the last row shown, so that pages stay right while rows are added."""

import base64
import json
from datetime import datetime

from balie.platform.secrets import is_signed, sign

LONGEST_CURSOR = 2000

Part = str | int | bool | datetime | None


class BadCursor(Exception):
    """The cursor was not made by this installation."""


def encode(*parts: Part) -> str:
    """A cursor that stands for the sort key of a row."""
    written = json.dumps([[part.isoformat()] if isinstance(part, datetime) else part for part in parts])
    payload = base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")
    return f"{payload}.{sign('cursor', payload)}"


def decode(text: str) -> tuple[Part, ...]:
    """The sort key that `encode` was given; raises `BadCursor`."""
    payload, _, signature = text.rpartition(".")
    if len(text) > LONGEST_CURSOR or not text.isascii() or not is_signed("cursor", payload, signature):
        raise BadCursor("This page of the list cannot be found; start again from the first page.")
    written = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return tuple(datetime.fromisoformat(part[0]) if isinstance(part, list) else part for part in written)
