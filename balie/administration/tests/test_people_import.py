"""Settings > People > Import, as an administrator uses it, without scripts."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.channels.models import Delivery
from balie.channels.notices.models import Notice
from balie.config.tests.cast import Cast
from balie.people.models import Attribute, PeopleImport, Person
from balie.people.tests.jobs import run_owed_jobs

ADDRESS = "/settings/people/import/"


@pytest.fixture
def eva(client: Client, cast: Cast) -> Client:
    client.force_login(cast.eva)
    return client


def upload(eva: Client, text: str) -> PeopleImport:
    answer = eva.post(ADDRESS, {"file": SimpleUploadedFile("staff.csv", text.encode())})
    assert answer.status_code == 302
    return PeopleImport.objects.latest("pk")


def read(eva: Client, one: PeopleImport, query: str = "") -> str:
    answer = eva.get(f"{ADDRESS}{one.pk}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def mapping(one: PeopleImport, *columns: str, **more: str) -> dict[str, str]:
    return {f"column-{place}": column for place, column in enumerate(columns)} | more


def test_the_whole_way_without_scripts_and_without_telling_anybody(
    eva: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one = upload(
        eva, "Naam;E-mail;Functie\nAda Bos;ada@balie.example;<b>Boss</b>\nZoe;zoe@balie.example;=1+1\nX;nope;\n"
    )
    with django_assert_max_num_queries(9):
        content = read(eva, one)
    assert '<option value="position" selected>Position</option>' in content
    assert "&lt;b&gt;Boss" in content
    eva.post(f"{ADDRESS}{one.pk}/columns", mapping(one, "name", "email", "position"))
    assert '<meta http-equiv="refresh"' in read(eva, one)
    assert "The file is being read." in read(eva, one, "?part=1")
    run_owed_jobs()
    with django_assert_max_num_queries(9):
        content = read(eva, one)
    assert "Ada Bos" in content
    assert "“nope” is not an email address." in content
    eva.post(f"{ADDRESS}{one.pk}/confirmation")
    assert "People are being imported." in read(eva, one)
    run_owed_jobs()

    assert "Done. Nobody was told of it." in read(eva, one)
    assert Person.objects.get(email="zoe@balie.example").attributes == {"position": "=1+1"}
    assert (mail.outbox, Delivery.objects.count(), Notice.objects.count()) == ([], 0, 0)
    faults = eva.get(f"{ADDRESS}{one.pk}/faults.csv").content.decode("utf-8-sig")
    assert faults == "Row;Fault\r\n4;“nope” is not an email address.\r\n"
    assert "staff.csv" in eva.get(ADDRESS).content.decode()


def test_columns_that_make_no_people_are_refused_at_the_form(eva: Client) -> None:
    one = upload(eva, "a;b;c\nAda;ada@balie.example;x\n")
    answer = eva.post(f"{ADDRESS}{one.pk}/columns", mapping(one, "position", "position", ""))
    content = answer.content.decode()
    assert answer.status_code == 422
    assert "Two columns hold “Position”" in content
    assert "Say which column holds the work address." in content
    assert "Say which column holds the name." in content


def test_a_file_that_is_no_table_is_refused_at_the_field(eva: Client) -> None:
    answer = eva.post(ADDRESS, {"file": SimpleUploadedFile("old.xls", b"\xd0\xcf\x11\xe0old")})
    assert answer.status_code == 422
    assert "is an old Excel file" in answer.content.decode()


def test_many_departures_are_confirmed_a_second_time(eva: Client, cast: Cast) -> None:
    one = upload(eva, "name;email\nAda Vermeer;ada@balie.example\n")
    eva.post(f"{ADDRESS}{one.pk}/columns", mapping(one, "name", "email", with_departures="on"))
    run_owed_jobs()
    assert "4 of 6 employees would become inactive" in read(eva, one)
    assert eva.post(f"{ADDRESS}{one.pk}/confirmation").status_code == 422
    assert not Person.objects.filter(status="inactive").exists()
    eva.post(f"{ADDRESS}{one.pk}/confirmation", {"many_may_leave": "on"})
    run_owed_jobs()
    assert Person.objects.filter(status="inactive").count() == 4


def test_an_attribute_that_was_archived_after_the_mapping_is_left_out_with_a_word(eva: Client, cast: Cast) -> None:
    badge = Attribute.objects.create(key="badge", label="Badge", section=Attribute.objects.get(key="office").section)
    one = upload(eva, "name;email;badge\nZoe;zoe@balie.example;12\n")
    Attribute.objects.filter(pk=badge.pk).delete()
    answer = eva.post(f"{ADDRESS}{one.pk}/columns", mapping(one, "name", "email", "badge"))
    assert answer.status_code == 422
    assert "badge" in answer.content.decode()


def test_columns_can_be_changed_and_an_import_discarded(eva: Client, cast: Cast) -> None:
    one = upload(eva, "name;email\nZoe;zoe@balie.example\n")
    eva.post(f"{ADDRESS}{one.pk}/columns", mapping(one, "name", "email"))
    run_owed_jobs()
    assert 'name="column-0"' in read(eva, one, "?columns=1")
    eva.post(f"{ADDRESS}{one.pk}/removal")
    assert "Discarded. Nothing was changed." in read(eva, one)
    assert not Person.objects.filter(email="zoe@balie.example").exists()


def test_employees_are_exported(eva: Client, cast: Cast) -> None:
    answer = eva.get("/settings/people/export.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert "ada@balie.example" in answer.content.decode()
    assert eva.get("/settings/people/export.xlsx").content.startswith(b"PK")
