"""What a channel's reading understood: one thing said by one person, in words that no channel owns."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Automatic(StrEnum):
    """Why something was not said by a person (RFC 3834): kept and shown, never answered, never counted as a reply."""

    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    CHALLENGE = "challenge"
    LIST = "list"
    LOOP = "loop"


class Verdict(StrEnum):
    """What is known of the sender's identity."""

    PASS = "pass"  # noqa: S105  (a verdict)
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Who speaks or is spoken to: the address as the channel knows it (lower case), and the name it came with."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """A file that came along. `content_id` is without angle brackets; `is_inline` when the text shows it in place."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """The mail that somebody passed on: its first sender and what they wrote. `remark` is what the one who passed it on
    wrote above it, "" when nothing."""

    by: Speaker
    subject: str
    text: str
    html: str
    said_at: datetime | None
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Bounced:
    """One recipient that a delivery report (RFC 3464) speaks of."""

    address: str
    message_id: str
    is_permanent: bool
    status: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing said.

    `text` is what the person wrote, without quoted history and signature; `html` is the same, cleaned; `folded_html` is the
    history and the signature, cleaned, folded away beneath it ("" when there is none). `answers` are the ids of earlier
    messages it names, nearest first. `language` is a language code that Balie speaks, or "" when it cannot be told.
    """

    external_id: str
    by: Speaker
    subject: str
    text: str
    html: str
    folded_html: str = ""
    to: tuple[Speaker, ...] = ()
    copies: tuple[Speaker, ...] = ()
    said_at: datetime | None = None
    answers: tuple[str, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()
    automatic: Automatic | None = None
    bounced: tuple[Bounced, ...] = ()
    forwarded: Forwarded | None = None
    is_note: bool = False
    language: str = ""
    faults: tuple[str, ...] = ()
