"""The board: a column for each status, and nobody's cards but one's own teams'."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.tickets import changing_over, defining
from balie.tickets.defining import Definition
from balie.tickets.models import Status
from balie.tickets.models.status import Group
from balie.workspace import board
from balie.workspace.models import Habit
from balie.workspace.tests.test_inbox import asked, page, subjects


def on_board(client: Client, person: Person, query: str = "") -> str:
    Habit.objects.update_or_create(person=person, defaults={"layout": Habit.Layout.BOARD})
    return page(client, person, query)


def column(content: str, status: Status) -> str:
    return content.split(f'id="column-{status.pk}"')[1].split("</section>")[0]


def test_each_status_is_a_column_and_the_layout_is_remembered(client: Client, cast: Cast) -> None:
    blocked = Status.objects.create(key="blocked", group=Group.WAITING, names={"en": "Blocked"})
    asked(cast, "new")
    asked(cast, "stuck").take_status(blocked, by=cast.ben)
    asked(cast, "done").resolve(by=cast.ben)
    asked(cast, "elsewhere", team=cast.people)
    client.force_login(cast.ben)
    assert client.post("/requests/layout", {"layout": "board", "list": ""}).status_code == 302
    content = page(client, cast.ben)
    assert subjects(column(content, Status.preset(Group.TODO))) == ["new"]
    assert subjects(column(content, blocked)) == ["stuck"]
    assert subjects(column(content, Status.preset(Group.RESOLVED))) == ["done"]
    assert "elsewhere" not in content
    assert "data-count>1</span>" in column(content, blocked)


def test_a_column_goes_on_by_its_cursor(client: Client, cast: Cast, monkeypatch: object) -> None:
    board.A_COLUMN, usual = 2, board.A_COLUMN
    try:
        for number in range(5):
            asked(cast, str(number))
        content = on_board(client, cast.ben)
        seen = subjects(column(content, Status.preset(Group.TODO)))
        while 'data-more="' in content:
            content = client.get(content.split('data-more="')[1].split('"')[0].replace("&amp;", "&")).content.decode()
            seen += subjects(content)
    finally:
        board.A_COLUMN = usual
    assert seen == ["4", "3", "2", "1", "0"]


def test_the_view_and_the_filters_hold_on_the_board(client: Client, cast: Cast) -> None:
    asked(cast, "free")
    asked(cast, "mine").assign(cast.ben, by=cast.ben)
    assert subjects(on_board(client, cast.ben, "?view=mine")) == ["mine"]
    assert subjects(on_board(client, cast.ben, "?view=snoozed")) == []


def test_a_board_costs_no_more_queries_however_many_statuses_there_are(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        status = Status.objects.create(key=f"own-{number}", group=Group.TODO, names={"en": str(number)})
        asked(cast, str(number)).take_status(status, by=cast.ben)
    on_board(client, cast.ben)
    with django_assert_max_num_queries(11):
        assert client.get("/requests/").status_code == 200


def test_the_news_of_a_board_are_cards_with_their_status(client: Client, cast: Cast) -> None:
    here = asked(cast, "Here")
    asked(cast, "New")
    on_board(client, cast.ben)
    here.take_status(Status.preset(Group.WAITING), by=cast.ben)
    answer = client.get(f"/requests/changes?shown={here.pk}&since=").content.decode()
    assert f'id="request-{here.pk}" data-status="{Status.preset(Group.WAITING).pk}"' in answer
    assert "Show 1 new request" in answer


def test_the_board_lacks_nothing_while_a_status_goes_to_another_group(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 0)
    parts = defining.make(Definition(names={"en": "Parts"}, group=Group.WAITING), by=cast.eva)
    asked(cast, "before").take_status(parts, by=cast.ben)
    made = defining.redefine(parts, Definition(names={"en": "Parts"}, group=Group.IN_PROGRESS), by=cast.eva)
    assert made is not None
    assert made.ended_at is None
    # One that takes the status meanwhile belongs to the new group already, the other still to the old one.
    asked(cast, "after").take_status(Status.objects.get(pk=parts.pk), by=cast.ben)
    found = column(on_board(client, cast.ben), parts)
    assert sorted(subjects(found)) == ["after", "before"]
    assert "data-count>2</span>" in found
    changing_over.carry_on_all()
    assert sorted(subjects(column(on_board(client, cast.ben), parts))) == ["after", "before"]
