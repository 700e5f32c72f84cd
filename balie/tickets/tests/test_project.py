"""Projects: what each person sees of them, and what is counted for whom."""

import pytest
from django.db import connection

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.tickets import deleting, disclosing, merging, moving, refusals
from balie.tickets.models import Inclusion, Project, Ticket
from balie.tickets.models.ticket import worked_on_in_sql
from balie.tickets.words import Words


def asked(cast: Cast, team: object = None, subject: str = "Desk") -> Ticket:
    words = Words.from_text("Hi")
    return Ticket.open(team=team or cast.it, requester=cast.ada, subject=subject, words=words, channel="web")  # type: ignore[arg-type]


@pytest.fixture
def project(cast: Cast) -> Project:
    return Project.begin("Move to Utrecht", by=cast.ben)


def seen_by(person: Person) -> list[str]:
    return list(Project.objects.seen_by(person).values_list("name", flat=True))


def progress(person: Person, project: Project) -> tuple[int, int]:
    counted = Inclusion.objects.worked_on_by(person).filter(project=project).progress()
    return counted.get(project.pk, (0, 0))


def test_it_is_seen_by_its_owner_and_by_whoever_works_on_one_of_its_requests(cast: Cast, project: Project) -> None:
    assert [seen_by(one) for one in (cast.ben, cast.dov, cast.hanna, cast.ada)] == [[project.name], [], [], []]
    ticket = asked(cast)
    project.include(ticket, by=cast.ben)
    assert seen_by(cast.dov) == []
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    assert seen_by(cast.dov) == [project.name]
    assert seen_by(cast.ben) == [project.name]
    deleting.delete(ticket, by=cast.dov)
    assert seen_by(cast.dov) == []


def test_whoever_asked_learns_nothing_of_the_project_their_request_is_in(cast: Cast, project: Project) -> None:
    own = Ticket.open(team=cast.it, requester=cast.dov, subject="Own", words=Words.from_text("Hi"), channel="web")
    project.include(own, by=cast.ben)
    assert seen_by(cast.dov) == []
    assert seen_by(cast.ada) == []


def test_a_private_teams_requests_are_not_counted_for_others(cast: Cast, project: Project) -> None:
    public, private = asked(cast), asked(cast, cast.people)
    project.include(public, by=cast.ben)
    with pytest.raises(refusals.NotYours):
        project.include(private, by=cast.ben)
    with pytest.raises(refusals.NotYourProject):
        project.include(private, by=cast.hanna)
    project.change(by=cast.ben, owner=cast.hanna)
    project.include(private, by=cast.hanna)
    private.resolve(by=cast.hanna)
    assert progress(cast.ben, project) == (0, 1)
    assert progress(cast.eva, project) == (0, 1)
    assert progress(cast.hanna, project) == (1, 1)


def test_an_administrator_sees_no_project_that_only_private_requests_are_in(cast: Cast, project: Project) -> None:
    assert seen_by(cast.eva) == [project.name]
    secret = Project.begin("Redundancies", by=cast.hanna)
    assert "Redundancies" in seen_by(cast.eva)
    private = asked(cast, cast.people)
    secret.include(private, by=cast.hanna)
    assert seen_by(cast.eva) == [project.name]
    with pytest.raises(refusals.NotYourProject):
        secret.change(by=cast.eva, name="Seen")
    disclosing.disclose(private.pk, by=cast.eva, reason="Hanna is ill")
    assert "Redundancies" in seen_by(cast.eva)


def test_only_its_owner_and_administrators_change_it(cast: Cast, project: Project) -> None:
    ticket = asked(cast, cast.facilities)
    project.change(by=cast.eva, owner=cast.dov)
    project.include(ticket, by=cast.dov)
    project.include(asked(cast), by=cast.eva)
    assert seen_by(cast.ben) == [project.name]
    with pytest.raises(refusals.NotYourProject):
        project.change(by=cast.ben, name="Mine")
    with pytest.raises(refusals.NotYourProject):
        project.archive(by=cast.ben)
    Person.objects.filter(pk=cast.dov.pk).update(status=Person.Status.INACTIVE)
    Project.objects.get(pk=project.pk).change(by=cast.ben, owner=cast.ben)
    project.refresh_from_db()
    assert project.owner == cast.ben
    with pytest.raises(refusals.OwnerMustBeAnExpert):
        project.change(by=cast.ben, owner=cast.ada)
    with pytest.raises(refusals.NotYourProject):
        Project.begin("No", by=cast.ada)


def test_joining_and_leaving_are_events_of_the_request(cast: Cast, project: Project) -> None:
    ticket = asked(cast)
    for _ in range(2):
        project.include(ticket, by=cast.ben)
    project.release(ticket, by=cast.ben)
    assert list(ticket.events.values_list("kind", flat=True)) == ["opened", "project_joined", "project_left"]
    project.archive(by=cast.ben)
    with pytest.raises(refusals.ProjectArchived):
        project.include(ticket, by=cast.ben)


def test_a_merged_request_counts_once_and_comes_back(cast: Cast, project: Project) -> None:
    one, other = asked(cast), asked(cast, subject="Same")
    second = Project.begin("Second", by=cast.ben)
    for ticket in (one, other):
        project.include(ticket, by=cast.ben)
    second.include(one, by=cast.ben)
    merging.merge(one, into=other, by=cast.ben)
    assert (progress(cast.ben, project), progress(cast.ben, second)) == ((0, 1), (0, 1))
    one.refresh_from_db()
    merging.unmerge(one, by=cast.ben)
    assert (progress(cast.ben, project), progress(cast.ben, second)) == ((0, 2), (0, 1))
    assert set(one.projects.all()) == {project, second}


def test_what_is_worked_on_is_the_same_in_sql_and_in_a_query_set(cast: Cast) -> None:
    made = [asked(cast, team) for team in (cast.it, cast.people, cast.facilities, cast.people)]
    made.append(Ticket.open(team=cast.it, requester=cast.ben, subject="Own", words=Words.from_text("x"), channel="web"))
    deleting.delete(made[0], by=cast.ben)
    made.append(asked(cast))
    disclosing.disclose(made[1].pk, by=cast.eva, reason="Hanna is ill")
    for person in (cast.ben, cast.dov, cast.eva, cast.hanna):
        condition, values = worked_on_in_sql(person, "one")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT number FROM tickets_ticket AS one WHERE {condition}", values)  # noqa: S608  (it is what is tested)
            found = {row[0] for row in cursor.fetchall()}
        assert found == set(Ticket.objects.worked_on_by(person).values_list("pk", flat=True)), person
