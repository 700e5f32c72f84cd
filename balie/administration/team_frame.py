"""What the pages of one team have in common: its parts, and the words for what a verb refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from balie.administration.reader import reader_of
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature
from balie.teams.models import Team
from balie.teams.refusals import TeamRefused
from balie.tickets.refusals import Refused


def team_page(
    request: HttpRequest, template: str, team: Team, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of one part of "Edit teams"."""
    shared = {"team": team, "part": part, "parts": parts_of(team), "knows_requests": knows_requests(request, team)}
    return render(request, template, {**shared, **context}, status=status)


def parts_of(team: Team) -> list[tuple[str, str, str]]:
    """Name, label and address of each part."""
    labels = {
        "team": _("General"), "members": _("Members"), "categories": _("Team categories"), "team-hours": _("Working hours"),
        "team-sla": _("SLAs"),
        "team-assignment": _("New requests"), "team-channels": _("Channels"), "team-attributes": _("Requester tab"),
        "team-archive": _("Archive"),
    }  # fmt: skip
    if not Organisation.current().plan.is_open(Feature.SLA):
        del labels["team-sla"]
    return [(name, label, reverse(f"administration:{name}", args=[team.pk])) for name, label in labels.items()]


def knows_requests(request: HttpRequest, team: Team) -> bool:
    """Whether the reader may hear how many requests there are: of a private team only its members."""
    return not team.is_private or team.has_member(reader_of(request))


def or_say(request: HttpRequest, verb: Callable[[], object], *, done: str = "") -> bool:
    """Call the verb, and say what it refuses, or that it is done."""
    try:
        verb()
    except (TeamRefused, Refused) as refused:
        messages.error(request, str(refused))
        return False
    if done:
        messages.success(request, done)
    return True
