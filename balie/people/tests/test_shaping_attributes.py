"""Administrators decide what profiles hold, and no value is lost by that."""

from collections.abc import Mapping

import pytest

from balie.people import shaping_attributes as shaping
from balie.people.models import Attribute, AttributeChange, Choice, Credential, Person, Section
from balie.people.presets import make_preset_attributes
from balie.people.shaping_attributes import Outline

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(eva: Person) -> Section:
    make_preset_attributes()
    return Section.objects.get(key="work")


def own(work: Section, by: Person, label: str = "Cost centre", type_: str = "text") -> Attribute:
    return shaping.make_attribute(Outline(label=label, section=work, type=type_), by=by)


def given(key: str, values: Mapping[Person, object]) -> None:
    for person, value in values.items():
        Person.objects.filter(pk=person.pk).update(attributes={key: value})


def retype(attribute: Attribute, to: str, by: Person) -> None:
    shaping.reshape(attribute, Outline(label=attribute.label, section=attribute.section, type=to), by=by)


def values_of(key: str) -> list[object]:
    return [person.attributes[key] for person in Person.objects.filter(attributes__has_key=key).order_by("pk")]


def test_keys_are_made_from_labels_and_never_those_of_a_person(work: Section, eva: Person) -> None:
    keys = [own(work, eva, label).key for label in ("Cost centre", "Cost centre", "Email", "電話", "status")]
    assert keys == ["cost-centre", "cost-centre-2", "email-2", "own", "status-2"]


def test_only_administrators_shape(work: Section, ben: Person) -> None:
    with pytest.raises(shaping.NotForYou):
        own(work, ben)
    with pytest.raises(shaping.NotForYou):
        shaping.make_section("Mine", labels={}, by=ben)


def test_what_balie_brings_along_keeps_its_name_and_type_and_may_be_marked(work: Section, eva: Person) -> None:
    office = Attribute.objects.get(key="office")
    outline = Outline(label="Castle", section=Section.objects.get(key="pay"), type="number", is_required=True)
    shaping.reshape(office, outline, by=eva)
    assert (office.label, office.section, office.type, office.is_required) == ("Office", work, "text", True)
    for refused in (office, work):
        with pytest.raises(shaping.IsPreset):
            shaping.archive(refused, by=eva)  # type: ignore[type-var]  # either of them


def test_pay_and_health_are_never_shared_whatever_is_asked(work: Section, eva: Person) -> None:
    salary = Attribute.objects.get(key="salary")
    with pytest.raises(shaping.StaysUnshared):
        shaping.reshape(salary, Outline(label="", section=work), by=eva)


def test_what_is_marked_never_shared_is_not_allowed_any_more(work: Section, eva: Person) -> None:
    badge = own(work, eva, "Badge")
    conversations = Credential.make_for_conversations(allowed=[badge.key])
    shaping.reshape(badge, Outline(label="Badge", section=work, is_never_shared=True), by=eva)
    assert badge.is_never_shared
    assert not conversations.attributes.exists()
    shaping.reshape(badge, Outline(label="Badge", section=work), by=eva)
    assert not badge.is_never_shared


def test_pages_of_experts_follow_when_an_attribute_goes_or_is_not_shared_any_more(
    work: Section, eva: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    attribute, told = own(work, eva), list[tuple[object, ...]]()
    monkeypatch.setattr("balie.people.models.credential.tell", lambda *topics, **_facts: told.append(topics))
    shaping.archive(attribute, by=eva)
    shaping.restore(attribute, by=eva)
    never = Outline(label=attribute.label, section=work, is_never_shared=True)
    shaping.reshape(attribute, never, by=eva)
    assert told == [("experts",)] * 3


@pytest.mark.parametrize(
    ("from_", "values", "to", "after"),
    [
        ("text", ["12", "7"], "number", [12, 7]), ("text", ["1.234,5", "7"], "decimal", ["1234.5", "7"]),
        ("text", ["23/11/2026", "01/02/2026"], "date", ["2026-11-23", "2026-02-01"]), ("number", [1, 0], "yes_no", [True, False]),
        ("number", [12, 7], "text", ["12", "7"]), ("decimal", ["1.5", "2"], "long_text", ["1.5", "2"]),
        ("text", ["Yes", "nee"], "yes_no", [True, False]), ("yes_no", [True, False], "text", ["yes", "no"]),
        ("text", ["Red wine", "red  Wine"], "choice", ["red-wine", "red-wine"]), ("date", ["2026-11-23"], "text", ["2026-11-23"]),
        ("text", ["wiki.example/a"], "link", ["https://wiki.example/a"]), ("text", ["A", "B"], "choices", [["a"], ["b"]]),
    ],
)  # fmt: skip
def test_a_type_changes_with_all_its_values(
    work: Section, eva: Person, ada: Person, from_: str, values: list[object], to: str, after: list[object]
) -> None:
    attribute = own(work, eva, type_=from_)
    given(attribute.key, dict(zip((eva, ada), values, strict=False)))
    retype(attribute, to, eva)

    assert (attribute.type, values_of(attribute.key)) == (to, after)
    changed = [(old, new) for old, new in zip(values, after, strict=True) if old != new]
    history = AttributeChange.objects.filter(attribute=attribute, way="settings").order_by("pk")
    assert [(one.old, one.new) for one in history] == changed


@pytest.mark.parametrize(
    ("from_", "value", "to"),
    [
        ("text", "four", "number"), ("text", "0012", "number"), ("text", "+31 6", "number"), ("decimal", "1.5", "number"),
        ("text", "soon", "date"), ("text", "perhaps", "yes_no"), ("text", "x" * 121, "choice"),
        ("text", "ghost@b.example", "person"), ("long_text", "x" * 1001, "text"), ("text", "no link", "link"),
    ],
)  # fmt: skip
def test_a_type_does_not_change_when_a_value_would_be_lost(
    work: Section, eva: Person, ada: Person, from_: str, value: str, to: str
) -> None:
    attribute = own(work, eva, type_=from_)
    given(attribute.key, {ada: value})
    with pytest.raises(shaping.ValuesWouldBeLost) as refused:
        retype(attribute, to, eva)

    assert str(refused.value) == "The type was not changed: 1 value would be lost."
    assert [(person, old) for person, old, _why in refused.value.losses.examples] == [(ada, value)]
    attribute.refresh_from_db()
    assert (attribute.type, values_of(attribute.key)) == (from_, [value])
    assert not attribute.choices.exists()


def test_several_choices_become_one_only_where_there_is_one(work: Section, eva: Person, ada: Person) -> None:
    kit = own(work, eva, "Kit", "choices")
    for name in ("Laptop", "Bicycle"):
        shaping.add_choice(kit, name, by=eva)
    given(kit.key, {ada: ["laptop", "bicycle"]})
    with pytest.raises(shaping.ValuesWouldBeLost):
        retype(kit, "choice", eva)
    retype(kit, "text", eva)
    assert values_of("kit") == ["Laptop, Bicycle"]
    retype(kit, "choices", eva)
    given(kit.key, {ada: ["bicycle"]})
    retype(kit, "choice", eva)
    assert values_of("kit") == ["bicycle"]


def test_too_many_different_values_do_not_become_choices(work: Section, eva: Person) -> None:
    attribute = own(work, eva)
    Person.objects.bulk_create(Person(name=f"P{n}", attributes={attribute.key: f"value {n}"}) for n in range(101))
    with pytest.raises(shaping.ValuesWouldBeLost, match="101 different values are too many"):
        retype(attribute, "choice", eva)


def test_merging_choices_changes_profiles_and_leaves_history(work: Section, eva: Person, ada: Person) -> None:
    kit = own(work, eva, "Kit", "choices")
    screen, monitor, laptop = (shaping.add_choice(kit, name, by=eva) for name in ("Screen", "Monitor", "Laptop"))
    given("kit", {ada: ["monitor", "laptop"], eva: ["screen", "monitor"]})

    assert shaping.merge(monitor, into=screen, by=eva) == 2
    assert values_of("kit") == [["screen"], ["screen", "laptop"]]
    assert list(kit.choices.values_list("key", flat=True)) == ["screen", "laptop"]
    assert AttributeChange.objects.filter(attribute=kit).count() == 2
    with pytest.raises(shaping.ShapingRefused):
        shaping.merge(laptop, into=laptop, by=eva)


def test_an_archived_choice_comes_back_when_it_is_added_again(work: Section, eva: Person) -> None:
    shirt = own(work, eva, "Shirt", "choice")
    medium = shaping.add_choice(shirt, "M", by=eva)
    with pytest.raises(shaping.ShapingRefused, match="already"):
        shaping.add_choice(shirt, "m", by=eva)
    shaping.archive(medium, by=eva)
    assert shaping.add_choice(shirt, "M", by=eva) == medium
    with pytest.raises(shaping.HasNoChoices):
        shaping.add_choice(own(work, eva), "x", by=eva)


def test_things_move_among_their_neighbours(work: Section, eva: Person) -> None:
    shirt = own(work, eva, "Shirt", "choice")
    small, medium, large = (shaping.add_choice(shirt, name, by=eva) for name in "SML")
    shaping.move(large, places=-1, by=eva)
    shaping.move(small, places=-1, by=eva)
    assert list(Choice.objects.values_list("label", flat=True)) == ["S", "L", "M"]
    shaping.move(shirt, places=-1, by=eva)
    assert [one.key for one in Attribute.objects.filter(section=work)][-2:] == ["shirt", "hire_date"]
    health = Section.objects.get(key="health")
    shaping.move(health, places=-9, by=eva)
    assert Section.objects.first() == health
    assert medium.position == 2


def test_a_section_is_archived_empty_and_comes_back_with_its_attribute(work: Section, eva: Person) -> None:
    mine = shaping.make_section("Mine", labels={"nl": "Van mij", "de": ""}, by=eva)
    badge = own(mine, eva, "Badge")
    assert mine.labels == {"nl": "Van mij"}
    with pytest.raises(shaping.SectionInUse):
        shaping.archive(mine, by=eva)
    shaping.archive(badge, by=eva)
    shaping.archive(mine, by=eva)
    shaping.restore(badge, by=eva)
    mine.refresh_from_db()
    assert mine.archived_at is None
    shaping.rename(mine, "Ours", labels={}, by=eva)
    assert str(mine) == "Ours"
