"""Roles."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from balie.config.tests.cast import Cast
from balie.people import auditing, roles
from balie.people.importing import make_plan
from balie.people.models import Area, AuditEntry, Level, Person, Role, Scope, Section
from balie.people.roles import Outline
from balie.people.tables import Table


def test_only_an_administrator_gives_roles(cast: Cast) -> None:
    with pytest.raises(roles.NotAnAdministrator):
        roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.ben)


def test_the_last_administrator_stays_one(cast: Cast) -> None:
    with pytest.raises(roles.LastAdministrator):
        roles.give_role(cast.eva, Person.Role.EXPERT, by=cast.eva)
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    roles.give_role(cast.eva, Person.Role.EXPERT, by=cast.eva)
    assert cast.eva.role == Person.Role.EXPERT


def test_an_administrator_who_left_does_not_count(cast: Cast) -> None:
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    Person.objects.filter(pk=cast.ben.pk).update(status=Person.Status.INACTIVE)
    with pytest.raises(roles.LastAdministrator):
        roles.give_role(cast.eva, Person.Role.EXPERT, by=cast.eva)


def test_whoever_cannot_sign_in_gets_no_role(cast: Cast) -> None:
    stranger = Person.objects.take_in(kind="email", external_id="zoe@elsewhere.example", name="Zoe")
    with pytest.raises(roles.CannotSignIn):
        roles.give_role(stranger, Person.Role.EXPERT, by=cast.eva)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_one_moment(committed_cast: Cast) -> None:
    cast = committed_cast
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    start, refused = threading.Barrier(2), []

    def remove(person: Person, by: Person) -> None:
        start.wait()
        try:
            roles.give_role(person, Person.Role.EMPLOYEE, by=by)
        except roles.RoleRefused as reason:
            refused.append(reason)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=remove, args=(Person.objects.get(pk=one.pk), other))
        for one, other in ((cast.eva, cast.ben), (cast.ben, cast.eva))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Person.objects.filter(role=Person.Role.ADMINISTRATOR).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_both_leave_at_one_moment(committed_cast: Cast) -> None:
    """By whatever way: the database itself keeps one, also of those whom no verb asked."""
    cast = committed_cast
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    start, refused = threading.Barrier(2), []

    def leave(pk: int) -> None:
        try:
            with transaction.atomic():
                Person.objects.filter(pk=pk).update(status=Person.Status.INACTIVE)
                start.wait()
        except IntegrityError as reason:
            refused.append(reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(person.pk,)) for person in (cast.eva, cast.ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Person.objects.administrators().count() == 1


def test_a_file_does_not_make_the_last_administrator_leave(cast: Cast) -> None:
    table = Table(headings=("email", "name", "status"), rows=((2, ("eva@balie.example", "Eva Beheer", "inactive")),))
    plan = make_plan(table)
    assert [str(fault.what) for fault in plan.faults] == [str(roles.LastAdministrator())]
    assert not plan.changes
    roles.give_role(cast.ben, Person.Role.ADMINISTRATOR, by=cast.eva)
    assert make_plan(table).changes


def test_a_role_is_assigned_and_taken_away_in_the_log(cast: Cast) -> None:
    role = roles.make(Outline(name="Answers", works_on_requests=True), by=cast.eva)
    roles.assign(role, cast.ada, by=cast.eva)
    roles.assign(role, cast.ada, by=cast.eva)
    assert (cast.ada.is_expert, cast.ada.role) == (True, "expert")
    assert list(Person.objects.with_role(role)) == [cast.ada]
    roles.withdraw(role, cast.ada, by=cast.eva)
    assert not cast.ada.is_expert
    said = [auditing.in_words(entry) for entry in AuditEntry.objects.order_by("pk")]
    assert said == [
        "Eva Beheer made the role “Answers”.", "Eva Beheer gave Ada Vermeer the role “Answers”.",
        "Eva Beheer took the role “Answers” from Ada Vermeer.",
    ]  # fmt: skip


def test_an_administrator_is_an_expert_without_the_role(cast: Cast) -> None:
    assert cast.eva.is_expert
    assert not cast.eva.role_assignments.filter(role__works_on_requests=True).exists()
    assert cast.eva in Person.objects.experts()


def test_a_role_that_stops_making_experts_takes_that_from_all(cast: Cast) -> None:
    expert = Role.objects.starting(Role.Preset.EXPERT)
    roles.change(expert, Outline(name="Helpers"), by=cast.eva)
    cast.ben.refresh_from_db()
    assert not cast.ben.is_expert
    assert str(Role.objects.get(pk=expert.pk)) == "Helpers"
    roles.change(expert, Outline(name="Helpers", works_on_requests=True), by=cast.eva)
    cast.ben.refresh_from_db()
    assert cast.ben.is_expert


def test_a_deleted_role_is_taken_from_all_who_have_it(cast: Cast) -> None:
    roles.delete(Role.objects.starting(Role.Preset.EXPERT), by=cast.eva)
    assert list(Person.objects.experts()) == [cast.eva]
    assert AuditEntry.objects.filter(kind="role_taken").count() == 3


def test_what_would_lock_everybody_out_is_refused_with_the_reason(cast: Cast) -> None:
    administrator, everybody = (
        Role.objects.starting(one) for one in (Role.Preset.ADMINISTRATOR, Role.Preset.EVERYBODY)
    )
    for verb in (
        lambda: roles.change(administrator, Outline(name="Nobody"), by=cast.eva),
        lambda: roles.delete(administrator, by=cast.eva),
    ):
        with pytest.raises(roles.HoldsEveryRight, match="nobody could let anybody in"):
            verb()
    with pytest.raises(roles.LastAdministrator):
        roles.withdraw(administrator, cast.eva, by=cast.eva)
    with pytest.raises(roles.EverybodyHasIt):
        roles.delete(everybody, by=cast.eva)
    with pytest.raises(roles.TooMuchForEverybody):
        roles.change(everybody, Outline(name="All", areas={Area.PLAN: Level.EDIT}), by=cast.eva)
    with pytest.raises(roles.OnlyViewed):
        roles.make(Outline(name="Kings", areas={Area.ROLES: Level.EDIT}), by=cast.eva)


@pytest.mark.parametrize("verb", ["make", "change", "delete", "assign", "withdraw", "make_expert_role"])
def test_whoever_is_no_administrator_does_nothing_with_roles(cast: Cast, verb: str) -> None:
    role, outline = Role.objects.starting(Role.Preset.EXPERT), Outline(name="Mine")
    arguments = {
        "make": (outline,), "change": (role, outline), "delete": (role,), "assign": (role, cast.ada),
        "withdraw": (role, cast.ben), "make_expert_role": (),
    }[verb]  # fmt: skip
    with pytest.raises(roles.NotAnAdministrator):
        getattr(roles, verb)(*arguments, by=cast.ben)


def test_sensitive_data_is_opened_only_when_an_administrator_confirms_each_attribute(cast: Cast) -> None:
    pay = Section.objects.get(key="pay")
    outline = Outline(name="Pay", profiles={(pay.pk, Scope.REPORTS): Level.VIEW})
    with pytest.raises(roles.OpensSensitiveData) as refused:
        roles.make(outline, by=cast.eva)
    named = [attribute.key for attribute in refused.value.attributes]
    assert named == ["iban", "tax_id", "social_insurance_number", "salary"]
    role = roles.make(outline, by=cast.eva, confirmed=[attribute.pk for attribute in refused.value.attributes])
    # What is open already is not asked again; what goes further is.
    roles.change(role, replace(outline, name="Pay of reports"), by=cast.eva)
    with pytest.raises(roles.OpensSensitiveData):
        roles.change(role, replace(outline, profiles={(pay.pk, Scope.REPORTS): Level.EDIT}), by=cast.eva)
    with pytest.raises(roles.OpensSensitiveData):
        roles.change(role, replace(outline, areas={Area.INTEGRATIONS: Level.EDIT}), by=cast.eva)
    # One's own is no secret.
    roles.make(Outline(name="Own", profiles={(pay.pk, Scope.OWN): Level.EDIT}), by=cast.eva)


def test_experts_begin_with_sensible_rights_made_once(cast: Cast) -> None:
    roles.delete(Role.objects.starting(Role.Preset.EXPERT), by=cast.eva)
    role = roles.make_expert_role(by=cast.eva)
    assert roles.make_expert_role(by=cast.eva) == role
    assert role.works_on_requests
    with translation.override("nl"):
        assert str(role) == "Conversations-expert"
    assert {(one.section.key, one.scope, one.level) for one in role.rights.select_related("section") if one.section} == {
        ("work", "everybody", 1), ("contact", "everybody", 1),
    }  # fmt: skip
    assert Outline.of(role).areas == {Area.STATUSES: Level.EDIT}
    assert roles.opens(Outline.of(role), before=Outline(name="")) == []


def test_the_log_is_only_ever_added_to(cast: Cast) -> None:
    roles.make(Outline(name="Answers"), by=cast.eva)
    for verb in (lambda: AuditEntry.objects.all().delete(), lambda: AuditEntry.objects.update(kind="x")):
        with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
            verb()
