"""The inbox: who sees what, in which order, and what it costs."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words
from balie.workspace import news, queue


def asked(cast: Cast, subject: str, **facts: object) -> Ticket:
    given = {"team": cast.it, "requester": cast.ada, "channel": "email"} | facts
    return Ticket.open(subject=subject, words=Words.from_text("Please help."), **given)  # type: ignore[arg-type]


def page(client: Client, person: Person, query: str = "") -> str:
    client.force_login(person)
    response = client.get(f"/requests/{query}")
    assert response.status_code == 200
    return response.content.decode()


def subjects(content: str) -> list[str]:
    return [part.split("<")[0].split(">")[1] for part in content.split('class="line-subject"')[1:]]


def test_the_newest_word_stands_first(client: Client, cast: Cast) -> None:
    first, _second = asked(cast, "First"), asked(cast, "Second")
    assert subjects(page(client, cast.ben)) == ["Second", "First"]
    first.hear(by=cast.ada, words=Words.from_text("Still?"), channel="email")
    assert subjects(page(client, cast.ben)) == ["First", "Second"]


def test_dov_sees_nothing_of_another_team(client: Client, cast: Cast) -> None:
    asked(cast, "Laptop")
    content = page(client, cast.dov)
    assert subjects(content) == []
    assert "IT" not in content.split('id="places"')[1].split("</nav>")[0]
    assert client.get(f"/requests/?team={cast.it.pk}").status_code == 404


def test_a_private_team_is_not_even_counted_for_the_administrator(client: Client, cast: Cast) -> None:
    asked(cast, "Leave", team=cast.people)
    content = page(client, cast.eva)
    assert subjects(content) == []
    assert '<span id="open-count">0 open</span>' in content
    assert subjects(page(client, cast.hanna)) == ["Leave"]


def test_an_expert_does_not_find_their_own_request_in_the_inbox(client: Client, cast: Cast) -> None:
    asked(cast, "Mine", requester=cast.ben)
    assert subjects(page(client, cast.ben)) == []


def test_the_views_and_groups_show_what_they_say(client: Client, cast: Cast) -> None:
    assigned, _free, waiting, done, followed = (
        asked(cast, name) for name in ("assigned", "free", "waiting", "done", "followed")
    )
    assigned.assign(cast.ben, by=cast.ben)
    waiting.take_status(Status.preset(Group.WAITING), by=cast.ben)
    done.resolve(by=cast.ben)
    followed.follow(cast.ben, by=cast.ben)
    assert subjects(page(client, cast.ben, "?view=mine")) == ["assigned"]
    assert subjects(page(client, cast.ben, "?view=unassigned")) == ["followed", "waiting", "free"]
    assert subjects(page(client, cast.ben, "?view=followed")) == ["followed"]
    assert subjects(page(client, cast.ben, "?group=waiting")) == ["waiting"]
    assert subjects(page(client, cast.ben, "?group=resolved")) == ["done"]
    assert "4 open" in page(client, cast.ben)


def test_asleep_merged_and_deleted_ones_are_not_listed(client: Client, cast: Cast) -> None:
    from balie.tickets import deleting, merging

    asleep, merged, deleted, stays = (asked(cast, name) for name in ("asleep", "merged", "deleted", "stays"))
    asleep.snooze(clock.now() + timedelta(days=1), by=cast.ben)
    merging.merge(merged, into=stays, by=cast.ben)
    deleting.delete(deleted, by=cast.ben)
    assert subjects(page(client, cast.ben)) == ["stays"]


def test_pages_follow_each_other_without_gap_or_repeat(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "A_PAGE", 2)
    for number in range(5):
        asked(cast, str(number), team=cast.it if number % 2 else cast.facilities)
    seen, query = [], ""
    while True:
        content = page(client, cast.eva, query)
        seen += subjects(content)
        more = [
            part.split('"')[0] for part in content.split('class="button" href="')[1:] if "cursor=" in part.split('"')[0]
        ]
        if not more:
            break
        query = more[0].replace("&amp;", "&")
    assert seen == ["4", "3", "2", "1", "0"]


def test_a_forged_cursor_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    assert client.get("/requests/?cursor=abc.def").status_code == 404


def test_fifty_rows_cost_no_more_queries_than_one(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        asked(cast, str(number)).assign(cast.ben, by=cast.ben)
    client.force_login(cast.ben)
    for query in ("", "?view=mine", "?view=followed", f"?team={cast.it.pk}"):
        with django_assert_max_num_queries(8):
            assert client.get(f"/requests/{query}").status_code == 200


def test_a_new_request_waits_behind_a_bar_and_a_changed_row_changes_in_place(client: Client, cast: Cast) -> None:
    here = asked(cast, "Here")
    content = page(client, cast.ben)
    shown = content.split('name="shown" value="')[1].split('"')[0]
    mark = content.split('"mark": "')[1].split('"')[0]
    asked(cast, "New")
    here.prioritise(Ticket.Priority.HIGH, by=cast.ben)
    answer = client.get("/requests/changes", {"shown": shown, "mark": mark}).content.decode()
    assert "Show 1 new request" in answer
    assert f'id="request-{here.pk}" hx-swap-oob="true"' in answer
    assert "2 open" in answer
    assert subjects(answer) == ["Here"]


def test_a_row_that_nobody_touched_is_not_sent_again(client: Client, cast: Cast) -> None:
    asked(cast, "Here")
    content = page(client, cast.ben)
    shown = content.split('name="shown" value="')[1].split('"')[0]
    answer = client.get("/requests/changes", {"shown": shown, "mark": news.cursors.encode(None)}).content.decode()
    assert subjects(answer) == []
    assert "new request" not in answer


def test_a_row_that_left_the_readers_sight_goes(client: Client, cast: Cast) -> None:
    from balie.tickets import moving

    here = asked(cast, "Here")
    content = page(client, cast.ben)
    shown = content.split('name="shown" value="')[1].split('"')[0]
    moving.move(here, to=cast.people, by=cast.ben)
    answer = client.get("/requests/changes", {"shown": shown, "mark": news.cursors.encode(None)}).content.decode()
    assert f'<li id="request-{here.pk}" hx-swap-oob="delete">' in answer


def test_a_hostile_subject_and_name_are_only_text(client: Client, cast: Cast) -> None:
    cast.ada.name = "<script>alert(1)</script>" + "x" * 90
    cast.ada.save()
    asked(cast, "<img src=x onerror=alert(1)>")
    content = page(client, cast.ben)
    assert "<img src=x" not in content
    assert "<script>alert" not in content


def test_employees_have_no_workspace(client: Client, cast: Cast) -> None:
    ticket = asked(cast, "Laptop")
    client.force_login(cast.ada)
    assert client.get("/requests/").status_code == 403
    assert client.get(f"/requests/{ticket.pk}").status_code == 403
