"""The inbox: what waits for an answer, newest word first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import cursors
from balie.teams.models import Team
from balie.tickets.models.status import Group
from balie.workspace import news, queue
from balie.workspace.places import Places, places_of
from balie.workspace.queue import View, Wanted
from balie.workspace.reader import expert_of


@require_safe
@for_(Audience.EXPERTS)
def inbox(request: HttpRequest) -> HttpResponse:
    """`?view=all|unassigned|mine|followed&team=ID&group=…&cursor=…`"""
    places = places_of(expert_of(request))
    wanted, team = _wanted(request, places)
    page = queue.page_of(wanted)
    for ticket in page.tickets:
        ticket.stamp = news.stamp(ticket)  # type: ignore[attr-defined]  # for the template
    context = _context(request, places, wanted, team)
    more = _query(request, cursor=page.next) if page.next else ""
    return render(request, "workspace/inbox.html", {**context, "page": page, "mark": news.mark_of(page), "more": more})


@require_safe
@for_(Audience.EXPERTS)
def changes(request: HttpRequest) -> HttpResponse:
    """The same list's news, as pieces that find their own place on the page."""
    places = places_of(expert_of(request))
    wanted, team = _wanted(request, places)
    try:
        found = news.since(wanted, shown=request.GET.getlist("shown"), mark=request.GET.get("mark", ""))
    except cursors.BadCursor:
        raise Http404 from None
    for ticket in found.changed:
        ticket.stamp = news.stamp(ticket)  # type: ignore[attr-defined]  # for the template
    return render(request, "workspace/news.html", {**_context(request, places, wanted, team), "news": found})


def _wanted(request: HttpRequest, places: Places) -> tuple[Wanted, Team | None]:
    asked = request.GET
    team = None
    if asked.get("team"):
        team = next((one for one in places.teams if str(one.pk) == asked["team"]), None)
        if team is None:
            raise Http404
    after = None
    if asked.get("cursor"):
        try:
            word, number = cursors.decode(asked["cursor"])
        except (cursors.BadCursor, ValueError):
            raise Http404 from None
        after = (word, number)
    person: Person = expert_of(request)
    view = View(asked["view"]) if asked.get("view") in set(View) else View.ALL
    return Wanted(
        person=person, teams=[team.pk] if team else places.ids(), view=view,
        groups=queue.groups_of(asked.get("group", "")), after=after,  # type: ignore[arg-type]  # what we signed ourselves
    ), team  # fmt: skip


def _context(request: HttpRequest, places: Places, wanted: Wanted, team: Team | None) -> dict[str, Any]:
    names = {
        View.ALL: _("All requests"),
        View.UNASSIGNED: _("Unassigned"),
        View.MINE: _("Assigned to me"),
        View.FOLLOWED: _("Followed"),
    }
    group = wanted.groups[0] if len(wanted.groups) == 1 else ""
    counts = {
        View.ALL: places.all,
        View.UNASSIGNED: places.unassigned,
        View.MINE: places.mine,
        View.FOLLOWED: places.followed,
    }
    filters = [("", _("Open")), *((one.value, str(one.label)) for one in Group)]
    return {
        "places": places,
        "place": f"team-{team.pk}" if team else wanted.view.value,
        "team": team,
        "title": team.name if team else names[wanted.view],
        "count": team.count if team else counts[wanted.view],  # type: ignore[attr-defined]  # see places_of
        "group": group,
        "filters": [(value, label, _query(request, group=value)) for value, label in filters],
        "query": _query(request, cursor=request.GET.get("cursor", "")),
        "start": _query(request),
        "is_first": wanted.after is None,
    }


def _query(request: HttpRequest, **changed: str) -> str:
    """The list's own address; a changed filter begins at the first page."""
    kept = {name: request.GET.get(name, "") for name in ("view", "team", "group")} | changed
    return urlencode({name: value for name, value in kept.items() if value})
