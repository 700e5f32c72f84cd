"""One section of a profile as a form: saved at once by whoever may edit it, proposed by whoever may propose."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from balie.directory.proposed import say_how_many_are_proposed
from balie.directory.reader import opened, reader_of
from balie.people import changing_attributes, proposing
from balie.people.audience import Audience, for_
from balie.people.changing_attributes import ValuesRefused
from balie.people.known import Known
from balie.people.models import Attribute, AttributeChange, Person, Section
from balie.people.rights import Rights
from balie.people.value_fields import ValuesForm


@for_(Audience.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    reader, person = reader_of(request), opened(request, pk)
    found = get_object_or_404(Section.objects.in_use(), key=key)
    attributes = list(Attribute.objects.in_use().filter(section=found).prefetch_related("choices"))
    access = Rights.of(reader).to(person)
    if not attributes or not access.may_propose(attributes[0]):
        raise Http404
    may_edit = access.may_edit(attributes[0])
    form = ValuesForm(
        request.POST if request.method == "POST" else None, person=person, attributes=attributes, known=Known([person])
    )
    if request.method == "POST" and form.is_valid():
        try:
            _taken(request, form, person, may_edit=may_edit)
        except ValuesRefused as refused:
            form.refuse(refused)
        else:
            return redirect("directory:profile", pk)
    context = {"person": person, "heading": found, "form": form, "may_edit": may_edit, "here": "people"}
    return render(request, "directory/changing.html", context, status=422 if form.errors else 200)


def _taken(request: HttpRequest, form: ValuesForm, person: Person, *, may_edit: bool) -> None:
    reader = reader_of(request)
    if may_edit:
        changing_attributes.change(person, form.wanted(), by=reader, way=AttributeChange.Way.PROFILE)
        messages.success(request, _("Saved."))
        return
    say_how_many_are_proposed(request, len(proposing.propose(person, form.wanted(), by=reader)))
