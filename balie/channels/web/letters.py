"""How a message is shown on a page: its enclosed pictures in their places, remote ones only when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.safestring import SafeString

from balie.platform import text
from balie.tickets.models import Attachment, FormerWords, Message
from balie.tickets.models.message import MessageQuerySet
from balie.tickets.words import SenderCheck


@dataclass(frozen=True, kw_only=True)
class File:
    """One file as a page links to it."""

    name: str
    size: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message, ready to be shown."""

    message: Message
    html: SafeString
    folded: SafeString
    files: tuple[File, ...]
    withholds_images: bool
    deliveries: tuple[Any, ...] = ()

    @property
    def has_marks(self) -> bool:
        """Whether a page has to say something above what was written."""
        return self.withholds_images or self.message.is_automatic or self.message.sender_check != SenderCheck.PROVEN

    @property
    def formerly(self) -> list[str]:
        """What it said before, oldest first."""
        said: list[str] = getattr(self.message, "formerly", [])
        return said

    @property
    def is_retracted(self) -> bool:
        return bool(self.formerly) and not self.message.text

    @property
    def is_doubtful(self) -> bool:
        return self.message.sender_check == SenderCheck.FAILED

    @property
    def is_unverified(self) -> bool:
        return self.message.sender_check == SenderCheck.UNKNOWN


def with_files(messages: MessageQuerySet) -> MessageQuerySet:
    """Brings the files of each message along, in the same query."""
    of_message = Attachment.objects.filter(message=OuterRef("pk")).order_by("pk")
    return messages.annotate(
        enclosed=ArraySubquery(
            of_message.values(
                file=JSONObject(id="pk", name="name", size="size", content_id="content_id", is_inline="is_inline")
            )
        ),
        # What it said before its author changed or deleted it: shown to experts only.
        formerly=ArraySubquery(FormerWords.objects.filter(message=OuterRef("pk")).order_by("pk").values("text")),
    )


def letters(messages: Iterable[Message], *, with_images_of: int | None = None, deliveries: Any = None) -> list[Letter]:
    """`with_images_of` is the id of the message whose remote pictures its reader asked for."""
    return [
        _letter(message, shows_images=message.pk == with_images_of, deliveries=(deliveries or {}).get(message.pk, ()))
        for message in messages
    ]


def address_of(file: dict[str, Any]) -> str:
    """Where a page fetches the file."""
    return reverse("file", args=[file["id"], file["name"].replace("/", "_") or "file"])


def _letter(message: Message, *, shows_images: bool, deliveries: Any) -> Letter:
    enclosed: list[dict[str, Any]] = message.enclosed or []  # type: ignore[attr-defined]  # see with_files
    places = {file["content_id"]: address_of(file) for file in enclosed if file["content_id"]}
    html, folded = (text.place_images(part, places) for part in (message.html, message.folded_html))
    withheld = "data-remote-src" in html or "data-remote-src" in folded
    if shows_images:
        html, folded = text.show_remote_images(html), text.show_remote_images(folded)
    return Letter(
        message=message,
        html=text.safe(html),
        folded=text.safe(folded),
        files=tuple(
            File(name=file["name"], size=file["size"], url=address_of(file))
            for file in enclosed
            if not (file["is_inline"] and file["content_id"] and _stands_in(file["content_id"], message))
        ),
        withholds_images=withheld and not shows_images,
        deliveries=tuple(deliveries),
    )


def _stands_in(content_id: str, message: Message) -> bool:
    return f'data-cid="{content_id}"' in message.html or f'data-cid="{content_id}"' in message.folded_html
