"""Experts see only what is allowed, and what is never shared cannot be allowed."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from balie.people.disclosure import shown_to_experts
from balie.people.models import AllowedAttribute, Attribute, Credential, Identity, Person
from balie.people.models.credential import NeverShared
from balie.people.presets import SHOWN_FROM_THE_START, make_preset_attributes

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
    Credential.make_for_conversations(allowed=SHOWN_FROM_THE_START)
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
    allow("office", "department")
    assert ("Office", "Utrecht") in shown_to_experts(known_ada)
    assert "+31" not in str(shown_to_experts(known_ada))


def test_a_team_narrows_the_list_and_never_widens_it(known_ada: Person) -> None:
    office, department = (Attribute.objects.get(key=key).pk for key in ("office", "department"))
    shown = shown_to_experts(known_ada, narrowed_to={office, department})
    assert [label for label, _value in shown] == ["Name", "Status", "Email", "Department"]


@pytest.mark.parametrize("key", SECRETS)
def test_what_is_never_shared_cannot_be_allowed(known_ada: Person, key: str) -> None:
    secret, own = Attribute.objects.get(key=key), conversations()
    with pytest.raises(NeverShared):
        own.allow([secret.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        AllowedAttribute.objects.create(credential=own, attribute=secret)
    with pytest.raises(IntegrityError), transaction.atomic():
        AllowedAttribute.objects.filter(attribute__key="phone").update(attribute=secret)

    assert str(SECRETS[key]) not in [value for _, value in shown_to_experts(known_ada, attributes=[secret])]
    assert Attribute.objects.shown_to_experts().count() == len(SHOWN_FROM_THE_START)


def test_what_becomes_never_shared_is_not_shown_any_more(known_ada: Person) -> None:
    Attribute.objects.filter(key="phone").update(is_never_shared=True)

    assert "+31" not in str(shown_to_experts(known_ada))
    assert not AllowedAttribute.objects.filter(attribute__key="phone").exists()


def test_what_is_in_a_profile_without_an_attribute_is_not_shown(known_ada: Person) -> None:
    known_ada.attributes["diary"] = "secret"

    assert "secret" not in str(shown_to_experts(known_ada))


def test_dates_and_labels_are_in_the_readers_language(known_ada: Person) -> None:
    allow("hire_date")
    known_ada.attributes["hire_date"] = "2021-03-09"
    with translation.override("de"):
        assert "09.03.2021" in [value for _, value in shown_to_experts(known_ada)]


def test_of_an_external_only_name_and_address_are_known(organisation: object) -> None:
    guest = Person.objects.take_in(kind=Identity.EMAIL, external_id="guest@elsewhere.example", name="Guest")

    assert shown_to_experts(guest) == [("Name", "Guest"), ("Email", "guest@elsewhere.example")]


def test_presets_are_made_once_and_what_was_changed_stays(known_ada: Person) -> None:
    number = Attribute.objects.count()
    Attribute.objects.filter(key="phone").update(label="Telephone")
    allow("office")
    make_preset_attributes()
    Credential.make_for_conversations(allowed=SHOWN_FROM_THE_START)

    assert (Attribute.objects.count(), Attribute.objects.get(key="phone").label) == (number, "Telephone")
    assert [one.key for one in Attribute.objects.shown_to_experts()] == ["office"]


def conversations() -> Credential:
    return Credential.objects.get(is_system=True)


def allow(*keys: str) -> None:
    conversations().allow(Attribute.objects.filter(key__in=keys).values_list("pk", flat=True))
