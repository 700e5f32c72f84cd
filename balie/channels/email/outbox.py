"""Where mail stays while there is no server to send it: a folder of .eml files, which any mail program opens."""

import os
import re
import secrets
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from balie.channels.email.header_lines import POLICY
from balie.platform import clock


def put(message: EmailMessage) -> Path:
    """Write the mail whole or not at all, and return once it is on the disk."""
    folder = Path(settings.BALIE.data) / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{clock.now():%Y%m%dT%H%M%S.%f}-{_name(message)}.eml"
    arriving = folder / f".{path.name}.{secrets.token_hex(4)}"
    try:
        # Others on this machine need not read it.
        with os.fdopen(os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes(policy=POLICY))
            file.flush()
            os.fsync(file.fileno())
        arriving.replace(path)
    finally:
        arriving.unlink(missing_ok=True)
    return path


def _name(message: EmailMessage) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(message["Message-ID"] or "").partition("@")[0].lower()).strip("-") or "mail"
