"""Name, status, supervisor and addresses on the profile: by whoever the rights allow, with their history."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from balie.config.tests.cast import Cast
from balie.directory.tests.test_directory import everybody_may, profile, said, signed_in
from balie.people import roles
from balie.people.models import (
    Area,
    Attribute,
    AttributeChange,
    Identity,
    Level,
    Person,
    Proposal,
    Scope,
)
from balie.people.roles import Outline

PEOPLE_FIELDS = ("name", "status", "supervisor", "email", "other_addresses")


def basics(person: Person) -> str:
    return reverse("directory:basics", args=[person.pk])


def sent(person: Person, **changed: str) -> dict[str, str]:
    lead = person.supervisor
    return {
        "name": person.name, "status": person.status, "email": person.email, "other_addresses": "",
        "supervisor": f"{lead.name} <{lead.email}>" if lead else "", **changed,
    }  # fmt: skip


def hold(person: Person, *, by: Person, areas: dict[Area, Level]) -> None:
    everything = list(Attribute.objects.values_list("pk", flat=True))
    role = roles.make(Outline(name=f"Role of {person.name}", areas=areas), by=by, confirmed=everything)
    roles.assign(role, person, by=by)


def of(cast: Cast, name: str) -> Person:
    """As another page loads them."""
    found: Person = Person.objects.get(pk=getattr(cast, name).pk)
    return found


def test_an_administrator_changes_all_of_it_and_the_history_says_so(cast: Cast) -> None:
    eva, ada = signed_in(cast.eva), cast.ada
    assert basics(ada) in said(eva.get(profile(ada)))
    form = sent(
        ada, name="Ada  Bakker", status="leave", supervisor="Ben Jansen", email="Ada.Bakker@balie.example",
        other_addresses="ada@home.example\nada@work.example",
    )  # fmt: skip
    assert eva.post(basics(ada), form).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.status, ada.supervisor, ada.email) == (
        "Ada Bakker", "leave", cast.ben, "ada.bakker@balie.example",
    )  # fmt: skip
    addresses = set(ada.identities.filter(kind=Identity.EMAIL).values_list("external_id", flat=True))
    # The former work address stays theirs.
    assert addresses == {"ada.bakker@balie.example", "ada@balie.example", "ada@home.example", "ada@work.example"}
    changes = {one.field: (one.old, one.new, one.by, one.way) for one in AttributeChange.objects.all()}
    assert changes["name"] == ("Ada Vermeer", "Ada Bakker", cast.eva, "profile")
    assert changes["supervisor"] == ("Cleo Meijer", "Ben Jansen", cast.eva, "profile")
    assert changes["other_addresses"][:2] == (None, "ada@balie.example, ada@home.example, ada@work.example")
    assert changes.keys() == {*PEOPLE_FIELDS}
    history = said(eva.get(reverse("directory:history", args=[ada.pk])))
    assert all(words in history for words in ("Ada Bakker", "on leave", "Ben Jansen", "ada@home.example"))
    assert mail.outbox == []
    # The same once more changes nothing.
    eva.post(basics(ada), sent(ada, other_addresses="ada@balie.example ada@home.example ada@work.example"))
    assert AttributeChange.objects.count() == len(PEOPLE_FIELDS)


@pytest.mark.parametrize(
    ("field", "written", "sentence"),
    [
        ("name", "", "This field is required"),
        ("status", "retired", "Select a valid choice"),
        ("supervisor", "Nobody Such", "Nobody here is called"),
        ("supervisor", "ada@balie.example", "Nobody can supervise themselves."),
        ("supervisor", "dov@balie.example", "reports to Ada Vermeer, directly or through others"),
        ("email", "no address", "is not an email address"),
        ("email", "ben@balie.example", "ben@balie.example is the address of Ben Jansen"),
        ("email", "", "The work address is missing"),
        ("other_addresses", "ada2@balie.example, BEN@balie.example", "is the address of Ben Jansen"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(cast: Cast, field: str, written: str, sentence: str) -> None:
    cast.ben.supervisor, cast.dov.supervisor = cast.ada, cast.ben
    cast.ben.save()
    cast.dov.save()
    page = signed_in(cast.eva).post(basics(cast.ada), sent(cast.ada, **{field: written}))
    assert page.status_code == 422
    assert sentence in said(page)
    assert page.context["form"].errors.keys() == {field}
    assert not AttributeChange.objects.exists()


def test_the_last_administrator_does_not_leave(cast: Cast) -> None:
    page = signed_in(cast.eva).post(basics(cast.eva), sent(cast.eva, status="inactive"))
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"status"}
    assert Person.objects.get(pk=cast.eva.pk).status == "active"


def test_whoever_was_known_from_outside_by_the_address_turns_out_to_be_this_person(cast: Cast) -> None:
    zoe = Person.objects.take_in(kind="email", external_id="ada@home.example", name="Ada at home")
    signed_in(cast.eva).post(basics(cast.ada), sent(cast.ada, other_addresses="ada@home.example"))
    assert not Person.objects.filter(pk=zoe.pk).exists()
    assert Identity.objects.get(external_id="ada@home.example").person == cast.ada


def test_a_right_to_the_people_of_the_settings_edits_but_not_administrators(cast: Cast) -> None:
    everybody_may(cast, {("work", Scope.EVERYBODY): Level.VIEW})
    hold(cast.ben, by=cast.eva, areas={Area.PEOPLE: Level.EDIT})
    ben = signed_in(of(cast, "ben"))
    assert ben.post(basics(cast.ada), sent(cast.ada, email="ada.v@balie.example")).status_code == 302
    assert Person.objects.get(pk=cast.ada.pk).email == "ada.v@balie.example"
    # To be given an administrator's address is to become one: that waits for an administrator.
    ben.post(basics(cast.eva), sent(cast.eva, email="ben2@balie.example"))
    assert Person.objects.get(pk=cast.eva.pk).email == "eva@balie.example"
    assert [(one.field, one.value) for one in Proposal.objects.all()] == [("email", "ben2@balie.example")]


def test_a_section_right_edits_name_and_status_and_proposes_the_rest(cast: Cast) -> None:
    everybody_may(
        cast, {("work", Scope.EVERYBODY): Level.VIEW, ("work", Scope.REPORTS): Level.EDIT,
               ("contact", Scope.REPORTS): Level.EDIT},
    )  # fmt: skip
    cleo = signed_in(of(cast, "cleo"))
    form = sent(cast.ada, name="Ada V.", supervisor="dov@balie.example", email="a.v@balie.example")
    assert cleo.post(basics(cast.ada), form).status_code == 302
    cast.ada.refresh_from_db()
    assert (cast.ada.name, cast.ada.supervisor, cast.ada.email) == ("Ada V.", cast.cleo, "ada@balie.example")
    assert {one.field for one in Proposal.objects.waiting()} == {"supervisor", "email"}
    page = said(cleo.get(profile(cast.ada)))
    assert "Supervisor Dov Katz" in page
    assert "a.v@balie.example" not in said(signed_in(cast.ben).get(profile(cast.ada)))
    # Nobody's right reaches Ben: for him there is no such form, and the proposals are not his to decide.
    ben = signed_in(of(cast, "ben"))
    assert ben.get(basics(cast.ada)).status_code == 404
    assert ben.post(basics(cast.ada), form).status_code == 404
    proposal = Proposal.objects.get(field="supervisor")
    for other in (ben, cleo):
        assert other.post(reverse("directory:proposal-approval", args=[proposal.pk])).status_code == 404
    eva = signed_in(cast.eva)
    assert "Dov Katz" in said(eva.get(reverse("directory:proposals")))
    eva.post(reverse("directory:proposal-approval", args=[proposal.pk]))
    cast.ada.refresh_from_db()
    assert cast.ada.supervisor == cast.dov
    change = AttributeChange.objects.get(field="supervisor")
    assert (change.by, change.way) == (cast.eva, "proposal")


def test_an_approval_of_what_cannot_be_any_more_changes_nothing_and_says_why(cast: Cast) -> None:
    everybody_may(cast, {("contact", Scope.OWN): Level.PROPOSE, ("work", Scope.EVERYBODY): Level.VIEW})
    ada = signed_in(of(cast, "ada"))
    assert ada.post(basics(cast.ada), {"email": "new@balie.example"}).status_code == 302
    Person.objects.create_employee(name="New One", email="new@balie.example")
    proposal = Proposal.objects.get()
    page = signed_in(cast.eva).post(reverse("directory:proposal-approval", args=[proposal.pk]), follow=True)
    assert "is the address of New One" in said(page)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"
