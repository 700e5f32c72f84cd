"""Requests of several teams that belong to one undertaking."""

from __future__ import annotations

from typing import Any, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.platform import clock
from balie.platform.live import tell
from balie.tickets import refusals
from balie.tickets.models.event import Event
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import Ticket


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about many projects. `seen_by` is the only way for a page or program to reach one."""

    def seen_by(self, person: Person) -> Self:
        """Those with a request that the person works on, and their own.

        Administrators see those as well that hold no private team's request; the name of one that does may tell of it.
        """
        if not person.is_expert:
            return self.none()
        worked_on = Inclusion.objects.worked_on_by(person).filter(project=OuterRef("pk"))
        seen = Q(owner=person) | Q(Exists(worked_on))
        if person.is_administrator:
            private = Inclusion.objects.filter(project=OuterRef("pk"), ticket__team__is_private=True)
            seen |= Q(~Exists(private))
        if person.viewed_by is not None:
            seen &= Q(~Exists(Inclusion.objects.filter(project=OuterRef("pk"), ticket__team__is_private=True)))
        return self.filter(seen)

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)


class Project(models.Model):
    """Its name and description are read by everybody who works on one of its requests."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ACTIVE = "active", _("Active")
        ON_HOLD = "on_hold", _("On hold")
        DONE = "done", _("Done")

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, default="", max_length=5000)
    owner = models.ForeignKey(Person, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="projects")
    state = models.CharField(_("status"), max_length=8, choices=State, default=State.ACTIVE)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    tickets = models.ManyToManyField(Ticket, through="tickets.Inclusion", related_name="projects")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    # Questions

    @property
    def is_open(self) -> bool:
        return self.state != self.State.DONE and self.archived_at is None

    def is_shaped_by(self, person: Person) -> bool:
        """Whether the person may change it: its owner and administrators; when the owner has left, whoever sees it."""
        if not Project.objects.seen_by(person).filter(pk=self.pk).exists():
            return False
        return person.pk == self.owner_id or person.is_administrator or not self.owner.is_expert

    # Verbs

    @classmethod
    def begin(cls, name: str, *, by: Person, **facts: Any) -> Project:
        """A new project, by an expert, who is its owner unless `facts` say otherwise."""
        if not by.is_expert:
            raise refusals.NotYourProject
        owner = facts.pop("owner", None) or by
        _refuse_unless_fit(name, owner)
        return cls.objects.create(name=name.strip()[:120], owner=owner, created_at=clock.now(), **facts)

    def change(self, *, by: Person, **changes: Any) -> None:
        """`name`, `description`, `owner`, `state` and `due_on`, as many as are given."""
        with transaction.atomic():
            row = Project.objects.select_for_update().get(pk=self.pk)
            if not row.is_shaped_by(by):
                raise refusals.NotYourProject
            owner = changes.get("owner", row.owner)
            _refuse_unless_fit(changes.get("name", row.name), owner, before=row.owner)
            for field, value in changes.items():
                setattr(row, field, value)
            row.save(update_fields=list(changes))
            row.tell_open_pages()
        self.refresh_from_db()

    def archive(self, *, by: Person) -> None:
        """Out of the list; its requests keep it."""
        self._set_aside(clock.now(), by=by)

    def unarchive(self, *, by: Person) -> None:
        self._set_aside(None, by=by)

    def include(self, ticket: Ticket, *, by: Person) -> None:
        """The request belongs to it from now on. By whoever sees the project and works on the request."""
        with transaction.atomic():
            row = ticket.locked()
            self._refuse_unless_both(row, by)
            if self.archived_at is not None:
                raise refusals.ProjectArchived
            try:
                with transaction.atomic():
                    Inclusion.objects.create(project=self, ticket=row, since=clock.now())
            except IntegrityError:
                return
            Event.record(row, kind=Event.Kind.PROJECT_JOINED, by=by, project=self.pk)

    def release(self, ticket: Ticket, *, by: Person) -> None:
        """The request does not belong to it any more."""
        with transaction.atomic():
            row = ticket.locked()
            self._refuse_unless_both(row, by)
            if Inclusion.objects.filter(project=self, ticket=row).delete()[0]:
                Event.record(row, kind=Event.Kind.PROJECT_LEFT, by=by, project=self.pk)

    def tell_open_pages(self) -> None:
        """To the owner, and to the teams whose requests belong to it."""
        teams = Inclusion.objects.filter(project=self).order_by().values_list("ticket__team", flat=True).distinct()
        tell(f"person:{self.owner_id}", *(f"team:{team}" for team in teams), project=self.pk)

    # Inside

    def _set_aside(self, moment: Any, *, by: Person) -> None:
        with transaction.atomic():
            row = Project.objects.select_for_update().get(pk=self.pk)
            if not row.is_shaped_by(by):
                raise refusals.NotYourProject
            if (row.archived_at is None) != (moment is None):
                row.archived_at = moment
                row.save(update_fields=["archived_at"])
                row.tell_open_pages()
        self.refresh_from_db()

    def _refuse_unless_both(self, ticket: Ticket, person: Person) -> None:
        if not Project.objects.seen_by(person).filter(pk=self.pk).exists():
            raise refusals.NotYourProject
        if not ticket.is_worked_on_by(person):
            raise refusals.NotYours


class InclusionQuerySet(models.QuerySet["Inclusion"]):
    """Questions about many inclusions."""

    def worked_on_by(self, person: Person) -> Self:
        """Those of requests that the person works on and that stand for themselves."""
        return self.filter(ticket__in=Ticket.objects.worked_on_by(person).listed().order_by().values("pk"))

    def progress(self) -> dict[int, tuple[int, int]]:
        """By project: how many of these requests are resolved, and how many there are."""
        counted = self.order_by().values("project").annotate(
            done=Count("pk", filter=Q(ticket__group=Group.RESOLVED)), number=Count("pk"), of=F("project")
        )  # fmt: skip
        return {row["of"]: (row["done"], row["number"]) for row in counted}


class Inclusion(models.Model):
    """One request in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="inclusions", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="inclusions")
    since = models.DateTimeField()

    objects = InclusionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "ticket"], name="in_a_project_once")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} in {self.project_id}"


def _refuse_unless_fit(name: str, owner: Person, *, before: Person | None = None) -> None:
    if not name.strip():
        raise refusals.NothingSaid
    # Whoever owned it and has left may stay named until somebody takes it over.
    if owner != before and not owner.is_expert:
        raise refusals.OwnerMustBeAnExpert
