"""Employees and their roles."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.administration.reader import A_PAGE, cursor_of, reader_of, split
from balie.people.audience import for_area
from balie.people.models import Area, Person
from balie.people.rights import Rights

_LIST = "settings of people"


@for_area(Area.PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """`?q=` is a part of a name or address."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:120]
    found = Person.objects.employees()
    if q:
        found = found.filter(Q(name__icontains=q) | Q(email__icontains=q))
    last = cursor_of(request, name=_LIST)
    if last is not None:
        found = found.filter(pk__gt=last)
    found = found.prefetch_related("role_assignments__role").order_by("pk")
    rows, following = split(list(found[: A_PAGE + 1]), name=_LIST)
    may_open_roles = Rights.of(reader_of(request)).may_open(Area.ROLES)
    context = {"people": rows, "q": q, "next": following, "may_open_roles": may_open_roles}
    return render(request, "administration/people.html", context)
