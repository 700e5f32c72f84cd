"""The forms of a request's facts: each checks what was chosen and calls one verb."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balie.people.models import Person
from balie.teams.models import Category, Team
from balie.tickets import merging, moving
from balie.tickets.linking import link
from balie.tickets.models import Status, Ticket


class FactForm(forms.Form):
    """Made for one request and the person who works on it."""

    title: ClassVar[Promise | str] = ""
    verb: ClassVar[Promise | str] = gettext_lazy("Save")

    def __init__(self, *args: Any, ticket: Ticket, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket, self.by = ticket, by
        self.prepare()

    def prepare(self) -> None:
        """Fill in what may be chosen, and what is chosen now."""

    def apply(self) -> None:
        """Call the verb."""


class SubjectForm(FactForm):
    title = gettext_lazy("Subject")
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=255, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def prepare(self) -> None:
        self.fields["subject"].initial = self.ticket.subject

    def apply(self) -> None:
        self.ticket.rename(self.cleaned_data["subject"], by=self.by)


class StatusForm(FactForm):
    title = gettext_lazy("Status")
    status = forms.ModelChoiceField(
        Status.objects.filter(archived_at__isnull=True), label=gettext_lazy("Status"), empty_label=None
    )

    def prepare(self) -> None:
        self.fields["status"].initial = self.ticket.status_id

    def apply(self) -> None:
        self.ticket.take_status(self.cleaned_data["status"], by=self.by)


class AssigneeForm(FactForm):
    title = gettext_lazy("Assignee")
    assignee = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Assignee"), required=False, empty_label=gettext_lazy("Nobody")
    )

    def prepare(self) -> None:
        able = Person.objects.experts().filter(teams=self.ticket.team_id)
        if self.by.is_administrator:
            able |= Person.objects.experts().filter(pk=self.by.pk)
        field = self.fields["assignee"]
        field.queryset = able.exclude(pk=self.ticket.requester_id).distinct().order_by("name")  # type: ignore[attr-defined]
        field.initial = self.ticket.assignee_id

    def apply(self) -> None:
        self.ticket.assign(self.cleaned_data["assignee"], by=self.by)


class TeamForm(FactForm):
    title = gettext_lazy("Team")
    verb = gettext_lazy("Move")
    team = forms.ModelChoiceField(
        Team.objects.active(), label=gettext_lazy("Team"), empty_label=None,
        help_text=gettext_lazy("It arrives there unassigned. If you do not work in that team, you will not see it any more."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["team"].initial = self.ticket.team_id

    def apply(self) -> None:
        moving.move(self.ticket, to=self.cleaned_data["team"], by=self.by)


class CategoryForm(FactForm):
    title = gettext_lazy("Category")
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("None")
    )

    def prepare(self) -> None:
        field = self.fields["category"]
        field.queryset = Category.objects.filter(team=self.ticket.team_id, archived_at__isnull=True)  # type: ignore[attr-defined]
        field.initial = self.ticket.category_id

    def apply(self) -> None:
        self.ticket.categorise(self.cleaned_data["category"], by=self.by)


class PriorityForm(FactForm):
    title = gettext_lazy("Priority")
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), choices=Ticket.Priority.choices, coerce=int)

    def prepare(self) -> None:
        self.fields["priority"].initial = self.ticket.priority

    def apply(self) -> None:
        self.ticket.prioritise(self.cleaned_data["priority"], by=self.by)


class DueForm(FactForm):
    title = gettext_lazy("Due date")
    due_on = forms.DateField(
        label=gettext_lazy("Due date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def prepare(self) -> None:
        self.fields["due_on"].initial = self.ticket.due_on

    def apply(self) -> None:
        self.ticket.expect_by(self.cleaned_data["due_on"], by=self.by)


class PersonForm(FactForm):
    """Asks for somebody whom Balie knows."""

    person = forms.CharField(
        label=gettext_lazy("Work address or full name"), max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip

    def clean_person(self) -> Person:
        asked = self.cleaned_data["person"].strip()
        known: Person | None = Person.objects.known_by("email", asked.lower())
        found: list[Person] = [known] if known else list(Person.objects.filter(name__iexact=asked)[:2])
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have that name; give the address."))
        if not found:
            raise forms.ValidationError(_("Nobody is known by that address or name."))
        return found[0]


class FollowerForm(PersonForm):
    title = gettext_lazy("Add a follower")
    verb = gettext_lazy("Add")

    def apply(self) -> None:
        self.ticket.follow(self.cleaned_data["person"], by=self.by)


class RequesterForm(PersonForm):
    title = gettext_lazy("Requester")

    def apply(self) -> None:
        moving.hand_to_requester(self.ticket, requester=self.cleaned_data["person"], by=self.by)


class NumberForm(FactForm):
    """Asks for another request that the person works on."""

    number = forms.CharField(label=gettext_lazy("Number of the other request"), max_length=20)

    def clean_number(self) -> Ticket:
        asked = self.cleaned_data["number"].strip().lstrip("#")
        found = (
            Ticket.objects.worked_on_by(self.by).filter(pk=int(asked)).first()
            if asked.isdecimal() and len(asked) < 19
            else None
        )
        if found is None:
            raise forms.ValidationError(_("You work on no request of that number."))
        return found


class LinkForm(NumberForm):
    title = gettext_lazy("Link")
    verb = gettext_lazy("Link")

    def apply(self) -> None:
        link(self.ticket, self.cleaned_data["number"], by=self.by)


class MergeForm(NumberForm):
    title = gettext_lazy("Merge into another request")
    verb = gettext_lazy("Merge")

    def apply(self) -> None:
        merging.merge(self.ticket, into=self.cleaned_data["number"], by=self.by)


class SnoozeForm(FactForm):
    title = gettext_lazy("Snooze")
    verb = gettext_lazy("Snooze")
    until = forms.DateTimeField(
        label=gettext_lazy("Out of the lists until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=gettext_lazy("It comes back then, or as soon as somebody writes."),
    )  # fmt: skip

    def apply(self) -> None:
        self.ticket.snooze(self.cleaned_data["until"], by=self.by)
