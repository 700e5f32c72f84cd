"""Offering people by name while somebody types, for fields that hold a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.people.audience import Audience, for_
from balie.people.value_fields import people_offered, person_written
from balie.platform.characters import clean_name


@for_(Audience.PEOPLE)
@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """`?q=ada`: options of a list, as `people/value_fields.py` understands them again."""
    offered = [person_written(person) for person in people_offered(clean_name(request.GET.get("q", "")))]
    return render(request, "people/names.html", {"offered": offered})
