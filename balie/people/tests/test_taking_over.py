"""An import on its way: mapped, read, confirmed, done; remembered, refused, begun again, and silent."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import translation

from balie.people import importing, roles, taking_over
from balie.people.importing import CannotRead, apply, applying, make_plan, read_table
from balie.people.models import (
    Area,
    Attribute,
    AttributeChange,
    Choice,
    Identity,
    Level,
    PeopleImport,
    Person,
    Scope,
    Section,
)
from balie.people.presets import make_preset_attributes
from balie.people.roles import Outline
from balie.people.tests.jobs import run_owed_jobs
from balie.platform import clock
from balie.platform.queues import LENGTHY

pytestmark = pytest.mark.django_db

State = PeopleImport.State


def uploaded(text: str | bytes, *, by: Person, name: str = "people.csv") -> PeopleImport:
    return taking_over.upload(io.BytesIO(text if isinstance(text, bytes) else text.encode()), name, by=by)


def planned(text: str | bytes, *, by: Person, **how: object) -> PeopleImport:
    one = uploaded(text, by=by)
    taking_over.read_with(one, one.columns, by=by, **how)  # type: ignore[arg-type]  # as the caller has it
    run_owed_jobs()
    one.refresh_from_db()
    return one


def done(one: PeopleImport, *, by: Person, many_may_leave: bool = False) -> PeopleImport:
    taking_over.confirm(one, many_may_leave=many_may_leave, by=by)
    run_owed_jobs()
    one.refresh_from_db()
    return one


def told(one: PeopleImport) -> dict[str, Any]:
    return taking_over.report_for_reader(one)


def test_a_file_is_read_shown_confirmed_and_imported_and_nobody_hears_of_it(eva: Person) -> None:
    make_preset_attributes()
    one = planned("Naam;E-mailadres;Afdeling\nAda;ada@balie.example;Sales\nBen;;IT\n", by=eva)
    assert (one.state, one.columns) == (State.PLANNED, ["name", "email", "department"])
    assert (one.report["additions"], told(one)["wrong"]) == (1, [(3, "The work address is missing.")])
    assert Person.objects.count() == 1

    done(one, by=eva)

    assert (one.state, one.done, one.total, one.said) == (State.DONE, 1, 1, None)
    ada = Person.objects.get(email="ada@balie.example")
    assert ada.attributes == {"department": "Sales"}
    (change,) = AttributeChange.objects.all()
    assert (change.person, change.new, change.by, change.way) == (ada, "Sales", eva, "import")
    assert mail.outbox == []


def test_what_was_mapped_is_remembered_for_the_next_file(eva: Person) -> None:
    make_preset_attributes()
    one = uploaded("Wie;Adres;Plek;Onzin\nAda;ada@balie.example;Utrecht;x\n", by=eva)
    assert one.columns == ["", "", "", ""]
    taking_over.read_with(one, ["name", "email", "office", ""], by=eva)
    run_owed_jobs()
    one.refresh_from_db()
    done(one, by=eva)

    assert uploaded("adres;Plek;Nieuw;WIE\na@b.example;;;\n", by=eva).columns == ["email", "office", "", "name"]


def test_more_departures_than_usual_are_asked_for_twice(eva: Person) -> None:
    for number in range(20):
        Person.objects.create_employee(name=f"P{number}", email=f"p{number}@balie.example")
    rows = "".join(f"P{number};p{number}@balie.example\n" for number in range(17))
    one = planned(f"name;email\n{rows}", by=eva, with_departures=True)
    assert (one.report["leaving"], one.report["present"], one.report["is_large_departure"]) == (3, 21, True)
    with pytest.raises(taking_over.AsksAgain):
        taking_over.confirm(one, by=eva)

    done(one, by=eva, many_may_leave=True)
    assert Person.objects.filter(status="inactive").count() == 3
    history = AttributeChange.objects.filter(field="status")
    assert {(one.old, one.new) for one in history} == {("active", "inactive")}


def test_a_few_departures_need_no_second_question(eva: Person) -> None:
    for number in range(20):
        Person.objects.create_employee(name=f"P{number}", email=f"p{number}@balie.example")
    rows = "".join(f"P{number};p{number}@balie.example;{'inactive' if number < 1 else ''}\n" for number in range(19))
    one = planned(f"name;email;status\n{rows}", by=eva, with_departures=True)
    assert (one.report["leaving"], one.report["is_large_departure"]) == (2, False)


def test_the_last_administrator_never_leaves_by_a_file(eva: Person, ada: Person) -> None:
    text = "name;email;status\nEva Beheer;eva@balie.example;inactive\nAda Vermeer;ada@balie.example;active\n"
    one = planned(text, by=eva)
    assert told(one)["wrong"] == [(2, "This is the last administrator; make somebody else one first.")]
    assert one.report["unchanged"] == 1


def test_what_changed_meanwhile_is_shown_again_and_not_imported(eva: Person, ada: Person) -> None:
    one = planned("name;email\nAda Bos;ada@balie.example\n", by=eva)
    Person.objects.filter(pk=ada.pk).update(name="Ada Smit")
    done(one, by=eva)

    assert one.state == State.PLANNED
    assert "Somebody changed people meanwhile" in one.said_to_reader
    assert told(one)["changed"][0][2] == [("Name", "Ada Smit", "Ada Bos")]
    done(one, by=eva)
    ada.refresh_from_db()
    assert (one.state, ada.name) == (State.DONE, "Ada Bos")


def test_a_plan_is_not_done_over_rows_that_changed_since(eva: Person, ada: Person) -> None:
    plan = make_plan(read_table(io.BytesIO(b"name;email\nAda Bos;ada@balie.example\n"), "x.csv"))
    Person.objects.filter(pk=ada.pk).update(status="leave")
    with pytest.raises(importing.ChangedMeanwhile):
        apply(plan, by=eva)


def test_two_imports_of_the_same_people_do_it_once(eva: Person) -> None:
    first, second = (planned("name;email\nAda;ada@balie.example\n", by=eva) for _each in range(2))
    for one in (first, second):
        taking_over.confirm(one, by=eva)
    run_owed_jobs()
    second.refresh_from_db()
    assert second.state == State.PLANNED
    assert second.report["unchanged"] == 1
    assert Person.objects.filter(email="ada@balie.example").count() == 1


def test_steps_are_taken_in_order_and_by_administrators(eva: Person, ben: Person) -> None:
    one = uploaded("name;email\nAda;ada@balie.example\n", by=eva)
    for refused, verb in (
        (taking_over.NotNow, lambda: taking_over.confirm(one, by=eva)),
        (taking_over.NotNow, lambda: taking_over.begin_again(one, by=eva)),
        (taking_over.NotForYou, lambda: taking_over.discard(one, by=ben)),
        (taking_over.NotForYou, lambda: uploaded("name;email\n", by=ben)),
    ):
        with pytest.raises(refused):
            verb()
    taking_over.discard(one, by=eva)
    with pytest.raises(taking_over.NotNow):
        taking_over.read_with(one, one.columns, by=eva)


def test_a_step_whose_worker_was_lost_begins_again(eva: Person) -> None:
    one = uploaded("name;email\nAda;ada@balie.example\n", by=eva)
    taking_over.read_with(one, one.columns, by=eva)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    with pytest.raises(taking_over.NotNow):
        taking_over.begin_again(one, by=eva)
    PeopleImport.objects.update(stirred_at=clock.now() - timedelta(minutes=5))
    one.refresh_from_db()
    assert taking_over.is_silent(one)
    taking_over.begin_again(one, by=eva)
    run_owed_jobs()
    one.refresh_from_db()
    assert one.state == State.PLANNED


def test_what_breaks_is_said_and_changes_nothing(eva: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    one = planned("name;email\nAda;ada@balie.example\n", by=eva)
    monkeypatch.setattr(applying, "_remember", lambda *_any, **_named: 1 / 0)
    done(one, by=eva)
    assert (one.state, one.said_to_reader) == (
        State.FAILED,
        "Something went wrong here. Nothing was imported; try again.",
    )
    assert not Person.objects.filter(email="ada@balie.example").exists()


def test_what_is_no_table_is_refused_at_once(eva: Person) -> None:
    with pytest.raises(CannotRead):
        uploaded(b"\xd0\xcf\x11\xe0 old", by=eva)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_files_of_every_office_program_are_read(eva: Person, encoding: str, delimiter: str) -> None:
    text = "name;email\nZoë Müller;zoe@balie.example\n".replace(";", delimiter)
    one = planned(text.encode(encoding), by=eva)
    assert one.report["new"] == [["Zoë Müller", "zoe@balie.example"]]


def test_unknown_choices_and_people_are_left_out_and_the_rest_comes_over(eva: Person, ada: Person) -> None:
    make_preset_attributes()
    work = Attribute.objects.get(key="office").section
    shirt = Attribute.objects.create(key="shirt", label="Shirt", section=work, type="choice", is_required=True)
    Choice.objects.create(attribute=shirt, key="m", label="M", labels={"nl": "Middel"})
    Attribute.objects.create(key="buddy", label="Buddy", section=work, type="person")
    one = planned(
        "name;email;shirt;buddy;office\nBen;ben@balie.example;middel;cy@balie.example;Lyon\n"
        "Cy;cy@balie.example;XXL;ghost;Lyon\nAda Vermeer;ada@balie.example;;Ben;\n",
        by=eva,
    )
    assert told(one)["wrong"] == [
        (3, "Shirt: “XXL” is no choice of Shirt. Left out."),
        (3, "Buddy: ghost is not known. Left out."),
        (3, "Required, and not there: Shirt. The rest was taken."),
    ]
    done(one, by=eva)
    ben, cy = Person.objects.get(name="Ben"), Person.objects.get(name="Cy")
    ada.refresh_from_db()
    assert ben.attributes == {"shirt": "m", "buddy": cy.pk, "office": "Lyon"}
    assert (cy.attributes, ada.attributes) == ({"office": "Lyon"}, {"buddy": ben.pk})
    assert AttributeChange.objects.get(person=ada).new == ben.pk


def test_numbers_and_days_are_read_as_the_file_writes_them(eva: Person) -> None:
    make_preset_attributes()
    text = "name;email;salary;hire date\nAda;a@b.example;4.200;03/04/2020\nBen;b@b.example;99,5;11/23/2020\n"
    one = planned(text, by=eva)
    assert (one.report["decimal_mark"], one.report["is_month_first"]) == (",", True)
    done(one, by=eva)
    ada = Person.objects.get(name="Ada")
    assert ada.attributes == {"salary": "4200", "hire_date": "2020-03-04"}


def test_old_imports_are_forgotten_with_their_files(eva: Person) -> None:
    from balie.operations import sweeping
    from balie.platform import files

    one = uploaded("name;email\nAda;ada@balie.example\n", by=eva)
    assert sweeping.sweep_files() == 0
    PeopleImport.objects.update(created_at=clock.now() - timedelta(days=31))
    assert taking_over.forget_old() == 1
    assert files.sweep([], older_than=timedelta(0)) == 1
    assert Identity.objects.count() == 1
    assert one.pk


def test_the_report_is_in_the_language_of_its_reader(eva: Person, ada: Person) -> None:
    make_preset_attributes()
    Attribute.objects.filter(key="hire_date").update(is_required=True)
    ada.attributes = {"hire_date": "2024-03-09"}
    ada.save()
    one = planned(
        "name;email;status;hire_date;salary\nAda Vermeer;ada@balie.example;leave;2026-11-23;much\n"
        "Ben;nope;;;\nZoe;zoe@balie.example;;;\nX;x@balie.example;retired;;\n", by=eva,
    )  # fmt: skip
    with translation.override("nl"):
        dutch = told(one)
    with translation.override("de"):
        german = told(one)
    assert dutch["wrong"][0] == (2, "Salaris: ‘much’ is geen getal. Weggelaten.")
    assert dutch["wrong"][1] == (3, "‘nope’ is geen e-mailadres.")
    assert german["wrong"][2] == (4, "Erforderlich, aber nicht da: Eintrittsdatum. Der Rest wurde übernommen.")
    assert [lines for _name, _address, lines in dutch["changed"]] == [
        [("Status", "actief", "met verlof"), ("Datum in dienst", "9-3-2024", "23-11-2026")]
    ]
    assert german["changed"][0][2][1] == ("Eintrittsdatum", "09.03.2024", "23.11.2026")


def test_a_file_that_cannot_be_read_says_so_in_the_readers_language(eva: Person) -> None:
    one = uploaded("name;email\nAda;ada@balie.example\n", by=eva)
    taking_over.read_with(one, ["name", ""], by=eva)
    run_owed_jobs()
    one.refresh_from_db()
    with translation.override("nl"):
        assert one.said_to_reader.startswith("Geen kolom bevat het zakelijke e-mailadres")


def test_whoever_may_edit_people_imports_what_they_may_edit_of_everybody(eva: Person, ben: Person, ada: Person) -> None:
    make_preset_attributes()
    sections = {one.key: one.pk for one in Section.objects.all()}
    role = roles.make(
        Outline(
            name="HR", areas={Area.PEOPLE: Level.EDIT},
            profiles={(sections["work"], Scope.EVERYBODY): Level.EDIT, (sections["pay"], Scope.EVERYBODY): Level.VIEW},
        ),
        by=eva, confirmed=list(Attribute.objects.values_list("pk", flat=True)),
    )  # fmt: skip
    roles.assign(role, ben, by=eva)
    hr = Person.objects.get(pk=ben.pk)
    one = planned(
        "name;email;office;salary\nAda Bos;ada@balie.example;Utrecht;9000\nEva New;eva@balie.example;;\n"
        "Mine;ben@balie.example;;\n", by=hr,
    )  # fmt: skip
    assert one.columns == ["name", "email", "office", ""]
    assert told(one)["wrong"] == [(3, "Only administrators change what is known of an administrator.")]
    assert set(PeopleImport.objects.seen_by(hr)) == {one}
    done(one, by=hr)
    ada.refresh_from_db()
    assert (ada.name, ada.attributes) == ("Ada Bos", {"office": "Utrecht"})
    assert Person.objects.get(pk=eva.pk).name == "Eva Beheer"
    # Somebody else's file, and one whose bringer lost the right meanwhile.
    other = uploaded("name;email\nX;x@balie.example\n", by=eva)
    assert set(PeopleImport.objects.seen_by(hr)) == {one}
    assert other in PeopleImport.objects.seen_by(eva)
    late = uploaded("name;email\nX;x@balie.example\n", by=hr)
    taking_over.read_with(late, late.columns, by=hr)
    roles.withdraw(role, hr, by=eva)
    run_owed_jobs()
    late.refresh_from_db()
    assert (late.state, late.report) == (State.FAILED, {})


def test_an_import_is_a_job_beside_the_others(eva: Person) -> None:
    one = uploaded("name;email\nAda;ada@balie.example\n", by=eva)
    taking_over.read_with(one, one.columns, by=eva)
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name FROM procrastinate_jobs WHERE task_name = 'people.plan_import'")
        assert cursor.fetchall() == [(LENGTHY,)]
