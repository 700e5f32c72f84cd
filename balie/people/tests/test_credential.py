"""API credentials: one secret, shown once; what they may do, until when, and what the system keeps for itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from balie.people.models import ApiScope, Credential, Person
from balie.people.models.credential import MadeBySystem, NameTaken, Revoked
from balie.platform import clock

pytestmark = pytest.mark.django_db


def made(by: Person, *scopes: str) -> tuple[Credential, str]:
    return Credential.issue(name="Rota", scopes=scopes, by=by)


def test_the_secret_is_kept_as_a_digest_and_opens(eva: Person) -> None:
    credential, secret = made(eva, ApiScope.PEOPLE_READ)
    assert secret not in str(Credential.objects.values().get())
    found = Credential.of(credential.key, secret)
    assert found is not None
    assert found.allows("people:read")
    assert not found.allows("people:write")
    assert Credential.of(credential.key, secret + "x") is None
    assert Credential.of("key_other", secret) is None


def test_unknown_scopes_are_not_kept(eva: Person) -> None:
    credential, _secret = made(eva, "everything", ApiScope.TEAMS_READ)
    assert credential.scopes == ["teams:read"]


def test_a_new_secret_ends_the_former_one(eva: Person) -> None:
    credential, former = made(eva)
    newest = credential.rotate()
    assert Credential.of(credential.key, former) is None
    assert Credential.of(credential.key, newest) is not None
    assert credential.rotated_at is not None


def test_revoked_credentials_open_nothing_and_stay_so(eva: Person) -> None:
    credential, secret = made(eva)
    credential.revoke()
    assert Credential.of(credential.key, secret) is None
    for verb in (credential.rotate, credential.revoke, lambda: credential.change(name="Rota", scopes=[])):
        with pytest.raises(Revoked):
            verb()


def test_they_end_after_their_last_day(eva: Person) -> None:
    credential, secret = made(eva)
    credential.expire_on(clock.now().date())
    assert Credential.of(credential.key, secret) is not None
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        assert Credential.of(credential.key, secret) is None


def test_the_last_use_is_written_once_a_minute(eva: Person) -> None:
    credential, secret = made(eva)
    moments = []
    for seconds in (0, 30, 70):
        with time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False):
            Credential.of(credential.key, secret)
            credential.refresh_from_db()
            moments.append(credential.last_used_at)
    assert moments[0] == moments[1] != moments[2]


def test_a_name_is_given_once(eva: Person) -> None:
    made(eva)
    with pytest.raises(NameTaken):
        Credential.issue(name="rota", scopes=[], by=eva)


def test_conversations_keeps_its_own(eva: Person) -> None:
    own = Credential.make_for_conversations(allowed=())
    assert Credential.of(own.key, "") is None
    for verb in (own.rotate, own.revoke, lambda: own.change(name="Other", scopes=[])):
        with pytest.raises(MadeBySystem):
            verb()
    for change in ({"revoked_at": clock.now()}, {"digest": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Credential.objects.filter(pk=own.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.create(name="Second", key="second", is_system=True)


def test_whoever_made_them_may_leave(ben: Person) -> None:
    credential, secret = made(ben)
    ben.delete()
    found = Credential.of(credential.key, secret)
    assert found is not None
    assert found.acts_as is None
