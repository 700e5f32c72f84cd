"""The demo company."""

import pytest

from balie.channels.models import Delivery
from balie.operations.demo.loading import load
from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Ticket


@pytest.mark.django_db
def test_it_is_loaded_once_and_nobody_is_sent_anything() -> None:
    assert load()
    assert not load()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_it_has_the_people_and_teams_of_the_contract() -> None:
    load()
    for name in ("ada", "ben", "cleo", "dov", "eva"):
        assert Person.objects.get(email=f"{name}@balie.example").is_active
    assert set(Team.objects.values_list("name", flat=True)) == {
        "IT", "People", "Finance", "Facilities", "Legal", "Workplace",
    }  # fmt: skip
    assert Team.objects.get(name="People").is_private
    assert not Team.objects.get(name="Workplace").is_visible
    assert {ticket.group for ticket in Ticket.objects.all()} == {"todo", "in_progress", "waiting", "resolved"}
