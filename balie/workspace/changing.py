"""Changes a request: one page and one piece of the sidebar for every fact, and the verbs that need no form."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from balie.organisation.plan import Feature, part_of
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.tickets import deleting, disclosing
from balie.tickets.linking import unlink
from balie.tickets.models import Project, Ticket
from balie.tickets.refusals import Refused
from balie.workspace.facts import FactForm, ProjectForm
from balie.workspace.places import places_of
from balie.workspace.reader import expert_of, opened
from balie.workspace.requests import shown


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def fact(request: HttpRequest, number: int, form: type[FactForm]) -> HttpResponse:
    """GET asks, POST changes. While it is checked and changed nobody else changes it."""
    ticket, person = opened(request, number), expert_of(request)
    if request.method == "POST":
        with transaction.atomic():
            list(Ticket.objects.select_for_update().filter(pk=number).order_by().values_list("pk"))
            ticket = opened(request, number)
            asked = form(request.POST, ticket=ticket, by=person)
            if asked.is_valid() and _applied(asked):
                return _after(request, ticket, said=asked.done())
    else:
        asked = form(ticket=ticket, by=person)
    is_piece = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "workspace/fact_form.html" if is_piece else "workspace/fact.html",
        {"ticket": ticket, "form": asked, "places": None if is_piece else places_of(person)},
        status=422 if asked.errors else 200,
    )


@require_POST
@for_(Audience.EXPERTS)
def resolution(request: HttpRequest, number: int) -> HttpResponse:
    return _do(request, number, lambda ticket, person: ticket.resolve(by=person))


@require_POST
@for_(Audience.EXPERTS)
def reopening(request: HttpRequest, number: int) -> HttpResponse:
    return _do(request, number, lambda ticket, person: ticket.reopen(by=person))


@require_POST
@for_(Audience.EXPERTS)
def waking(request: HttpRequest, number: int) -> HttpResponse:
    return _do(request, number, lambda ticket, person: ticket.wake(by=person))


@require_POST
@for_(Audience.EXPERTS)
def taking(request: HttpRequest, number: int) -> HttpResponse:
    """The person assigns it to themselves."""
    return _do(request, number, lambda ticket, person: ticket.assign(person, by=person))


@require_POST
@for_(Audience.EXPERTS)
def follower_removal(request: HttpRequest, number: int, follower: int) -> HttpResponse:
    removed = get_object_or_404(Person, followings__ticket=opened(request, number), pk=follower)
    return _do(request, number, lambda ticket, person: ticket.unfollow(removed, by=person))


@require_POST
@for_(Audience.EXPERTS)
def link_removal(request: HttpRequest, number: int, other: int) -> HttpResponse:
    linked = get_object_or_404(Ticket.objects.worked_on_by(expert_of(request)), pk=other)
    return _do(request, number, lambda ticket, person: unlink(ticket, linked, by=person))


@part_of(Feature.PROJECTS)
@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def joining(request: HttpRequest, number: int) -> HttpResponse:
    """Into which project the request goes."""
    return fact(request, number, ProjectForm)


@part_of(Feature.PROJECTS)
@require_POST
@for_(Audience.EXPERTS)
def project_removal(request: HttpRequest, number: int, project: int) -> HttpResponse:
    left = get_object_or_404(Project.objects.seen_by(expert_of(request)), pk=project)
    return _do(request, number, lambda ticket, person: left.release(ticket, by=person))


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def deletion(request: HttpRequest, number: int) -> HttpResponse:
    ticket = opened(request, number)
    if request.method != "POST":
        return render(request, "workspace/deletion.html", {"ticket": ticket, "places": places_of(expert_of(request))})
    return _do(request, number, lambda ticket, person: deleting.delete(ticket, by=person))


@require_POST
@for_(Audience.EXPERTS)
def restoration(request: HttpRequest, number: int) -> HttpResponse:
    person = expert_of(request)
    ticket = get_object_or_404(deleting.restorable_by(person), pk=number)
    try:
        deleting.restore(ticket, by=person)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("workspace:request", number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.ADMINISTRATORS)
def disclosure(request: HttpRequest, number: int) -> HttpResponse:
    """An administrator opens a private team's request, with a reason that the team reads. Says nothing of what there is."""
    error = ""
    if request.method == "POST":
        try:
            disclosing.disclose(number, by=expert_of(request), reason=request.POST.get("reason", ""))
        except Refused as refused:
            error = str(refused)
        else:
            return redirect("workspace:request", number)
    context = {"number": number, "error": error, "places": places_of(expert_of(request))}
    return render(request, "workspace/disclosure.html", context, status=422 if error else 200)


def _applied(asked: FactForm) -> bool:
    try:
        asked.apply()
    except Refused as refused:
        asked.add_error(None, str(refused))
        return False
    return True


def _do(request: HttpRequest, number: int, verb: Callable[[Ticket, Person], None]) -> HttpResponse:
    ticket = opened(request, number)
    try:
        verb(ticket, expert_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    return _after(request, ticket)


def _after(request: HttpRequest, ticket: Ticket, *, said: str = "") -> HttpResponse:
    """Back to the request; or to the inbox, when it is no longer there for this person."""
    left = Ticket.objects.worked_on_by(expert_of(request)).filter(pk=ticket.pk).first()
    if left is None:
        messages.success(request, _("Request #%(number)s has left your inbox.") % {"number": ticket.pk})
        return _to(request, reverse("workspace:inbox"))
    if left.merged_into_id is not None:
        return _to(request, reverse("workspace:request", args=[left.merged_into_id]))
    if request.headers.get("HX-Request"):
        return shown(request, opened(request, ticket.pk), parts=("panel", "timeline"), said=said)
    return redirect("workspace:request", ticket.pk)


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
