"""One mail from any of the three doors, stored once for each recipient before anybody says that it was taken."""

import re
from collections.abc import Iterable

from django.db import connection

from balie.channels import kinds, receiving
from balie.channels.email.fingerprint import fingerprint
from balie.channels.email.recipients import Recipient
from balie.platform import clock

LARGEST = 25 * 1024 * 1024  # bytes of one mail, encoded as it travels
MOST_HOPS = 50

_LONGEST_HEADER = 1024 * 1024
_HOP = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


class GoesInCircles(Exception):
    """The mail has passed through so many servers that some of them must be sending it to each other."""


def take_in(raw: bytes, *, recipients: Iterable[Recipient], envelope: dict[str, str]) -> None:
    """Store the mail for these recipients and commit; raises `receiving.NotKept` or `GoesInCircles`.

    Mail that is there already, by this door or another, is passed over. `envelope` is what the door knows besides.
    """
    if hops(raw) > MOST_HOPS:
        raise GoesInCircles
    known = fingerprint(raw)
    received_at = clock.now().isoformat()
    addressed = {
        f"{known}:{recipient.canonical}": {
            **{name: plain(value) for name, value in envelope.items()},
            "rcpt_to": recipient.written,
            "recipient": recipient.canonical,
            "received_at": received_at,
        }
        for recipient in recipients
    }
    try:
        receiving.keep_all(addressed.items(), kind=kinds.EMAIL, raw=raw)
    except receiving.NotKept:
        # A connection that was idle while the database restarted is found out by using it; a new one may well work.
        if connection.in_atomic_block:
            raise
        connection.close()
        receiving.keep_all(addressed.items(), kind=kinds.EMAIL, raw=raw)


def hops(raw: bytes) -> int:
    """How many servers wrote that they received it (RFC 5321, 6.3)."""
    header = raw[:_LONGEST_HEADER]
    end = _END_OF_HEADER.search(header)
    return len(_HOP.findall(header, 0, end.start() if end else len(header)))


def plain(value: str) -> str:
    """A value of the envelope as it may be stored and shown: what another machine says of itself is not to be trusted."""
    return "".join(character if character.isprintable() else "?" for character in value[:300])
