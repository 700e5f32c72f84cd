"""Whether Slack sent it: signature v0. https://docs.slack.dev/authentication/verifying-requests-from-slack"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from balie.platform import clock

SKEW: Final = timedelta(minutes=5)


def write(body: bytes, *, secret: str, timestamp: str) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def is_fresh(timestamp: str) -> bool:
    """Not further from our clock than five minutes, either way."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(clock.now().timestamp() - int(timestamp)) <= SKEW.total_seconds()


def is_genuine(body: bytes, *, secret: str, timestamp: str, signature: str) -> bool:
    """Compared in a time that tells nothing."""
    expected = write(body, secret=secret, timestamp=timestamp)
    return bool(secret) and hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
