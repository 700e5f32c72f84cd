"""Links to requests that somebody posts: what is shown of them, and to whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from balie.channels.slack.tests.conftest import USERS, Desk
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def asked(desk: Desk, *, team: Team | None = None) -> Ticket:
    return Ticket.open(
        team=team or desk.cast.it,
        requester=desk.cast.ada,
        subject="Laptop",
        words=Words.from_text("Help"),
        channel="web",
    )


def shown(desk: Desk, ticket: Ticket, *, by: str, place: str = "C1", in_it: bool = True, page: str = "requests") -> str:
    """What Slack is told to show when they post a link to it."""
    desk.slack.calls.clear()
    link = f"{settings.BALIE.url}/{page}/{ticket.pk}"
    event: dict[str, Any] = {
        "type": "link_shared", "user": USERS[by], "channel": place, "is_bot_user_member": in_it, "message_ts": "1.1",
        "unfurl_id": "C1.1.1", "source": "conversations_history", "links": [{"url": link, "domain": "desk"}],
    }  # fmt: skip
    desk.event(event)
    desk.work()
    told = desk.slack.asked("chat.unfurl")
    assert all(one["unfurl_id"] == "C1.1.1" for one in told)
    return str(told[0]["unfurls"][link]) if told else ""


def test_a_channel_reads_number_and_status_and_nothing_else(desk: Desk) -> None:
    ticket = asked(desk)
    for by, page in (("ada", "my/requests"), ("ben", "requests")):
        said = shown(desk, ticket, by=by, page=page)
        assert f"#{ticket.pk}" in said
        assert "Laptop" not in said
    assert "Te doen" in shown(desk, ticket, by="ada")


def test_of_what_its_poster_may_not_see_nobody_is_shown_anything(desk: Desk) -> None:
    ticket = asked(desk)
    for by in ("dov", "cleo"):
        assert not shown(desk, ticket, by=by)
        assert not shown(desk, ticket, by=by, place=f"D{USERS[by][1:]}")


def test_a_private_teams_request_is_shown_to_no_channel(desk: Desk) -> None:
    ticket = asked(desk, team=desk.cast.people)
    assert not shown(desk, ticket, by="hanna")
    assert not shown(desk, ticket, by="ada")
    assert not shown(desk, ticket, by="eva", place="DEVA")
    assert "Laptop" in shown(desk, ticket, by="hanna", place="DHANNA")


def test_the_subject_is_shown_where_its_poster_and_we_are_alone(desk: Desk) -> None:
    ticket = asked(desk)
    assert "Laptop" in shown(desk, ticket, by="ben", place="DBEN")
    between_two = shown(desk, ticket, by="ben", place="D9", in_it=False)
    assert f"#{ticket.pk}" in between_two
    assert "Laptop" not in between_two, "whoever Ben talks with may not see it"
