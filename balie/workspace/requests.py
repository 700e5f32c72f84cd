"""The page of one request, whole or one of its parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from balie.channels.notices import clearing
from balie.people.audience import Audience, for_
from balie.platform import cursors
from balie.tickets.deleting import restorable_by
from balie.tickets.models import Ticket
from balie.workspace import conversation
from balie.workspace.composing import ComposeForm, News, composer_of
from balie.workspace.panel import panel_of, steps_of, tab_of
from balie.workspace.places import places_of
from balie.workspace.reader import expert_of, opened
from balie.workspace.states import states_of_message
from balie.workspace.timeline import Part, Timeline, timeline_of

PARTS = ("timeline", "panel", "earlier")


@require_safe
@for_(Audience.EXPERTS)
def request(request: HttpRequest, number: int) -> HttpResponse:
    """`?images=ID` shows a message's remote pictures, `?message=ID` the letters from that one on, `?before=CURSOR` earlier ones,
    `?tab=…` another side of the panel; `?part=…` is for live pages."""
    try:
        ticket = opened(request, number)
    except Http404:
        return _gone(request, number)
    if ticket.merged_into_id is not None:
        return redirect("workspace:request", ticket.merged_into_id)
    if ticket.is_new:  # type: ignore[attr-defined]  # see `opened`
        ticket.see(by=expert_of(request))
    request.unread_requests = clearing.clear(expert_of(request), ticket=ticket.pk).left  # type: ignore[attr-defined]  # see the bell
    part = request.GET.get("part", "")
    return shown(request, ticket, parts=(part,) if part in PARTS else ())


def shown(
    request: HttpRequest,
    ticket: Ticket,
    *,
    parts: tuple[str, ...] = (),
    form: ComposeForm | None = None,
    news: News | None = None,
    status: int = 200,
    said: str = "",
) -> HttpResponse:
    """The page; or only the named parts, each of which finds its own place. `said` is told to whoever cannot see it."""
    images = int(asked) if (asked := request.GET.get("images", "")).isdigit() else None
    context: dict[str, Any] = {"ticket": ticket, "parts": parts, "form": form, "images": images, "said": said}
    if not parts or "timeline" in parts or "earlier" in parts:
        context |= _timeline(request, ticket, parts=parts, images=images)
    if not parts or "panel" in parts:
        context |= panel_of(ticket, reader=expert_of(request), tab=tab_of(request))
    if not parts:
        context["places"] = places_of(expert_of(request))
    if not parts or "composer" in parts or "held" in parts:
        context |= composer_of(request, ticket, by=expert_of(request), form=form, news=news)
    response = render(request, "workspace/parts.html" if parts else "workspace/request.html", context, status=status)
    if images is not None:
        response.shows_remote_images = True  # type: ignore[attr-defined]  # read by config/headers.py
    return response


@require_safe
@for_(Audience.EXPERTS)
def printed(request: HttpRequest, number: int) -> HttpResponse:
    """Everything that was said and that happened, unfolded, for paper."""
    ticket = opened(request, number)
    if ticket.merged_into_id is not None:
        return redirect("workspace:print", ticket.merged_into_id)
    timeline = timeline_of(ticket, Part(is_whole=True), reader=expert_of(request))
    entries = conversation.drawn(request, ticket, timeline.entries, unfolded=True)
    context = {"ticket": ticket, "timeline": timeline, "entries": entries, "steps": steps_of(ticket)}
    return render(request, "workspace/print.html", context)


@require_safe
@for_(Audience.EXPERTS)
def deliveries(request: HttpRequest, number: int, message: int) -> HttpResponse:
    """How the deliveries of one answer go; asked for by open pages when one of them changed."""
    ticket = opened(request, number)
    if not ticket.messages.filter(pk=message).exists():
        raise Http404
    states = states_of_message(message)
    context = {"ticket": ticket, "message_id": message, "states": states, "is_part": True}
    return render(request, "workspace/deliveries.html", context)


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


def _timeline(request: HttpRequest, ticket: Ticket, *, parts: tuple[str, ...], images: int | None) -> dict[str, Any]:
    """A live page says from which letter on it shows the conversation, and when its reader had seen it before."""
    seen_at: datetime | None = ticket.seen_at  # type: ignore[attr-defined]  # see `opened`
    message = request.GET.get("message", "")
    part = Part(
        start=_asked(request, "start") if parts else "",
        before=request.GET.get("before", ""),
        message=int(message) if message.isdecimal() and len(message) < 19 else images,
    )
    try:
        if parts:
            seen_at = _moment(_asked(request, "read"))
        timeline: Timeline = timeline_of(ticket, part, reader=expert_of(request), images=images, seen_at=seen_at)
    except cursors.BadCursor:
        raise Http404 from None
    read = cursors.encode("read", seen_at) if seen_at is not None else ""
    entries = conversation.drawn(request, ticket, timeline.entries)
    return {"timeline": timeline, "entries": entries, "read": read, "is_anew": not part.start}


def _asked(request: HttpRequest, name: str) -> str:
    """What the page says of itself, in whatever way it asks."""
    return str(request.GET.get(name) or request.POST.get(name) or "")


def _moment(text: str) -> datetime | None:
    """Raises `BadCursor`."""
    if not text:
        return None
    name, *rest = cursors.decode(text)
    if name != "read" or not rest or not isinstance(rest[0], datetime):
        raise cursors.BadCursor
    return rest[0]


def _gone(request: HttpRequest, number: int) -> HttpResponse:
    """A deleted request can be brought back by those who worked on it; for everybody else there is none."""
    ticket = restorable_by(expert_of(request)).filter(pk=number).first()
    if ticket is None:
        return render(request, "workspace/not_here.html", {"number": number}, status=404)
    return render(
        request, "workspace/deleted.html", {"ticket": ticket, "places": places_of(expert_of(request))}, status=410
    )
