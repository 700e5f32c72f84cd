"""Name, status, supervisor and addresses as a form: each saved by whoever may edit it, proposed by whoever may propose."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from balie.directory.proposed import say_how_many_are_proposed
from balie.directory.reader import opened, reader_of
from balie.people import changing_basics, proposing
from balie.people.audience import Audience, for_
from balie.people.basics import LABELS, Basic
from balie.people.changing_attributes import ValuesRefused
from balie.people.known import Known
from balie.people.models import AttributeChange, Level, Person
from balie.people.rights import Access, Rights
from balie.people.value_fields import person_meant, person_written

_LONGEST_NAME: Final = 120


class BasicsForm(forms.Form):
    """Has a field for each fact that the reader may edit or propose; its clean values are what `changing_basics.change` takes."""

    name = forms.CharField(label=LABELS[Basic.NAME], max_length=_LONGEST_NAME, widget=forms.TextInput({"dir": "auto"}))
    status = forms.ChoiceField(
        label=LABELS[Basic.STATUS], choices=Person.Status.choices,
        help_text=gettext_lazy("Whoever is inactive cannot sign in. Nothing of theirs is deleted."),
    )  # fmt: skip
    supervisor = forms.CharField(
        label=LABELS[Basic.SUPERVISOR], required=False, help_text=gettext_lazy("Type a name, or a work address."),
        widget=forms.TextInput({"autocomplete": "off", "maxlength": 400, "dir": "auto"}),
    )  # fmt: skip
    email = forms.CharField(
        label=LABELS[Basic.EMAIL], required=False, widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=gettext_lazy("Signs in with it. The former address stays as one of the other addresses."),
    )  # fmt: skip
    other_addresses = forms.CharField(
        label=LABELS[Basic.OTHER_ADDRESSES], required=False, widget=forms.Textarea({"rows": 3, "autocomplete": "off"}),
        help_text=gettext_lazy("One in each line. Mail from these addresses is theirs too."),
    )  # fmt: skip

    def __init__(self, sent: QueryDict | None = None, *, person: Person, access: Access) -> None:
        now = changing_basics.basics_of(person)
        super().__init__(sent, initial={
            **{basic.value: value for basic, value in now.items()},
            "supervisor": person_written(person.supervisor) if person.supervisor else "",
            "other_addresses": "\n".join(now[Basic.OTHER_ADDRESSES]),
        })  # fmt: skip
        self._known = Known([person])
        self.fields["supervisor"].widget.attrs["data-people"] = reverse("people_names")
        for basic in Basic:
            level = access.level_of(basic)
            if level < Level.PROPOSE:
                del self.fields[basic]

    def clean_supervisor(self) -> int | None:
        written = self.cleaned_data["supervisor"]
        return person_meant(written, known=self._known) if written else None

    def clean_other_addresses(self) -> list[str]:
        return [one for one in self.cleaned_data["other_addresses"].replace(",", " ").replace(";", " ").split() if one]

    def wanted(self, access: Access, level: Level) -> dict[Basic, Any]:
        """Of the facts that the reader's rights reach exactly so far."""
        given = self.cleaned_data
        return {basic: given[basic] for basic in Basic if basic in given and access.level_of(basic) == level}

    def refuse(self, refused: ValuesRefused) -> None:
        for field, why in refused.faults.items():
            self.add_error(field if field in self.fields else None, why)


@for_(Audience.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def basics(request: HttpRequest, pk: int) -> HttpResponse:
    reader, person = reader_of(request), opened(request, pk)
    access = Rights.of(reader).to(person)
    levels = {access.level_of(basic) for basic in Basic}
    if max(levels) < Level.PROPOSE:
        raise Http404
    form = BasicsForm(request.POST if request.method == "POST" else None, person=person, access=access)
    if request.method == "POST" and form.is_valid():
        try:
            _taken(request, form, person, access)
        except ValuesRefused as refused:
            form.refuse(refused)
        else:
            return redirect("directory:profile", pk)
    context = {
        "person": person, "form": form, "heading": _("Basic details"), "may_edit": Level.EDIT in levels, "here": "people",
        "proposed_only": [LABELS[basic] for basic in Basic if access.level_of(basic) == Level.PROPOSE],
    }  # fmt: skip
    return render(request, "directory/changing.html", context, status=422 if form.errors else 200)


def _taken(request: HttpRequest, form: BasicsForm, person: Person, access: Access) -> None:
    """What may be edited is saved, the rest proposed; both or nothing."""
    reader = reader_of(request)
    edited, proposed = form.wanted(access, Level.EDIT), form.wanted(access, Level.PROPOSE)
    with transaction.atomic():
        if edited:
            changing_basics.change(person, edited, by=reader, way=AttributeChange.Way.PROFILE)
        count = len(proposing.propose_basics(person, proposed, by=reader)) if proposed else 0
    if edited:
        messages.success(request, _("Saved."))
    if count or not edited:
        say_how_many_are_proposed(request, count)
