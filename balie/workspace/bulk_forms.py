"""What is asked before many requests are changed at once: one form for each change."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balie.people.models import Person
from balie.platform import clock
from balie.platform.alphabet import placed
from balie.teams.models import Category, Team
from balie.tickets import moving
from balie.tickets.models import Status, Ticket
from balie.workspace import bulk
from balie.workspace.models import BulkChange


class BulkForm(forms.Form):
    """Made for some requests and the person who works on them. Whoever may not be chosen for all of them is refused later."""

    name: ClassVar[str] = ""
    title: ClassVar[Promise | str] = ""
    verb: ClassVar[Promise | str] = gettext_lazy("Save")

    def __init__(self, *args: Any, tickets: list[Ticket], by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tickets, self.by = tickets, by
        self.teams = {ticket.team_id for ticket in tickets}
        self.prepare()

    def prepare(self) -> None:
        """Fill in what may be chosen."""

    def apply(self, numbers: list[int]) -> BulkChange:
        """Change them all."""
        return bulk.change(numbers, self.change, name=self.name, by=self.by)

    def change(self, ticket: Ticket) -> None:
        """Change one of them."""
        raise NotImplementedError


class AssignForm(BulkForm):
    name, title, verb = "assignee", gettext_lazy("Assign"), gettext_lazy("Assign")
    assignee = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Assignee"), required=False, empty_label=gettext_lazy("Nobody")
    )

    def prepare(self) -> None:
        able = Person.objects.experts().filter(teams__in=self.teams)
        able |= Person.objects.experts().filter(pk=self.by.pk)
        field = self.fields["assignee"]
        # One in two of these teams is there once; PostgreSQL orders nothing by what DISTINCT does not compare.
        field.queryset = Person.objects.filter(pk__in=able.values("pk")).order_by(placed(), "pk")  # type: ignore[attr-defined]
        field.initial = self.by.pk

    def change(self, ticket: Ticket) -> None:
        ticket.assign(self.cleaned_data["assignee"], by=self.by)


class StatusForm(BulkForm):
    name, title = "status", gettext_lazy("Status")
    status = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("Status"), empty_label=None
    )  # fmt: skip

    def prepare(self) -> None:
        """Those of any of the teams; a request whose team does not have it stays as it is, and is told of."""
        found = Status.objects.active().filter(Q(teams__isnull=True) | Q(teams__in=self.teams)).distinct()
        self.fields["status"].queryset = found  # type: ignore[attr-defined]

    def change(self, ticket: Ticket) -> None:
        ticket.take_status(self.cleaned_data["status"], by=self.by)


class CategoryForm(BulkForm):
    name, title = "category", gettext_lazy("Category")
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("None")
    )

    def prepare(self) -> None:
        field: Any = self.fields["category"]
        field.queryset = (
            Category.objects.filter(team__in=self.teams, archived_at__isnull=True)
            .select_related("team")
            .order_by(placed("team__name"), "team", "position", placed())
        )
        if len(self.teams) > 1:
            field.label_from_instance = lambda category: f"{category.team.name} · {category.name}"

    def change(self, ticket: Ticket) -> None:
        ticket.categorise(self.cleaned_data["category"], by=self.by)


class TeamForm(BulkForm):
    name, title, verb = "team", gettext_lazy("Team"), gettext_lazy("Move")
    team = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("Team"), empty_label=None,
        help_text=gettext_lazy("It arrives there unassigned. If you do not work in that team, you will not see it any more."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["team"].queryset = Team.objects.active().order_by(placed(), "pk")  # type: ignore[attr-defined]

    def change(self, ticket: Ticket) -> None:
        moving.move(ticket, to=self.cleaned_data["team"], by=self.by)


class PriorityForm(BulkForm):
    name, title = "priority", gettext_lazy("Priority")
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Ticket.Priority.choices, coerce=int, initial=Ticket.Priority.NORMAL
    )

    def change(self, ticket: Ticket) -> None:
        ticket.prioritise(self.cleaned_data["priority"], by=self.by)


class SnoozeForm(BulkForm):
    name, title, verb = "snooze", gettext_lazy("Snooze"), gettext_lazy("Snooze")
    until = forms.DateTimeField(
        label=gettext_lazy("Out of the lists until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=gettext_lazy("It comes back then, or as soon as somebody writes."),
    )  # fmt: skip

    def prepare(self) -> None:
        tomorrow = timezone.localtime(clock.now()).date() + timedelta(days=1)
        self.fields["until"].initial = datetime.combine(tomorrow, time(9))

    def change(self, ticket: Ticket) -> None:
        ticket.snooze(self.cleaned_data["until"], by=self.by)


class MergeForm(BulkForm):
    name, title, verb = "merge", gettext_lazy("Merge"), gettext_lazy("Merge")
    into = forms.CharField(label=gettext_lazy("Number of the request that stays"), max_length=20)

    def prepare(self) -> None:
        if len(self.tickets) > 1:
            self.fields["into"] = forms.ChoiceField(
                label=_("The request that stays"),
                choices=[(one.pk, f"#{one.pk} {one.subject}") for one in self.tickets],
            )

    def clean_into(self) -> int:
        asked = str(self.cleaned_data["into"]).strip().lstrip("#")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
        if not Ticket.objects.worked_on_by(self.by).filter(pk=number).exists():
            raise forms.ValidationError(_("You work on no request of that number."))
        return number

    def apply(self, numbers: list[int]) -> BulkChange:
        into: int = self.cleaned_data["into"]
        return bulk.merge([number for number in numbers if number != into], into=into, by=self.by)


class ResolveForm(BulkForm):
    """Asks nothing more."""

    name, title, verb = "resolution", gettext_lazy("Resolve"), gettext_lazy("Resolve")

    def change(self, ticket: Ticket) -> None:
        ticket.resolve(by=self.by)


class WakeForm(BulkForm):
    """Asks nothing more."""

    name, title, verb = "waking", gettext_lazy("Wake"), gettext_lazy("Wake")

    def change(self, ticket: Ticket) -> None:
        ticket.wake(by=self.by)


FORMS = {
    form.name: form
    for form in (
        AssignForm, StatusForm, CategoryForm, TeamForm, PriorityForm, SnoozeForm, MergeForm, ResolveForm, WakeForm,
    )
}  # fmt: skip


def told(name: str, number: int) -> str:
    """What was done, as a sentence."""
    say = partial(ngettext, number=number)
    sentence = {
        "assignee": say("%(number)s request assigned.", "%(number)s requests assigned."),
        "status": say("%(number)s request has a new status.", "%(number)s requests have a new status."),
        "category": say("%(number)s request has a new category.", "%(number)s requests have a new category."),
        "team": say("%(number)s request moved.", "%(number)s requests moved."),
        "priority": say("%(number)s request has a new priority.", "%(number)s requests have a new priority."),
        "snooze": say("%(number)s request put to sleep.", "%(number)s requests put to sleep."),
        "merge": say("%(number)s request merged.", "%(number)s requests merged."),
        "resolution": say("%(number)s request resolved.", "%(number)s requests resolved."),
        "waking": say("%(number)s request woken up.", "%(number)s requests woken up."),
    }[name]
    return sentence % {"number": number}
