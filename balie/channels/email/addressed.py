"""For whom a mail is that came without an envelope: what the servers that delivered it wrote down, else its header."""

from email.message import Message
from email.parser import BytesHeaderParser

from balie.channels.email import mail_path, reply_address
from balie.channels.email.addresses import speakers
from balie.channels.email.headers import raw_field, raw_fields
from balie.channels.email.recipients import NoSuchRecipient, Recipient, Recipients

_LONGEST_HEADER = 1024 * 1024
# In the order of trust: those above are written by the server that delivered the mail, those below by its sender.
_FIELDS = (("delivered-to", "x-original-to", "envelope-to", "x-envelope-to"), ("to", "cc"))


def header_of(raw: bytes) -> Message:
    """The header fields of a mail; its body is not read."""
    return BytesHeaderParser().parsebytes(raw[:_LONGEST_HEADER])


def recipients_named(header: Message, recipients: Recipients) -> list[Recipient]:
    """Our addresses among those it was delivered to, else among those it is written to; raises `CannotTell`."""
    for names in _FIELDS:
        found: dict[str, Recipient] = {}
        for address in _addresses(header, names):
            try:
                recipient = recipients.find(address)
            except NoSuchRecipient:
                continue
            found.setdefault(recipient.canonical, recipient)
        if found:
            return list(found.values())
    return []


def reply_addresses_named(header: Message, recipients: Recipients) -> list[Recipient]:
    """Our signed reply addresses that it was sent to, wherever they stand."""
    found: dict[str, Recipient] = {}
    for names in _FIELDS:
        for address in _addresses(header, names):
            path = mail_path.read(address)
            if path is None or reply_address.read(path.local_part) is None:
                continue
            try:
                recipient = recipients.find(address)
            except NoSuchRecipient:
                continue
            found.setdefault(recipient.canonical, recipient)
    return list(found.values())


def sender_noted(header: Message) -> dict[str, str]:
    """The envelope's sender as the server that delivered the mail wrote it down, "" for the null sender; nothing when it did not.

    As a part of an arrival's envelope: a mail without Return-Path must not look like a bounce.
    """
    noted = raw_field(header, "return-path").strip()
    if noted == "<>":
        return {"mail_from": ""}
    found = speakers([noted])
    return {"mail_from": found[0].address} if found else {}


def _addresses(header: Message, names: tuple[str, ...]) -> list[str]:
    return [speaker.address for speaker in speakers(value for name in names for value in raw_fields(header, name))]
