"""The cast, as far as people go."""

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from balie.organisation.models import Organisation
from balie.people.models import Person


@pytest.fixture(autouse=True)
def _mails_stay_here(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    # The real one is slow by design.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def organisation(db: None) -> Organisation:
    cache.clear()
    return Organisation.objects.create(name="Balie Example", language="en")


@pytest.fixture
def eva(organisation: Organisation) -> Person:
    return Person.objects.create_employee(name="Eva Beheer", email="eva@balie.example", role=Person.Role.ADMINISTRATOR)


@pytest.fixture
def cleo(organisation: Organisation) -> Person:
    return Person.objects.create_employee(name="Cleo Meijer", email="cleo@balie.example")


@pytest.fixture
def ada(cleo: Person) -> Person:
    return Person.objects.create_employee(name="Ada Vermeer", email="ada@balie.example", supervisor=cleo)


@pytest.fixture
def ben(organisation: Organisation) -> Person:
    return Person.objects.create_employee(name="Ben Jansen", email="ben@balie.example", role=Person.Role.EXPERT)
