"""App Home: what it shows to whom, in which language, and when it is shown again."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from balie.channels import receiving
from balie.channels.models import Arrival
from balie.channels.slack import connecting, home
from balie.channels.slack.form.tests.block_kit_rules import check_view
from balie.channels.slack.models import Workspace
from balie.channels.slack.tests.conftest import USERS, Desk
from balie.people.importing import apply, make_plan, read_table
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


def test_it_speaks_the_persons_language_and_follows_when_that_changes(desk: Desk, client: Client) -> None:
    opens(desk, "ada")
    assert "Mijn open aanvragen" in shown(desk, "ada")
    client.force_login(desk.cast.ada)
    assert client.post("/account/", {"language": "de", "time_zone": ""}).status_code == 302
    desk.work()
    assert "Meine offenen Anfragen" in shown(desk, "ada"), "without another look at it"
    client.post("/account/", {"language": "de", "time_zone": "Europe/Berlin"})
    desk.work()
    assert len(published(desk)) == 2


def test_it_follows_a_language_that_an_import_brings(desk: Desk) -> None:
    opens(desk, "ada")
    people = b"name;email;language\nAda Vermeer;ada@balie.example;de\nBen Jansen;ben@balie.example;\n"
    apply(make_plan(read_table(io.BytesIO(people), "people.csv")))
    desk.work()
    assert "Meine offenen Anfragen" in shown(desk, "ada")


def test_it_follows_the_organisations_language_for_whoever_has_chosen_none(desk: Desk, client: Client) -> None:
    opens(desk, "ben")
    opens(desk, "ada")
    assert "My open requests" in shown(desk, "ben")
    client.force_login(desk.cast.eva)
    wanted = {
        "name": "Balie Example",
        "language": "fr",
        "time_zone": "UTC",
        "reopen_within_days": 14,
        "largest_departure": 10,
    }
    assert client.post("/settings/organisation/", wanted).status_code == 302
    desk.work()
    assert published(desk) == ["UBEN", "UADA", "UBEN"]
    assert "Comment pouvons-nous vous aide" in shown(desk, "ben")


def test_after_the_app_was_uninstalled_it_is_shown_anew(desk: Desk) -> None:
    opens(desk, "ada")
    desk.workspace.disconnect("app_uninstalled")
    connecting.look_again(Workspace.objects.get())
    desk.work()
    assert published(desk) == ["UADA"] * 2


def test_what_waits_to_be_shown_holds_no_request_up(desk: Desk) -> None:
    opens(desk, "ada")
    opens(desk, "cleo")
    # While Slack is away, the job that shows them waits.
    for who in (desk.cast.ada, desk.cast.cleo):
        Ticket.open(team=desk.cast.it, requester=who, subject="Laptop", words=Words.from_text("Help"), channel="web")
    assert Ticket.objects.count() == 2
    desk.work()
    assert "Laptop" in shown(desk, "ada")
    assert "Laptop" in shown(desk, "cleo")


def test_what_is_learnt_once_undoes_nothing_of_what_asks_for_it_again(desk: Desk) -> None:
    for number in range(3):
        desk.event({"type": "emoji_changed", "subtype": "add", "name": f"emoji{number}"})
    receiving.understand_some()
    assert set(Arrival.objects.values_list("state", "error")) == {("understood", "")}
    desk.work()
    assert len(desk.slack.asked("emoji.list")) == 1


def test_of_many_that_changed_none_is_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_AT_ONCE", 2)
    for who in USERS:
        desk.event({"type": "app_home_opened", "user": USERS[who], "channel": "D1", "tab": "home"})
    desk.work()
    assert sorted(published(desk)) == sorted(USERS.values())


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
    assert "Nobody has taken these yet" in shown(desk, "ben")
    assert "Laptop" in shown(desk, "ben")
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
