"""What a session may hear."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from balie.config.hearing import hearing_of
from balie.config.tests.cast import Cast
from balie.config.viewing_as import LONGEST
from balie.people.models import Person
from balie.platform import clock

pytestmark = pytest.mark.django_db


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    key = client.session.session_key
    assert key is not None
    return key


def test_an_expert_hears_their_own_teams_and_themselves(cast: Cast) -> None:
    heard = hearing_of(session_of(cast.ben))
    assert heard is not None
    assert heard.topics == {f"person:{cast.ben.pk}", f"team:{cast.it.pk}", "experts"}


def test_an_administrator_hears_no_private_team(cast: Cast) -> None:
    heard = hearing_of(session_of(cast.eva))
    assert heard is not None
    assert f"team:{cast.it.pk}" in heard.topics
    assert f"team:{cast.people.pk}" not in heard.topics


def test_an_employee_hears_themselves_only(cast: Cast) -> None:
    heard = hearing_of(session_of(cast.ada))
    assert heard is not None
    assert heard.topics == {f"person:{cast.ada.pk}"}


def test_who_has_left_hears_nothing(cast: Cast) -> None:
    session = session_of(cast.ben)
    Person.objects.filter(pk=cast.ben.pk).update(status=Person.Status.INACTIVE)
    assert hearing_of(session) is None


def test_an_ended_session_hears_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ben)
    session = client.session.session_key
    client.session.flush()
    assert hearing_of(str(session)) is None
    assert hearing_of("made-up") is None


def test_whoever_views_as_somebody_hears_what_they_would_without_private_teams(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.eva)
    key = str(client.session.session_key)
    client.post(reverse("viewing", args=[cast.hanna.pk]))
    heard = hearing_of(key)
    assert heard is not None
    assert (heard.person, heard.viewer) == (cast.hanna.pk, cast.eva.pk)
    # Hanna works in the private team, which stays closed; nothing of what only Eva hears comes through.
    assert heard.topics == {f"person:{cast.hanna.pk}", "experts"}
    assert heard.follows == {f"rights:{cast.hanna.pk}", f"rights:{cast.eva.pk}"}
    assert heard.until <= clock.now() + LONGEST
    with time_machine.travel(clock.now() + LONGEST + timedelta(minutes=1)):
        over = hearing_of(key)
    assert over is not None
    assert over.person == cast.eva.pk
    client.post(reverse("viewing-end"))
    again = hearing_of(key)
    assert again is not None
    assert (again.person, again.viewer) == (cast.eva.pk, None)
