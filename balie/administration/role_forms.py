"""The matrix of a role's access rights as a form, which works without scripts: each cell is a field of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balie.people.known import Known
from balie.people.models import Area, Attribute, Identity, Level, Person, Role, Scope, Section
from balie.people.models.right import ONLY_VIEWED
from balie.people.naming import people_called
from balie.people.notation import Notation
from balie.people.rights import as_written
from balie.people.roles import Outline
from balie.people.values import Unfit, shown, understood
from balie.platform.alphabet import placed


@dataclass(frozen=True)
class Row:
    """One line of the matrix: a section, with a field for each scope."""

    label: str
    cells: list[tuple[str, forms.BoundField]]


class RoleForm(forms.Form):
    """`opened` are attributes that wait for confirmation; `confirmed` the numbers of those that have it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    works_on_requests = forms.BooleanField(
        label=gettext_lazy("Conversations: work on requests as an expert"), required=False,
        help_text=gettext_lazy("Whoever has the role answers requests in the teams that they are a member of."),
    )  # fmt: skip
    group_attribute = forms.ModelChoiceField(
        label=gettext_lazy("Attribute of the group"), queryset=Attribute.objects.none(), required=False, empty_label="—",
        help_text=gettext_lazy("The group is everybody whose profile has this value."),
    )  # fmt: skip
    group_value = forms.CharField(label=gettext_lazy("Value of the group"), max_length=200, required=False)

    def __init__(self, sent: QueryDict | None, *, role: Role | None) -> None:
        before = Outline.of(role) if role else Outline(name="")
        initial: dict[str, Any] = {
            "name": before.name, "works_on_requests": before.works_on_requests,
            "group_attribute": before.group_attribute, "group_value": _for_reader(before.group_attribute, before.group_value),
        }  # fmt: skip
        super().__init__(sent, initial=initial)
        self.opened: list[Attribute] = []
        self._sections = list(Section.objects.in_use())
        self._areas = [] if role and role.is_everybodys else list(Area)
        attributes = Attribute.objects.in_use().exclude(type=Attribute.Type.LONG_TEXT).select_related("section")
        self.fields["group_attribute"].queryset = attributes  # type: ignore[attr-defined]  # of a ModelChoiceField
        if role and role.is_everybodys:
            del self.fields["works_on_requests"]
        levels = [("", "—"), *((str(level.value), level.label) for level in Level)]
        for section in self._sections:
            for scope in Scope:
                label = _("%(section)s, %(scope)s") % {"section": section, "scope": scope.label}
                self._add(_cell(section, scope), label, levels, before.profiles.get((section.pk, scope)))
        for area in self._areas:
            offered = [one for one in levels if one[0] != str(Level.PROPOSE.value)]
            if area in ONLY_VIEWED:
                offered = [one for one in offered if one[0] != str(Level.EDIT.value)]
            self._add(f"area-{area}", str(area.label), offered, before.areas.get(area))

    def clean(self) -> dict[str, Any]:
        """The value of the group, as profiles hold it."""
        sent: dict[str, Any] = super().clean() or self.cleaned_data
        attribute, typed = sent.get("group_attribute"), sent.get("group_value", "")
        if attribute and typed:
            try:
                value = understood(attribute, typed, known=Known(), notation=Notation.of_reader())
            except Unfit as unfit:
                self.add_error("group_value", str(unfit))
            else:
                sent["group_value"] = as_written(value[0] if isinstance(value, list) else value)
        return sent

    def _add(self, name: str, label: str, levels: list[tuple[str, Any]], level: Level | None) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=levels, required=False)
        self.initial[name] = str(level.value) if level else ""

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or self.opened)

    @property
    def confirmed(self) -> list[int]:
        """What the page asked for, once its own button says so: saving again below confirms nothing."""
        if not isinstance(self.data, QueryDict) or "confirms" not in self.data:
            return []
        sent = self.data.getlist("confirmed")
        return [int(one) for one in sent if one.isdigit() and len(one) < 19]

    @property
    def rows(self) -> list[Row]:
        return [
            Row(str(section), [(str(scope.label), self[_cell(section, scope)]) for scope in Scope])
            for section in self._sections
        ]

    @property
    def scopes(self) -> list[str]:
        return [str(scope.label) for scope in Scope]

    @property
    def areas(self) -> list[forms.BoundField]:
        return [self[f"area-{area}"] for area in self._areas]

    def outline(self) -> Outline:
        sent = self.cleaned_data
        cells = {(section.pk, scope): sent[_cell(section, scope)] for section in self._sections for scope in Scope}
        areas = {area: sent[f"area-{area}"] for area in self._areas}
        return Outline(
            name=sent["name"], works_on_requests=sent.get("works_on_requests", False),
            group_attribute=sent["group_attribute"], group_value=sent["group_value"].strip(),
            profiles={cell: Level(int(level)) for cell, level in cells.items() if level},
            areas={area: Level(int(level)) for area, level in areas.items() if level},
        )  # fmt: skip


class MemberForm(forms.Form):
    """Who, by address or name."""

    person = forms.CharField(label=gettext_lazy("Name or address"), max_length=320)

    def clean_person(self) -> Person:
        typed = self.cleaned_data["person"].strip()
        people = Person.objects.able_to_sign_in()
        if "@" in typed:
            known: Person | None = people.known_by(Identity.EMAIL, typed.lower())
            if known is None:
                raise forms.ValidationError(_("No employee has this address."))
            return known
        found = list(people.filter(pk__in=people_called(typed)).order_by(placed(), "pk"))
        exactly = [one for one in found if one.name.casefold() == typed.casefold()] or found
        if len(exactly) == 1:
            only: Person = exactly[0]
            return only
        if not exactly:
            raise forms.ValidationError(_("Nobody here is called so."))
        listed = ", ".join(one.email or one.name for one in exactly[:8])
        raise forms.ValidationError(
            _("Several people may be meant; write one of these addresses: %(addresses)s.") % {"addresses": listed}
        )


def _for_reader(attribute: Attribute | None, kept: str) -> str:
    """The value of a group as its field holds it: the field understands what it shows."""
    if attribute is None or not kept:
        return kept
    known = Known()
    match attribute.type:
        case Attribute.Type.PERSON:
            person = known.person(int(kept)) if kept.isdigit() else None
            return person.email or kept if person else ""
        case Attribute.Type.YES_NO:
            return shown(attribute, kept == "true", known=known)
        case Attribute.Type.DATE | Attribute.Type.TEXT | Attribute.Type.LINK:
            return kept
    return shown(attribute, kept, known=known)


def _cell(section: Section, scope: Scope) -> str:
    return f"section-{section.pk}-{scope}"
