"""The named cast of every test: Ada asks, Ben answers, Cleo approves, Dov must see nothing, Eva administers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from balie.operations import founding
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Category, Membership, Team


@dataclass
class Cast:
    """People and teams of the company. `it` is Ben's, `people` is private (Hanna's), `facilities` is Dov's."""

    organisation: Organisation
    ada: Person
    ben: Person
    cleo: Person
    dov: Person
    eva: Person
    hanna: Person
    it: Team
    people: Team
    facilities: Team
    hardware: Category


@pytest.fixture
def cast(db: None) -> Cast:
    """The company, founded and with its teams; nobody has asked anything yet."""
    return make_cast()


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The same, committed: for tests with several connections."""
    return make_cast()


def make_cast() -> Cast:
    Organisation.objects.create(name="Balie Example", language="en", activated_at=clock.now())
    founding.make_presets()
    employee = Person.objects.create_employee
    eva = employee(name="Eva Beheer", email="eva@balie.example", role=Person.Role.ADMINISTRATOR)
    cleo = employee(name="Cleo Meijer", email="cleo@balie.example")
    ada = employee(name="Ada Vermeer", email="ada@balie.example", language="nl", supervisor=cleo)
    ben = employee(name="Ben Jansen", email="ben@balie.example", role=Person.Role.EXPERT)
    dov = employee(name="Dov Katz", email="dov@balie.example", role=Person.Role.EXPERT)
    hanna = employee(name="Hanna Nowak", email="hanna@balie.example", role=Person.Role.EXPERT, language="de")
    it = Team.objects.create(name="IT", kind=Team.Kind.IT, address="it")
    people = Team.objects.create(name="People", kind=Team.Kind.HR, address="people", is_private=True)
    facilities = Team.objects.create(name="Facilities", kind=Team.Kind.FACILITIES, address="facilities")
    for team, person in ((it, ben), (people, hanna), (facilities, dov)):
        Membership.objects.create(team=team, person=person)
    return Cast(
        organisation=Organisation.current(), ada=ada, ben=ben, cleo=cleo, dov=dov, eva=eva, hanna=hanna,
        it=it, people=people, facilities=facilities, hardware=Category.objects.create(team=it, name="Hardware"),
    )  # fmt: skip
