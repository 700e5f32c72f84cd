"""The page of one request, whole or one of its parts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from balie.people.audience import Audience, for_
from balie.people.disclosure import shown_to_experts
from balie.people.models import Person
from balie.tickets.deleting import restorable_by
from balie.tickets.models import Ticket
from balie.workspace.composing import ComposeForm
from balie.workspace.places import places_of
from balie.workspace.reader import expert_of, opened
from balie.workspace.timeline import timeline_of

PARTS = ("timeline", "panel")


@require_safe
@for_(Audience.EXPERTS)
def request(request: HttpRequest, number: int) -> HttpResponse:
    """`?images=ID` shows a message's remote pictures, `?whole` the oldest letters too, `?part=…` is for live pages."""
    try:
        ticket = opened(request, number)
    except Http404:
        return _gone(request, number)
    if ticket.merged_into_id is not None:
        return redirect("workspace:request", ticket.merged_into_id)
    if ticket.is_new:  # type: ignore[attr-defined]  # see `opened`
        ticket.see(by=expert_of(request))
    part = request.GET.get("part", "")
    return shown(request, ticket, parts=(part,) if part in PARTS else ())


def shown(
    request: HttpRequest,
    ticket: Ticket,
    *,
    parts: tuple[str, ...] = (),
    form: ComposeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; or only the named parts, each of which finds its own place."""
    images = int(asked) if (asked := request.GET.get("images", "")).isdigit() else None
    context: dict[str, Any] = {"ticket": ticket, "parts": parts, "form": form, "images": images}
    if not parts or "timeline" in parts:
        context["timeline"] = timeline_of(ticket, images=images, whole="whole" in request.GET)
    if not parts or "panel" in parts:
        context |= _panel(ticket, person=expert_of(request))
    if not parts:
        context["places"] = places_of(expert_of(request))
    if not parts or "composer" in parts:
        context["form"] = form or ComposeForm()
    response = render(request, "workspace/parts.html" if parts else "workspace/request.html", context, status=status)
    if images is not None:
        response.shows_remote_images = True  # type: ignore[attr-defined]  # read by config/headers.py
    return response


@require_safe
@for_(Audience.EXPERTS)
def original(request: HttpRequest, number: int, message: int) -> HttpResponse:
    """The mail as it came, to be saved."""
    arrival = opened(request, number).arrivals.filter(message=message, kind="email").first()
    if arrival is None:
        raise Http404
    response = HttpResponse(arrival.content(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, f"{number}-{message}.eml") or "attachment"
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _panel(ticket: Ticket, *, person: Person) -> dict[str, Any]:
    links: list[Ticket] = []
    if ticket.has_links:  # type: ignore[attr-defined]  # see `opened`
        worked_on = Ticket.objects.worked_on_by(person).select_related("status")
        links = [*worked_on.filter(links_up__higher=ticket), *worked_on.filter(links_down__lower=ticket)]
    return {"links": links, "attributes": shown_to_experts(ticket.requester)}


def _gone(request: HttpRequest, number: int) -> HttpResponse:
    """A deleted request can be brought back by those who worked on it; for everybody else there is none."""
    ticket = restorable_by(expert_of(request)).filter(pk=number).first()
    if ticket is None:
        return render(request, "workspace/not_here.html", {"number": number}, status=404)
    return render(
        request, "workspace/deleted.html", {"ticket": ticket, "places": places_of(expert_of(request))}, status=410
    )
