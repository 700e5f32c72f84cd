"""The first click on Conversations in the main navigation."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from balie.administration import activating
from balie.administration.reader import reader_of
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform.alphabet import alphabetical
from balie.teams.models import Team


@for_(Audience.EXPERTS)
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """GET says how things stand and changes nothing; an administrator's POST sets Conversations up."""
    person = reader_of(request)
    plan = Organisation.current().plan
    if not plan.includes(Feature.CONVERSATIONS):
        raise Http404
    if request.method != "POST":
        if plan.is_activated:
            return redirect("workspace:inbox")
        named = Person.objects.able_to_sign_in().filter(role=Person.Role.ADMINISTRATOR)
        administrators = alphabetical(named, by=lambda one: one.name)[:5]
        return render(request, "administration/activation.html", {"administrators": administrators})
    if not person.is_administrator:
        raise Http404
    try:
        taken_over = activating.activate(by=person)
    except activating.NotInThePlan:
        raise Http404 from None
    if taken_over.is_first:
        messages.success(request, _said(taken_over))
    return redirect("workspace:inbox" if Team.objects.exists() else "administration:teams")


def _said(taken_over: activating.TakenOver) -> str:
    people = ngettext(
        "Conversations is ready. %(count)d employee can ask now; nobody was told.",
        "Conversations is ready. %(count)d employees can ask now; nobody was told.",
        taken_over.people,
    ) % {"count": taken_over.people}  # fmt: skip
    if not taken_over.inactive:
        return people
    inactive = ngettext(
        "%(count)d of them is inactive.", "%(count)d of them are inactive.", taken_over.inactive
    ) % {"count": taken_over.inactive}  # fmt: skip
    return f"{people} {inactive}"
