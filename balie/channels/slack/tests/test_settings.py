"""The settings pages of Slack: who may open them, and what whoever may only look sees."""

from __future__ import annotations

import pytest
from django.test import Client

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
