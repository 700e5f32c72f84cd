"""What the requester thought of the answer."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.tickets.models.event import Event

LONGEST_COMMENT = 2000


class RatingQuerySet(models.QuerySet["Rating"]):
    """Questions about many ratings."""

    def given(self) -> Self:
        """Those that were not only asked for."""
        return self.filter(score__isnull=False)


class Rating(models.Model):
    """One person's rating of one request. Without a `score` it has been asked for, which happens once."""

    class Score(models.IntegerChoices):
        BAD = 1, _("Not good")
        FAIR = 2, _("So-so")
        GOOD = 3, _("Good")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="ratings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="ratings", db_index=False)
    score = models.PositiveSmallIntegerField(choices=Score, null=True, blank=True)
    comment = models.CharField(max_length=LONGEST_COMMENT, blank=True, default="")
    # With which event it was asked: the mail about that one shows the faces.
    asked_with = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    given_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "person"], name="rated_once"),
            models.CheckConstraint(condition=models.Q(score__isnull=True) | models.Q(score__in=(1, 2, 3)), name="three_faces"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.score}"

    @property
    def face(self) -> str:
        """The name of its icon."""
        return f"face-{Rating.Score(self.score).name.lower()}" if self.score else ""
