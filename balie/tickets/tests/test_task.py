"""Tasks: the team's own steps within a request."""

from datetime import date

import pytest

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.people.roles import give_role
from balie.teams.models import Membership
from balie.tickets import merging, moving, refusals
from balie.tickets.models import Event, Task, Ticket
from balie.tickets.words import Words


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return asked(cast)


def asked(cast: Cast, subject: str = "New colleague") -> Ticket:
    return Ticket.open(team=cast.it, requester=cast.ada, subject=subject, words=Words.from_text("Hi"), channel="web")


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("pk").values_list("kind", flat=True))


def test_a_task_is_added_done_and_opened_again(cast: Cast, ticket: Ticket) -> None:
    task = Task.add(ticket, " Order a laptop ", by=cast.ben, assignee=cast.ben, due_on=date(2030, 1, 1))
    assert (task.title, task.position) == ("Order a laptop", 0)
    task.finish(by=cast.ben)
    task.finish(by=cast.ben)
    assert task.is_done
    task.reopen(by=cast.ben)
    assert not task.is_done
    assert kinds(ticket)[1:] == ["task_added", "task_done", "task_reopened"]
    assert "laptop" not in str(list(Event.objects.values_list("details", flat=True)))


def test_only_those_who_work_on_the_request_touch_its_tasks(cast: Cast, ticket: Ticket) -> None:
    task = Task.add(ticket, "Order", by=cast.ben)
    for person in (cast.ada, cast.cleo, cast.dov, cast.hanna):
        with pytest.raises(refusals.Refused):
            Task.add(ticket, "Mine", by=person)
        for verb in (task.finish, task.reopen, task.remove):
            with pytest.raises(refusals.Refused):
                verb(by=person)
        assert not Task.objects.worked_on_by(person).exists()
    assert Task.objects.worked_on_by(cast.eva).get() == task


def test_a_task_is_given_only_to_somebody_who_works_on_the_request(cast: Cast, ticket: Ticket) -> None:
    task = Task.add(ticket, "Order", by=cast.ben)
    for person in (cast.ada, cast.cleo, cast.dov, cast.hanna):
        with pytest.raises(refusals.Refused):
            task.change(by=cast.ben, assignee=person)
        with pytest.raises(refusals.Refused):
            Task.add(ticket, "Another", by=cast.ben, assignee=person)
    task.change(by=cast.ben, assignee=cast.ben, title="Order two")
    assert (task.assignee, task.title) == (cast.ben, "Order two")


def test_tasks_are_put_in_order(cast: Cast, ticket: Ticket) -> None:
    first, second, third = (Task.add(ticket, name, by=cast.ben) for name in ("a", "b", "c"))
    third.place(0, by=cast.ben)
    assert list(ticket.tasks.values_list("title", flat=True)) == ["c", "a", "b"]
    third.place(99, by=cast.ben)
    assert list(ticket.tasks.values_list("title", flat=True)) == ["a", "b", "c"]
    second.remove(by=cast.ben)
    assert list(ticket.tasks.values_list("title", flat=True)) == ["a", "c"]
    assert Task.add(ticket, "d", by=cast.ben).position > Task.objects.get(pk=third.pk).position
    assert first.position == 0


def test_tasks_go_along_to_another_team_without_whoever_does_not_work_there(cast: Cast, ticket: Ticket) -> None:
    eva, ben = (
        Task.add(ticket, "a", by=cast.ben, assignee=cast.eva),
        Task.add(ticket, "b", by=cast.ben, assignee=cast.ben),
    )
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    for task in (eva, ben):
        task.refresh_from_db()
    assert (eva.assignee, ben.assignee) == (cast.eva, None)
    assert not Task.objects.worked_on_by(cast.ben).exists()
    assert Task.objects.worked_on_by(cast.dov).count() == 2
    moving.move(ticket, to=cast.people, by=cast.dov)
    eva.refresh_from_db()
    assert eva.assignee is None


def test_nobody_does_a_task_of_their_own_request(cast: Cast, ticket: Ticket) -> None:
    task = Task.add(ticket, "Order", by=cast.ben, assignee=cast.ben)
    fay = Person.objects.create_employee(name="Fay", email="fay@balie.example", role=Person.Role.ADMINISTRATOR)
    give_role(cast.eva, Person.Role.EXPERT, by=fay)
    Membership.objects.create(team=cast.it, person=cast.eva)
    moving.hand_to_requester(ticket, requester=cast.ben, by=cast.eva)
    task.refresh_from_db()
    assert task.assignee is None
    with pytest.raises(refusals.OwnRequest):
        task.finish(by=cast.ben)


def test_tasks_follow_a_merge_and_come_back_with_it(cast: Cast, ticket: Ticket) -> None:
    other = asked(cast, "The same")
    kept = Task.add(other, "kept", by=cast.ben)
    moved = Task.add(ticket, "moved", by=cast.ben, assignee=cast.ben)
    merging.merge(ticket, into=other, by=cast.ben)
    assert list(other.tasks.all()) == [kept, moved]
    ticket.refresh_from_db()
    merging.unmerge(ticket, by=cast.ben)
    assert (list(other.tasks.all()), list(ticket.tasks.all())) == ([kept], [moved])


def test_a_checklist_has_an_end(cast: Cast, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balie.tickets.models.task.MOST_OF_A_REQUEST", 2)
    for name in ("a", "b"):
        Task.add(ticket, name, by=cast.ben)
    with pytest.raises(refusals.TooManyTasks):
        Task.add(ticket, "c", by=cast.ben)
