"""Which employee attributes a team's experts see: fewer than what is allowed, never more."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import or_say, team_page
from balie.people.models import Attribute
from balie.teams import shaping


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def attributes(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_team(request, pk)
    allowed = list(Attribute.objects.shown_to_experts().select_related("section"))
    if request.method == "POST":
        sent = {
            int(one) for one in request.POST.getlist("attribute") if one.isascii() and one.isdigit() and len(one) < 19
        }
        if request.POST.get("which") == "all":
            sent = set()
        elif not sent:
            messages.error(request, _("Choose at least one attribute, or all of them."))
            return redirect("administration:team-attributes", pk)
        wanted = list(Attribute.objects.filter(pk__in=sent))
        or_say(
            request, lambda: shaping.narrow_attributes(found, wanted, by=reader_of(request)),
            done=_("Saved. Open pages follow at once."),
        )  # fmt: skip
        return redirect("administration:team-attributes", pk)
    chosen = found.attributes_shown()
    sections = [
        (str(section), [(one, chosen is None or one.pk in chosen) for one in ones])
        for section, ones in groupby(allowed, key=lambda one: one.section)
    ]
    context = {"sections": sections, "is_narrowed": chosen is not None, "count": len(allowed)}
    return team_page(request, "administration/team_attributes.html", found, "team-attributes", context)
