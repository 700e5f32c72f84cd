"""What a session may hear."""

from __future__ import annotations

import pytest
from django.test import Client

from balie.config.hearing import hearing_of
from balie.config.tests.cast import Cast
from balie.people.models import Person

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
