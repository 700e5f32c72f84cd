"""Mail from a pipe, as a mail server on the same machine delivers it."""

from typing import BinaryIO

from balie.channels.email.addressed import header_of, recipients_named, sender_noted
from balie.channels.email.recipients import NoSuchRecipient, Recipients
from balie.channels.email.taking_in import LARGEST, take_in

_PIECE = 1024 * 1024


class Empty(Exception):
    """Nothing came through the pipe."""


class TooLarge(Exception):
    """More came through the pipe than a mail may have."""


def receive(stream: BinaryIO, *, to: str = "", sender: str = "") -> int:
    """Store the mail for this address, or for those it names; returns for how many.

    Raises `Empty`, `TooLarge`, `NoSuchRecipient`, `CannotTell`, `NotKept` or `GoesInCircles`.
    """
    raw = _without_mbox_line(_read(stream))
    header = header_of(raw)
    known = Recipients()
    recipients = [known.find(to)] if to else recipients_named(header, known)
    if not recipients:
        raise NoSuchRecipient("none of its addresses is ours")
    take_in(
        raw,
        recipients=recipients,
        envelope={"door": "pipe", **({"mail_from": sender} if sender else sender_noted(header))},
    )
    return len(recipients)


def _read(stream: BinaryIO) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > LARGEST:
            raise TooLarge
        pieces.append(piece)
    raw = b"".join(pieces)
    if not raw.strip():
        raise Empty
    return raw


def _without_mbox_line(raw: bytes) -> bytes:
    """Some servers put the line of a mbox file above the mail (sendmail's local delivery)."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw
