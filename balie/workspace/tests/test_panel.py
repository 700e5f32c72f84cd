"""The side of a request: facts that change in place, the requester, the checklist; and what happens when two do it at once."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.people.models import Attribute, Credential, Section
from balie.tickets import linking, merging
from balie.tickets.models import Project, Rating, Task, Ticket
from balie.tickets.models.status import Group, Status
from balie.tickets.rating import rate
from balie.tickets.words import Words

HTMX = {"HX-Request": "true"}


def asked(cast: Cast, subject: str = "Laptop", team: object = None) -> Ticket:
    words = Words.from_text("It is slow.")
    return Ticket.open(team=team or cast.it, requester=cast.ada, subject=subject, words=words, channel="email")  # type: ignore[arg-type]


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return asked(cast)


@pytest.fixture
def ben(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ben)
    return client


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def was(form: str) -> str:
    found = re.search(r'name="was"(?: value="([^"]*)")?', form)
    assert found
    return found[1] or ""


def test_whoever_changes_what_was_changed_meanwhile_is_told_and_decides(
    ben: Client, cast: Cast, ticket: Ticket
) -> None:
    address = f"/requests/{ticket.pk}/priority"
    known = was(read(ben, address))
    ticket.prioritise(3, by=cast.eva)
    answer = ben.post(address, {"priority": "4", "was": known}, headers=HTMX)
    assert answer.status_code == 422
    content = answer.content.decode()
    assert "Somebody has changed it meanwhile, to: High" in content
    ticket.refresh_from_db()
    assert ticket.priority == 3
    assert ben.post(address, {"priority": "4", "was": was(content)}, headers=HTMX).status_code == 200
    ticket.refresh_from_db()
    assert ticket.priority == 4


@pytest.mark.parametrize("fact", ["subject", "status", "assignee", "team", "category", "priority", "due-date"])
def test_every_fact_knows_what_it_was(ben: Client, cast: Cast, ticket: Ticket, fact: str) -> None:
    sent = {
        "subject": "Mine", "status": str(Status.preset(Group.WAITING).pk), "assignee": str(cast.ben.pk),
        "team": str(cast.facilities.pk), "category": str(cast.hardware.pk), "priority": "4", "due_on": "2030-01-01",
    }  # fmt: skip
    answer = ben.post(f"/requests/{ticket.pk}/{fact}", {**sent, "was": "something else"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Somebody has changed it meanwhile" in answer.content.decode()
    form = read(ben, f"/requests/{ticket.pk}/{fact}")
    assert ben.post(f"/requests/{ticket.pk}/{fact}", {**sent, "was": was(form)}, headers=HTMX).status_code == 200


def test_wanting_what_it_has_become_anyway_is_no_conflict(ben: Client, cast: Cast, ticket: Ticket) -> None:
    address = f"/requests/{ticket.pk}/priority"
    known = was(read(ben, address))
    ticket.prioritise(4, by=cast.eva)
    assert ben.post(address, {"priority": "4", "was": known}, headers=HTMX).status_code == 200


def test_what_was_saved_is_said_and_the_tab_stays(ben: Client, cast: Cast, ticket: Ticket) -> None:
    sent = {"priority": "4", "tab": "requester"}
    content = ben.post(f"/requests/{ticket.pk}/priority", sent, headers=HTMX).content.decode()
    assert "Saved: Priority." in content
    assert 'name="tab" value="requester"' in content


def test_the_requester_tab_shows_allowed_attributes_and_only_requests_that_the_reader_works_on(
    ben: Client, cast: Cast, ticket: Ticket
) -> None:
    work = Section.objects.get(key="work")
    place, _band = (Attribute.objects.create(key=key, label=key, section=work) for key in ("desk_place", "pay_band"))
    Credential.objects.get(is_system=True).allow([place.pk])
    cast.ada.attributes = {"desk_place": "Utrecht", "pay_band": "Band Nine"}
    cast.ada.save()
    other, secret = asked(cast, "Second screen"), asked(cast, "Pelikaan", cast.people)
    mine = Ticket.open(
        team=cast.facilities, requester=cast.ada, subject="Chair", words=Words.from_text("x"), channel="web"
    )
    content = read(ben, f"/requests/{ticket.pk}?tab=requester")
    assert "Utrecht" in content
    assert "Band Nine" not in content
    assert other.subject in content
    for hidden in (secret, mine):
        assert hidden.subject not in content


def test_tasks_are_added_changed_done_and_removed_on_the_page(ben: Client, cast: Cast, ticket: Ticket) -> None:
    address = f"/requests/{ticket.pk}/tasks"
    assert ben.post(address, {"title": ""}, headers=HTMX).status_code == 422
    ben.post(address, {"title": "Order a laptop", "assignee": cast.ben.pk}, headers=HTMX)
    task = Task.objects.get()
    ben.post(f"{address}/{task.pk}", {"title": "Order two", "due_on": "2030-01-01"}, headers=HTMX)
    content = ben.post(
        f"{address}/{task.pk}/completion", {"done": "yes", "tab": "tasks"}, headers=HTMX
    ).content.decode()
    assert "1/1" in content
    assert "did the task “Order two”" in read(ben, f"/requests/{ticket.pk}")
    ben.post(f"{address}/{task.pk}/completion", {"done": "no"})
    assert not Task.objects.get().is_done
    ben.post(f"{address}/{task.pk}/removal")
    assert not Task.objects.exists()
    assert "removed a task" in read(ben, f"/requests/{ticket.pk}")


def test_tasks_cannot_be_given_to_somebody_elsewhere(ben: Client, cast: Cast, ticket: Ticket) -> None:
    for person in (cast.dov, cast.hanna, cast.ada):
        sent = {"title": "Order", "assignee": person.pk}
        assert ben.post(f"/requests/{ticket.pk}/tasks", sent, headers=HTMX).status_code == 422
    assert cast.hanna.name not in read(ben, f"/requests/{ticket.pk}?tab=tasks")
    task = Task.add(ticket, "Order", by=cast.ben)
    other = asked(cast, "Other")
    assert ben.post(f"/requests/{other.pk}/tasks/{task.pk}/completion").status_code == 404


def test_my_tasks_are_those_of_requests_that_i_still_work_on(ben: Client, cast: Cast, ticket: Ticket) -> None:
    Task.add(ticket, "Order a laptop", by=cast.ben, assignee=cast.ben)
    Task.add(ticket, "Somebody else's", by=cast.ben, assignee=cast.eva)
    merged = asked(cast, "Merged")
    Task.add(merged, "Came along", by=cast.ben, assignee=cast.ben)
    merging.merge(merged, into=ticket, by=cast.ben)
    content = read(ben, "/requests/tasks")
    assert "Order a laptop" in content
    assert "Came along" in content
    assert "Somebody else" not in content
    done = Task.objects.get(title="Came along")
    sent = {"from": "mine", "done": "yes"}
    ben.post(f"/requests/{ticket.pk}/tasks/{done.pk}/completion", sent, headers=HTMX)
    assert "Done in the last seven days" in read(ben, "/requests/tasks")
    cast.it.memberships.all().delete()
    assert "Order a laptop" not in read(ben, "/requests/tasks")


def test_a_request_joins_and_leaves_a_project_on_its_page(ben: Client, cast: Cast, ticket: Ticket) -> None:
    address = f"/requests/{ticket.pk}"
    assert ben.post(f"{address}/joining", {"name": " "}, headers=HTMX).status_code == 422
    ben.post(f"{address}/joining", {"name": "Move to Utrecht"}, headers=HTMX)
    project = Project.objects.get()
    content = read(ben, address)
    assert f"/requests/projects/{project.pk}" in content
    assert "added it to the project “Move to Utrecht”" in content
    other = asked(cast, "Other")
    ben.post(f"/requests/{other.pk}/joining", {"project": project.pk}, headers=HTMX)
    assert project.tickets.count() == 2
    ben.post(f"{address}/projects/{project.pk}/removal")
    assert project.tickets.get() == other
    hidden = Project.begin("Redundancies", by=cast.hanna)
    assert "Redundancies" not in read(ben, f"{address}/joining")
    assert ben.post(f"{address}/joining", {"project": hidden.pk}, headers=HTMX).status_code == 422


@pytest.mark.parametrize("tab", ["info", "requester", "tasks"])
def test_no_side_needs_more_than_twelve_queries(
    ben: Client, cast: Cast, ticket: Ticket, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    project = Project.begin("Move", by=cast.ben)
    project.include(ticket, by=cast.ben)
    for name in ("a", "b"):
        Task.add(ticket, name, by=cast.ben, assignee=cast.ben)
    linking.link(ticket, asked(cast, "Other"), by=cast.ben)
    merging.merge(asked(cast, "Merged"), into=ticket, by=cast.ben)
    ticket.hear(by=cast.ada, words=Words.from_text("And hot."), channel="email")
    read(ben, f"/requests/{ticket.pk}")
    with django_assert_max_num_queries(12):
        read(ben, f"/requests/{ticket.pk}?part=panel&tab={tab}")
    with django_assert_max_num_queries(12):
        read(ben, f"/requests/{ticket.pk}")


def test_what_was_said_of_the_answer_is_read_beside_the_request(ben: Client, cast: Cast, ticket: Ticket) -> None:
    assert "rating-shown" not in read(ben, f"/requests/{ticket.pk}")
    ticket.reply(by=cast.ben, words=Words.from_text("Try again."))
    ticket.resolve(by=cast.ben)
    ticket.refresh_from_db()
    rate(ticket, Rating.Score.BAD, by=cast.ada, comment="It broke <again>")
    page = read(ben, f"/requests/{ticket.pk}")
    assert "rating-shown" in page
    assert "It broke &lt;again&gt;" in page
    assert "rating-shown" not in read(ben, f"/requests/{ticket.pk}?tab=requester")
