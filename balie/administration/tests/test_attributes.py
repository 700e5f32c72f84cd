"""Settings > People > Attributes, as an administrator uses it."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.people.models import Attribute, Choice, Person, Section

ADDRESS = "/settings/people/attributes/"


@pytest.fixture
def eva(client: Client, cast: Cast) -> Client:
    client.force_login(cast.eva)
    return client


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def made(eva: Client, label: str, type_: str = "text") -> Attribute:
    section = Section.objects.get(key="work")
    sent = {"label": label, "section": section.pk, "type": type_, "label_nl": f"{label} (nl)"}
    assert eva.post(f"{ADDRESS}new", sent).status_code == 302
    return Attribute.objects.get(label=label)


def test_the_whole_list_is_a_few_questions(
    eva: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        Attribute.objects.create(key=f"own-{number}", label=f"Own {number}", section=Section.objects.get(key="work"))
    with django_assert_max_num_queries(9):
        content = read(eva, ADDRESS)
    assert "Own 9" in content
    assert "never shared" in content


def test_an_attribute_is_made_renamed_archived_and_restored(eva: Client, cast: Cast) -> None:
    shirt = made(eva, "Shirt size", "choice")
    one = f"{ADDRESS}{shirt.pk}"
    for name in ("S", "M"):
        assert eva.post(f"{one}/choices", {"choice": name}).status_code == 302
    assert eva.post(f"{one}/choices", {"choice": "m"}).status_code == 422
    cast.ada.attributes = {"shirt-size": "m"}
    cast.ada.save()
    sent = {
        "label": "T-shirt size",
        "section": shirt.section_id,
        "type": "choice",
        "is_required": "on",
        "label_de": "Größe",
    }
    assert eva.post(one, sent).status_code == 302
    shirt.refresh_from_db()
    assert (shirt.label, shirt.labels, shirt.is_required) == ("T-shirt size", {"de": "Größe"}, True)
    assert "1 profile has a value." in read(eva, one)

    eva.post(f"{one}/archive")
    assert "T-shirt size" in read(eva, ADDRESS).partition("Archived")[2]
    eva.post(f"{one}/restoration")
    cast.ada.refresh_from_db()
    assert cast.ada.attributes == {"shirt-size": "m"}


def test_a_type_that_loses_values_is_refused_with_examples(eva: Client, cast: Cast) -> None:
    floor = made(eva, "Floor")
    cast.ada.attributes = {"floor": "third"}
    cast.ada.save()
    answer = eva.post(f"{ADDRESS}{floor.pk}", {"label": "Floor", "section": floor.section_id, "type": "number"})

    content = answer.content.decode()
    assert answer.status_code == 422
    assert "The type was not changed: 1 value would be lost." in content
    assert "<bdi>Ada Vermeer</bdi>: <bdi>third</bdi>" in content


def test_choices_are_ordered_merged_and_archived(eva: Client, cast: Cast) -> None:
    kit = made(eva, "Kit", "choices")
    for name in ("Screen", "Monitor", "Laptop"):
        eva.post(f"{ADDRESS}{kit.pk}/choices", {"choice": name})
    screen, monitor, laptop = Choice.objects.order_by("pk")
    cast.ada.attributes = {"kit": ["monitor"]}
    cast.ada.save()
    answer = eva.post(f"{ADDRESS}{kit.pk}/choices/{laptop.pk}/place", {"way": "up"})
    content = read(eva, answer["Location"])
    assert content.count("autofocus") == 1
    assert list(Choice.objects.values_list("label", flat=True)) == ["Screen", "Laptop", "Monitor"]

    answer = eva.post(f"{ADDRESS}{kit.pk}/choices/{monitor.pk}/merging", {"into": screen.pk}, follow=True)
    assert "“Monitor” is now “Screen”, on 1 profile." in answer.content.decode()
    eva.post(f"{ADDRESS}{kit.pk}/choices/{laptop.pk}/archive")
    laptop.refresh_from_db()
    assert laptop.archived_at
    assert Person.objects.get(pk=cast.ada.pk).attributes == {"kit": ["screen"]}


def test_a_preset_one_is_locked_and_its_marks_are_not(eva: Client, cast: Cast) -> None:
    office, salary = Attribute.objects.get(key="office"), Attribute.objects.get(key="salary")
    content = read(eva, f"{ADDRESS}{office.pk}")
    assert 'name="label"' not in content
    assert eva.post(f"{ADDRESS}{office.pk}", {"is_sensitive": "on", "label": "Castle"}).status_code == 302
    office.refresh_from_db()
    assert (office.label, office.is_sensitive) == ("Office", True)
    eva.post(f"{ADDRESS}{salary.pk}", {})
    salary.refresh_from_db()
    assert salary.is_never_shared
    eva.post(f"{ADDRESS}{salary.pk}/archive")
    salary.refresh_from_db()
    assert salary.archived_at is None


def test_sections_are_made_renamed_and_archived(eva: Client, cast: Cast) -> None:
    eva.post(f"{ADDRESS}sections", {"label": "Equipment", "label_nl": "Uitrusting"})
    section = Section.objects.get(key="equipment")
    assert eva.post(f"{ADDRESS}sections", {"label": ""}).status_code == 422
    eva.post(f"{ADDRESS}sections/{section.pk}", {"label": "Gear"})
    eva.post(f"{ADDRESS}sections/{section.pk}/place", {"way": "up"})
    section.refresh_from_db()
    assert (section.label, section.labels) == ("Gear", {})
    eva.post(f"{ADDRESS}sections/{section.pk}/archive")
    section.refresh_from_db()
    assert section.archived_at


def test_the_page_is_in_the_readers_language(client: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.eva.pk).update(language="nl")
    client.force_login(cast.eva)
    content = read(client, ADDRESS)
    assert "Medewerkersattributen" in content
    assert "Afdeling" in content
