"""One step of a request: something to do, who does it and by when."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.platform import clock
from balie.tickets import refusals
from balie.tickets.models.event import Event
from balie.tickets.models.ticket import Ticket

# A checklist that is longer is a project.
MOST_OF_A_REQUEST = 100


class TaskQuerySet(models.QuerySet["Task"]):
    """Questions about many tasks."""

    def worked_on_by(self, person: Person) -> Self:
        """Those of requests that the person works on; nobody else knows of a task."""
        return self.filter(ticket__in=Ticket.objects.worked_on_by(person).listed().order_by().values("pk"))

    def open(self) -> Self:
        return self.filter(done_at__isnull=True)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)


class Task(models.Model):
    """Of the team, as notes are: whoever asked never reads it. `position` is its place in the checklist."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    title = models.CharField(_("task"), max_length=255)
    assignee = models.ForeignKey(
        Person, verbose_name=_("assignee"), null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks",
        db_index=False,
    )  # fmt: skip
    due_on = models.DateField(_("due date"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["ticket", "position", "id"], name="task_of_ticket"),
            models.Index(
                fields=["assignee", "due_on", "id"], condition=models.Q(done_at__isnull=True), name="task_to_do"
            ),
            models.Index(fields=["assignee", "-done_at"], condition=models.Q(done_at__isnull=False), name="task_done"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    # Verbs

    @classmethod
    def add(
        cls, ticket: Ticket, title: str, *, by: Person, assignee: Person | None = None, due_on: date | None = None
    ) -> Task:
        """One step more, at the end of the checklist; its assignee must work on the request."""
        if not title.strip():
            raise refusals.NothingSaid
        with transaction.atomic():
            row = ticket.locked()
            _refuse_unless_worked_on(row, by)
            last = row.tasks.order_by("position", "pk").last()
            if row.tasks.count() >= MOST_OF_A_REQUEST:
                raise refusals.TooManyTasks
            _refuse_unless_assignable(row, assignee)
            task = cls.objects.create(
                ticket=row, title=title.strip()[:255], assignee=assignee, due_on=due_on,
                position=last.position + 1 if last else 0, created_at=clock.now(),
            )  # fmt: skip
            Event.record(row, kind=Event.Kind.TASK_ADDED, by=by, task=task.pk)
        return task

    def change(self, *, by: Person, **changes: Any) -> None:
        """`title`, `assignee` and `due_on`, as many as are given."""
        with transaction.atomic():
            task = self._locked(by)
            if "title" in changes and not changes["title"].strip():
                raise refusals.NothingSaid
            if "assignee" in changes and changes["assignee"] != task.assignee:
                _refuse_unless_assignable(task.ticket, changes["assignee"])
            given = {**changes, "title": changes["title"].strip()[:255]} if "title" in changes else changes
            changed = [name for name, value in given.items() if getattr(task, name) != value]
            for name in changed:
                setattr(task, name, given[name])
            if changed:
                task.save(update_fields=changed)
                details: dict[str, Any] = {"assignee": task.assignee_id} if "assignee" in changed else {}
                Event.record(task.ticket, kind=Event.Kind.TASK_CHANGED, by=by, task=task.pk, fields=changed, **details)
        self.refresh_from_db()

    def finish(self, *, by: Person) -> None:
        """Done; nothing happens when it is already."""
        with transaction.atomic():
            task = self._locked(by)
            if not task.is_done:
                task.done_at, task.done_by = clock.now(), by
                task.save(update_fields=["done_at", "done_by"])
                Event.record(task.ticket, kind=Event.Kind.TASK_DONE, by=by, task=task.pk)
        self.refresh_from_db()

    def reopen(self, *, by: Person) -> None:
        """Not done after all."""
        with transaction.atomic():
            task = self._locked(by)
            if task.is_done:
                task.done_at, task.done_by = None, None
                task.save(update_fields=["done_at", "done_by"])
                Event.record(task.ticket, kind=Event.Kind.TASK_REOPENED, by=by, task=task.pk)
        self.refresh_from_db()

    def place(self, position: int, *, by: Person) -> None:
        """To this place of the checklist, the first being 0; the others make room."""
        with transaction.atomic():
            task = self._locked(by)
            others = [one for one in task.ticket.tasks.order_by("position", "pk") if one.pk != task.pk]
            others.insert(max(position, 0), task)
            for number, one in enumerate(others):
                one.position = number
            Task.objects.bulk_update(others, ["position"])
            Event.record(task.ticket, kind=Event.Kind.TASK_CHANGED, by=by, task=task.pk, fields=["position"])
        self.refresh_from_db()

    def remove(self, *, by: Person) -> None:
        with transaction.atomic():
            task = self._locked(by)
            number = task.pk
            task.delete()
            Event.record(task.ticket, kind=Event.Kind.TASK_REMOVED, by=by, task=number)

    # Inside

    def _locked(self, by: Person) -> Task:
        """As it is now, with its request locked; raises `NotYours` also when it is gone."""
        ticket = self.ticket.locked()
        _refuse_unless_worked_on(ticket, by)
        task = Task.objects.filter(pk=self.pk, ticket=ticket).first()
        if task is None:
            raise refusals.NotYours
        task.ticket = ticket
        return task


def let_go_of_tasks(ticket: Ticket) -> None:
    """After it went to another team or requester: whoever does not work on it any more has nothing to do there."""
    for task in ticket.tasks.open().select_related("assignee").exclude(assignee=None):
        if task.assignee is not None and not ticket.can_be_assigned_to(task.assignee):
            task.assignee = None
            task.save(update_fields=["assignee"])


def _refuse_unless_worked_on(ticket: Ticket, person: Person) -> None:
    if not ticket.is_worked_on_by(person):
        raise refusals.OwnRequest if person.pk == ticket.requester_id else refusals.NotYours


def _refuse_unless_assignable(ticket: Ticket, person: Person | None) -> None:
    if person is not None and not ticket.can_be_assigned_to(person):
        raise refusals.OwnRequest if person.pk == ticket.requester_id else refusals.NotAnExpertOfTheTeam
