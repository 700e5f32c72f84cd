"""Experts see only what is allowed, and what is never shared cannot be allowed."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from balie.people.disclosure import shown_to_experts
from balie.people.models import Attribute, Identity, Person
from balie.people.presets import make_preset_attributes

pytestmark = pytest.mark.django_db

SECRETS = {
    "iban": "NL91ABNA",
    "tax_id": "12345",
    "social_insurance_number": "98765",
    "salary": 4200,
    "health_notes": "x",
}


@pytest.fixture
def known_ada(ada: Person) -> Person:
    make_preset_attributes()
    ada.attributes = {"position": "Baker", "department": "Ovens", "phone": "+31 6 1", "office": "Utrecht"} | SECRETS
    ada.save()
    return ada


def test_experts_see_name_status_contact_position_and_department(known_ada: Person) -> None:
    assert shown_to_experts(known_ada) == [
        ("Name", "Ada Vermeer"),
        ("Status", "active"),
        ("Email", "ada@balie.example"),
        ("Position", "Baker"),
        ("Department", "Ovens"),
        ("Phone", "+31 6 1"),
    ]


def test_an_attribute_is_shown_once_it_is_allowed(known_ada: Person) -> None:
    assert "Utrecht" not in str(shown_to_experts(known_ada))
    Attribute.objects.filter(key="office").update(is_allowed=True)
    assert ("Office", "Utrecht") in shown_to_experts(known_ada)
    Attribute.objects.filter(key="phone").update(is_allowed=False)
    assert "+31" not in str(shown_to_experts(known_ada))


@pytest.mark.parametrize("key", SECRETS)
def test_what_is_never_shared_cannot_be_allowed(known_ada: Person, key: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attribute.objects.filter(key=key).update(is_allowed=True)
    forged = Attribute.objects.get(key=key)
    forged.is_allowed = True

    assert str(SECRETS[key]) not in [value for _, value in shown_to_experts(known_ada, attributes=[forged])]


def test_what_is_in_a_profile_without_an_attribute_is_not_shown(known_ada: Person) -> None:
    known_ada.attributes["diary"] = "secret"

    assert "secret" not in str(shown_to_experts(known_ada))


def test_dates_and_labels_are_in_the_readers_language(known_ada: Person) -> None:
    Attribute.objects.filter(key="hire_date").update(is_allowed=True)
    known_ada.attributes["hire_date"] = "2021-03-09"
    with translation.override("de"):
        assert "09.03.2021" in [value for _, value in shown_to_experts(known_ada)]


def test_of_an_external_only_name_and_address_are_known(organisation: object) -> None:
    guest = Person.objects.take_in(kind=Identity.EMAIL, external_id="guest@elsewhere.example", name="Guest")

    assert shown_to_experts(guest) == [("Name", "Guest"), ("Email", "guest@elsewhere.example")]


def test_presets_are_made_once_and_what_was_changed_stays(known_ada: Person) -> None:
    number = Attribute.objects.count()
    Attribute.objects.filter(key="phone").update(is_allowed=False, label="Telephone")
    make_preset_attributes()

    phone = Attribute.objects.get(key="phone")
    assert (Attribute.objects.count(), phone.is_allowed, phone.label) == (number, False, "Telephone")
