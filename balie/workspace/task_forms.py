"""The form of a task, new or there already."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.platform.alphabet import placed
from balie.tickets.models import Task, Ticket


class TaskForm(forms.Form):
    """What is to be done, by whom and by when. Those can be chosen who work on the request."""

    title = forms.CharField(
        label=_("What is to be done"),
        max_length=255,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    assignee = forms.ModelChoiceField(
        Person.objects.none(), label=_("Assignee"), required=False, empty_label=_("Nobody")
    )
    due_on = forms.DateField(
        label=_("Due date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, ticket: Ticket, by: Person, task: Task | None = None, **kwargs: Any) -> None:
        if task is not None:
            now = {"title": task.title, "assignee": task.assignee_id, "due_on": task.due_on}
            kwargs["initial"] = now | kwargs.get("initial", {})
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        fields: dict[str, Any] = self.fields
        fields["assignee"].queryset = workers_of(ticket, by=by)


def workers_of(ticket: Ticket, *, by: Person) -> Any:
    """The people of the team, and the administrator who asks; never whoever asked."""
    able = Person.objects.experts().filter(teams=ticket.team_id)
    if by.is_administrator:
        able |= Person.objects.experts().filter(pk=by.pk)
    # As in `bulk_forms.py`: nobody twice, without DISTINCT.
    return Person.objects.filter(pk__in=able.exclude(pk=ticket.requester_id).values("pk")).order_by(placed(), "pk")
