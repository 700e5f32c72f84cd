"""Offering people by name while somebody types, for fields that hold a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.people.rights import Rights
from balie.people.value_fields import people_offered, person_written
from balie.platform.characters import clean_name


@for_(Audience.PEOPLE)
@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """`?q=ada`: options of a list, as `people/value_fields.py` understands them again; of those whom the reader may know."""
    reader = request.user
    assert isinstance(reader, Person)
    found = people_offered(clean_name(request.GET.get("q", "")))
    if not reader.is_expert:
        seen = Rights.of(reader).people().filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
        known = set(seen)
        found = [one for one in found if one.pk in known]
    return render(request, "people/names.html", {"offered": [person_written(one) for one in found]})
