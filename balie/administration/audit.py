"""The audit log, newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from balie.administration.reader import A_PAGE, cursor_of, split
from balie.people import auditing
from balie.people.audience import for_area
from balie.people.models import Area, AuditEntry
from balie.people.naming import people_called

_LIST = "audit log"


@for_area(Area.AUDIT)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """`?kind=` is what happened, `?q=` a name of whoever did it, or of whom it was done to."""
    kind, q = request.GET.get("kind", ""), request.GET.get("q", "").replace("\0", "").strip()[:120]
    found = AuditEntry.objects.select_related("by", "about")
    if kind in auditing.LABELS:
        found = found.filter(kind=kind)
    if q:
        people = people_called(q, most=100)
        found = found.filter(by__in=people) | found.filter(about__in=people)
    last = cursor_of(request, name=_LIST)
    if last is not None:
        found = found.filter(pk__lt=last)
    rows, following = split(list(found.order_by("-pk")[: A_PAGE + 1]), name=_LIST)
    entries = [(row, auditing.in_words(row), auditing.changes_in_words(row)) for row in rows]
    context = {"entries": entries, "kinds": auditing.LABELS.items(), "kind": kind, "q": q, "next": following}
    return render(request, "administration/audit.html", context)
