"""People as others see them: the list, profiles by access rights, editing by section, and proposed changes."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balie.config.tests.cast import Cast
from balie.people import proposing, roles
from balie.people.models import Attribute, AttributeChange, Level, Person, Proposal, Right, Role, Scope, Section
from balie.people.roles import Outline
from balie.platform import clock

VIEW, PROPOSE, EDIT = Level.VIEW, Level.PROPOSE, Level.EDIT


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(page: Any) -> str:
    return str(page.content.decode())


def profile(person: Person) -> str:
    return reverse("directory:profile", args=[person.pk])


def section(person: Person, key: str) -> str:
    return reverse("directory:section", args=[person.pk, key])


def field(key: str) -> str:
    return f"attribute-{Attribute.objects.get(key=key).pk}"


def everybody_may(cast: Cast, cells: dict[tuple[str, Scope], Level]) -> None:
    sections = {one.key: one.pk for one in Section.objects.all()}
    outline = Outline(
        name="All employees", profiles={(sections[key], scope): level for (key, scope), level in cells.items()}
    )
    Right.objects.filter(role__preset="expert").delete()
    confirmed = list(Attribute.objects.values_list("pk", flat=True))
    roles.change(Role.objects.get(preset="everybody"), outline, by=cast.eva, confirmed=confirmed)


@pytest.fixture
def ada(cast: Cast) -> Person:
    cast.ada.attributes = {"position": "Zookeeper", "phone": "+31 6 555", "salary": "4242.5", "department": "Animals"}
    cast.ada.save()
    return cast.ada


def test_people_are_found_by_names_nearly_written(cast: Cast, ada: Person) -> None:
    ben = signed_in(cast.ben)
    page = said(ben.get(reverse("directory:people")))
    assert all(person.name in page for person in (cast.ada, cast.cleo, cast.dov))
    assert "Zookeeper" in page
    for typed in ("vermer", "Ada", "ADA@balie.example"):
        page = said(ben.get(reverse("directory:people"), {"q": typed}))
        assert "Ada Vermeer" in page, typed
        assert "Dov Katz" not in page, typed
    assert "Nobody is called so" in said(ben.get(reverse("directory:people"), {"q": "zzzz"}))


def test_a_profile_shows_what_the_rights_reach_and_nothing_else(cast: Cast, ada: Person) -> None:
    page = said(signed_in(cast.ben).get(profile(ada)))
    assert "Zookeeper" in page
    assert "4242" not in page
    assert "Pay and tax" not in page
    assert "Salary" not in page
    own = said(signed_in(ada).get(profile(ada)))
    assert "4.242,5" in own
    everybody_may(cast, {("pay", Scope.REPORTS): VIEW})
    assert "4,242.5" in said(signed_in(cast.cleo).get(profile(ada)))
    assert "Zookeeper" not in said(signed_in(cast.cleo).get(profile(ada)))
    # Ben sees nothing of her any more: for him there is no such page, and no such line.
    assert signed_in(cast.ben).get(profile(ada)).status_code == 404
    assert "Ada Vermeer" not in said(signed_in(cast.ben).get(reverse("directory:people")))
    assert "Ada Vermeer" not in said(signed_in(cast.ben).get(reverse("directory:people"), {"q": "vermeer"}))


def test_externals_and_those_who_left_are_not_listed(cast: Cast) -> None:
    zoe = Person.objects.take_in(kind="email", external_id="zoe@elsewhere.example", name="Zoe")
    gone = Person.objects.create_employee(name="Ivo Gone", email="ivo@balie.example", status=Person.Status.INACTIVE)
    ben, eva = signed_in(cast.ben), signed_in(cast.eva)
    for client in (ben, eva):
        assert client.get(profile(zoe)).status_code == 404
    assert ben.get(profile(gone)).status_code == 404
    assert eva.get(profile(gone)).status_code == 200
    assert "Ivo Gone" not in said(ben.get(reverse("directory:people")))


def test_names_are_offered_of_those_whom_the_reader_may_know(cast: Cast) -> None:
    cleo, address = signed_in(cast.cleo), reverse("people_names")
    assert "dov@balie.example" in said(cleo.get(address, {"q": "dov"}))
    everybody_may(cast, {("contact", Scope.REPORTS): VIEW})
    assert "dov@balie.example" not in said(cleo.get(address, {"q": "dov"}))
    assert "ada@balie.example" in said(cleo.get(address, {"q": "ada"}))


def test_a_section_is_edited_by_whoever_may(cast: Cast, ada: Person) -> None:
    client = signed_in(ada)
    assert section(ada, "contact") in said(client.get(profile(ada)))
    assert section(ada, "work") not in said(client.get(profile(ada)))
    assert client.get(section(ada, "work")).status_code == 404
    assert client.post(section(ada, "work"), {field("position"): "Queen"}).status_code == 404
    assert client.post(section(ada, "contact"), {field("phone"): "+31 20 1"}).status_code == 302
    ada.refresh_from_db()
    assert (ada.attributes["phone"], ada.attributes["position"]) == ("+31 20 1", "Zookeeper")
    change = AttributeChange.objects.get(attribute__key="phone")
    assert (change.old, change.new, change.by, change.way) == ("+31 6 555", "+31 20 1", ada, "profile")
    # Another section's field in the same form changes nothing.
    client.post(section(ada, "contact"), {field("phone"): "1", field("salary"): "9999"})
    ada.refresh_from_db()
    assert ada.attributes["salary"] == "4242.5"


def test_a_value_that_does_not_fit_is_said_at_its_field(cast: Cast, ada: Person) -> None:
    eva = signed_in(cast.eva)
    page = eva.post(section(ada, "pay"), {field("salary"): "much"})
    assert page.status_code == 422
    assert "is not a number" in said(page)


def test_a_proposal_waits_until_somebody_who_may_edit_decides(cast: Cast, ada: Person) -> None:
    everybody_may(
        cast, {("contact", Scope.OWN): PROPOSE, ("contact", Scope.REPORTS): EDIT, ("contact", Scope.EVERYBODY): VIEW}
    )
    client, cleo, ben = signed_in(ada), signed_in(cast.cleo), signed_in(cast.ben)
    assert client.post(section(ada, "contact"), {field("phone"): "112"}).status_code == 302
    ada.refresh_from_db()
    assert ada.attributes["phone"] == "+31 6 555"
    proposal = Proposal.objects.get()
    assert "112" in said(client.get(profile(ada)))
    assert "112" not in said(ben.get(profile(ada)))
    page = said(cleo.get(reverse("directory:proposals")))
    assert "+31 6 555" in page
    assert "112" in page
    assert "112" not in said(ben.get(reverse("directory:proposals")))
    for other in (ben, client):
        assert other.post(reverse("directory:proposal-approval", args=[proposal.pk])).status_code == 404
        assert other.post(reverse("directory:proposal-refusal", args=[proposal.pk])).status_code == 404
    assert "proposed change waits for you" in said(cleo.get(reverse("directory:people")))
    cleo.post(reverse("directory:proposal-approval", args=[proposal.pk]))
    ada.refresh_from_db()
    assert ada.attributes["phone"] == "112"
    change = AttributeChange.objects.get()
    assert (change.by, change.way) == (cast.cleo, "proposal")
    assert cleo.post(reverse("directory:proposal-approval", args=[proposal.pk])).status_code == 404


def test_a_refused_proposal_says_why_and_a_newer_one_replaces_an_older(cast: Cast, ada: Person) -> None:
    everybody_may(cast, {("contact", Scope.OWN): PROPOSE, ("contact", Scope.REPORTS): EDIT})
    client = signed_in(ada)
    for number in ("1", "2", "2"):
        client.post(section(ada, "contact"), {field("phone"): number})
    assert [(one.value, one.state) for one in Proposal.objects.all()] == [("1", "replaced"), ("2", "waiting")]
    proposal = Proposal.objects.waiting().get()
    signed_in(cast.cleo).post(reverse("directory:proposal-refusal", args=[proposal.pk]), {"reason": "Private number"})
    assert "Private number" in said(client.get(reverse("directory:proposals")))
    ada.refresh_from_db()
    assert ada.attributes["phone"] == "+31 6 555"
    # To propose what is there already takes back what waits.
    client.post(section(ada, "contact"), {field("phone"): "3"})
    client.post(section(ada, "contact"), {field("phone"): "+31 6 555"})
    assert not Proposal.objects.waiting().exists()


def test_a_right_that_is_gone_decides_nothing(cast: Cast, ada: Person) -> None:
    everybody_may(cast, {("contact", Scope.OWN): PROPOSE, ("contact", Scope.REPORTS): EDIT})
    phone = Attribute.objects.get(key="phone")
    (proposal,) = proposing.propose(ada, {phone: "112"}, by=Person.objects.get(pk=ada.pk))
    everybody_may(cast, {("contact", Scope.REPORTS): VIEW})
    with pytest.raises(proposing.NotYours):
        proposing.approve(proposal, by=Person.objects.get(pk=cast.cleo.pk))
    with pytest.raises(proposing.NotYours):
        proposing.propose(ada, {phone: "113"}, by=Person.objects.get(pk=ada.pk))


@pytest.mark.django_db(transaction=True)
def test_a_proposal_is_decided_once_when_two_decide_together(committed_cast: Cast) -> None:
    cast, phone = committed_cast, Attribute.objects.get(key="phone")
    everybody_may(cast, {("contact", Scope.OWN): PROPOSE, ("contact", Scope.REPORTS): EDIT})
    (proposal,) = proposing.propose(cast.ada, {phone: "112"}, by=Person.objects.get(pk=cast.ada.pk))
    start, refused = threading.Barrier(2), []

    def decide(person: Person) -> None:
        start.wait()
        try:
            proposing.approve(proposal, by=Person.objects.get(pk=person.pk))
        except proposing.ProposalRefused as reason:
            refused.append(reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(person,)) for person in (cast.cleo, cast.eva)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in refused] == [proposing.DecidedAlready]
    assert AttributeChange.objects.count() == 1


def test_the_history_shows_changes_of_what_the_reader_may_see(cast: Cast, ada: Person) -> None:
    eva = signed_in(cast.eva)
    eva.post(section(ada, "contact"), {field("phone"): "112"})
    eva.post(section(ada, "pay"), {field("salary"): "5000"})
    AttributeChange.objects.create(
        person=ada, field="status", old="onboarding", new="active", at=clock.now(), way=AttributeChange.Way.IMPORT
    )
    address = reverse("directory:history", args=[ada.pk])
    page = said(eva.get(address))
    assert all(words in page for words in ("112", "5,000", "onboarding", "by an import", "Eva Beheer"))
    page = said(signed_in(cast.ben).get(address))
    assert "112" in page
    assert not any(words in page for words in ("5,000", "Salary", "onboarding"))
    assert "112" not in said(eva.get(address, {"attribute": "salary"}))
    assert "5,000" not in said(signed_in(cast.ben).get(address, {"attribute": "salary"}))
    assert eva.get(address, {"cursor": "made-up"}).status_code == 404


def test_who_reports_to_whom_is_on_the_profile(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    assert profile(cast.cleo) in said(ben.get(profile(cast.ada)))
    assert profile(cast.ada) in said(ben.get(profile(cast.cleo)))


def test_long_lists_have_pages_and_few_questions(cast: Cast) -> None:
    everybody_may(cast, {("pay", Scope.REPORTS): VIEW, ("work", Scope.EVERYBODY): VIEW, ("contact", Scope.OWN): EDIT})
    for number in range(70):
        Person.objects.create_employee(
            name=f"Person {number:03}", email=f"p{number}@b.example", supervisor=cast.cleo, attributes={"position": "X"}
        )
    cleo = signed_in(cast.cleo)
    with CaptureQueriesContext(connection) as queries:
        page = said(cleo.get(reverse("directory:people")))
    assert len(queries) <= 12, [one["sql"][:150] for one in queries]
    assert page.count('class="colleague"') == 50
    address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert said(cleo.get(reverse("directory:people") + address)).count('class="colleague"') == 70 + 6 - 50
    assert cleo.get(reverse("directory:people"), {"cursor": "made-up"}).status_code == 404
    for address in (
        profile(cast.cleo),
        profile(cast.ada),
        section(cast.cleo, "contact"),
        reverse("directory:proposals"),
        reverse("directory:history", args=[cast.ada.pk]),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert cleo.get(address).status_code == 200
        assert len(queries) <= 12, (address, [one["sql"][:150] for one in queries])
