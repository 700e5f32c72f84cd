"""Saved views: whose they are, who sees them, and that they show nobody more than they may see."""

import pytest
from django.test import Client

from balie.config.tests.cast import Cast
from balie.teams.models import Membership
from balie.tickets import defining
from balie.tickets.defining import Definition
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group
from balie.workspace.models import SavedView
from balie.workspace.tests.test_inbox import asked, page, subjects


def kept(client: Client, person: object, **facts: object) -> SavedView:
    client.force_login(person)  # type: ignore[arg-type]
    given = {"name": "Hot", "view": "all", "priority": "4", "order": "priority"} | facts
    answer = client.post("/requests/views", given)
    assert answer.status_code == 302, answer.content.decode()
    return SavedView.objects.latest("pk")


def places(content: str) -> str:
    return content.split('id="places"')[1].split("</nav>")[0]


def test_a_view_keeps_filters_columns_and_order_under_its_name(client: Client, cast: Cast) -> None:
    asked(cast, "calm")
    asked(cast, "hot").prioritise(Ticket.Priority.URGENT, by=cast.ben)
    view = kept(client, cast.ben, columns=["status", "age"])
    content = page(client, cast.ben, f"?saved={view.pk}")
    assert subjects(content) == ["hot"]
    assert "line-age" in content
    assert "line-assignee" not in content
    assert 'aria-current="page"><span class="place-name" dir="auto">Hot</span>' in places(content)
    assert '<span class="count">1</span>' in places(content).split("Hot")[1].split("</a>")[0]


def test_a_search_is_kept_as_a_view_by_its_name_and_query_alone(client: Client, cast: Cast) -> None:
    asked(cast, "Printer on fire").resolve(by=cast.ben)
    asked(cast, "Laptop")
    asked(cast, "Printer of the private team", team=cast.people)
    client.force_login(cast.ben)
    client.post("/requests/views", {"name": "Printers", "q": "printer"})
    view = SavedView.objects.get()
    assert view.filters == {"q": "printer"}
    assert subjects(page(client, cast.ben, f"?saved={view.pk}")) == ["Printer on fire"]


def test_ones_own_view_is_shown_to_nobody_else(client: Client, cast: Cast) -> None:
    view = kept(client, cast.ben)
    assert "Hot" not in places(page(client, cast.eva))
    assert client.get(f"/requests/?saved={view.pk}").status_code == 404


def test_a_shared_view_shows_and_counts_for_each_reader_what_they_may_see(client: Client, cast: Cast) -> None:
    asked(cast, "ours").prioritise(Ticket.Priority.URGENT, by=cast.ben)
    asked(cast, "secret", team=cast.people).prioritise(Ticket.Priority.URGENT, by=cast.hanna)
    view = kept(client, cast.hanna, shared="everybody")
    assert subjects(page(client, cast.hanna, f"?saved={view.pk}")) == ["secret"]
    content = page(client, cast.ben, f"?saved={view.pk}")
    assert subjects(content) == ["ours"]
    assert '<span class="count">1</span>' in places(content).split("Hot")[1].split("</a>")[0]
    assert '<span class="count">0</span>' in places(page(client, cast.dov)).split("Hot")[1].split("</a>")[0]


def test_a_view_about_a_private_team_is_not_even_named_to_others(client: Client, cast: Cast) -> None:
    secret = cast.people.categories.create(name="Dismissals")
    by_team = kept(client, cast.hanna, name="Secret list", shared="everybody", team=cast.people.pk)
    by_category = kept(client, cast.hanna, name="Secret kind", shared="everybody", category=secret.pk)
    for person in (cast.ben, cast.eva, cast.dov):
        assert "Secret" not in page(client, person)
        for view in (by_team, by_category):
            assert client.get(f"/requests/?saved={view.pk}").status_code == 404
    assert "Secret kind" in page(client, cast.hanna)


def test_a_view_of_one_team_is_for_those_who_work_there(client: Client, cast: Cast) -> None:
    kept(client, cast.ben, shared=f"team-{cast.it.pk}")
    assert "Hot" not in page(client, cast.dov)
    Membership.objects.create(team=cast.it, person=cast.dov)
    assert "Hot" in page(client, cast.dov)


def test_a_view_is_shared_only_with_a_team_that_its_owner_works_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    answer = client.post("/requests/views", {"name": "Hot", "view": "all", "shared": f"team-{cast.people.pk}"})
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("path", ["", "/removal"])
def test_only_its_owner_changes_or_removes_a_view(client: Client, cast: Cast, path: str) -> None:
    view = kept(client, cast.ben, shared="everybody")
    client.force_login(cast.eva)
    assert client.post(f"/requests/views/{view.pk}{path}", {"name": "Mine now"}).status_code == 404
    view.refresh_from_db()
    assert view.name == "Hot"


def test_a_view_is_renamed_and_removed(client: Client, cast: Cast) -> None:
    view = kept(client, cast.ben)
    client.post(f"/requests/views/{view.pk}", {"name": "Burning", "view": "mine", "order": "due"})
    view.refresh_from_db()
    assert (view.name, view.filters, view.order) == ("Burning", {"view": "mine"}, "due")
    client.post(f"/requests/views/{view.pk}/removal")
    assert not SavedView.objects.exists()


def test_a_hostile_name_is_only_text(client: Client, cast: Cast) -> None:
    kept(client, cast.ben, name="<script>alert(1)</script>", shared="everybody")
    assert "<script>alert" not in page(client, cast.eva)


def test_a_view_of_an_archived_status_goes_on_with_what_replaced_it(client: Client, cast: Cast) -> None:
    ordered, delayed, held = (
        defining.make(Definition(names={"en": name}, group=Group.WAITING), by=cast.eva)
        for name in ("Ordered", "Delayed", "Held")
    )
    asked(cast, "part").take_status(ordered, by=cast.ben)
    view = kept(client, cast.ben, priority="", status=str(ordered.pk))
    assert subjects(page(client, cast.ben, f"?saved={view.pk}")) == ["part"]
    defining.archive(ordered, replacement=delayed, by=cast.eva)
    defining.archive(delayed, replacement=held, by=cast.eva)
    content = page(client, cast.ben, f"?saved={view.pk}")
    assert subjects(content) == ["part"]
    assert "Held" in content
    # Whoever opens the view to change it finds the replacement chosen, and saves that.
    assert f'<option value="{held.pk}" selected' in client.get(f"/requests/views/{view.pk}").content.decode()
