"""The pages of projects: what each reader finds there, and nothing of what they may not see."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.tickets.models import Project, Ticket
from balie.tickets.words import Words


def asked(cast: Cast, subject: str, team: object = None) -> Ticket:
    words = Words.from_text("Hi")
    return Ticket.open(team=team or cast.it, requester=cast.ada, subject=subject, words=words, channel="web")  # type: ignore[arg-type]


@pytest.fixture
def project(cast: Cast) -> Project:
    """Hanna's, with Ben's and her own request in it."""
    made = Project.begin("Move to Utrecht", by=cast.ben)
    made.include(asked(cast, "Cables"), by=cast.ben)
    made.change(by=cast.ben, owner=cast.hanna)
    made.include(asked(cast, "Pelikaan", cast.people), by=cast.hanna)
    return made


def read(client: Client, person: object, address: str) -> str:
    client.force_login(person)  # type: ignore[arg-type]
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_each_reader_sees_and_counts_only_what_they_work_on(client: Client, cast: Cast, project: Project) -> None:
    for person, subject, hidden, done in (
        (cast.ben, "Cables", "Pelikaan", "0 of 1"),
        (cast.hanna, "Pelikaan", "Cables", "0 von 1"),
    ):
        page = read(client, person, f"/requests/projects/{project.pk}")
        assert subject in page
        assert hidden not in page
        assert done in page
        assert done in read(client, person, "/requests/projects/")
    client.force_login(cast.dov)
    assert client.get(f"/requests/projects/{project.pk}").status_code == 404
    assert "Utrecht" not in read(client, cast.dov, "/requests/projects/")


def test_a_project_is_made_changed_filled_and_archived(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    assert client.post("/requests/projects/new", {"name": ""}).status_code == 422
    address = client.post("/requests/projects/new", {"name": "Move", "state": "planned"}).headers["Location"]
    project = Project.objects.get()
    assert address == f"/requests/projects/{project.pk}"
    ticket = asked(cast, "Cables")
    assert client.post(f"{address}/requests", {"number": f"#{ticket.pk}"}).status_code == 302
    secret = asked(cast, "Pelikaan", cast.people)
    refused = client.post(f"{address}/requests", {"number": secret.pk})
    missing = client.post(f"{address}/requests", {"number": 987654})
    assert refused.status_code == missing.status_code == 422
    assert "You work on no request of that number." in refused.content.decode()
    sent = {
        "name": "Moving",
        "state": "active",
        "owner": cast.ben.pk,
        "due_on": "2030-01-01",
        "description": "All of it",
    }
    client.post(f"{address}/shape", sent)
    project.refresh_from_db()
    assert (project.name, project.state, project.description) == ("Moving", "active", "All of it")
    client.post(f"{address}/requests/{ticket.pk}/removal")
    assert not project.tickets.exists()
    client.post(f"{address}/archive")
    assert "Moving" not in read(client, cast.ben, "/requests/projects/")
    assert "Moving" in read(client, cast.ben, "/requests/projects/?archived")
    client.post(f"{address}/unarchive")
    assert "Moving" in read(client, cast.ben, "/requests/projects/")


def test_who_sees_it_without_owning_it_finds_no_way_to_change_it(client: Client, cast: Cast, project: Project) -> None:
    page = read(client, cast.ben, f"/requests/projects/{project.pk}")
    assert "/shape" not in page
    assert client.get(f"/requests/projects/{project.pk}/shape").status_code == 404
    client.post(f"/requests/projects/{project.pk}/archive")
    project.refresh_from_db()
    assert project.archived_at is None


def test_whoever_gives_it_away_and_sees_nothing_of_it_any_more_is_led_to_the_list(client: Client, cast: Cast) -> None:
    project = Project.begin("Move", by=cast.ben)
    client.force_login(cast.ben)
    sent = {"name": "Move", "state": "active", "owner": cast.dov.pk}
    assert client.post(f"/requests/projects/{project.pk}/shape", sent).headers["Location"] == "/requests/projects/"


def test_the_pages_stay_within_twelve_queries(
    client: Client, cast: Cast, project: Project, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("a", "b", "c"):
        Project.begin(name, by=cast.ben).include(asked(cast, name), by=cast.ben)
    read(client, cast.ben, "/requests/projects/")
    for address in ("/requests/projects/", f"/requests/projects/{project.pk}", "/requests/tasks"):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
