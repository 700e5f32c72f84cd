"""The named cast of every test: Ada asks, Ben answers, Cleo approves, Dov must see nothing, Eva administers."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

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

    def everything(self) -> list[models.Model]:
        return [getattr(self, field.name) for field in fields(self)]


@pytest.fixture
def cast(casting: Casting, db: None) -> Cast:
    """The company, founded and with its teams; nobody has asked anything yet."""
    return casting.enter()


@pytest.fixture
def committed_cast(casting: Casting, transactional_db: None) -> Cast:
    """The same, committed: for tests with several connections."""
    return casting.enter()


@pytest.fixture(scope="session")
def casting(django_db_setup: None, django_db_blocker: Any) -> Casting:
    with django_db_blocker.unblock():
        return Casting()


class Casting:
    """Has the cast made once, by the verbs that make people and teams, and puts the same rows into the database of each test.

    That is a query for each table instead of 117. Their times are those of the test, and what Python knows of them is its own.
    """

    # No test is at this time.
    BEGUN: Final = datetime(2001, 2, 3, 4, 5, 6, 7, tzinfo=UTC)

    def __init__(self) -> None:
        with time_machine.travel(self.BEGUN, tick=False), transaction.atomic():
            self._cast = make_cast()
            made = (list(model._base_manager.order_by("pk")) for model in _stored())
            self._rows = [rows for rows in made if rows]
            transaction.set_rollback(True)
        self._row_of = {row: row for rows in self._rows for row in rows}
        self._moments = [
            (row, field.attname)
            for row in self._row_of
            for field in row._meta.concrete_fields
            if getattr(row, field.attname) == self.BEGUN
        ]

    def enter(self) -> Cast:
        now = clock.now()
        for row, name in self._moments:
            setattr(row, name, now)
        with transaction.atomic():
            for rows in self._rows:
                type(rows[0])._base_manager.bulk_create(rows)
        cast = deepcopy(self._cast)
        for known in cast.everything():
            row = self._row_of[known]
            for field in row._meta.concrete_fields:
                setattr(known, field.attname, deepcopy(getattr(row, field.attname)))
        return cast


def _stored() -> list[type[models.Model]]:
    """Whatever a test may write; the others stand there already."""
    return [model for model in apps.get_models() if model._meta.managed and model not in (ContentType, Permission)]


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
