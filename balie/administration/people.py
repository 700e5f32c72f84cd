"""Employees and their roles."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.administration.reader import reader_of
from balie.people.audience import for_area
from balie.people.models import Area, Person
from balie.people.paging import page_of
from balie.people.rights import Rights
from balie.platform import cursors


@for_area(Area.PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """`?q=` is a part of a name or address."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:120]
    found = Person.objects.employees()
    if q:
        found = found.filter(Q(name__icontains=q) | Q(email__icontains=q))
    try:
        rows, following = page_of(found.prefetch_related("role_assignments__role"), request.GET.get("cursor", ""))
    except cursors.BadCursor:
        raise Http404 from None
    may_open_roles = Rights.of(reader_of(request)).may_open(Area.ROLES)
    context = {"people": rows, "q": q, "next": following, "may_open_roles": may_open_roles}
    return render(request, "administration/people.html", context)
