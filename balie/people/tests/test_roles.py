"""Roles."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from balie.config.tests.cast import Cast
from balie.people import roles
from balie.people.models import Person


def test_only_an_administrator_gives_roles(cast: Cast) -> None:
    with pytest.raises(roles.NotAnAdministrator):
        roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.ben)


def test_the_last_administrator_stays_one(cast: Cast) -> None:
    with pytest.raises(roles.LastAdministrator):
        roles.give_role(cast.eva, Person.Role.EXPERT, by=cast.eva)
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    roles.give_role(cast.eva, Person.Role.EXPERT, by=cast.eva)
    assert cast.eva.role == Person.Role.EXPERT


def test_an_administrator_who_left_does_not_count(cast: Cast) -> None:
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    Person.objects.filter(pk=cast.ben.pk).update(status=Person.Status.INACTIVE)
    with pytest.raises(roles.LastAdministrator):
        roles.give_role(cast.eva, Person.Role.EXPERT, by=cast.eva)


def test_whoever_cannot_sign_in_gets_no_role(cast: Cast) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="zoe@elsewhere.example", name="Zoe")
    with pytest.raises(roles.CannotSignIn):
        roles.give_role(stranger, Person.Role.EXPERT, by=cast.eva)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_one_moment(committed_cast: Cast) -> None:
    cast = committed_cast
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    start, refused = threading.Barrier(2), []

    def remove(person: Person, by: Person) -> None:
        start.wait()
        try:
            roles.give_role(person, Person.Role.EMPLOYEE, by=by)
        except roles.RoleRefused as reason:
            refused.append(reason)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=remove, args=(Person.objects.get(pk=one.pk), other))
        for one, other in ((cast.eva, cast.ben), (cast.ben, cast.eva))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Person.objects.filter(role=Person.Role.ADMINISTRATOR).count() == 1
