"""What may be a value of an attribute, and how it is read and shown in each language."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from balie.people.known import Known
from balie.people.models import Attribute, Choice, Person, Section
from balie.people.notation import Notation
from balie.people.values import Unfit, Value, shown, sort_key, understood, validated

pytestmark = pytest.mark.django_db

T = Attribute.Type


@pytest.fixture
def section(organisation: object) -> Section:
    return Section.objects.create(key="work", label="Work")


def made(section: Section, type_: str, *choices: str) -> Attribute:
    attribute = Attribute.objects.create(key=f"a_{type_}", label="Fact", section=section, type=type_)
    for position, name in enumerate(choices):
        Choice.objects.create(attribute=attribute, key=name.lower(), label=name, position=position)
    return attribute


def read(attribute: Attribute, written: str, language: str = "en") -> Value | None:
    with translation.override(language):
        return understood(attribute, written, known=Known(), notation=Notation.of_reader())


@pytest.mark.parametrize(
    ("language", "written", "value"),
    [
        ("en", "1,234.50", "1234.5"), ("de", "1.234,50", "1234.5"), ("nl", "1.234", "1234"), ("en", "1.234", "1.234"),
        ("fr", "1\u202f234,5", "1234.5"), ("es", "4.5", "4.5"), ("it", "-0,00", "0"), ("de", "1’234’567", "1234567"),
        ("en", "−7", "-7"), ("nl", "1,234.50", "1234.5"), ("en", "0.125", "0.125"), ("en", "007", "7"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_the_reader_writes_them(section: Section, language: str, written: str, value: str) -> None:
    assert read(made(section, T.DECIMAL), written, language) == value


@pytest.mark.parametrize("written", ["1.2.3", "12,34,5", "four", "1e5", "NaN", "1" * 16, "0.1234567"])
def test_what_is_no_number_is_refused(section: Section, written: str) -> None:
    with pytest.raises(Unfit):
        read(made(section, T.DECIMAL), written)


def test_whole_numbers_are_whole(section: Section) -> None:
    attribute = made(section, T.NUMBER)
    assert (read(attribute, "1,200"), read(attribute, "12.0")) == (1200, 12)
    with pytest.raises(Unfit, match="not a whole number"):
        read(attribute, "12.5")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-23", "2026-11-23"), ("23.11.2026", "2026-11-23"), ("23/11/2026", "2026-11-23"), ("3-4-2026", "2026-04-03"),
        ("11/23/2026", "2026-11-23"), ("20261123", "2026-11-23"), ("2026-11-23 00:00:00", "2026-11-23"),
    ],
)  # fmt: skip
def test_days_are_read_in_common_forms(section: Section, written: str, day: str) -> None:
    assert read(made(section, T.DATE), written) == day


@pytest.mark.parametrize("written", ["31/31/2020", "tomorrow", "2026-02-30", "0001-01-01"])
def test_what_is_no_day_is_refused(section: Section, written: str) -> None:
    with pytest.raises(Unfit, match="not a date"):
        read(made(section, T.DATE), written)


def test_a_file_tells_how_it_writes_numbers_and_days() -> None:
    plain = Notation()
    assert Notation.guessed(["1.234", "99,5"], otherwise=plain).decimal_mark == ","
    assert Notation.guessed(["1,234", "1,234,567"], otherwise=Notation(decimal_mark=",")).decimal_mark == "."
    assert Notation.guessed(["1.234"], otherwise=Notation(decimal_mark=",")).decimal_mark == ","
    assert Notation.guessed(["03/04/2026", "11/23/2026"], otherwise=plain).is_month_first
    assert not Notation.guessed(["03/04/2026", "23/11/2026"], otherwise=plain).is_month_first
    assert Notation(decimal_mark=",").decimal("1.234") == Decimal(1234)


def test_yes_and_no_are_known_in_every_language(section: Section) -> None:
    attribute = made(section, T.YES_NO)
    assert {read(attribute, word) for word in ("yes", "Ja", "OUI", "Sí", "sì", "1", "x", "wahr")} == {True}
    assert {read(attribute, word) for word in ("No", "nein", "nee", "non", "0", "falso")} == {False}
    with pytest.raises(Unfit):
        read(attribute, "perhaps")


def test_choices_are_known_by_key_and_by_every_label(section: Section) -> None:
    attribute = made(section, T.CHOICES, "Laptop", "Screen, large")
    Choice.objects.filter(key="laptop").update(labels={"fr": "Ordinateur portable"})
    assert read(attribute, "screen, LARGE") == ["screen, large"]
    assert read(attribute, "ordinateur portable; Laptop") == ["laptop"]
    with pytest.raises(Unfit, match="“Horse” is no choice of Fact"):
        read(attribute, "Laptop, Horse")
    with translation.override("fr"):
        assert shown(attribute, ["laptop", "gone"], known=Known()) == "Ordinateur portable, gone"


@pytest.mark.parametrize(
    "written", ["javascript:alert(1)", "data:text/html,x", "https://", "no link", "ftp://a.example", "x"]
)
def test_a_link_leads_to_the_web_only(section: Section, written: str) -> None:
    with pytest.raises(Unfit):
        read(made(section, T.LINK), written)


def test_a_link_without_its_beginning_gets_one(section: Section) -> None:
    attribute = made(section, T.LINK)
    assert read(attribute, "wiki.example/ada") == "https://wiki.example/ada"
    assert read(attribute, "http://wiki.example:8000/x") == "http://wiki.example:8000/x"


def test_a_person_is_named_by_address_and_shown_by_name_as_long_as_they_are_known(
    section: Section, ada: Person, cleo: Person
) -> None:
    attribute = made(section, T.PERSON)
    assert read(attribute, "Cleo@balie.example") == cleo.pk
    guest = Person.objects.take_in(kind="email", external_id="g@elsewhere.example", name="Guest")
    for written in ("ghost@balie.example", str(guest.pk), "999999999", "9" * 30):
        with pytest.raises(Unfit):
            read(attribute, written)
    Person.objects.filter(pk=ada.pk).update(attributes={attribute.key: guest.pk, "other": guest.pk})
    assert shown(attribute, guest.pk, known=Known()) == "Guest"

    pk = guest.pk
    guest.delete()

    ada.refresh_from_db()
    assert ada.attributes == {"other": pk}
    assert shown(attribute, pk, known=Known()) == ""


@pytest.mark.parametrize(
    ("type_", "value", "language", "text"),
    [
        (T.NUMBER, 1234567, "de", "1.234.567"), (T.DECIMAL, "4200.5", "nl", "4.200,5"), (T.DECIMAL, "4200.5", "en", "4,200.5"),
        (T.DATE, "2021-03-09", "de", "09.03.2021"), (T.YES_NO, False, "it", "no"), (T.YES_NO, True, "nl", "ja"),
        (T.DATE, "some day", "en", "some day"), (T.NUMBER, "many", "en", "many"), (T.TEXT, None, "en", ""),
        (T.CHOICES, [], "en", ""), (T.TEXT, ["a", True], "en", "a, yes"),
    ],
)  # fmt: skip
def test_values_are_shown_in_the_readers_language(
    section: Section, type_: str, value: Any, language: str, text: str
) -> None:
    attribute = made(section, type_)
    with translation.override(language):
        assert shown(attribute, value, known=Known()) == text


def test_a_program_gives_values_of_their_type(section: Section) -> None:
    known = Known()
    number, decimal, yes_no = made(section, T.NUMBER), made(section, T.DECIMAL), made(section, T.YES_NO)
    choices = made(section, T.CHOICES, "A", "B")
    assert validated(number, 12, known=known) == 12
    assert validated(decimal, 4200.1, known=known) == "4200.1"
    assert validated(decimal, "1.234", known=known) == "1.234"
    assert validated(yes_no, False, known=known) is False
    assert validated(choices, ["b", "a", "b"], known=known) == ["a", "b"]
    assert validated(choices, [], known=known) is None
    for attribute, value in ((number, True), (decimal, float("nan")), (number, [1]), (choices, ["c"]), (yes_no, {})):
        with pytest.raises(Unfit):
            validated(attribute, value, known=known)


def test_values_sort_as_a_reader_expects(section: Section) -> None:
    def ordered(type_: str, *values: Any, choices: tuple[str, ...] = ()) -> list[Any]:
        attribute, known = made(section, type_, *choices), Known()
        return sorted(values, key=lambda value: sort_key(attribute, value, known=known))

    assert ordered(T.NUMBER, 10, None, 9) == [9, 10, None]
    assert ordered(T.DECIMAL, "10", "9.5") == ["9.5", "10"]
    assert ordered(T.TEXT, "Zoe", "Émile", "adam", "") == ["adam", "Émile", "Zoe", ""]
    assert ordered(T.CHOICE, "l", "s", "m", choices=("S", "M", "L")) == ["s", "m", "l"]
    assert ordered(T.DATE, "2026-01-02", "2025-12-31") == ["2025-12-31", "2026-01-02"]
