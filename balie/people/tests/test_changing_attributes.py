"""A profile's facts change with their history, or not at all."""

import pytest
from django.http import QueryDict
from django.utils import translation

from balie.people.changing_attributes import ValuesRefused, Way, change
from balie.people.models import Attribute, AttributeChange, Choice, Person
from balie.people.presets import make_preset_attributes
from balie.people.value_fields import ValuesForm
from balie.platform import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(organisation: object) -> dict[str, Attribute]:
    make_preset_attributes()
    work = Attribute.objects.get(key="office").section
    for key, type_ in (
        ("shirt", "choice"),
        ("kit", "choices"),
        ("buddy", "person"),
        ("remote", "yes_no"),
        ("hours", "decimal"),
    ):
        Attribute.objects.create(key=key, label=key.title(), section=work, type=type_)
    for of, name in (("shirt", "M"), ("shirt", "L"), ("kit", "Laptop"), ("kit", "Bicycle")):
        Choice.objects.create(attribute=Attribute.objects.get(key=of), key=name.lower(), label=name)
    return {attribute.key: attribute for attribute in Attribute.objects.all()}


def test_a_change_leaves_its_history(facts: dict[str, Attribute], ada: Person, cleo: Person) -> None:
    change(ada, {facts["office"]: "Utrecht", facts["hours"]: 36.5}, by=cleo, way=Way.PROFILE)
    changes = change(ada, {facts["office"]: "Lyon", facts["hours"]: "36.5"}, by=cleo, way=Way.PROPOSAL)

    ada.refresh_from_db()
    assert ada.attributes == {"office": "Lyon", "hours": "36.5"}
    assert [(one.attribute, one.old, one.new, one.by, one.way) for one in changes] == [
        (facts["office"], "Utrecht", "Lyon", cleo, "proposal")
    ]
    assert ada.attribute_changes.count() == 3


def test_nothing_is_changed_when_one_value_does_not_fit(facts: dict[str, Attribute], ada: Person, cleo: Person) -> None:
    with pytest.raises(ValuesRefused) as refused:
        change(ada, {facts["office"]: "Lyon", facts["shirt"]: "XXS"}, by=cleo, way=Way.PROFILE)

    assert refused.value.faults == {"shirt": "“XXS” is no choice of Shirt."}
    ada.refresh_from_db()
    assert ada.attributes == {}
    assert not AttributeChange.objects.exists()


def test_what_is_required_is_not_emptied(facts: dict[str, Attribute], ada: Person, cleo: Person) -> None:
    Attribute.objects.filter(key="office").update(is_required=True)
    change(ada, {facts["office"]: "Lyon"}, by=cleo, way=Way.PROFILE)
    with pytest.raises(ValuesRefused, match="Office is required"):
        change(ada, {facts["office"]: None}, by=cleo, way=Way.PROFILE)


def test_an_attribute_that_was_removed_meanwhile_is_named_and_its_values_stay(
    facts: dict[str, Attribute], ada: Person, cleo: Person
) -> None:
    change(ada, {facts["office"]: "Utrecht"}, by=cleo, way=Way.PROFILE)
    Attribute.objects.filter(key="office").update(archived_at=clock.now())
    with pytest.raises(ValuesRefused, match="“Office” has been removed meanwhile; its value was not changed"):
        change(ada, {facts["office"]: "Lyon"}, by=cleo, way=Way.PROFILE)

    ada.refresh_from_db()
    assert ada.attributes == {"office": "Utrecht"}


def sent(facts: dict[str, Attribute], **values: str | list[str]) -> QueryDict:
    query = QueryDict(mutable=True)
    for key, value in values.items():
        query.setlist(f"attribute-{facts[key].pk}", value if isinstance(value, list) else [value])
    return query


def test_a_form_reads_every_type_in_the_readers_language(
    facts: dict[str, Attribute], ada: Person, cleo: Person
) -> None:
    asked = [facts[key] for key in ("office", "hire_date", "hours", "shirt", "kit", "buddy", "remote")]
    query = sent(
        facts, office="Lyon", hire_date="2026-11-23", hours="36,5", shirt="m", kit=["bicycle", "laptop"],
        buddy="Cleo Meijer", remote="no",
    )  # fmt: skip
    with translation.override("nl"):
        form = ValuesForm(query, person=ada, attributes=asked)
        assert form.is_valid(), form.errors
        change(ada, form.wanted(), by=ada, way=Way.PROFILE)
        again = ValuesForm(person=ada, attributes=asked)
        html = again.as_div()

    assert ada.attributes == {
        "office": "Lyon", "hire_date": "2026-11-23", "hours": "36.5", "shirt": "m", "kit": ["laptop", "bicycle"],
        "buddy": cleo.pk, "remote": False,
    }  # fmt: skip
    assert 'value="36,5"' in html
    assert "Cleo Meijer &lt;cleo@balie.example&gt;" in html
    assert html.count("checked") == 2
    # What the form offers, it understands again.
    with translation.override("nl"):
        query = sent(facts, buddy="Cleo Meijer <cleo@balie.example>")
        form = ValuesForm(query, person=ada, attributes=[facts["buddy"]])
        assert form.is_valid()
        assert form.wanted() == {facts["buddy"]: cleo.pk}


def test_a_name_that_several_have_is_asked_back_with_their_addresses(
    facts: dict[str, Attribute], ada: Person, organisation: object
) -> None:
    for number in (1, 2):
        Person.objects.create_employee(name="Jan Smit", email=f"jan{number}@balie.example")
    form = ValuesForm(sent(facts, buddy="Jan Smit"), person=ada, attributes=[facts["buddy"]])

    assert "jan1@balie.example, jan2@balie.example" in str(form.errors)


def test_an_archived_choice_stays_where_it_was_chosen(facts: dict[str, Attribute], ada: Person, ben: Person) -> None:
    change(ada, {facts["shirt"]: "m"}, by=ben, way=Way.PROFILE)
    Choice.objects.filter(key="m").update(archived_at=clock.now())

    def offered(person: Person) -> str:
        return ValuesForm(person=person, attributes=[Attribute.objects.get(key="shirt")]).as_div()

    assert 'value="m" selected' in offered(ada)
    assert 'value="m"' not in offered(ben)


def test_what_was_written_for_a_removed_attribute_is_said_back(facts: dict[str, Attribute], ada: Person) -> None:
    Attribute.objects.filter(key="office").update(archived_at=clock.now())
    query = sent(facts, office="Lyon, 3rd floor", department="Ovens")
    form = ValuesForm(query, person=ada, attributes=[facts["department"]])

    assert form.non_field_errors() == ["“Office” has been removed meanwhile. You had written: Lyon, 3rd floor"]
    assert form[f"attribute-{facts['department'].pk}"].value() == "Ovens"


def test_what_a_page_did_not_show_is_not_emptied_by_it(facts: dict[str, Attribute], ada: Person) -> None:
    change(ada, {facts["office"]: "Utrecht"}, by=ada, way=Way.PROFILE)
    query = sent(facts, department="Ovens")
    query["shown"] = f"attribute-{facts['department'].pk}"
    form = ValuesForm(query, person=ada, attributes=[facts["department"], facts["office"]])

    assert form.is_valid()
    assert form.wanted() == {facts["department"]: "Ovens"}
