"""What happens to a team's new requests: who gets them by themselves, and the status that they begin with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import team_page
from balie.teams import shaping
from balie.teams.models import Team
from balie.teams.refusals import TeamRefused
from balie.tickets import defining
from balie.tickets.models import FirstStatus, Status
from balie.tickets.models.status import Group
from balie.tickets.opening import first_statuses
from balie.tickets.refusals import Refused


class AssignmentForm(forms.Form):
    """Who gets new requests, and what they begin with."""

    assigning = forms.ChoiceField(
        label=gettext_lazy("Who gets new requests by themselves"),
        choices=Team.Assigning.choices,
        widget=forms.RadioSelect,
    )
    first_status = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("New requests begin with"), required=False
    )

    def __init__(self, sent: QueryDict | None = None, *, team: Team) -> None:
        mine = FirstStatus.objects.filter(team=team).first()
        super().__init__(sent, initial={"assigning": team.assigning, "first_status": mine.status_id if mine else None})
        field: Any = self.fields["first_status"]
        field.queryset = Status.objects.used_in(team).exclude(group=Group.RESOLVED)
        field.empty_label = _("%(status)s, as everywhere") % {"status": first_statuses()[None].name}


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_team(request, pk)
    form = AssignmentForm(request.POST if request.method == "POST" else None, team=found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                shaping.let_requests_go_to(found, Team.Assigning(given["assigning"]), by=reader_of(request))
                defining.begin_with(given["first_status"], team=found, by=reader_of(request))
        except (TeamRefused, Refused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:team-assignment", pk)
    status = 422 if form.errors else 200
    context = {"form": form}
    return team_page(request, "administration/team_requests.html", found, "team-assignment", context, status=status)
