"""A workspace of Slack for the pictures: connected in the rows alone, with a linked channel and a request from there."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from balie.channels import kinds
from balie.channels.models import Thread
from balie.channels.slack.manifest import EVENTS, SCOPES
from balie.channels.slack.models import Link, Workspace
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def connected() -> Workspace:
    """The same one when it is there already."""
    workspace = Workspace.known_as("TPICTURES") or Workspace(external_id="TPICTURES", kind=kinds.SLACK)
    workspace.name, workspace.bot_user_id = "Balie Example", "UBALIE"
    workspace.scopes, workspace.heard = ",".join(SCOPES), ",".join(EVENTS[:-3])
    workspace.imported, workspace.import_began_at, workspace.import_ended_at = 214, clock.now(), clock.now()
    workspace.take_secrets(bot_token="", signing_secret="", app_token="")
    workspace.connect()
    for place, name, address, mode, closed in (
        ("C1", "it-help", "it", Link.Mode.EVERY, ""),
        ("C2", "building", "facilities", Link.Mode.MENTION, ""),
        ("C3", "it-old", "it", Link.Mode.EMOJI, Link.Closed.ARCHIVED),
    ):
        link = Link.make(workspace, place=place, name=name, team=Team.objects.get(address=address), mode=mode)
        Link.objects.filter(pk=link.pk).update(closed=closed)
    return workspace


def asked(workspace: Workspace) -> Ticket:
    """By Ada in a channel, and answered by Ben from its thread."""
    ada, ben = (Person.objects.get(email=f"{who}@balie.example") for who in ("ada", "ben"))
    ticket = Ticket.open(
        team=Team.objects.get(address="it"), requester=ada, subject="The screen in room 2.04 stays black",
        words=Words.from_text("The screen in room 2.04 stays black. We need it at eleven."), channel=kinds.SLACK,
    )  # fmt: skip
    thread = Thread.objects.create(channel=workspace, ticket=ticket, place="C1", anchor="1700000000.000100")
    ticket.reply(
        by=ben,
        words=replace(Words.from_text("On my way with another cable."), sent_to=(thread.address,)),
        channel=kinds.SLACK,
    )
    ticket.hear(by=ada, words=Words.from_text("Great, it works again!"), channel=kinds.SLACK)
    return ticket


def paths() -> list[tuple[str, str, str]]:
    """Each picture's name, who looks, and where."""
    workspace = connected()
    ticket = asked(workspace)
    return [
        ("slack-workspace", "eva", reverse("slack_workspace", args=[workspace.pk])),
        ("slack-connect", "eva", reverse("slack_workspaces")),
        ("slack-request", "ben", reverse("workspace:request", args=[ticket.pk])),
    ]
