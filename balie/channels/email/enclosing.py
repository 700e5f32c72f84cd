"""Which files of a message go along with its mail, and which are only named because they would make it too large."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from balie.channels.email.header_lines import ascii_domain
from balie.channels.email.letters import Enclosure
from balie.tickets.models import Attachment, Message

# Base64 makes 27 MB of them; most servers take 25 to 35.
LARGEST_IN_SUM = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Files:
    """`urls` maps the content ids of the message's HTML to those of the mail."""

    enclosed: tuple[Enclosure, ...]
    left_out: tuple[Enclosure, ...]
    urls: dict[str, str]


def of(message: Message) -> Files:
    """The files of the message: in their order, as long as there is room."""
    enclosed: list[Enclosure] = []
    left_out: list[Enclosure] = []
    urls: dict[str, str] = {}
    room = LARGEST_IN_SUM
    for row in message.attachments.order_by("pk"):
        has_room = row.size <= room
        is_in_place = has_room and row.is_inline and bool(row.content_id) and row.media_type.startswith("image/")
        enclosure = _enclosure(row, content_id=_content_id(row) if is_in_place else "")
        (enclosed if has_room else left_out).append(enclosure)
        if has_room:
            room -= row.size
        if is_in_place:
            urls[row.content_id] = f"cid:{enclosure.content_id}"
    return Files(enclosed=tuple(enclosed), left_out=tuple(left_out), urls=urls)


def _enclosure(row: Attachment, *, content_id: str) -> Enclosure:
    return Enclosure(name=row.name, media_type=row.media_type, size=row.size, sha256=row.sha256, content_id=content_id)


def _content_id(row: Attachment) -> str:
    # Not the one that it came with: two mails may have used the same, and it may be anything at all.
    return f"a{row.pk}@{ascii_domain(settings.BALIE.mail_domain)}"
