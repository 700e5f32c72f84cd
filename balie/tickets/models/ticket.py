"""A request: one thing that one person needs. In code a `Ticket`, because every Django view has a `request` already."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock
from balie.platform.arrays import array_of
from balie.platform.gathering import gathering
from balie.teams.models import Category, Team
from balie.tickets import refusals
from balie.tickets.models.attachment import Attachment
from balie.tickets.models.event import Event
from balie.tickets.models.follower import Follower
from balie.tickets.models.message import Message
from balie.tickets.models.sight import Sight
from balie.tickets.models.status import Group, Status
from balie.tickets.thanks import is_mere_thanks
from balie.tickets.words import Words

OPEN_GROUPS = (Group.TODO, Group.IN_PROGRESS, Group.WAITING)
# Where a request that is never due stands among those that are.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# Spelled as it is in the conditions of the indexes of what is open.
OPEN_AND_LISTED = models.Q(
    group__in=[group.value for group in OPEN_GROUPS], deleted_at__isnull=True, merged_into__isnull=True
)


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Questions about many requests. `visible_to` and `worked_on_by` are the only ways for a page or program to reach one."""

    def visible_to(self, person: Person) -> Self:
        """Everything the person may know of: what they take part in, and what they work on."""
        if not person.is_active:
            return self.none()
        taking_part = models.Q(pk__in=_numbers_taken_part_in(person))
        return self.present().filter(taking_part | worked_on(person))

    def worked_on_by(self, person: Person) -> Self:
        """What the person answers as an expert: their teams' requests, never their own (product, rule 7).

        Administrators work on every team's requests that is not private, and on private ones that they disclosed.
        """
        if not person.is_expert:
            return self.none()
        return self.present().filter(worked_on(person)).exclude(requester=person)

    def taken_part_in_by(self, person: Person) -> Self:
        """What the person asked or follows."""
        if not person.is_active:
            return self.none()
        return self.present().filter(pk__in=_numbers_taken_part_in(person))

    def present(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def listed(self) -> Self:
        """Those that stand for themselves: not merged into another one, not asleep."""
        return self.filter(merged_into__isnull=True)

    def open(self) -> Self:
        return self.filter(group__in=OPEN_GROUPS)

    def awake(self) -> Self:
        return self.filter(models.Q(snoozed_until__isnull=True) | models.Q(snoozed_until__lte=clock.now()))

    def with_newness_for(self, person: Person) -> Self:
        """Adds `is_new`: something happened that the person has not seen."""
        seen = Sight.objects.filter(
            person=person, ticket=models.OuterRef("pk"), seen_at__gte=models.OuterRef("last_word_at")
        )
        return self.annotate(is_new=~models.Exists(seen))


def _numbers_taken_part_in(person: Person) -> list[int]:
    # As plain numbers: an OR over joins would make PostgreSQL read every request there is.
    asked = Ticket.objects.filter(requester=person).order_by().values_list("pk", flat=True)
    followed = Follower.objects.filter(person=person).values_list("ticket_id", flat=True)
    if person.viewed_by is not None:
        # An administrator who sees Balie as this person would is not let into private teams by that (product, rule 4).
        asked, followed = asked.filter(team__is_private=False), followed.filter(ticket__team__is_private=False)
    return list(asked.union(followed))


def worked_on(person: Person) -> models.Q:
    """What makes a request one that the person works on, whether it is deleted or not."""
    if not person.is_expert:
        return models.Q(pk__in=[])
    # A page that asks often has asked once for all of it.
    known: list[int] | None = getattr(person, "works_in", None)
    if known is None:
        known = list(Team.objects.worked_in_by(person).values_list("pk", flat=True))
    teams = models.Q(team__in=known)
    if person.is_administrator:
        teams |= models.Q(pk__in=list(person.disclosures.values_list("ticket_id", flat=True)))
    return teams


def worked_on_in_sql(person: Person, alias: str) -> tuple[str, list[Any]]:
    """What `worked_on_by` asks, of a table of requests under this name, for statements that are written by hand."""
    teams = getattr(person, "works_in", None)
    if teams is None:
        teams = list(Team.objects.worked_in_by(person).values_list("pk", flat=True))
    mine = f"{alias}.team_id = ANY(%s::bigint[])"
    values: list[Any] = [array_of(teams)]
    if person.is_administrator:
        mine += f" OR {alias}.number IN (SELECT ticket_id FROM tickets_disclosure WHERE person_id = %s)"  # noqa: S608  (the alias is ours)
        values.append(person.pk)
    return f"({mine}) AND {alias}.deleted_at IS NULL AND {alias}.requester_id <> %s", [*values, person.pk]


class Ticket(models.Model):
    """One request. Its primary key is the number that people see."""

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    number = models.BigAutoField(primary_key=True)
    subject = models.CharField(_("subject"), max_length=255)
    team = models.ForeignKey(
        Team, verbose_name=_("team"), on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    status = models.ForeignKey(
        Status, verbose_name=_("status"), on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    group = models.CharField(max_length=11, choices=Group)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    requester = models.ForeignKey(
        Person, verbose_name=_("requester"), on_delete=models.PROTECT, related_name="asked", db_index=False
    )
    assignee = models.ForeignKey(
        Person,
        verbose_name=_("assignee"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned",
        db_index=False,
    )
    followers = models.ManyToManyField(Person, through=Follower, related_name="followed")
    due_on = models.DateField(_("due date"), null=True, blank=True)
    channel = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_word_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    # Kept by `balie.sla`: when it is due next, by its due date or a promise, and the states that its promises are in.
    next_due_at = models.DateTimeField(null=True, blank=True)
    promises = ArrayField(models.CharField(max_length=9), null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="absorbed")

    # The first message, and who followed from the first moment, on the request that `open` has just returned.
    opening: Message
    first_followers: list[int]

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["team", "group", "-last_word_at", "-number"], name="ticket_queue"),
            models.Index(fields=["assignee", "group", "-last_word_at"], name="ticket_of_assignee"),
            models.Index(fields=["requester", "-number"], name="ticket_of_requester"),
            models.Index(fields=["updated_at", "number"], name="ticket_updated"),
            models.Index(
                fields=["snoozed_until"], condition=models.Q(snoozed_until__isnull=False), name="ticket_asleep"
            ),
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="ticket_deleted"),
            # The lists of experts: what is open and stands for itself, in every order that a list has. The first one carries what
            # the navigation counts by, so that counting reads no row.
            models.Index(
                fields=["team", "group", "-last_word_at", "-number"],
                include=["assignee", "requester", "snoozed_until", "status", "category", "priority", "next_due_at"],
                condition=OPEN_AND_LISTED,
                name="ticket_open",
            ),
            models.Index(
                fields=["team", "group", "-last_word_at", "-number"],
                include=["requester", "snoozed_until"],
                condition=OPEN_AND_LISTED & models.Q(assignee__isnull=True),
                name="ticket_open_unassigned",
            ),
            models.Index(
                "team",
                "group",
                Coalesce("next_due_at", models.Value(NEVER)),
                "number",
                condition=OPEN_AND_LISTED,
                name="ticket_open_by_due",
            ),
            models.Index(fields=["team", "group", "number"], condition=OPEN_AND_LISTED, name="ticket_open_by_age"),
            models.Index(
                fields=["team", "group", "-last_word_at", "-number"],
                condition=models.Q(promises__contains=["breached"]),
                name="ticket_breached",
            ),
            models.Index(
                fields=["team", "group", "-last_word_at", "-number"],
                condition=models.Q(promises__contains=["met"]),
                name="ticket_met",
            ),
            # Of what is resolved too: a list of the urgent ones that were resolved would read all others first.
            models.Index(fields=["team", "group", "-priority", "-last_word_at", "-number"], name="ticket_by_priority"),
            models.Index(fields=["status", "team", "-last_word_at", "-number"], name="ticket_of_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("number")), name="not_merged_with_itself"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    # Questions

    @property
    def is_open(self) -> bool:
        return self.group != Group.RESOLVED

    @property
    def is_waiting(self) -> bool:
        return self.group == Group.WAITING

    @property
    def is_private(self) -> bool:
        return self.team.is_private

    @property
    def is_asleep(self) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > clock.now()

    def is_worked_on_by(self, person: Person) -> bool:
        """Whether the person answers this request as an expert."""
        return Ticket.objects.worked_on_by(person).filter(pk=self.pk).exists()

    def has_participant(self, person: Person) -> bool:
        """Whether the person asked or follows, employee or not."""
        return self.requester_id == person.pk or self.followings.filter(person=person).exists()

    def participants(self) -> list[Person]:
        """The requester and the followers, who read every reply."""
        return [self.requester, *self.followers.exclude(pk=self.requester_id).order_by("pk")]

    def can_be_reopened_by_a_reply(self) -> bool:
        """Within the organisation's days after resolution; later a reply starts a new, linked request."""
        if self.resolved_at is None:
            return True
        return clock.now() - self.resolved_at <= timedelta(days=Organisation.current().reopen_within_days)

    # Verbs: what is said

    @classmethod
    def open(
        cls,
        *,
        team: Team,
        requester: Person,
        subject: str,
        words: Words,
        channel: str,
        by: Person | None = None,
        category: Category | None = None,
        copies: tuple[Person, ...] = (),
        due_on: date | None = None,
    ) -> Ticket:
        """A new request, unassigned, with its first message. `by` is who wrote it, the requester unless told otherwise."""
        from balie.tickets.opening import Opening, open_all

        opening = Opening(
            team=team, requester=requester, subject=subject, words=words, channel=channel, by=by, category=category,
            copies=copies, due_on=due_on,
        )  # fmt: skip
        return open_all([opening])[0]

    def hear(self, *, by: Person, words: Words, channel: str, copies: tuple[Person, ...] = ()) -> Message:
        """What the requester or another participant says. Returns the message; its request is a new, linked one when
        this one was resolved too long ago.

        The requester's reply moves Waiting to In progress and reopens Resolved; thanks and automatic mail do neither.
        """
        if words.is_empty:
            raise refusals.NothingSaid
        with transaction.atomic():
            ticket = self.locked()
            is_mere = words.is_automatic or is_mere_thanks(words.text)
            if not ticket.is_open and not is_mere and not ticket._takes_a_late_reply():
                return ticket._continue_anew(by=by, words=words, channel=channel, copies=copies)
            message = ticket._add(
                words, author=by, kind=Message.Kind.REPLY, direction=Message.Direction.IN, channel=channel
            )
            for person in copies:
                ticket._take_along(person)
            if not words.is_automatic:
                ticket._take_along(by)
            Event.record(ticket, kind=Event.Kind.HEARD, by=by, message=message)
            if not is_mere:
                if not ticket.is_open:
                    ticket._follow_its_team(by=by)
                    ticket._take_status(Status.preset(Group.IN_PROGRESS), by=by, kind=Event.Kind.REOPENED)
                elif ticket.is_waiting and by.pk == ticket.requester_id:
                    ticket._take_status(Status.preset(Group.IN_PROGRESS), by=by)
                if ticket.snoozed_until is not None:
                    ticket._wake(by=by)
            ticket.save_changes()
        self.refresh_from_db()
        return message

    def reply(self, *, by: Person, words: Words, channel: str = "web") -> Message:
        """An expert's answer to the requester and all who follow."""
        return self._speak(Message.Kind.REPLY, by=by, words=words, channel=channel)

    def note(self, *, by: Person, words: Words, channel: str = "web") -> Message:
        """What only the team reads."""
        return self._speak(Message.Kind.NOTE, by=by, words=words, channel=channel)

    # Verbs: where it stands

    def take_status(self, status: Status, *, by: Person) -> None:
        """Any status; one of the group Resolved resolves, one of another group reopens."""
        with transaction.atomic():
            ticket = self.locked()
            ticket._refuse_unless_worked_on(by)
            if status.pk != ticket.status_id:
                status = Status.held(status.pk)
                if not status.is_used_in(ticket.team_id):
                    raise refusals.StatusNotOfTheTeam
                ticket._take_status(status, by=by)
                ticket.save_changes()
        self.refresh_from_db()

    def resolve(self, *, by: Person) -> None:
        """Done. By an expert, or closed by the requester."""
        with transaction.atomic():
            ticket = self.locked()
            ticket._refuse_unless_worked_on_or_asked_by(by)
            if not ticket.is_open:
                raise refusals.AlreadyResolved
            ticket._take_status(Status.preset(Group.RESOLVED), by=by)
            ticket.save_changes()
        self.refresh_from_db()

    def reopen(self, *, by: Person) -> None:
        with transaction.atomic():
            ticket = self.locked()
            ticket._refuse_unless_worked_on_or_asked_by(by)
            if ticket.is_open:
                raise refusals.NotResolved
            ticket._take_status(Status.preset(Group.IN_PROGRESS), by=by)
            ticket.save_changes()
        self.refresh_from_db()

    def assign(self, assignee: Person | None, *, by: Person) -> None:
        """To somebody who works in the team, or to nobody."""
        if assignee is not None and not self.can_be_assigned_to(assignee):
            raise refusals.OwnRequest if assignee.pk == self.requester_id else refusals.NotAnExpertOfTheTeam
        self._change("assignee", assignee, by=by, kind=Event.Kind.ASSIGNED)

    def can_be_assigned_to(self, person: Person) -> bool:
        return self.is_worked_on_by(person)

    def prioritise(self, priority: int, *, by: Person) -> None:
        self._change("priority", self.Priority(priority).value, by=by, kind=Event.Kind.PRIORITY_CHANGED)

    def categorise(self, category: Category | None, *, by: Person) -> None:
        if category is not None and category.team_id != self.team_id:
            raise refusals.WrongTeam
        self._change("category", category, by=by, kind=Event.Kind.CATEGORY_CHANGED)

    def expect_by(self, due_on: date | None, *, by: Person) -> None:
        self._change("due_on", due_on, by=by, kind=Event.Kind.DUE_CHANGED)

    def rename(self, subject: str, *, by: Person) -> None:
        if not subject.strip():
            raise refusals.NothingSaid
        self._change("subject", subject.strip()[:255], by=by, kind=Event.Kind.RENAMED)

    def snooze(self, until: datetime, *, by: Person) -> None:
        """Out of the lists until then, or until somebody writes."""
        if until <= clock.now():
            raise refusals.InThePast
        self._change("snoozed_until", until, by=by, kind=Event.Kind.SNOOZED)

    def wake(self, *, by: Person | None) -> None:
        """End the snooze; by the clock when `by` is nobody."""
        with transaction.atomic():
            ticket = self.locked()
            if by is not None:
                ticket._refuse_unless_worked_on(by)
            if ticket.snoozed_until is not None:
                ticket._wake(by=by)
                ticket.save_changes()
        self.refresh_from_db()

    # Verbs: who takes part

    def follow(self, person: Person, *, by: Person) -> None:
        """The person reads along from now on; added by an expert, or by somebody who takes part."""
        with transaction.atomic():
            ticket = self.locked()
            if not (ticket.has_participant(by) or ticket.is_worked_on_by(by)):
                raise refusals.NotYours
            ticket._take_along(person, by=by)
            ticket.save_changes()

    def unfollow(self, person: Person, *, by: Person) -> None:
        with transaction.atomic():
            ticket = self.locked()
            if by != person:
                ticket._refuse_unless_worked_on(by)
            if Follower.objects.filter(ticket=ticket, person=person).delete()[0]:
                Event.record(ticket, kind=Event.Kind.UNFOLLOWED, by=by, person=person.pk)
                ticket.save_changes()

    def see(self, *, by: Person) -> None:
        """The person has it open: it is not new for them any more. One statement, since every look at a request makes it."""
        Sight.objects.bulk_create(
            [Sight(ticket=self, person=by, seen_at=clock.now())],
            update_conflicts=True, unique_fields=["person", "ticket"], update_fields=["seen_at"],
        )  # fmt: skip

    # Inside, and for the procedures of this package, which hold the lock and have asked who may

    def go_to_team(self, to: Team, *, by: Person | None) -> None:
        """Unassigned there, without its category, and with a status that the other team has."""
        before = self.team_id
        self.team, self.assignee, self.category = to, None, None
        was = self.status
        if not was.is_preset and not Status.held(was.pk).is_used_in(to.pk):
            self.status = Status.preset(Group(self.group))
        self.save_changes()
        _let_go_of_tasks(self)
        if self.status_id != was.pk:
            Event.record(self, kind=Event.Kind.STATUS_CHANGED, by=by, before=was.pk, after=self.status_id)
        Event.record(self, kind=Event.Kind.MOVED, by=by, before=before, after=to.pk)

    def resolve_with_its_team(self, *, by: Person | None) -> None:
        """Its team is archived, and so it is done."""
        self._take_status(Status.preset(Group.RESOLVED), by=by)
        self.save_changes()

    def stand_as_its_status_does(self) -> None:
        """For whoever gives back a former status: it may have been archived since, or belong to another group or other teams."""
        status = self.status if self.status.is_preset else Status.held(self.status_id)
        while status.archived_at is not None and status.replacement is not None:
            status = status.replacement
        self.status = status if status.is_used_in(self.team_id) else Status.preset(Group(status.group))
        if self.group != self.status.group:
            self.group = self.status.group
            self.resolved_at = None if self.is_open else self.resolved_at or clock.now()

    def locked(self) -> Ticket:
        """This request, or the one that it was merged into, locked until the transaction ends; raises `Deleted`."""
        before = transaction.savepoint()
        # Without joins: a row that another transaction gave to another team meanwhile would fall out of the join, and be gone.
        ticket = Ticket.objects.select_for_update().get(pk=self.pk)
        if ticket.merged_into_id is not None:
            # Lets go of the lock: who holds one of two merged requests and waits for the other meets a merge half-way.
            transaction.savepoint_rollback(before)
            return Ticket(pk=ticket.merged_into_id).locked()
        transaction.savepoint_commit(before)
        if ticket.deleted_at is not None:
            raise refusals.Deleted
        return ticket

    def _add(self, words: Words, *, author: Person, kind: str, direction: str, channel: str) -> Message:
        now = clock.now()
        message = Message.of(
            words, ticket=self, author=author, kind=kind, direction=direction, channel=channel, created_at=now
        )
        message.save(force_insert=True)
        if words.files:
            Attachment.objects.bulk_create(Attachment.of(words, message=message))
        self.last_word_at = now
        return message

    def _speak(self, kind: Message.Kind, *, by: Person, words: Words, channel: str) -> Message:
        if words.is_empty:
            raise refusals.NothingSaid
        with transaction.atomic(), gathering():
            ticket = self.locked()
            ticket._refuse_unless_worked_on(by)
            message = ticket._add(words, author=by, kind=kind, direction=Message.Direction.OUT, channel=channel)
            ticket._mention(message, words)
            if kind == Message.Kind.NOTE:
                Event.record(ticket, kind=Event.Kind.NOTED, by=by, message=message)
            else:
                ticket._respond(message, by=by)
            Sight.objects.update_or_create(ticket=ticket, person=by, defaults={"seen_at": message.created_at})
            ticket.save_changes()
        self.refresh_from_db()
        return message

    def _mention(self, message: Message, words: Words) -> None:
        """Before the event, so that whatever follows from it knows who was named."""
        from balie.tickets.mentioning import mentioned

        named = Message.mentions.through
        named.objects.bulk_create(
            named(message_id=message.pk, person_id=person) for person in mentioned(self, words, kind=message.kind)
        )

    def _respond(self, message: Message, *, by: Person) -> None:
        if self.first_response_at is None and not message.is_automatic:
            self.first_response_at = message.created_at
        Event.record(self, kind=Event.Kind.REPLIED, by=by, message=message)
        if self.group == Group.TODO:
            self._take_status(Status.preset(Group.IN_PROGRESS), by=by)

    def _take_along(self, person: Person, *, by: Person | None = None) -> None:
        if person.pk == self.requester_id:
            return
        _row, is_new = Follower.objects.get_or_create(ticket=self, person=person)
        if is_new:
            Event.record(self, kind=Event.Kind.FOLLOWED, by=by or person, person=person.pk)

    def _take_status(self, status: Status, *, by: Person | None, kind: Event.Kind | None = None) -> None:
        before, was_open = self.status_id, self.is_open
        self.status, self.group = status, status.group
        if was_open and not self.is_open:
            self.resolved_at = clock.now()
            self.snoozed_until = None
            kind = Event.Kind.RESOLVED
        elif not was_open and self.is_open:
            self.resolved_at = None
            kind = Event.Kind.REOPENED
        Event.record(self, kind=kind or Event.Kind.STATUS_CHANGED, by=by, before=before, after=status.pk)

    def _takes_a_late_reply(self) -> bool:
        # When nobody does the work of its team any more, no other request can be begun: those who did see this one again.
        return self.can_be_reopened_by_a_reply() or self._heir() is None

    def _follow_its_team(self, *, by: Person) -> None:
        """Once its team is archived: to whoever does that team's work now. It stays where it is when nobody does."""
        heir = self._heir()
        if heir is not None and heir.pk != self.team_id:
            self.go_to_team(heir, by=by)

    def _heir(self) -> Team | None:
        """Who does its team's work; nobody who is not private does that of a private team."""
        heir = self.team.heir()
        return heir if heir is not None and (heir.is_private or not self.team.is_private) else None

    def _wake(self, *, by: Person | None) -> None:
        self.snoozed_until = None
        Event.record(self, kind=Event.Kind.WOKEN, by=by)

    def _change(self, field: str, value: Any, *, by: Person, kind: Event.Kind) -> None:
        with transaction.atomic():
            ticket = self.locked()
            ticket._refuse_unless_worked_on(by)
            before = getattr(ticket, field)
            if before != value:
                setattr(ticket, field, value)
                Event.record(ticket, kind=kind, by=by, before=_plain(before), after=_plain(value))
                ticket.save_changes()
        self.refresh_from_db()

    def _continue_anew(self, *, by: Person, words: Words, channel: str, copies: tuple[Person, ...]) -> Message:
        from balie.tickets.linking import link

        team = self._heir() or self.team
        successor = Ticket.open(
            team=team, requester=self.requester if self.has_participant(by) else by, by=by,
            subject=self.subject, words=words, channel=channel, copies=copies,
            category=self.category if team.pk == self.team_id else None,
        )  # fmt: skip
        link(self, successor, by=by)
        return successor.opening

    def _refuse_unless_worked_on(self, person: Person) -> None:
        if not self.is_worked_on_by(person):
            raise refusals.OwnRequest if person.pk == self.requester_id else refusals.NotYours

    def _refuse_unless_worked_on_or_asked_by(self, person: Person) -> None:
        if person.pk != self.requester_id:
            self._refuse_unless_worked_on(person)

    def save_changes(self) -> None:
        """For the verbs of this package, which hold the lock: the columns that they may change."""
        self.updated_at = clock.now()
        self.save(
            update_fields=[
                "subject", "team", "category", "status", "group", "priority", "requester", "assignee", "due_on",
                "updated_at", "last_word_at", "first_response_at", "resolved_at", "snoozed_until", "deleted_at",
                "merged_into",
            ]
        )  # fmt: skip


def _let_go_of_tasks(ticket: Ticket) -> None:
    from balie.tickets.models.task import let_go_of_tasks

    let_go_of_tasks(ticket)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value
