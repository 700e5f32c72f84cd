"""The demo company."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from balie.channels.models import Delivery
from balie.operations.demo import threads, week
from balie.operations.demo.loading import load
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Team
from balie.tickets.models import Attachment, Event, Message, Ticket


@pytest.mark.usefixtures("company")
def test_it_is_loaded_once_with_the_people_teams_and_requests_of_the_contract() -> None:
    assert not load()
    for name in ("ada", "ben", "cleo", "dov", "eva"):
        assert Person.objects.get(email=f"{name}@balie.example").is_active
    assert Person.objects.get(email="ada@balie.example").supervisor == Person.objects.get(email="cleo@balie.example")
    assert Person.objects.count() == 220
    assert len(set(Person.objects.values_list("time_zone", flat=True))) == 5
    assert set(Team.objects.values_list("name", flat=True)) == {
        "IT", "People", "Finance", "Facilities", "Legal", "Workplace",
    }  # fmt: skip
    assert Team.objects.get(name="People").is_private
    assert not Team.objects.get(name="Workplace").is_visible
    assert Ticket.objects.count() >= 150
    assert {ticket.group for ticket in Ticket.objects.all()} == {"todo", "in_progress", "waiting", "resolved"}
    assert Ticket.objects.filter(merged_into__isnull=False).exists()
    assert Ticket.objects.open().filter(due_on__lt=clock.now().date()).exists()
    assert Attachment.objects.count() > 30
    assert Message.objects.filter(kind=Message.Kind.NOTE).count() > 15
    # Nobody is sent anything, and nothing happens in the future or is older than some weeks.
    assert not Delivery.objects.filter(state__in=Delivery.PENDING).exists()
    times = list(Event.objects.values_list("at", flat=True))
    assert max(times) < clock.now()
    assert min(times) > clock.now() - timedelta(days=40)


def test_every_thread_is_read_to_its_last_line() -> None:
    all_of_them = threads.read_all()
    subjects = {thread.subject for thread in all_of_them}
    assert len(subjects) == len(all_of_them)
    with pytest.raises(threads.NotUnderstood):
        list(threads.read("# it / Access / Subject\n@ ada yesterday by mail\n"))
    with pytest.raises(threads.NotUnderstood):
        list(threads.read("# it / Access / Subject\n@ ada 2h ago by mail\nWords\n@ ben sings\n"))


def test_the_week_counts_working_minutes_forth_and_back() -> None:
    friday, monday = datetime(2026, 11, 20, 16, 59, tzinfo=UTC), datetime(2026, 11, 23, 7, 1, tzinfo=UTC)
    assert week.count(monday) - week.count(friday) == 2
    assert week.count(datetime(2026, 11, 21, 12, tzinfo=UTC)) == week.count(friday) + 1
    assert week.moment(week.count(monday) - 1) == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    dice = random.Random(7)
    for _turn in range(500):
        moment = friday + timedelta(minutes=dice.randrange(100_000))
        assert week.moment(week.count(moment)) <= moment
        assert week.count(week.moment(week.count(moment))) == week.count(moment)
