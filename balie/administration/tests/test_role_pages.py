"""The pages of employee roles, of who has them, and of the log that says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balie.config.tests.cast import Cast
from balie.people import roles
from balie.people.models import Area, Attribute, AuditEntry, Choice, Level, Person, Role, Scope, Section
from balie.people.rights import Rights
from balie.people.roles import Outline
from balie.tickets.models import Ticket


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(page: Any) -> str:
    return str(page.content.decode())


def at(name: str, *arguments: int) -> str:
    return reverse(f"administration:{name}", args=arguments)


def cell(section: str, scope: Scope) -> str:
    return f"section-{Section.objects.get(key=section).pk}-{scope}"


def test_conversations_expert_is_created_in_one_click(cast: Cast) -> None:
    roles.delete(Role.objects.starting(Role.Preset.EXPERT), by=cast.eva)
    eva = signed_in(cast.eva)
    assert "Create “Conversations expert”" in said(eva.get(at("roles")))
    page = eva.post(at("expert-role"), follow=True)
    role = Role.objects.get(preset="expert")
    assert page.redirect_chain[-1][0] == at("role", role.pk)
    assert "Create “Conversations expert”" not in said(eva.get(at("roles")))
    page = eva.post(at("role-members", role.pk), {"person": "ben@balie.example"}, follow=True)
    assert "Ben Jansen" in said(page)
    cast.ben.refresh_from_db()
    assert cast.ben.is_expert
    eva.post(at("role-members", role.pk), {"person": "ada vermeer"})
    cast.ada.refresh_from_db()
    assert cast.ada.is_expert


def test_the_matrix_is_saved_cell_by_cell(cast: Cast) -> None:
    eva = signed_in(cast.eva)
    fields = {
        "name": "Office managers", cell("work", Scope.GROUP): "3", cell("contact", Scope.EVERYBODY): "2",
        "group_attribute": Attribute.objects.get(key="office").pk, "group_value": "Utrecht", "area-people": "1",
    }  # fmt: skip
    assert eva.post(at("role-new"), fields).status_code == 302
    role = Role.objects.get(name="Office managers")
    outline = Outline.of(role)
    work, contact = (Section.objects.get(key=key).pk for key in ("work", "contact"))
    assert outline.profiles == {(work, Scope.GROUP): Level.EDIT, (contact, Scope.EVERYBODY): Level.PROPOSE}
    assert (outline.areas, outline.group_value) == ({Area.PEOPLE: Level.VIEW}, "Utrecht")
    page = said(eva.get(at("role", role.pk)))
    assert 'value="3" selected' in page
    assert eva.post(at("role", role.pk), {"name": "Office managers"}).status_code == 302
    assert Outline.of(role).profiles == {}
    assert "Choose the attribute" in said(eva.post(at("role-new"), {"name": "X", cell("work", Scope.GROUP): "1"}))
    assert "Another role has this name" in said(eva.post(at("role-new"), {"name": "office MANAGERS"}))
    assert eva.post(at("role-new"), {"name": "Y", "area-roles": "3"}).status_code == 422


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "held"),
    [
        ("choice", "Night shift", "night", "night"), ("choices", "Night shift", "night", ["night"]),
        ("yes_no", "yes", "true", True),
        ("number", "3", "3", 3), ("date", "2026-11-23", "2026-11-23", "2026-11-23"), ("decimal", "4.50", "4.5", "4.5"),
    ],
)  # fmt: skip
def test_the_value_of_a_group_is_understood_by_its_type(
    cast: Cast, kind: str, typed: str, kept: str, held: object
) -> None:
    attribute = Attribute.objects.create(key="shift", label="Shift", section=Section.objects.get(key="work"), type=kind)
    Choice.objects.create(attribute=attribute, key="night", label="Night shift")
    eva = signed_in(cast.eva)
    fields = {"name": "Of a group", cell("contact", Scope.GROUP): "3", "group_attribute": attribute.pk}
    assert eva.post(at("role-new"), fields | {"group_value": typed}).status_code == 302
    role = Role.objects.get(name="Of a group")
    assert role.group_value == kept
    # What the form shows is what it understands again.
    shown = said(eva.get(at("role", role.pk))).split('name="group_value" value="')[1].split('"')[0]
    assert eva.post(at("role", role.pk), fields | {"group_value": shown}).status_code == 302
    role.refresh_from_db()
    assert role.group_value == kept
    roles.assign(role, cast.ben, by=cast.eva)
    cast.ada.attributes = {"shift": held}
    assert Rights.of(Person.objects.get(pk=cast.ben.pk)).to(cast.ada).may_edit(Attribute.objects.get(key="phone"))
    assert eva.post(at("role-new"), fields | {"name": "Z", "group_value": "a b c ?"}).status_code == 422


def test_sensitive_data_is_named_before_it_is_opened(cast: Cast) -> None:
    eva = signed_in(cast.eva)
    fields = {"name": "Pay", cell("pay", Scope.REPORTS): "1"}
    page = eva.post(at("role-new"), fields)
    assert page.status_code == 422
    assert "Bank account (IBAN)" in said(page)
    assert "Nothing is saved yet" in said(page)
    assert not Role.objects.filter(name="Pay").exists()
    asked = [attribute.pk for attribute in Attribute.objects.filter(section__key="pay")]
    confirms = {"confirms": "yes"}
    assert eva.post(at("role-new"), fields | {"confirmed": asked[:1]} | confirms).status_code == 422
    # The other button of the page saves again, and confirms nothing.
    assert eva.post(at("role-new"), fields | {"confirmed": asked}).status_code == 422
    assert eva.post(at("role-new"), fields | {"confirmed": asked} | confirms).status_code == 302


def test_only_administrators_assign_roles_and_the_log_says_so(cast: Cast) -> None:
    role = roles.make(
        Outline(name="Desk keepers", areas={Area.PEOPLE: Level.EDIT, Area.ROLES: Level.VIEW}),
        by=cast.eva, confirmed=Attribute.objects.values_list("pk", flat=True),
    )  # fmt: skip
    eva, cleo = signed_in(cast.eva), signed_in(cast.cleo)
    page = eva.post(at("person-roles", cast.cleo.pk), {"role": role.pk}, follow=True)
    assert "now has the role “Desk keepers”" in said(page)
    assert cleo.get(at("people")).status_code == 200
    assert cleo.get(at("person", cast.ada.pk)).status_code == 200
    assert cleo.get(at("roles")).status_code == 200
    assert "Only administrators change roles" in said(cleo.get(at("role", role.pk)))
    for name, arguments in (
        ("person-roles", [cast.cleo.pk]), ("role", [role.pk]), ("role-new", []), ("role-deletion", [role.pk]),
        ("role-members", [role.pk]), ("person-role-removal", [cast.eva.pk, role.pk]), ("expert-role", []),
    ):  # fmt: skip
        assert cleo.post(at(name, *arguments), {"role": role.pk, "name": "Mine"}).status_code == 403, name
    assert cleo.get(at("audit")).status_code == 403
    log = said(eva.get(at("audit"), {"q": "cleo"}))
    assert "Eva Beheer gave Cleo Meijer the role “Desk keepers”." in log
    assert "made the role" not in log
    assert "made the role" in said(eva.get(at("audit"), {"kind": "role_made"}))
    assert "People: nothing → Edit" in said(eva.get(at("audit")))


def test_the_last_administrator_keeps_the_role(cast: Cast) -> None:
    eva, role = signed_in(cast.eva), Role.objects.get(preset="administrator")
    for address in (at("person-role-removal", cast.eva.pk, role.pk), at("role-member-removal", role.pk, cast.eva.pk)):
        assert "This is the last administrator" in said(eva.post(address, follow=True))
    assert "stays as it is" in said(eva.post(at("role-deletion", role.pk), follow=True))
    assert "stays as it is" in said(eva.post(at("role", role.pk), {"name": "Nobody"}, follow=True)) or (
        Role.objects.get(pk=role.pk).name == "Administrator"
    )
    assert cast.eva.role_assignments.filter(role=role).exists()


def test_a_role_is_deleted_with_all_that_it_gave(cast: Cast) -> None:
    eva, role = signed_in(cast.eva), Role.objects.get(preset="expert")
    assert "nobody has its rights any more" in said(eva.post(at("role-deletion", role.pk), follow=True))
    cast.ben.refresh_from_db()
    assert not cast.ben.is_expert


AREAS = {
    Area.TROUBLES: "troubles", Area.PEOPLE: "people", Area.ORGANISATION: "organisation", Area.AUDIT: "audit",
    Area.ROLES: "roles", Area.TEAMS: "teams", Area.STATUSES: "statuses",
}  # fmt: skip


@pytest.mark.parametrize("area", AREAS)
def test_an_area_of_the_settings_is_opened_by_its_right(cast: Cast, area: Area) -> None:
    role = roles.make(Outline(name="One area", areas={area: Level.VIEW}), by=cast.eva)
    ada = signed_in(cast.ada)
    assert ada.get(at("start")).status_code == 403
    roles.assign(role, cast.ada, by=cast.eva)
    for one, name in AREAS.items():
        assert ada.get(at(name)).status_code == (200 if one == area else 403), name
    page = said(ada.get(at("start")))
    assert all((f'href="{at(name)}"' in page) == (one == area) for one, name in AREAS.items())


def test_viewing_an_area_changes_nothing_and_editing_does(cast: Cast) -> None:
    role = roles.make(Outline(name="Organisers", areas={Area.ORGANISATION: Level.VIEW}), by=cast.eva)
    roles.assign(role, cast.ada, by=cast.eva)
    ada = signed_in(cast.ada)
    assert ada.post(at("organisation"), {"name": "Mine"}).status_code == 403
    roles.change(role, Outline(name="Organisers", areas={Area.ORGANISATION: Level.EDIT}), by=cast.eva)
    assert ada.post(at("organisation"), {"name": "Mine"}).status_code == 422


def test_the_right_to_teams_is_to_look_at_all_and_to_edit_them_without_reading_their_requests(cast: Cast) -> None:
    role = roles.make(Outline(name="Keepers of teams", areas={Area.TEAMS: Level.VIEW}), by=cast.eva)
    roles.assign(role, cast.ada, by=cast.eva)
    ada, category = signed_in(cast.ada), {"name": "Phones"}
    assert ada.get(at("team", cast.it.pk)).status_code == 200
    assert ada.post(at("categories", cast.it.pk), category).status_code == 403
    roles.change(role, Outline(name="Keepers of teams", areas={Area.TEAMS: Level.EDIT}), by=cast.eva)
    assert ada.post(at("categories", cast.it.pk), category).status_code == 302
    assert cast.it.categories.filter(name="Phones").exists()
    assert not Ticket.objects.worked_on_by(Person.objects.get(pk=cast.ada.pk)).exists()
    assert ada.get(reverse("workspace:inbox")).status_code == 403


def test_pages_of_roles_ask_little(cast: Cast) -> None:
    role = Role.objects.get(preset="expert")
    for number in range(30):
        roles.assign(
            role, Person.objects.create_employee(name=f"P {number}", email=f"p{number}@b.example"), by=cast.eva
        )
    eva = signed_in(cast.eva)
    pages = (at("roles"), at("role", role.pk), at("people"), at("person", cast.ben.pk), at("audit"), at("start"))
    for address in pages:
        with CaptureQueriesContext(connection) as queries:
            assert eva.get(address).status_code == 200
        assert len(queries) <= 12, (address, [one["sql"][:200] for one in queries])
    assert AuditEntry.objects.count() >= 30
