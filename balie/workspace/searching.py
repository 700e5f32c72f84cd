"""The page of a search: what was found, best first, with the words marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from balie.people.audience import Audience, for_
from balie.platform import avatars
from balie.tickets import searching
from balie.tickets.models import Message, Status, Ticket
from balie.tickets.searching import Found, Hit, marking
from balie.tickets.searching.asking import LONGEST
from balie.tickets.searching.marking import Part
from balie.workspace.places import Places, places_of
from balie.workspace.reader import expert_of

A_PAGE = 25
_LONGEST_LOOKED_AT = 20_000


@dataclass(frozen=True, kw_only=True)
class Result:
    """One request that was found, as its row shows it."""

    number: int
    address: str
    subject: list[Part]
    words: list[Part]
    said_by: str
    is_note: bool
    requester: list[Part]
    hue: int
    initials: str
    team: str
    category: str
    status: Status
    is_mine: bool
    assignee: str
    at: datetime


@require_safe
@for_(Audience.EXPERTS)
def search(request: HttpRequest) -> HttpResponse:
    """`?q=…&order=new&page=2`; with `part=results` what a page that is open takes in."""
    person = expert_of(request)
    q = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    is_newest_first = request.GET.get("order") == "new"
    found = searching.find(q, person=person, newest_first=is_newest_first)
    page = _page(request.GET.get("page", ""), found)
    here = found.hits[(page - 1) * A_PAGE : page * A_PAGE]
    is_part = request.GET.get("part") == "results"
    context: dict[str, Any] = {
        "q": q, "found": found, "results": results(here, found), "count": _count(found), "page": page,
        "is_newest_first": is_newest_first,
        "next": _address(q, is_newest_first, page + 1) if page * A_PAGE < len(found.hits) else "",
        "previous": _address(q, is_newest_first, page - 1) if page > 1 else "",
        "best": _address(q, False, 1), "newest": _address(q, True, 1), "keep": _keep(found), "is_part": is_part,
    }  # fmt: skip
    if not is_part:
        places = places_of(person)
        context |= {"places": places, "place": "search"}
    context["chips"] = _chips(found, context.get("places"))
    return render(request, "workspace/search_results.html" if is_part else "workspace/search.html", context)


def results(hits: tuple[Hit, ...], found: Found) -> list[Result]:
    """Two queries, for these hits alone, which the search has let through."""
    tickets = Ticket.objects.select_related("team", "category", "status", "requester", "assignee").in_bulk(
        [hit.number for hit in hits]
    )
    asked = [hit.message for hit in hits if hit.message]
    said = {
        row["pk"]: row
        for row in Message.objects.filter(pk__in=asked).order_by().values(
            "pk", "kind", head=Left("text", _LONGEST_LOOKED_AT), who=F("author__name"), holder=F("ticket_id")
        )
    } if asked else {}  # fmt: skip
    return [_result(hit, tickets[hit.number], said.get(hit.message), found) for hit in hits if hit.number in tickets]


def _result(hit: Hit, ticket: Ticket, said: Mapping[str, Any] | None, found: Found) -> Result:
    address = reverse("portal:request" if hit.is_mine else "workspace:request", args=[ticket.pk])
    requester = ticket.requester.name
    is_meant = ticket.requester_id in found.words.people
    return Result(
        number=ticket.pk, address=f"{address}#message-{hit.message}" if hit.message else address,
        subject=marking.parts(ticket.subject, found.words), words=marking.snippet(said["head"], found.words) if said else [],
        said_by=(said["who"] or "") if said else "", is_note=said is not None and said["kind"] == Message.Kind.NOTE,
        requester=[Part(requester, is_hit=True)] if is_meant else [Part(requester)],
        hue=avatars.hue(requester), initials=avatars.initials(requester), team=ticket.team.name,
        category=ticket.category.name if ticket.category else "", status=ticket.status, is_mine=hit.is_mine,
        assignee=ticket.assignee.name if ticket.assignee else "", at=ticket.last_word_at,
    )  # fmt: skip


def _page(asked: str, found: Found) -> int:
    last = max(1, -(-len(found.hits) // A_PAGE))
    return min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _count(found: Found) -> str:
    if found.is_more:
        return _("More than %(number)s requests") % {
            "number": formats.number_format(len(found.hits), force_grouping=True)
        }
    return ngettext("%(number)s request", "%(number)s requests", len(found.hits)) % {"number": len(found.hits)}


def _address(q: str, is_newest_first: bool, page: int) -> str:
    asked = {"q": q, "order": "new" if is_newest_first else "", "page": str(page) if page > 1 else ""}
    return f"{reverse('workspace:search')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _keep(found: Found) -> str:
    """Where the search is kept as a view: a list of what is open, or of what is resolved when the search asks for that."""
    asked = {"q": found.asked.text}
    if any(
        one.name in ("is", "status") and str(one) in ("is:resolved", "status:resolved") for one in found.asked.filters
    ):
        asked["group"] = "resolved"
    return f"{reverse('workspace:view-new')}?{urlencode(asked)}"


def _chips(found: Found, places: Places | None) -> list[tuple[str, str, bool]]:
    """Filters to click: words, the address with the filter, or without it when it is there."""
    text = found.asked.text
    offered = [
        (_("Open"), "is:open"), (_("Assigned to me"), "assignee:me"), (_("Unassigned"), "is:unassigned"),
        (_("New for you"), "is:new"), (_("With a file"), "has:file"), (_("Within a month"), "after:30d"),
        (_("My own requests too"), "in:all"),
    ]  # fmt: skip
    if places is not None and len(places.teams) > 1:
        offered += [(team.name, f"team:{team.address}") for team in places.teams[:8]]
    chips = []
    for words, written in offered:
        given = text.split()
        is_set = written in given
        changed = " ".join(one for one in given if one != written) if is_set else f"{text} {written}".strip()
        chips.append((words, f"{reverse('workspace:search')}?{urlencode({'q': changed})}", is_set))
    return chips
