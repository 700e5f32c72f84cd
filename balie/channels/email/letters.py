"""A letter: one mail to one reader, complete, before it is written down as a mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo


class Automatic(StrEnum):
    """How a mail that no person wrote says so (RFC 3834, 5)."""

    NOTICE = "auto-generated"
    ANSWER = "auto-replied"


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who writes or reads."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads it, and how: the language's code, and the zone that times are shown in."""

    name: str
    address: str
    language: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A kept file that goes along. With a `content_id` it stands in the text, where the HTML names it."""

    name: str
    media_type: str
    size: int
    sha256: str
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """What was said before, and by whom."""

    name: str
    said_at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Ids are without angle brackets. `template` draws `facts`; `subject` is for the reader, with "Re:" if it is an answer.

    `enclosures` go along, `left_out` are only named because they would make the mail too large.
    """

    message_id: str
    written_at: datetime
    sender: Party
    reader: Reader
    subject: str
    template: str
    facts: Mapping[str, Any]
    organisation: str
    reply_to: str = ""
    thread: tuple[str, ...] = ()
    automatic: Automatic | None = None
    enclosures: tuple[Enclosure, ...] = ()
    left_out: tuple[Enclosure, ...] = ()
    page: str = ""
    quoted: Quoted | None = None
