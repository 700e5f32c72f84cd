"""The forms of a request's facts: each checks what was chosen and calls one verb."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db import models, transaction
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from balie.people.models import Person
from balie.platform import clock
from balie.platform.alphabet import placed
from balie.teams.models import Category, Team
from balie.tickets import merging, moving
from balie.tickets.linking import link
from balie.tickets.models import Project, Status, Ticket
from balie.workspace.task_forms import workers_of


class FactForm(forms.Form):
    """Made for one request and the person who works on it.

    A form that has a `fact`, a field of the request and of the form, carries the value that it was made with: whoever changes
    what somebody else has changed meanwhile is told so, and decides once more.
    """

    title: ClassVar[Promise | str] = ""
    verb: ClassVar[Promise | str] = gettext_lazy("Save")
    fact: ClassVar[str] = ""
    # Which side of the panel shows what was changed.
    tab: ClassVar[str] = "info"

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ticket: Ticket, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.ticket, self.by = ticket, by
        if self.fact:
            self.fields["was"].initial = _plain(getattr(ticket, self.fact))
        else:
            del self.fields["was"]
        self.prepare()

    def prepare(self) -> None:
        """Fill in what may be chosen, and what is chosen now."""

    def apply(self) -> None:
        """Call the verb."""

    def done(self) -> str:
        """What is said when it is done."""
        return _("Saved: %(title)s.") % {"title": self.title}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if self.fact and "was" in self.data:
            now, wanted = _plain(getattr(self.ticket, self.fact)), _plain(given.get(self.fact))
            if self.data["was"] not in (now, wanted) and now != wanted and not self.errors:
                # The next time it is sent, that was known.
                self.data = {**dict(self.data.items()), "was": now}
                raise forms.ValidationError(
                    _("Somebody has changed it meanwhile, to: %(value)s. Save again if yours is to stay.")
                    % {"value": self.words_of(getattr(self.ticket, self.fact))}
                )
        return given

    def words_of(self, value: Any) -> str:
        """How the value is called on the page."""
        return _("nothing") if value is None else str(value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(value.pk if isinstance(value, models.Model) else value)


class ChoiceForm(FactForm):
    """Chosen from a short list that stands open: by arrows and Enter, or by one click."""

    def show_list(self) -> None:
        """As many rows as there are, up to eight."""
        field: Any = self.fields[self.fact]
        field.widget.attrs["size"] = max(2, min(len(list(field.choices)), 8))


class SubjectForm(FactForm):
    title = gettext_lazy("Subject")
    fact = "subject"
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=255, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def prepare(self) -> None:
        self.fields["subject"].initial = self.ticket.subject

    def apply(self) -> None:
        self.ticket.rename(self.cleaned_data["subject"], by=self.by)


class StatusForm(ChoiceForm):
    fact = "status"
    title = gettext_lazy("Status")
    status = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("Status"), empty_label=None
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["status"].queryset = Status.objects.used_in(self.ticket.team_id)  # type: ignore[attr-defined]
        self.fields["status"].initial = self.ticket.status_id
        self.show_list()

    def apply(self) -> None:
        self.ticket.take_status(self.cleaned_data["status"], by=self.by)


class AssigneeForm(ChoiceForm):
    fact = "assignee"
    title = gettext_lazy("Assignee")
    assignee = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Assignee"), required=False, empty_label=gettext_lazy("Nobody")
    )

    def prepare(self) -> None:
        field = self.fields["assignee"]
        field.queryset = workers_of(self.ticket, by=self.by)  # type: ignore[attr-defined]
        field.initial = self.ticket.assignee_id
        self.show_list()

    def apply(self) -> None:
        self.ticket.assign(self.cleaned_data["assignee"], by=self.by)


class TeamForm(ChoiceForm):
    fact = "team"
    title = gettext_lazy("Team")
    verb = gettext_lazy("Move")
    team = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("Team"), empty_label=None,
        help_text=gettext_lazy("It arrives there unassigned. If you do not work in that team, you will not see it any more."),
    )  # fmt: skip

    def prepare(self) -> None:
        field = self.fields["team"]
        field.queryset = Team.objects.active().order_by(placed(), "pk")  # type: ignore[attr-defined]
        field.initial = self.ticket.team_id
        self.show_list()

    def apply(self) -> None:
        moving.move(self.ticket, to=self.cleaned_data["team"], by=self.by)


class CategoryForm(ChoiceForm):
    fact = "category"
    title = gettext_lazy("Category")
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("None")
    )

    def prepare(self) -> None:
        field = self.fields["category"]
        field.queryset = Category.objects.filter(team=self.ticket.team_id, archived_at__isnull=True)  # type: ignore[attr-defined]
        field.initial = self.ticket.category_id
        self.show_list()

    def apply(self) -> None:
        self.ticket.categorise(self.cleaned_data["category"], by=self.by)


class PriorityForm(ChoiceForm):
    fact = "priority"
    title = gettext_lazy("Priority")
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), choices=Ticket.Priority.choices, coerce=int)

    def prepare(self) -> None:
        self.fields["priority"].initial = self.ticket.priority
        self.show_list()

    def words_of(self, value: Any) -> str:
        return str(Ticket.Priority(value).label)

    def apply(self) -> None:
        self.ticket.prioritise(self.cleaned_data["priority"], by=self.by)


class DueForm(FactForm):
    fact = "due_on"
    title = gettext_lazy("Due date")
    due_on = forms.DateField(
        label=gettext_lazy("Due date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def prepare(self) -> None:
        self.fields["due_on"].initial = self.ticket.due_on

    def words_of(self, value: Any) -> str:
        return _("none") if value is None else formats.date_format(value, "SHORT_DATE_FORMAT")

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
            raise forms.ValidationError(_("Nobody has that address or name."))
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
    title = gettext_lazy("Link with another request")
    verb = pgettext_lazy("what one does with two requests", "Link")

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

    def suggestions(self) -> list[tuple[str, str]]:
        """The times that people mean most often: a value, and what it is called."""
        now = timezone.localtime(clock.now())
        morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
        later, tomorrow = now.replace(minute=0) + timedelta(hours=3), morning + timedelta(days=1)
        monday = morning + timedelta(days=7 - now.weekday())
        named = [(_("In 3 hours"), later), (_("Tomorrow morning"), tomorrow), (_("Monday morning"), monday)]
        if monday == tomorrow:
            named.pop()
        return [
            (moment.strftime("%Y-%m-%dT%H:%M"), f"{name}, {formats.date_format(moment, 'SHORT_DATETIME_FORMAT')}")
            for name, moment in named
        ]


class ProjectForm(FactForm):
    """Into a project that the person sees, or into a new one."""

    title = gettext_lazy("Add to a project")
    verb = gettext_lazy("Add")
    project = forms.ModelChoiceField(
        Project.objects.none(), label=gettext_lazy("Project"), required=False, empty_label=gettext_lazy("A new one")
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the new project"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        help_text=gettext_lazy("Everybody who works on one of its requests reads the project's name."),
    )  # fmt: skip

    def prepare(self) -> None:
        field: Any = self.fields["project"]
        field.queryset = (
            Project.objects.seen_by(self.by).current().exclude(inclusions__ticket=self.ticket).order_by(placed(), "pk")
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("project") is None and not given.get("name", "").strip():
            raise forms.ValidationError(_("Choose a project, or name a new one."))
        return given

    def apply(self) -> None:
        with transaction.atomic():
            project = self.cleaned_data["project"] or Project.begin(self.cleaned_data["name"], by=self.by)
            project.include(self.ticket, by=self.by)
