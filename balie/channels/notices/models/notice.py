"""One thing that one person is told."""

from __future__ import annotations

from typing import Self

from django.db import models

from balie.channels.notices.kinds import OF_REQUESTERS, Kind
from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Event, Ticket


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about many notices."""

    def readable_by(self, person: Person) -> Self:
        """Those of this person whose requests they may know of now, whatever was so when they were written.

        In one question, because the bell on every page asks it: the same that `Ticket.objects.visible_to` and `worked_on_by`
        say, beginning at the few notices instead of the many requests. A test holds the two together.
        """
        if not person.is_active:
            return self.none()
        takes_part = models.Q(ticket__requester=person) | models.Q(ticket__in=person.followings.values("ticket"))
        if person.viewed_by is not None:
            takes_part &= models.Q(ticket__team__is_private=False)
        readable = takes_part & models.Q(kind__in=OF_REQUESTERS)
        if person.is_expert:
            teams = models.Q(ticket__team__in=Team.objects.worked_in_by(person).order_by().values("pk"))
            if person.is_administrator:
                teams |= models.Q(ticket__in=person.disclosures.values("ticket"))
            readable |= teams & ~models.Q(ticket__requester=person)
        return self.filter(person=person, ticket__deleted_at__isnull=True).filter(readable)

    def listed(self) -> Self:
        return self.filter(is_listed=True)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Unlisted ones are only sent; they are rows too, so that opening the request settles all of them alike."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    is_listed = models.BooleanField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "ticket", "-id"], name="notice_of_person"),
            models.Index(fields=["person"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["at"], name="notice_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
