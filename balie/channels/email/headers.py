"""The header fields of a mail: as text that cannot break a line, whatever bytes they were sent as."""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import islice

from balie.channels.email.charsets import decode
from balie.channels.email.faults import Fault
from balie.platform.characters import clean_text

LONGEST = 20_000
LONGEST_SUBJECT = 500
MOST_IDS = 100

_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[bqBQ]\?[^?]*\?=")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,990})>")
_BARE_ID = re.compile(r"[^\s<>,;]{1,490}@[^\s<>,;]{1,490}")
_DATE_IN_WORDS = re.compile(r"\(.*?\)")


def field(mail: Message, name: str) -> str:
    """The first field of that name, decoded, on one line; "" when there is none."""
    return text(raw_field(mail, name))


def raw_field(mail: Message, name: str) -> str:
    """The first field of that name with its bytes as text, words still encoded."""
    return next(iter(raw_fields(mail, name)), "")


def raw_fields(mail: Message, name: str) -> list[str]:
    """All fields of that name, at most 50."""
    # `get` would replace bytes beyond ASCII before we could read them.
    values = (value for key, value in mail.raw_items() if key.lower() == name.lower())
    return [mended_bytes(value) for value in islice(values, 50)]


def mended_bytes(value: object) -> str:
    """A header value that the parser kept as escaped bytes, as the text that these bytes spell."""
    line = str(value)[:LONGEST]
    if line.isascii():
        return line
    spelled, _ = decode(line.encode("utf-8", "surrogateescape"))
    return spelled


def text(value: str) -> str:
    """A field as a person reads it: words decoded (RFC 2047), one line, nothing unseen in it."""
    if "=?" in value:
        value = _words(value)
    return " ".join(clean_text(value.replace("\0", "")).split())


def has_injection(value: str) -> bool:
    """Whether decoded words hold a line break: somebody hoped that it would become a header field of its own."""
    return "=?" in value and bool(re.search(r"[\r\n]+[A-Za-z-]+:", _words(re.sub(r"\r?\n(?=[ \t])", "", value))))


def subject(mail: Message) -> str:
    return field(mail, "subject")[:LONGEST_SUBJECT]


def message_ids(value: str) -> tuple[str, ...]:
    """The ids in a Message-ID, In-Reply-To or References field, without angle brackets, in their order."""
    found = _MESSAGE_ID.findall(re.sub(r"\r?\n[ \t]*", " ", value)) or _BARE_ID.findall(value)
    return tuple(dict.fromkeys(found))[-MOST_IDS:]


def date(value: str) -> tuple[datetime | None, Fault | None]:
    """When it was said, in UTC, as far as the sender's clock can be believed."""
    if not value.strip():
        return None, Fault.DATE_MISSING
    try:
        said_at = parsedate_to_datetime(_DATE_IN_WORDS.sub("", text(value[:200])))
        said_at = said_at.replace(tzinfo=UTC) if said_at.tzinfo is None else said_at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None, Fault.DATE_UNREADABLE
    return (said_at, None) if 1980 <= said_at.year <= 2200 else (None, Fault.DATE_UNREADABLE)


def _words(value: str) -> str:
    try:
        pieces = decode_header(re.sub(r"\r?\n(?=[ \t])", "", value))
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return _ENCODED.sub(_word_or_as_it_is, value)
    return "".join(piece if isinstance(piece, str) else _piece(piece, label) for piece, label in pieces)


def _piece(piece: bytes, label: str | None) -> str:
    if label is None:
        # decode_header writes what stands between encoded words with escapes for all beyond Latin-1.
        try:
            return piece.decode("raw-unicode-escape")
        except UnicodeDecodeError:
            return piece.decode("latin-1")
    return decode(piece, label.partition("*")[0])[0]


def _word_or_as_it_is(word: re.Match[str]) -> str:
    try:
        return "".join(p if isinstance(p, str) else _piece(p, label) for p, label in decode_header(word[0]))
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return word[0]
