"""The doors through which a team is reached; the team itself adds channels of Slack."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import or_say, team_page
from balie.channels.email.models import Mailbox
from balie.channels.models import Channel
from balie.channels.slack import linking
from balie.channels.slack.connect import FAULTS, in_words
from balie.channels.slack.models import Link, Workspace
from balie.channels.slack.models.link import LinkRefused
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature, part_of
from balie.people.models import Area
from balie.people.rights import Rights
from balie.platform.alphabet import placed
from balie.teams.models import Team


class SlackForm(forms.Form):
    """A channel whose messages become requests of this team."""

    workspace = forms.ModelChoiceField(Workspace.objects.none(), label=gettext_lazy("Workspace"), empty_label=None)
    channel = forms.CharField(
        label=gettext_lazy("Channel"), max_length=120, help_text=gettext_lazy("Its name, as #it-help. Invite Balie there first."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    mode = forms.ChoiceField(label=gettext_lazy("What becomes a request"), choices=Link.Mode.choices)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        fields: dict[str, Any] = self.fields
        self.workspaces = list(
            Workspace.objects.filter(state=Channel.State.CONNECTED).defer("secrets").order_by(placed(), "pk")
        )
        fields["workspace"].queryset = Workspace.objects.filter(pk__in=[one.pk for one in self.workspaces])
        if len(self.workspaces) == 1:
            # There is nothing to choose.
            del fields["workspace"]

    @property
    def wanted(self) -> Workspace:
        chosen: Workspace = self.cleaned_data.get("workspace") or self.workspaces[0]
        return chosen


@for_teams
@require_safe
def channels(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_team(request, pk)
    return _shown(request, found, SlackForm() if Organisation.current().plan.is_open(Feature.SLACK) else None)


@for_teams
@part_of(Feature.SLACK)
@require_POST
def slack_links(request: HttpRequest, pk: int) -> HttpResponse:
    """One more channel is this team's, or what becomes a request there is another."""
    found, form = own_team(request, pk), SlackForm(request.POST)
    if not form.workspaces or found.archived_at is not None:
        raise Http404
    if form.is_valid():
        given = form.cleaned_data
        try:
            linking.link_to_own_team(
                form.wanted, given["channel"], team=found, mode=given["mode"], by=reader_of(request)
            )
        except (linking.ChannelRefused, LinkRefused) as refused:
            form.add_error("channel", str(refused))
        except FAULTS as fault:
            form.add_error(None, in_words(fault))
        else:
            messages.success(request, _("The channel is linked."))
            return redirect("administration:team-channels", pk)
    return _shown(request, found, form, status=422)


@for_teams
@part_of(Feature.SLACK)
@require_POST
def slack_link_removal(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    linked = get_object_or_404(Link.objects.select_related("team"), pk=link, team=own_team(request, pk))
    or_say(
        request, lambda: linking.unlink_from_own_team(linked, by=reader_of(request)),
        done=_("The channel is no longer linked. Its requests stay."),
    )  # fmt: skip
    return redirect("administration:team-channels", pk)


def _shown(request: HttpRequest, team: Team, form: SlackForm | None, *, status: int = 200) -> HttpResponse:
    context = {
        "mailboxes": Mailbox.objects.filter(team=team).defer("password", "client_secret", "refresh_token"),
        "slack_links": Link.objects.filter(team=team, workspace__state=Channel.State.CONNECTED).order_by(placed(), "pk"),
        "former": team.former_addresses.order_by("local_part"), "slack_form": form,
        "may_connect": Rights.of(reader_of(request)).may_open(Area.INTEGRATIONS, edit=True),
    }  # fmt: skip
    return team_page(request, "administration/team_channels_page.html", team, "team-channels", context, status=status)
