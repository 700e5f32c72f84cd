"""Many requests changed at once: what changes, what refuses and why, and that undo leaves no trace but its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from balie.channels.models import Delivery
from balie.channels.notices.models import Notice
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Membership
from balie.tickets import merging, moving
from balie.tickets.models import Event, Sight, Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words
from balie.workspace.models import BulkChange
from balie.workspace.tests.test_inbox import asked

FACTS = (
    "team_id", "category_id", "status_id", "group", "priority", "assignee_id", "resolved_at", "snoozed_until",
    "merged_into_id", "last_word_at", "first_response_at", "requester_id", "subject", "due_on",
)  # fmt: skip


def facts(*tickets: Ticket) -> list[dict[str, Any]]:
    for ticket in tickets:
        ticket.refresh_from_db()
    return [
        {name: getattr(ticket, name) for name in FACTS}
        | {
            "messages": list(ticket.messages.values_list("pk", flat=True)),
            "followers": sorted(ticket.followings.values_list("person_id", flat=True)),
            "seen": sorted(ticket.sights.values_list("person_id", "seen_at")),
        }
        for ticket in tickets
    ]


def told() -> list[list[int]]:
    """What people have been told, or will be."""
    return [list(model._default_manager.order_by("pk").values_list("pk", flat=True)) for model in (Delivery, Notice)]


def changed(client: Client, person: Person, what: str, *tickets: Ticket, **chosen: object) -> BulkChange:
    client.force_login(person)
    answer = client.post(f"/requests/bulk/{what}", {"number": [ticket.pk for ticket in tickets], **chosen})
    assert answer.status_code == 302, answer.content.decode()
    return BulkChange.objects.latest("pk")


def taken_back(client: Client, change: BulkChange) -> str:
    return client.post(f"/requests/bulk/{change.pk}/undo", follow=True).content.decode()


def choice(cast: Cast, what: str, tickets: list[Ticket]) -> dict[str, object]:
    return {
        "assignee": {"assignee": cast.ben.pk},
        "status": {"status": Status.preset(Group.WAITING).pk},
        "category": {"category": cast.hardware.pk},
        "team": {"team": cast.facilities.pk},
        "priority": {"priority": 4},
        "snooze": {"until": "2099-01-01T09:00"},
        "merge": {"into": tickets[0].pk},
        "resolution": {},
        "waking": {},
    }[what]


@pytest.mark.parametrize(
    "what", ["assignee", "status", "category", "team", "priority", "snooze", "merge", "resolution", "waking"]
)
def test_every_change_of_many_is_taken_back_exactly(client: Client, cast: Cast, what: str) -> None:
    tickets = [asked(cast, name) for name in ("one", "two", "three")]
    tickets[1].reply(by=cast.ben, words=Words.from_text("Which one?"))
    tickets[1].follow(cast.cleo, by=cast.ben)
    tickets[2].prioritise(3, by=cast.ben)
    for ticket in tickets:
        ticket.see(by=cast.eva)
        if what == "waking":
            ticket.snooze(clock.now() + timedelta(days=1), by=cast.ben)
    before, owed = facts(*tickets), told()
    change = changed(client, cast.ben, what, *tickets, **choice(cast, what, tickets))
    assert facts(*tickets) != before
    assert change.refused == []
    assert "Taken back." in taken_back(client, change)
    assert facts(*tickets) == before
    assert told() == owed
    undone = Event.objects.filter(kind=Event.Kind.TAKEN_BACK).values_list("ticket", flat=True)
    assert set(undone) == {ticket.pk for ticket in tickets}


def test_what_refuses_stays_and_is_told_with_its_reason(client: Client, cast: Cast) -> None:
    fine, done, own, secret = (
        asked(cast, "fine"), asked(cast, "done"), asked(cast, "own", requester=cast.ben), asked(cast, "secret", team=cast.people),
    )  # fmt: skip
    done.resolve(by=cast.ben)
    client.force_login(cast.ben)
    numbers = [fine.pk, done.pk, own.pk, secret.pk, 999_999]
    content = client.post("/requests/bulk/resolution", {"number": numbers}, follow=True).content.decode()
    assert "1 request resolved." in content
    assert f"#{done.pk}: This request is resolved already." in content
    # Neither an own request nor a private one is told from one that does not exist.
    for number in (own.pk, secret.pk, 999_999):
        assert f"#{number}: You work on no request of that number." in content
    secret.refresh_from_db()
    assert secret.is_open


def test_an_assignee_of_another_team_is_refused_for_that_request_only(client: Client, cast: Cast) -> None:
    ours, theirs = asked(cast, "ours"), asked(cast, "theirs", team=cast.facilities)
    change = changed(client, cast.eva, "assignee", ours, theirs, assignee=cast.ben.pk)
    assert change.refused == [[theirs.pk, "NotAnExpertOfTheTeam"]]
    ours.refresh_from_db()
    assert ours.assignee == cast.ben


def test_what_somebody_changed_since_stays_and_the_rest_is_taken_back(client: Client, cast: Cast) -> None:
    touched, untouched = asked(cast, "touched"), asked(cast, "untouched")
    change = changed(client, cast.ben, "resolution", touched, untouched)
    touched.hear(by=cast.ada, words=Words.from_text("Still broken."), channel="email")
    content = taken_back(client, change)
    assert f"#{touched.pk}: It has been changed since, and stays as it is." in content
    untouched.refresh_from_db()
    assert untouched.group == Group.TODO
    touched.refresh_from_db()
    assert touched.group == Group.IN_PROGRESS


def test_a_merge_that_somebody_wrote_into_is_not_taken_back(client: Client, cast: Cast) -> None:
    one, two = asked(cast, "one"), asked(cast, "two")
    change = changed(client, cast.ben, "merge", one, two, into=one.pk)
    one.hear(by=cast.ada, words=Words.from_text("More."), channel="email")
    assert "Nothing could be taken back." in taken_back(client, change)
    two.refresh_from_db()
    assert two.merged_into_id == one.pk


def test_nobody_takes_back_what_another_did_nor_twice_nor_late(client: Client, cast: Cast) -> None:
    ticket = asked(cast, "one")
    change = changed(client, cast.ben, "resolution", ticket)
    client.force_login(cast.eva)
    assert "too late" in taken_back(client, change)
    client.force_login(cast.ben)
    with clock.pretending(clock.now() + timedelta(minutes=2)):
        assert "too late" in taken_back(client, change)
    assert "Taken back." in taken_back(client, change)
    assert "too late" in taken_back(client, change)


def test_a_notice_that_a_worker_has_begun_with_stays_told(client: Client, cast: Cast) -> None:
    Membership.objects.create(team=cast.it, person=cast.hanna)
    ticket = asked(cast, "one")
    change = changed(client, cast.ben, "assignee", ticket, assignee=cast.hanna.pk)
    notices = Delivery.objects.filter(event__kind=Event.Kind.ASSIGNED)
    assert notices.exists()
    notices.update(attempts=1)
    taken_back(client, change)
    assert notices.exists()
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_the_undo_form_is_on_the_next_page_without_javascript(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    ticket = asked(cast, "one")
    content = client.post("/requests/bulk/resolution", {"number": ticket.pk, "list": "view=unassigned"}, follow=True)
    change = BulkChange.objects.get()
    assert content.redirect_chain == [(f"/requests/?view=unassigned&changed={change.pk}", 302)]
    assert f'action="/requests/bulk/{change.pk}/undo"' in content.content.decode()


def test_the_page_that_asks_offers_only_what_fits_the_requests(client: Client, cast: Cast) -> None:
    ours = asked(cast, "ours")
    client.force_login(cast.ben)
    content = client.get("/requests/bulk/assignee", {"number": ours.pk}).content.decode()
    assert "Ben Jansen" in content
    assert "Hanna Nowak" not in content
    content = client.get("/requests/bulk/merge", {"number": [ours.pk, asked(cast, "secret", team=cast.people).pk]})
    assert "secret" not in content.content.decode()


def test_a_form_without_javascript_asks_by_post_so_that_no_address_holds_its_token(client: Client, cast: Cast) -> None:
    ticket = asked(cast, "one")
    client.force_login(cast.ben)
    assert 'id="chosen" class="bulk" method="post"' in client.get("/requests/").content.decode()
    answer = client.post("/requests/bulk/priority", {"number": ticket.pk, "ask": "1", "priority": "4"})
    assert answer.status_code == 200
    assert f"#{ticket.pk} one" in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_a_list_that_a_form_names_stays_on_this_site(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    hostile = "https://evil.example/?view=mine"
    answer = client.post("/requests/layout", {"layout": "board", "list": hostile})
    assert answer["Location"].startswith("/requests/")
    assert "evil" not in answer["Location"]


def test_unmerging_leaves_where_it_is_what_was_said_since(cast: Cast) -> None:
    one, two = asked(cast, "one"), asked(cast, "two")
    mine = one.messages.get()
    theirs = two.messages.get()
    merging.merge(two, into=one, by=cast.ben)
    since = one.reply(by=cast.ben, words=Words.from_text("Both then."))
    two.refresh_from_db()
    two = merging.unmerge(two, by=cast.ben)
    one.refresh_from_db()
    assert list(two.messages.all()) == [theirs]
    assert list(one.messages.all()) == [mine, since]
    assert one.first_response_at == since.created_at
    assert two.merged_into_id is None


def test_unmerging_asks_for_somebody_who_works_on_it(cast: Cast) -> None:
    from balie.tickets import refusals

    one, two = asked(cast, "one"), asked(cast, "two")
    with pytest.raises(refusals.NotMerged):
        merging.unmerge(two, by=cast.ben)
    merging.merge(two, into=one, by=cast.ben)
    two.refresh_from_db()
    with pytest.raises(refusals.NotYours), transaction.atomic():
        merging.unmerge(two, by=cast.dov)


def test_taking_back_a_move_is_told_to_both_teams(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    from balie.platform import live

    told: list[str] = []
    ticket = asked(cast, "one")
    change = changed(client, cast.ben, "team", ticket, team=cast.facilities.pk)
    monkeypatch.setattr(live, "tell", lambda *topics, **_news: told.extend(topics))
    taken_back(client, change)
    assert {f"team:{cast.it.pk}", f"team:{cast.facilities.pk}"} <= set(told)


def test_sights_that_a_merge_took_away_come_back(client: Client, cast: Cast) -> None:
    one, two = asked(cast, "one"), asked(cast, "two")
    one.see(by=cast.eva)
    change = changed(client, cast.ben, "merge", one, two, into=one.pk)
    assert not Sight.objects.filter(ticket=one, person=cast.eva).exists()
    taken_back(client, change)
    assert Sight.objects.filter(ticket=one, person=cast.eva).exists()


def test_moving_is_still_refused_for_requests_of_others(client: Client, cast: Cast) -> None:
    theirs = asked(cast, "theirs", team=cast.facilities)
    change = changed(client, cast.ben, "team", theirs, team=cast.it.pk)
    assert change.rows == []
    assert change.refused == [[theirs.pk, "NotThere"]]
    moving.move(theirs, to=cast.it, by=cast.dov)
