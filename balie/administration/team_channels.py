"""The doors through which a team is reached."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from balie.administration.reader import for_teams, own_team
from balie.administration.team_frame import team_page
from balie.channels.email.models import Mailbox
from balie.channels.models import Channel
from balie.channels.slack.models import Link


@for_teams
@require_safe
def channels(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_team(request, pk)
    mailboxes = Mailbox.objects.filter(team=found).defer("password", "client_secret", "refresh_token")
    links = Link.objects.filter(team=found, workspace__state=Channel.State.CONNECTED)
    context = {"mailboxes": mailboxes, "slack_links": links, "former": found.former_addresses.order_by("local_part")}
    return team_page(request, "administration/team_channels_page.html", found, "team-channels", context)
