"""App Home: what it shows to whom, in which language, and when it is shown again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from balie.channels.slack import home
from balie.channels.slack.form.tests.block_kit_rules import check_view
from balie.channels.slack.tests.conftest import USERS, Desk
from balie.platform import clock
from balie.platform.languages import CODES
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def opens(desk: Desk, who: str) -> None:
    desk.event({"type": "app_home_opened", "user": USERS[who], "channel": "D1", "tab": "home"})
    desk.work()


def shown(desk: Desk, who: str) -> str:
    views = [one["view"] for one in desk.slack.asked("views.publish") if one["user_id"] == USERS[who]]
    return str(views[-1]) if views else ""


def published(desk: Desk) -> list[str]:
    return [one["user_id"] for one in desk.slack.asked("views.publish")]


def asked(desk: Desk, subject: str, *, team: Team | None = None, **more: Any) -> Ticket:
    return Ticket.open(
        team=team or desk.cast.it, requester=desk.cast.ada, subject=subject, words=Words.from_text("Help"), channel="web", **more
    )  # fmt: skip


def test_it_shows_ones_own_requests_with_status_and_last_answer(desk: Desk) -> None:
    laptop, _chair = asked(desk, "Laptop"), asked(desk, "Chair")
    laptop.reply(by=desk.cast.ben, words=Words.from_text("Take\nthis one"))
    opens(desk, "ada")
    assert "Laptop" in shown(desk, "ada")
    assert "Chair" in shown(desk, "ada")
    assert "> Take this one" in shown(desk, "ada")
    assert f"/my/requests/{laptop.pk}" in shown(desk, "ada")


def test_it_speaks_the_persons_language_and_follows_when_that_changes(desk: Desk) -> None:
    opens(desk, "ada")
    assert "Mijn open aanvragen" in shown(desk, "ada")
    desk.cast.ada.language = "de"
    desk.cast.ada.save()
    opens(desk, "ada")
    assert "Meine offenen Anfragen" in shown(desk, "ada")


def test_it_is_shown_again_when_something_changed_and_only_then(desk: Desk) -> None:
    ticket = asked(desk, "Laptop")
    opens(desk, "ada")
    opens(desk, "ada")
    assert published(desk) == ["UADA"], "the same is not sent again"
    ticket.note(by=desk.cast.ben, words=Words.from_text("only for us"))
    ticket.prioritise(3, by=desk.cast.ben)
    desk.work()
    assert published(desk) == ["UADA"], "nothing of it is seen there"
    ticket.reply(by=desk.cast.ben, words=Words.from_text("Take this one"))
    desk.work()
    ticket.resolve(by=desk.cast.ben)
    desk.work()
    assert published(desk) == ["UADA"] * 3


def test_experts_see_what_nobody_has_taken_and_what_is_due_in_their_teams(desk: Desk) -> None:
    opens(desk, "ben")
    opens(desk, "dov")
    before = published(desk)
    today = clock.now().date()
    ticket = asked(desk, "Laptop")
    late = asked(desk, "Printer", due_on=today)
    asked(desk, "Screen", due_on=today + timedelta(days=3)).assign(desk.cast.ben, by=desk.cast.ben)
    desk.work()
    assert "Niemand heeft deze nog opgepakt" in shown(desk, "ben") or "Laptop" in shown(desk, "ben")
    assert shown(desk, "ben").count("Printer") == 2, "unassigned, and due"
    assert "Screen" not in shown(desk, "ben")
    assert "Laptop" not in shown(desk, "dov")
    assert f"/requests/{ticket.pk}" in shown(desk, "ben")
    ticket.assign(desk.cast.ben, by=desk.cast.eva)
    late.resolve(by=desk.cast.ben)
    desk.work()
    assert "Laptop" not in shown(desk, "ben")
    assert "Printer" not in shown(desk, "ben")
    assert published(desk).count("UDOV") == before.count("UDOV")


def test_a_request_that_moves_leaves_one_teams_home_for_the_others(desk: Desk) -> None:
    from balie.tickets.moving import move

    ticket = asked(desk, "Laptop")
    opens(desk, "ben")
    opens(desk, "dov")
    move(ticket, to=desk.cast.facilities, by=desk.cast.ben)
    desk.work()
    assert "Laptop" not in shown(desk, "ben")
    assert "Laptop" in shown(desk, "dov")


def test_a_private_teams_request_is_shown_to_its_members_and_to_whoever_asked(desk: Desk) -> None:
    asked(desk, "Salary", team=desk.cast.people, due_on=clock.now().date())
    for who in ("ada", "ben", "dov", "eva", "hanna"):
        opens(desk, who)
    assert [who for who in ("ada", "ben", "dov", "eva", "hanna") if "Salary" in shown(desk, who)] == ["ada", "hanna"]


@pytest.mark.parametrize("language", sorted(CODES))
def test_slack_takes_it_however_much_there_is(desk: Desk, language: str) -> None:
    for _number in range(12):
        asked(desk, "👩‍👩‍👧‍👦 <!channel> " * 12, due_on=clock.now().date())
    with translation.override(language):
        for person in (desk.cast.ada, desk.cast.ben):
            view = {"type": "home", "blocks": home.blocks(person)}
            check_view(view)
            assert "<!channel>" not in str(view)
