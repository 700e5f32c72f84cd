"""Roles, the audit log, and profiles by the caller's access rights, over the API."""

from __future__ import annotations

from balie.api.tests.test_directory import As
from balie.config.tests.cast import Cast
from balie.people import roles
from balie.people.models import Area, Level, Right, Role, Scope, Section
from balie.people.roles import Outline


def test_roles_are_read_with_their_rights(cast: Cast, program: As) -> None:
    eva = program(cast.eva)
    found = {one["preset"]: one for one in eva.items("/roles")}
    assert set(found) == {"administrator", "everybody", "expert"}
    assert found["administrator"]["works_on_requests"] is True
    assert {"section": "contact", "scope": "own", "area": None, "level": "edit"} in found["everybody"]["rights"]
    assert eva.get(f"/roles/{found['expert']['id']}").json() == found["expert"]
    assert eva.get("/roles/987654321").status_code == 404
    for person in (cast.ada, cast.ben):
        assert program(person).get("/roles").status_code == 403
        assert program(person).get("/audit").status_code == 403


def test_the_right_to_an_area_opens_it_over_the_api_too(cast: Cast, program: As) -> None:
    role = roles.make(Outline(name="Auditors", areas={Area.AUDIT: Level.VIEW}), by=cast.eva)
    roles.assign(role, cast.ada, by=cast.eva)
    ada = program(cast.ada)
    assert [one["sentence"] for one in ada.items("/audit", kind="role_given")] == [
        "Eva Beheer wees Ada Vermeer de rol ‘Auditors’ toe."
    ]
    assert ada.items("/audit")[-1]["changes"]
    assert ada.get("/audit?kind=x").status_code == 422
    assert ada.get("/roles").status_code == 403


def test_a_profile_passes_the_callers_access_rights(cast: Cast, program: As) -> None:
    Right.objects.filter(role__preset__in=["everybody", "expert"]).delete()
    cast.ada.attributes = {"position": "Zookeeper", "salary": "4242"}
    cast.ada.save()
    pay = Section.objects.get(key="pay")
    Right.objects.create(role=Role.objects.get(preset="everybody"), section=pay, scope=Scope.REPORTS, level=Level.VIEW)
    address = f"/people/{cast.ada.pk}"
    assert program(cast.cleo).get(address).json()["attributes"] == {"salary": "4242"}
    # What experts may know of everybody is another list, with other rights.
    assert program(cast.ben).get(address).json()["attributes"] == {}
    assert "salary" not in str(program(cast.ben).get(address).json()).lower()
    assert program(cast.eva).get(address).json()["attributes"] == {"position": "Zookeeper", "salary": "4242"}
    assert program(cast.ada).get("/people/me").json()["attributes"] == {}
    assert {one["id"] for one in program(cast.cleo).items("/people")} == {cast.cleo.pk, cast.ada.pk}
    assert [one["id"] for one in program(cast.ada).items("/people")] == [cast.ada.pk]
    assert program(cast.ada).get(f"/people/{cast.cleo.pk}").status_code == 404
