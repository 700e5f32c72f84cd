"""Fields of a form for the values of attributes: one for each type, in the reader's language, and all of them as a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.http import QueryDict
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from balie.people.changing_attributes import ValuesRefused
from balie.people.known import Known
from balie.people.models import Attribute, Person
from balie.people.naming import people_called
from balie.people.notation import Notation
from balie.people.values import LONGEST_LINE, LONGEST_TEXT, Unfit, understood
from balie.platform.alphabet import placed

_T = Attribute.Type
_PREFIX: Final = "attribute-"
_YES, _NO = "yes", "no"
_NAME_AND_ADDRESS: Final = re.compile(r".*<([^<>\s]+@[^<>\s]+)>\s*")
_MOST_NAMESAKES: Final = 8


class ValueField(forms.Field):
    """Takes what somebody writes or chooses for an attribute; its clean value is one of `people/values.py`, None for nothing."""

    def __init__(self, attribute: Attribute, *, known: Known, value: object = None) -> None:
        self.attribute, self.known = attribute, known
        super().__init__(
            label=str(attribute), required=attribute.is_required, widget=_widget(attribute, known, value),
            initial=written(attribute, value, known=known), help_text=_help(attribute),
        )  # fmt: skip

    def to_python(self, value: Any) -> Any:
        text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
        if self.attribute.type == _T.PERSON and text.strip():
            return person_meant(text, known=self.known)
        try:
            return understood(self.attribute, text, known=self.known, notation=Notation.of_reader())
        except Unfit as unfit:
            raise ValidationError(str(unfit)) from None


class ValuesForm(forms.Form):
    """The values of one person. `wanted` is for `changing_attributes.change`, whose refusals `refuse` shows at their fields."""

    # Which attributes the page showed: what was added since has no field there, and is not emptied by that.
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        sent: QueryDict | None = None,
        *,
        person: Person | None = None,
        attributes: Iterable[Attribute],
        known: Known | None = None,
    ) -> None:
        super().__init__(sent)
        self._sent = sent or QueryDict()
        self._attributes = {f"{_PREFIX}{attribute.pk}": attribute for attribute in attributes}
        self.initial["shown"] = " ".join(self._attributes)
        known = known or Known()
        values: Mapping[str, object] = person.attributes if person else {}
        if person:
            known.read_people([person], attributes=self._attributes.values())
        for name, attribute in self._attributes.items():
            self.fields[name] = ValueField(attribute, known=known, value=values.get(attribute.key))

    def clean(self) -> dict[str, Any]:
        """What was written for an attribute that is no more is said back, so that it is not lost."""
        gone = [name for name in self._sent if name.startswith(_PREFIX) and name not in self._attributes]
        numbers = [
            int(number) for name in gone if (number := name.removeprefix(_PREFIX)).isdecimal() and len(number) < 19
        ]
        for attribute in Attribute.objects.filter(pk__in=numbers):
            said = ", ".join(filter(None, self._sent.getlist(f"{_PREFIX}{attribute.pk}")))
            if said:
                self.add_error(None, _("“%(label)s” has been removed meanwhile. You had written: %(value)s")
                    % {"label": attribute, "value": said[:LONGEST_LINE]})  # fmt: skip
        return super().clean() or self.cleaned_data

    def wanted(self) -> dict[Attribute, object]:
        """By attribute, those that the page showed; None for an empty field."""
        shown = set(self.cleaned_data.get("shown", "").split()) or self._attributes.keys()
        return {attribute: self.cleaned_data.get(name) for name, attribute in self._attributes.items() if name in shown}

    def refuse(self, refused: ValuesRefused) -> None:
        """Say at each field, or above them all, why the verb did not take its value."""
        names = {attribute.key: name for name, attribute in self._attributes.items()}
        for key, why in refused.faults.items():
            self.add_error(names.get(key), why)


def written(attribute: Attribute, value: object, *, known: Known) -> Any:
    """What a form's field holds for this value."""
    if value is None:
        return [] if attribute.type == _T.CHOICES else ""
    if attribute.type in (_T.NUMBER, _T.DECIMAL) and (found := Notation().decimal(str(value))) is not None:
        return formats.number_format(found, use_l10n=True)
    if attribute.type == _T.YES_NO and isinstance(value, bool):
        return _YES if value else _NO
    if attribute.type == _T.CHOICES:
        return value if isinstance(value, list) else [str(value)]
    if attribute.type == _T.PERSON and isinstance(value, int):
        found_person = known.person(value)
        return person_written(found_person) if found_person else ""
    return str(value)


def person_written(person: Person) -> str:
    """As the picker of people offers them and understands them again."""
    return f"{person.name} <{person.email}>" if person.email else str(person.pk)


def people_offered(typed: str, *, most: int = 12) -> list[Person]:
    """Employees whose names begin so or nearly so, those who have left last."""
    if not typed.strip():
        return []
    found = Person.objects.employees().filter(pk__in=people_called(typed, most=most * 2))
    has_left = Case(When(status=Person.Status.INACTIVE, then=1), default=0)
    return list(found.order_by(has_left, placed(), "pk")[:most])


def person_meant(text: str, *, known: Known) -> int:
    """The id of whom "Ada Vermeer <ada@…>", an address or a name names, when exactly one is called so."""
    text = " ".join(text.split())
    address = found[1] if (found := _NAME_AND_ADDRESS.fullmatch(text)) else text
    if "@" in address:
        person = known.person_called(address)
        if person is None:
            raise ValidationError(_("“%(written)s” is not the address of anybody here.") % {"written": address[:80]})
        return person.pk
    called = people_offered(text, most=_MOST_NAMESAKES)
    exact = [one for one in called if one.name.casefold() == text.casefold()] or called
    if len(exact) == 1:
        return exact[0].pk
    if not exact:
        raise ValidationError(_("Nobody here is called “%(written)s”.") % {"written": text[:80]})
    listed = ", ".join(one.email or one.name for one in exact)
    raise ValidationError(
        _("Several people may be meant; write one of these addresses: %(addresses)s.") % {"addresses": listed}
    )


def _help(attribute: Attribute) -> str:
    if attribute.type == _T.PERSON:
        return _("Type a name, or a work address.")
    return _("It begins with https://.") if attribute.type == _T.LINK else ""


def _widget(attribute: Attribute, known: Known, value: object) -> forms.Widget:
    if attribute.type == _T.LONG_TEXT:
        return forms.Textarea({"rows": 4, "maxlength": LONGEST_TEXT, "dir": "auto"})
    if attribute.type == _T.DATE:
        return forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    if attribute.type == _T.YES_NO:
        return forms.Select(choices=[("", "—"), (_YES, _("yes")), (_NO, _("no"))])
    if attribute.has_choices:
        chosen = {str(key) for key in value} if isinstance(value, list) else {str(value)}
        offered = [
            (choice.key, str(choice))
            for choice in known.choices(attribute).values()
            # An archived choice stays where it was chosen.
            if not choice.archived_at or choice.key in chosen
        ]
        if attribute.type == _T.CHOICES:
            return forms.CheckboxSelectMultiple(choices=offered)
        return forms.Select(choices=[("", "—"), *offered])
    if attribute.type == _T.PERSON:
        return forms.TextInput(
            {"autocomplete": "off", "data-people": reverse("people_names"), "maxlength": 400, "dir": "auto"}
        )
    modes = {_T.NUMBER: "numeric", _T.DECIMAL: "decimal", _T.LINK: "url"}
    more = {"inputmode": modes[_T(attribute.type)]} if attribute.type in modes else {"dir": "auto"}
    return forms.TextInput({"maxlength": LONGEST_LINE, **more})
