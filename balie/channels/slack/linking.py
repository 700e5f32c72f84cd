"""Linking a channel to a team: any by whoever looks after integrations, and public ones by the team itself in "Edit teams"."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from balie.channels.slack.client import Slack
from balie.channels.slack.models import Link, Workspace
from balie.people.models import Person
from balie.platform.refusal import Refusal
from balie.teams.models import Team
from balie.teams.shaping import refuse_unless_theirs


class ChannelRefused(Refusal):
    """This channel cannot be linked; says why, in the reader's language."""


class NoSuchChannel(ChannelRefused):
    sentence = _("There is no such channel, or Balie cannot see it. Write /invite @Balie there, then link it.")


class NotInvited(ChannelRefused):
    sentence = _("Balie is not in this channel. Write /invite @Balie there, then link it.")


class NotForEverybody(ChannelRefused):
    sentence = _(
        "This channel is private in Slack: the team would read what not all of it may. Whoever looks after integrations links it."
    )


class OfAnotherTeam(ChannelRefused):
    sentence = _("This channel belongs to another team. Whoever looks after integrations can give it to yours.")


def link(workspace: Workspace, named: str, *, team: Team, mode: str) -> Link:
    """Link the channel of this name or id, also one that another team has; asks Slack.

    Raises `ChannelRefused`, `LinkRefused`, or what the client does.
    """
    found = _found(workspace, named)
    return Link.make(workspace, place=found["id"], name=_name_of(found), team=team, mode=mode)


def link_to_own_team(workspace: Workspace, named: str, *, team: Team, mode: str, by: Person) -> Link:
    """The same by whoever shapes the team: a public channel that no other team has. Raises `TeamRefused` as well."""
    refuse_unless_theirs(team, by)
    found = _found(workspace, named)
    if found.get("is_private"):
        raise NotForEverybody
    with transaction.atomic():
        # Of two teams that link it at one moment, the second finds it taken.
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if Link.objects.filter(workspace=workspace, place=found["id"]).exclude(team=team).exists():
            raise OfAnotherTeam
        return Link.make(workspace, place=found["id"], name=_name_of(found), team=team, mode=mode)


def unlink_from_own_team(linked: Link, *, by: Person) -> None:
    """Its requests stay; what is written there becomes none any more. Raises `TeamRefused`."""
    refuse_unless_theirs(linked.team, by)
    linked.delete()


def _found(workspace: Workspace, named: str) -> dict[str, Any]:
    """The channel as Slack tells of it, one that the bot is in."""
    wanted = named.strip().lstrip("#")
    listed = Slack.of(workspace).whole(
        "conversations.list", what="channels", types="public_channel,private_channel", exclude_archived=True, limit=1000
    )
    for channel in listed:
        if wanted in (channel.get("name"), channel.get("id")):
            if not channel.get("is_member"):
                raise NotInvited
            return {**channel, "id": str(channel["id"])}
    raise NoSuchChannel


def _name_of(channel: dict[str, Any]) -> str:
    return str(channel.get("name") or channel["id"])[:120]
