"""One import of people from a file, from the upload until it is done: how far it is, and what it would do or did."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models.person import Person
from balie.platform.sentences import Sentence


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    """Questions about many imports."""

    def seen_by(self, person: Person) -> Self:
        """A file holds what its bringer may edit of everybody: it is theirs, and the administrators'."""
        return self if person.is_administrator else self.filter(by=person)

    def latest_first(self) -> Self:
        return self.order_by("-pk")


class PeopleImport(models.Model):
    """`columns` says what each column of the file holds: a field of a person, an attribute's key, or "" for nothing."""

    class State(models.TextChoices):
        MAPPING = "mapping", _("to be mapped")
        PLANNING = "planning", _("being read")
        PLANNED = "planned", _("to be confirmed")
        IMPORTING = "importing", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("not done")
        DISCARDED = "discarded", _("discarded")

    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=255)
    # The file, kept under its SHA-256 until the import is forgotten.
    sha256 = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    # "" and null are guessed from the cells.
    decimal_mark = models.CharField(max_length=1, blank=True, default="")
    is_month_first = models.BooleanField(null=True, blank=True)
    with_departures = models.BooleanField(default=False)
    many_may_leave = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.MAPPING)
    # How many rows or people of `total` the step under way has done.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # What the plan holds, for readers of every language, and its fingerprint: what was shown is what is done.
    report = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    # Why it failed, or why it was read again: a `Sentence` as it is kept.
    said: Any = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # When the step under way last said something: a worker that is gone says nothing.
    stirred_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.PLANNING, self.State.IMPORTING)

    @property
    def said_to_reader(self) -> str:
        return str(Sentence.of(self.said)) if self.said else ""

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0
