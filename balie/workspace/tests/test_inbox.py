"""The inbox: who sees what, in which order, and what it costs."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words
from balie.workspace import queue


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


def older(content: str) -> str:
    """The address of the next page, or "" on the last one."""
    parts = content.split('id="older" href="')[1:]
    return parts[0].split('"')[0].replace("&amp;", "&") if parts else ""


def test_asleep_merged_and_deleted_ones_are_not_listed(client: Client, cast: Cast) -> None:
    from balie.tickets import deleting, merging

    asleep, merged, deleted, stays = (asked(cast, name) for name in ("asleep", "merged", "deleted", "stays"))
    asleep.snooze(clock.now() + timedelta(days=1), by=cast.ben)
    merging.merge(merged, into=stays, by=cast.ben)
    deleting.delete(deleted, by=cast.ben)
    assert subjects(page(client, cast.ben)) == ["stays"]


@pytest.mark.parametrize("order", ["word", "due", "age", "priority"])
def test_pages_follow_each_other_without_gap_or_repeat_in_every_order(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr(queue, "A_PAGE", 2)
    today = clock.now().date()
    for number in range(7):
        ticket = asked(cast, str(number), team=cast.it if number % 2 else cast.facilities)
        ticket.prioritise(1 + number % 3, by=cast.eva)
        ticket.expect_by(today + timedelta(days=number % 3) if number % 4 else None, by=cast.eva)
    seen, query = [], f"?order={order}"
    while query:
        content = page(client, cast.eva, query)
        seen += subjects(content)
        query = older(content)
    assert (
        seen
        == {
            "word": ["6", "5", "4", "3", "2", "1", "0"],
            "age": ["0", "1", "2", "3", "4", "5", "6"],
            "priority": ["5", "2", "4", "1", "6", "3", "0"],
            "due": ["3", "6", "1", "2", "5", "0", "4"],
        }[order]
    )


def test_the_place_that_somebody_scrolled_to_is_drawn_whole(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "A_PAGE", 2)
    for number in range(6):
        asked(cast, str(number))
    second = page(client, cast.ben, older(page(client, cast.ben)) + "&part=rows")
    assert subjects(second) == ["3", "2"]
    until = second.split('data-until="')[1].split('"')[0].replace("&amp;", "&")
    again = page(client, cast.ben, f"?{until}")
    assert subjects(again) == ["5", "4", "3", "2"]
    assert subjects(page(client, cast.ben, older(again))) == ["1", "0"]


def test_a_cursor_of_another_order_is_not_found(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(queue, "A_PAGE", 1)
    for number in range(3):
        asked(cast, str(number))
    query = older(page(client, cast.ben, "?order=due"))
    assert client.get("/requests/" + query.replace("order=due", "order=age")).status_code == 404


def test_what_is_resolved_stands_by_its_last_word(client: Client, cast: Cast) -> None:
    for name in ("first", "second"):
        asked(cast, name).resolve(by=cast.ben)
    assert subjects(page(client, cast.ben, "?group=resolved&order=age")) == ["second", "first"]


def test_filters_narrow_the_list_and_stand_above_it(client: Client, cast: Cast) -> None:
    today = timezone.localtime(clock.now()).date()
    late, urgent, hers, plain = (asked(cast, name) for name in ("late", "urgent", "hers", "plain"))
    late.expect_by(today - timedelta(days=1), by=cast.ben)
    urgent.prioritise(Ticket.Priority.URGENT, by=cast.ben)
    hers.categorise(cast.hardware, by=cast.ben)
    plain.take_status(Status.preset(Group.WAITING), by=cast.ben)
    assert subjects(page(client, cast.ben, "?due=late")) == ["late"]
    assert subjects(page(client, cast.ben, "?priority=4")) == ["urgent"]
    assert subjects(page(client, cast.ben, f"?category={cast.hardware.pk}")) == ["hers"]
    assert subjects(page(client, cast.ben, f"?status={Status.preset(Group.WAITING).pk}")) == ["plain"]
    assert len(subjects(page(client, cast.ben, f"?requester={cast.ada.pk}"))) == 4
    assert subjects(page(client, cast.ben, f"?requester={cast.cleo.pk}")) == []
    content = page(client, cast.ben, f"?category={cast.hardware.pk}&view=unassigned")
    assert 'class="chip" href="/requests/?view=unassigned"' in content


def test_an_outsiders_name_is_told_to_nobody_who_does_not_work_for_them(client: Client, cast: Cast) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="w@elsewhere.example", name="Wanda Elsewhere")
    asked(cast, "Leave", team=cast.people, requester=stranger)
    assert "Wanda" not in page(client, cast.ben, f"?requester={stranger.pk}")
    assert "Wanda" in page(client, cast.hanna, f"?requester={stranger.pk}")
    client.force_login(cast.ben)
    told = client.get("/requests/filter", {"asked": "1", "view": "all", "requester": "Wanda Elsewhere"})
    assert told.status_code == 422
    assert "Nobody is known" in told.content.decode()


def test_asleep_ones_have_a_view_of_their_own(client: Client, cast: Cast) -> None:
    asked(cast, "asleep").snooze(clock.now() + timedelta(days=1), by=cast.ben)
    asked(cast, "awake")
    assert subjects(page(client, cast.ben)) == ["awake"]
    assert subjects(page(client, cast.ben, "?view=snoozed")) == ["asleep"]


def test_a_row_shows_the_first_words_of_the_last_message(client: Client, cast: Cast) -> None:
    ticket = asked(cast, "Laptop")
    ticket.reply(by=cast.ben, words=Words.from_text("Which\none is <it>?"))
    assert "Which one is &lt;it&gt;?" in page(client, cast.ben)
    ticket.note(by=cast.ben, words=Words.from_text("Order a new one"))
    assert "<b>Note:</b> Order a new one" in page(client, cast.ben)


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
        with django_assert_max_num_queries(9):
            assert client.get(f"/requests/{query}").status_code == 200


def news_of(client: Client, person: Person, *shown: Ticket, query: str = "", since: str = "") -> str:
    client.force_login(person)
    numbers = ".".join(str(one.pk) for one in shown)
    address = f"/requests/changes?{query}&shown={numbers}&since={quote(since)}"
    return client.get(address).content.decode()


def test_a_new_request_waits_behind_a_bar_and_a_changed_row_changes_in_place(client: Client, cast: Cast) -> None:
    here = asked(cast, "Here")
    asked(cast, "New")
    here.prioritise(Ticket.Priority.HIGH, by=cast.ben)
    answer = news_of(client, cast.ben, here, query="whole=1")
    assert "Show 1 new request" in answer
    assert "2 open" in answer
    assert subjects(answer) == ["Here"]


@pytest.mark.parametrize("order", ["age", "due", "priority"])
def test_what_belongs_below_the_last_row_is_not_new(client: Client, cast: Cast, order: str) -> None:
    first, second = asked(cast, "First"), asked(cast, "Second")
    first.expect_by(clock.now().date(), by=cast.ben)
    first.prioritise(Ticket.Priority.URGENT, by=cast.ben)
    assert "new request" not in news_of(client, cast.ben, first, query=f"order={order}")
    assert "Show 1 new request" in news_of(client, cast.ben, first, query=f"order={order}&whole=1")
    assert "Show 1 new request" in news_of(client, cast.ben, second, query=f"order={order}")


def test_a_row_that_nobody_touched_is_not_sent_again(client: Client, cast: Cast) -> None:
    here = asked(cast, "Here")
    answer = news_of(client, cast.ben, here, since=(clock.now() + timedelta(minutes=1)).isoformat())
    assert subjects(answer) == []
    assert "new request" not in answer


def test_a_row_that_was_opened_elsewhere_is_not_new_any_more(client: Client, cast: Cast) -> None:
    here = asked(cast, "Here")
    assert "new for you" in page(client, cast.ben)
    with clock.pretending(clock.now() + timedelta(minutes=5)):
        here.see(by=cast.ben)
    answer = news_of(client, cast.ben, here, since=(clock.now() + timedelta(minutes=1)).isoformat())
    assert subjects(answer) == ["Here"]
    assert "new for you" not in answer


def test_a_row_that_left_the_readers_sight_goes(client: Client, cast: Cast) -> None:
    from balie.tickets import moving

    here = asked(cast, "Here")
    moving.move(here, to=cast.people, by=cast.ben)
    answer = news_of(client, cast.ben, here)
    assert f'data-gone="{here.pk} "' in answer
    assert subjects(answer) == []


def test_a_list_of_numbers_that_are_not_ones_own_tells_nothing(client: Client, cast: Cast) -> None:
    secret = asked(cast, "Leave", team=cast.people)
    answer = news_of(client, cast.ben, secret)
    assert "Leave" not in answer
    assert "new request" not in answer


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
