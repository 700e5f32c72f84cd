"""Employees come over from a file: a plan first, then all of it or nothing, and nobody is told."""

import io

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.people.importing import CannotRead, ChangedMeanwhile, ImportPlan, apply, make_plan, read_table
from balie.people.models import Attribute, Identity, Person, Section
from balie.people.presets import make_preset_attributes

pytestmark = pytest.mark.django_db


def plan_of(text: str, *, with_departures: bool = False) -> ImportPlan:
    return make_plan(read_table(io.BytesIO(text.encode()), "people.csv"), with_departures=with_departures)


def faults(plan: ImportPlan) -> dict[int, str]:
    return {fault.row: str(fault.what) for fault in plan.faults}


def test_new_people_come_with_everything_the_file_says(organisation: object) -> None:
    make_preset_attributes()
    plan = plan_of(
        "name;email;other addresses;status;language;time zone;supervisor;department;hire date\n"
        "Ada Vermeer;Ada@Balie.Example;ada@home.example, a@old.example;on leave;Nederlands;Europe/Amsterdam;"
        "cleo@balie.example;Bakery;9.3.2021\n"
        "Cleo Meijer;cleo@balie.example;;;;;;;\n"
    )
    assert (len(plan.additions), plan.changes, plan.faults) == (2, [], [])
    assert not Person.objects.exists()

    apply(plan)

    ada = Person.objects.get(email="ada@balie.example")
    assert (ada.name, ada.status, ada.language, ada.time_zone) == ("Ada Vermeer", "leave", "nl", "Europe/Amsterdam")
    assert ada.attributes == {"department": "Bakery", "hire_date": "2021-03-09"}
    assert ada.supervisor is not None
    assert ada.supervisor.name == "Cleo Meijer"
    assert set(ada.identities.values_list("external_id", flat=True)) == {
        "ada@balie.example",
        "ada@home.example",
        "a@old.example",
    }
    assert not ada.has_usable_password()
    assert mail.outbox == []


def test_the_same_file_twice_changes_nothing(organisation: object) -> None:
    make_preset_attributes()
    text = (
        "name,email,other addresses,supervisor,position,hire date,salary\n"
        "Ada,ada@balie.example,ada@home.example,Cleo,Baker,2020-01-02,4200\nCleo,cleo@balie.example,,,,,\n"
    )
    apply(plan_of(text))

    again = plan_of(text)
    assert (again.size, again.unchanged, again.faults) == (0, 2, [])


def test_changes_are_shown_old_and_new_and_secrets_are_not(ada: Person) -> None:
    make_preset_attributes()
    Person.objects.filter(pk=ada.pk).update(attributes={"department": "Ovens", "salary": "4200", "diary": "kept"})
    plan = plan_of("name;email;status;abteilung;salary\nAda Vermeer-Bos;ada@balie.example;verlof;Counter;9999\n")

    (change,) = plan.changes
    assert change.changes(plan.known) == [
        ("Name", "Ada Vermeer", "Ada Vermeer-Bos"),
        ("Status", "active", "on leave"),
        ("Department", "Ovens", "Counter"),
        ("Salary", "•••", "•••"),
    ]
    apply(plan)
    ada.refresh_from_db()
    assert (ada.name, ada.status) == ("Ada Vermeer-Bos", "leave")
    assert ada.attributes == {"department": "Counter", "salary": "9999", "diary": "kept"}


def test_an_empty_cell_changes_nothing(ada: Person, cleo: Person) -> None:
    plan = plan_of("name;email;status;language;supervisor\nAda Vermeer;ada@balie.example;;;\n")

    assert plan.size == 0
    assert ada.supervisor == cleo


def test_role_password_and_settings_survive_a_change(eva: Person) -> None:
    eva.set_password("correct horse battery")
    eva.save()
    apply(plan_of("name;email\nEva Anders;eva@balie.example\n"))

    eva.refresh_from_db()
    assert (eva.name, eva.role, eva.check_password("correct horse battery")) == ("Eva Anders", "administrator", True)


def test_a_person_is_recognised_by_another_address_and_gets_the_new_one(ada: Person) -> None:
    plan = plan_of("name;email;other addresses\nAda Vermeer;ada.vermeer@balie.example;ada@balie.example\n")

    assert not plan.additions
    apply(plan)
    ada.refresh_from_db()
    assert ada.email == "ada.vermeer@balie.example"
    assert Person.objects.known_by(Identity.EMAIL, "ada@balie.example") == ada
    assert Person.objects.known_by(Identity.EMAIL, "ada.vermeer@balie.example") == ada


def test_an_external_who_is_employed_becomes_the_employee(organisation: object) -> None:
    guest = Person.objects.take_in(kind=Identity.EMAIL, external_id="ada@balie.example", name="ada")
    apply(plan_of("name;email\nAda Vermeer;ada@balie.example\n"))

    guest.refresh_from_db()
    assert (guest.kind, guest.name, guest.email) == ("employee", "Ada Vermeer", "ada@balie.example")
    assert Person.objects.count() == 1


def test_who_is_not_in_the_file_leaves_only_when_asked_and_administrators_never(
    ada: Person, ben: Person, cleo: Person, eva: Person
) -> None:
    text = "name;email;status\nAda Vermeer;ada@balie.example;\nBen;ben@balie.example;nonsense\n"
    assert plan_of(text).departures == []

    plan = plan_of(text, with_departures=True)
    assert plan.departures == [cleo]
    apply(plan)
    cleo.refresh_from_db()
    assert cleo.status == "inactive"


def test_each_fault_is_named_and_the_rest_comes_over(organisation: object) -> None:
    make_preset_attributes()
    long = "x" * 121
    plan = plan_of(
        "name;email;status;language;time zone;hire date\n"
        "Ada;ada@balie.example;;;;\n"
        ";b@balie.example;;;;\n"
        f"{long};c@balie.example;;;;\n"
        "Dov;;;;;\n"
        "Eva;not an address;;;;\n"
        "Ada two;ADA@balie.example;;;;\n"
        "Fay;f@balie.example;retired;;;\n"
        "Gil;g@balie.example;;klingon;;\n"
        "Hal;h@balie.example;;;Mars/Olympus;\n"
        "Ida;i@balie.example;;;;31/31/2020\n"
        "Jo;j@balie.example;;;;\n"
    )
    found = faults(plan)

    assert list(found) == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert found[3] == "The name is missing."
    assert found[7] == "ada@balie.example is in row 2 already."
    assert "retired" in found[8]
    assert found[11] == "Hire date: “31/31/2020” is not a date. Write it like 2026-11-23. Left out."
    apply(plan)
    assert list(Person.objects.order_by("pk").values_list("name", flat=True)) == ["Ada", "Ida", "Jo"]


def test_addresses_of_two_people_are_a_fault(ada: Person, ben: Person) -> None:
    plan = plan_of("name;email;other addresses\nAda;ada@balie.example;ben@balie.example\n")

    assert "two people" in faults(plan)[2]


def test_one_person_in_two_rows_is_a_fault(ada: Person) -> None:
    Identity.objects.create(person=ada, kind=Identity.EMAIL, external_id="ada@home.example")
    plan = plan_of("name;email\nAda Vermeer;ada@balie.example\nAda Vermeer;ada@home.example\n")

    assert faults(plan) == {3: "This is the person of row 2."}


def test_an_unknown_supervisor_is_left_out_and_named(organisation: object) -> None:
    plan = plan_of("name;email;supervisor\nAda;ada@balie.example;ghost@balie.example\nBen;ben@balie.example;Ghost\n")

    assert faults(plan) == {
        2: "The supervisor ghost@balie.example is not known; left out.",
        3: "The supervisor Ghost is not known; left out.",
    }
    apply(plan)
    assert Person.objects.filter(supervisor=None).count() == 2


def test_a_name_that_two_have_does_not_name_a_supervisor(organisation: object) -> None:
    plan = plan_of("name;email;supervisor\nAda;ada@balie.example;Jan\nJan;j1@balie.example;\nJan;j2@balie.example;\n")

    assert "Several people" in faults(plan)[2]


def test_nobody_supervises_themselves_even_through_others(ada: Person, cleo: Person, ben: Person) -> None:
    # Ada reports to Cleo already; the file wants Cleo to report to Ben and Ben to Ada.
    plan = plan_of(
        "name;email;supervisor\nCleo Meijer;cleo@balie.example;ben@balie.example\n"
        "Ben Jansen;ben@balie.example;ada@balie.example\nDov;dov@balie.example;dov@balie.example\n"
        "Eva;eva@balie.example;dov@balie.example\n"
    )

    assert sorted(faults(plan)) == [2, 3, 4]
    apply(plan)
    assert dict(Person.objects.values_list("name", "supervisor__name")) == {
        "Ada Vermeer": "Cleo Meijer",
        "Cleo Meijer": None,
        "Ben Jansen": None,
        "Dov": None,
        "Eva": "Dov",
    }


def test_two_may_change_places(ada: Person, cleo: Person) -> None:
    """Cleo gets Ada as supervisor while Ada gets Ben: no loop once all of it is done."""
    plan = plan_of(
        "name;email;supervisor\nCleo Meijer;cleo@balie.example;ada@balie.example\n"
        "Ada Vermeer;ada@balie.example;boss@balie.example\nBoss;boss@balie.example;\n"
    )

    assert plan.faults == []
    apply(plan)
    cleo.refresh_from_db()
    assert cleo.supervisor == ada


@pytest.mark.parametrize(
    "heading",
    [
        "name;email;status;language;department",
        "Naam;E-mailadres;Status;Taal;Afdeling",
        "Vollständiger Name;E-Mail-Adresse;Beschäftigungsstatus;Sprache;Abteilung",
        "Nom;Adresse e-mail;Statut;Langue;Département",
        "Nombre;Correo electrónico;Estado;Idioma;Departamento",
        "Nome;Indirizzo e-mail;Stato;Lingua;Reparto",
    ],
)
def test_columns_are_known_in_every_language(organisation: object, heading: str) -> None:
    make_preset_attributes()
    plan = plan_of(f"{heading}\nAda Vermeer;ada@balie.example;active;de;Bakery\n")

    assert plan.ignored_columns == []
    person = plan.additions[0].person
    assert (person.name, person.language, person.attributes) == ("Ada Vermeer", "de", {"department": "Bakery"})


@pytest.mark.parametrize(
    "heading",
    [
        "first name;last name",
        "Voornaam;Achternaam",
        "Vorname;Nachname",
        "Prénom;Nom",
        "Nombre;Apellidos",
        "Nome;Cognome",
    ],
)
def test_a_name_may_stand_in_two_columns(organisation: object, heading: str) -> None:
    assert plan_of(f"{heading};email\nAda;Vermeer;ada@balie.example\n").additions[0].person.name == "Ada Vermeer"


def test_custom_attributes_are_columns_by_key_and_by_label(organisation: object) -> None:
    work = Section.objects.create(key="work", label="Work")
    Attribute.objects.create(key="shirt", label="T-shirt size", section=work)
    Attribute.objects.create(key="locker", label="Locker", section=work)
    plan = plan_of("name;email;t-shirt SIZE;locker;Zodiac\nAda;ada@balie.example;M;12;Leo\n")

    assert plan.additions[0].person.attributes == {"shirt": "M", "locker": "12"}
    assert plan.ignored_columns == ["Zodiac"]


def test_a_file_without_names_or_addresses_is_refused(organisation: object) -> None:
    with pytest.raises(CannotRead):
        plan_of("name;status\nAda;active\n")
    with pytest.raises(CannotRead):
        plan_of("email;status\nada@balie.example;active\n")


def test_nothing_is_imported_when_somebody_was_faster(organisation: object) -> None:
    plan = plan_of("name;email\nBen;ben@balie.example\nAda;ada@balie.example\n")
    Person.objects.create_employee(name="Ada", email="ada@balie.example")

    with pytest.raises(ChangedMeanwhile):
        apply(plan)
    assert Person.objects.count() == 1


def test_two_thousand_people_need_few_queries(organisation: object) -> None:
    rows = [f"Person {n};p{n}@balie.example;p{max(n // 10, 0)}@balie.example" for n in range(1, 2001)]
    rows[0] = "Person 1;p1@balie.example;"
    text = "name;email;supervisor\n" + "\n".join(rows).replace(";p0@balie.example\n", ";\n")
    done: list[int] = []
    with CaptureQueriesContext(
        connection,
    ) as queries:
        plan = plan_of(text)
        apply(plan, progress=done.append)

    assert plan.faults == []
    assert sum(done) == 2000
    assert len(queries) < 30
    assert Person.objects.filter(supervisor__isnull=False).count() == 1991
    renamed = plan_of(text.replace("Person ", "P. "))
    with CaptureQueriesContext(connection) as queries:
        apply(renamed)
    assert len(queries) < 20
    assert plan_of(text).size == 2000
