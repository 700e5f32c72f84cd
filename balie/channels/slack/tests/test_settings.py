"""The settings pages of Slack: who may open them, and what whoever may only look sees."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from balie.channels.slack.models import Link
from balie.channels.slack.tests.conftest import SECRET, Desk
from balie.people import roles
from balie.people.models import Area
from balie.people.models.right import Level
from balie.people.roles import Outline

HOME = "/settings/integrations/slack/"


def looks_after_integrations(desk: Desk, level: Level) -> None:
    role = roles.make(
        Outline(name="Integrations", areas={Area.INTEGRATIONS: level}), by=desk.cast.eva, confirmed=all_sensitive()
    )
    roles.assign(role, desk.cast.cleo, by=desk.cast.eva)


def all_sensitive() -> list[int]:
    from balie.people.models import Attribute

    return list(Attribute.objects.values_list("pk", flat=True))


def test_whoever_may_look_at_integrations_sees_and_changes_nothing(desk: Desk, client: Client) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    looks_after_integrations(desk, Level.VIEW)
    client.force_login(desk.cast.cleo)
    for address in (HOME, f"{HOME}{desk.workspace.pk}"):
        page = client.get(address)
        assert page.status_code == 200
        assert f'action="{HOME}' not in page.content.decode()
    assert client.post(f"{HOME}{desk.workspace.pk}/disconnection").status_code == 403
    assert client.get("/channels/slack/oauth").status_code == 403


def test_whoever_may_change_them_connects_slack(desk: Desk, client: Client) -> None:
    looks_after_integrations(desk, Level.EDIT)
    client.force_login(desk.cast.cleo)
    assert "api.slack.com/apps" in client.get(HOME).content.decode()
    answer = client.post(HOME, {"bot_token": "xoxb-2", "signing_secret": SECRET})
    assert answer.headers["Location"] == f"{HOME}{desk.workspace.pk}"


@pytest.mark.parametrize("name", ["ada", "ben"])
def test_nobody_else_opens_them(desk: Desk, client: Client, name: str) -> None:
    client.force_login(getattr(desk.cast, name))
    assert client.get(HOME).status_code == 403


def channel(desk: Desk, name: str, **more: bool) -> str:
    """One that Slack tells of; gives its id."""
    number = f"C{len(desk.slack.channels) + 1}"
    desk.slack.channels.append({"id": number, "name": name, "is_member": True, "is_private": False, **more})
    return number


def test_a_team_adds_its_own_channels_in_edit_teams(desk: Desk, client: Client) -> None:
    place = channel(desk, "it-help")
    page, links = (
        reverse(f"administration:{name}", args=[desk.cast.it.pk]) for name in ("team-channels", "team-slack")
    )
    client.force_login(desk.cast.ben)
    assert f'action="{links}"' in client.get(page).content.decode()
    assert client.post(links, {"channel": "#it-help", "mode": "every"}, follow=True).redirect_chain == [(page, 302)]
    made = Link.objects.get()
    assert (made.place, made.team, made.mode) == (place, desk.cast.it, "every")
    client.post(links, {"channel": "it-help", "mode": "emoji"})
    made.refresh_from_db()
    assert made.mode == "emoji"
    removal = reverse("administration:team-slack-removal", args=[desk.cast.it.pk, made.pk])
    assert f'action="{removal}"' in client.get(page).content.decode()
    client.force_login(desk.cast.dov)
    assert client.post(removal).status_code == client.post(links, {"channel": "it-help"}).status_code == 404
    client.force_login(desk.cast.ben)
    client.post(removal)
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("named", "more", "words"),
    [
        ("nowhere", {}, "There is no such channel"),
        ("it-help", {"is_member": False}, "Balie is not in this channel"),
        ("it-help", {"is_private": True}, "This channel is private in Slack"),
    ],
)
def test_a_team_adds_only_public_channels_that_balie_is_in(
    desk: Desk, client: Client, named: str, more: dict[str, bool], words: str
) -> None:
    channel(desk, "it-help", **more)
    client.force_login(desk.cast.ben)
    answer = client.post(
        reverse("administration:team-slack", args=[desk.cast.it.pk]), {"channel": named, "mode": "every"}
    )
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Link.objects.exists()


def test_a_team_takes_no_channel_from_another_and_none_while_it_is_private(desk: Desk, client: Client) -> None:
    Link.make(desk.workspace, place=channel(desk, "help"), name="help", team=desk.cast.facilities, mode="every")
    client.force_login(desk.cast.ben)
    sent = {"channel": "help", "mode": "every"}
    answer = client.post(reverse("administration:team-slack", args=[desk.cast.it.pk]), sent)
    assert "This channel belongs to another team." in answer.content.decode()
    # Whoever looks after integrations gives it to another team.
    client.force_login(desk.cast.eva)
    client.post(f"{HOME}{desk.workspace.pk}/links", sent | {"team": str(desk.cast.it.pk)})
    assert Link.objects.get().team == desk.cast.it
    channel(desk, "pay")
    client.force_login(desk.cast.hanna)
    private = reverse("administration:team-slack", args=[desk.cast.people.pk])
    assert (
        private not in client.get(reverse("administration:team-channels", args=[desk.cast.people.pk])).content.decode()
    )
    answer = client.post(private, {"channel": "pay", "mode": "every"})
    assert (answer.status_code, Link.objects.count()) == (422, 1)


def test_without_slack_a_team_is_told_who_connects_it(desk: Desk, client: Client) -> None:
    desk.workspace.disconnect("by an administrator")
    client.force_login(desk.cast.ben)
    page = client.get(reverse("administration:team-channels", args=[desk.cast.it.pk])).content.decode()
    assert "Slack is not connected yet. An administrator connects it." in page
    assert client.post(reverse("administration:team-slack", args=[desk.cast.it.pk])).status_code == 404
