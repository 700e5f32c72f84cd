"""What somebody is writing about a request and has not said yet. Nobody else ever reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Protocol, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.channels.models.queue import Queued
from balie.people.models import Person
from balie.platform import text
from balie.tickets.models import Message, Ticket
from balie.tickets.words import KeptFile, Words

# Time to change one's mind, before a reply leaves.
HELD_FOR = timedelta(seconds=10)


class _FromAPage(Protocol):
    """What a page sends of a draft, see `drafting.Written`."""

    @property
    def html(self) -> str: ...
    @property
    def page(self) -> str: ...
    @property
    def version(self) -> int: ...


class DraftQuerySet(models.QuerySet["Draft"]):
    """Questions about many drafts."""

    def being_written(self) -> Self:
        return self.filter(state=Draft.State.WRITING)

    def leaving(self) -> Self:
        return self.filter(state=Draft.State.LEAVING)


class Draft(Queued):
    """One for each person, request and kind, while it is being written; a reply that was sent waits as a row of its own.

    `version` is raised by each save, so that two open pages know of each other. `others` holds, by the page that wrote it, what
    another page of the same person has replaced. `once` is the key of the form that sent it last.
    """

    class State(models.TextChoices):
        WRITING = "writing", _("draft")
        LEAVING = "leaving", _("on its way")

    class Then(models.TextChoices):
        STAY = "stay", _("stay")
        RESOLVE = "resolve", _("resolve")

    PENDING: ClassVar = (State.LEAVING.value,)
    LEASE: ClassVar = timedelta(minutes=1)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Message.Kind)
    html = models.TextField(blank=True, default="")
    files = models.JSONField(default=list)
    mentions = models.JSONField(default=list)
    others = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    page = models.CharField(max_length=32, blank=True, default="")
    once = models.CharField(max_length=64, blank=True, default="")
    then = models.CharField(max_length=8, choices=Then, default=Then.STAY)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    leaves_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ticket", "kind"], condition=models.Q(state="writing"), name="one_draft_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["person", "once"], condition=models.Q(state="leaving"), name="one_letter_a_key"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ticket"], name="draft_of_person"),
            models.Index(fields=["next_attempt_at", "id"], condition=models.Q(state="leaving"), name="draft_leaving"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.person_id} about #{self.ticket_id}"

    @property
    def is_leaving(self) -> bool:
        return self.state == self.State.LEAVING

    @property
    def is_note(self) -> bool:
        return self.kind == Message.Kind.NOTE

    @property
    def is_empty(self) -> bool:
        return is_blank(self.html) and not self.files

    @property
    def text(self) -> str:
        """For a page without the editor."""
        return text.text_from_html(self.html).strip()

    def is_replaced_by(self, written: _FromAPage) -> bool:
        """Whether those words come from a page that does not know these."""
        if self.pk is None or written.version >= self.version or (written.page and written.page == self.page):
            return False
        return not self.is_empty and self.html != written.html

    def kept_files(self) -> list[KeptFile]:
        return [KeptFile(**file) for file in self.files]

    def words(self) -> Words:
        return words_of(self.html, files=self.kept_files(), mentions=self.mentions)


def words_of(html: str, *, files: list[KeptFile], mentions: list[int]) -> Words:
    """What is said by this. A picture that was taken out of the text does not go along with it."""
    standing = [file for file in files if not file.content_id or f'data-cid="{file.content_id}"' in html]
    return Words.from_html(html, files=tuple(standing), mentions=tuple(mentions))


def is_blank(html: str) -> bool:
    """Whether it says nothing and shows nothing."""
    return "<img" not in html and not text.text_from_html(html).strip()


def as_json(file: KeptFile) -> dict[str, Any]:
    """How the row names a file."""
    return {
        "name": file.name, "media_type": file.media_type, "sha256": file.sha256, "size": file.size,
        "content_id": file.content_id, "is_inline": file.is_inline,
    }  # fmt: skip
