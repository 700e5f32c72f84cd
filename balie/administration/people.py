"""Employees and their roles."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.administration.reader import A_PAGE, cursor_of, reader_of, split
from balie.people import roles
from balie.people.audience import Audience, for_
from balie.people.models import Person

_LIST = "settings of people"


@for_(Audience.ADMINISTRATORS)
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
    rows, following = split(list(found.order_by("pk")[: A_PAGE + 1]), name=_LIST)
    context = {"people": rows, "q": q, "next": following, "roles": Person.Role.choices}
    return render(request, "administration/people.html", context)


@for_(Audience.ADMINISTRATORS)
@require_POST
def role(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.employees(), pk=pk)
    wanted = request.POST.get("role", "")
    if wanted not in Person.Role.values:
        messages.error(request, _("Choose a role."))
        return redirect("administration:people")
    try:
        roles.give_role(person, Person.Role(wanted), by=reader_of(request))
    except roles.RoleRefused as refused:
        messages.error(request, str(refused))
    else:
        said = _("%(name)s is now: %(role)s.") % {"name": person.name, "role": person.get_role_display()}
        messages.success(request, said)
    return redirect("administration:people")
