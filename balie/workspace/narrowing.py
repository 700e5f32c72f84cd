"""What a list is narrowed to: the form that asks, and the words that stand above the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balie.people.models import Person
from balie.platform.alphabet import placed
from balie.sla.deadlines import State
from balie.teams.models import Category
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.workspace.filters import LONGEST_QUERY, Due, Filters, Order, View
from balie.workspace.places import Places

_VIEWS = [
    (View.ALL.value, gettext_lazy("All requests")),
    (View.UNASSIGNED.value, gettext_lazy("Unassigned")),
    (View.MINE.value, gettext_lazy("Assigned to me")),
    (View.FOLLOWED.value, gettext_lazy("Followed")),
    (View.SNOOZED.value, gettext_lazy("Snoozed")),
]
_DUES = [
    (Due.LATE.value, gettext_lazy("Late")),
    (Due.TODAY.value, gettext_lazy("Today")),
    (Due.WEEK.value, gettext_lazy("Within a week")),
    (Due.NEVER.value, gettext_lazy("No due date")),
]
_PROMISES = [
    (State.BREACHED.value, gettext_lazy("Missed")),
    (State.RUNNING.value, gettext_lazy("Running")),
    (State.PAUSED.value, gettext_lazy("Paused")),
    (State.MET.value, gettext_lazy("Kept")),
]
_ORDERS = [
    (Order.WORD.value, gettext_lazy("Last word")),
    (Order.DUE.value, gettext_lazy("Due date")),
    (Order.AGE.value, gettext_lazy("Age")),
    (Order.PRIORITY.value, gettext_lazy("Priority")),
]


class NarrowingForm(forms.Form):
    """Every filter there is, and the order."""

    view = forms.ChoiceField(label=gettext_lazy("Whose"), choices=_VIEWS)
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), required=False, coerce=int, empty_value=None)
    group = forms.ChoiceField(
        label=gettext_lazy("Status group"), required=False, choices=[("", gettext_lazy("Open")), *Group.choices]
    )
    status = forms.ModelChoiceField(
        Status.objects.active(), label=gettext_lazy("Status"), required=False,
        empty_label=gettext_lazy("Any"),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("Any")
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), required=False, coerce=int, empty_value=None,
        choices=[("", gettext_lazy("Any")), *Ticket.Priority.choices],
    )  # fmt: skip
    requester = forms.CharField(
        label=gettext_lazy("Requester"), required=False, max_length=320, help_text=gettext_lazy("Work address or full name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )  # fmt: skip
    due = forms.ChoiceField(
        label=gettext_lazy("Due"), required=False, choices=[("", gettext_lazy("Any")), *_DUES]
    )  # fmt: skip
    sla = forms.ChoiceField(
        label=gettext_lazy("SLA"), required=False, choices=[("", gettext_lazy("Any")), *_PROMISES]
    )  # fmt: skip
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=LONGEST_QUERY)
    order = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=_ORDERS)

    def __init__(self, *args: Any, filters: Filters, order: str, places: Places, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        fields: dict[str, Any] = self.fields
        fields["team"].choices = [("", _("All teams")), *((team.pk, team.name) for team in places.teams)]
        fields["status"].queryset = (
            Status.objects.active().filter(Q(teams__isnull=True) | Q(teams__in=places.ids())).distinct()
        )  # fmt: skip
        fields["category"].queryset = (
            Category.objects.filter(team__in=places.ids(), archived_at__isnull=True)
            .select_related("team")
            .order_by(placed("team__name"), "team", "position", placed())
        )
        fields["category"].label_from_instance = lambda category: f"{category.team.name} · {category.name}"
        for name, value in filters.written().items():
            fields[name].initial = value
        if filters.requester:
            person = known_requester(filters.requester, by=by)
            fields["requester"].initial = (person.email or person.name) if person else ""
        fields["order"].initial = order

    def clean_requester(self) -> Person | None:
        asked = self.cleaned_data["requester"].strip()
        if not asked:
            return None
        meant: Person | None = Person.objects.known_by("email", asked.lower())
        named = [meant] if meant else list(Person.objects.filter(name__iexact=asked)[:5])
        found = [person for person in named if is_known(person, by=self.by)]
        if len(found) > 1:
            raise forms.ValidationError(_("Several people have that name; give the address."))
        if not found:
            raise forms.ValidationError(_("Nobody is known by that address or name."))
        return found[0]

    def written(self) -> dict[str, Any]:
        """As an address says it."""
        chosen = {name: value.pk if hasattr(value, "pk") else value for name, value in self.cleaned_data.items()}
        if isinstance(category := self.cleaned_data.get("category"), Category):
            chosen["team"] = category.team_id
        return {name: value for name, value in chosen.items() if value}

    def filters(self) -> Filters:
        return Filters.read(self.written())


def is_known(person: Person, *, by: Person) -> bool:
    """Colleagues are known to all experts; somebody from outside to those who work on a request of theirs."""
    return not person.is_external or Ticket.objects.worked_on_by(by).filter(requester=person).exists()


def known_requester(pk: int, *, by: Person) -> Person | None:
    person: Person | None = Person.objects.filter(pk=pk).first()
    return person if person is not None and is_known(person, by=by) else None


def words_of(filters: Filters, places: Places, *, by: Person) -> list[tuple[str, str]]:
    """Each filter that narrows the list, in words; its name is first, for whoever takes it away. Asks for what has a name."""
    words: list[tuple[str, str]] = []
    for name in filters.narrowing:
        value = getattr(filters, name)
        match name:
            case "status":
                status = Status.objects.filter(pk=value).first()
                said = status.name if status else ""
            case "category":
                category = Category.objects.filter(pk=value, team__in=places.ids()).first()
                said = category.name if category else ""
            case "requester":
                person = known_requester(value, by=by)
                said = person.name if person else ""
            case "priority":
                said = str(Ticket.Priority(value).label)
            case "due":
                said = str(dict(_DUES)[value])
            case "sla":
                said = f"SLA: {dict(_PROMISES)[value]}"
            case _:
                said = f"“{value}”"
        words.append((name, said or "?"))
    if filters.team is not None and filters.view != View.ALL:
        words.insert(0, ("team", next((team.name for team in places.teams if team.pk == filters.team), "?")))
    return words
