"""Settings > Conversations > Statuses, and what everybody sees of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.teams.models import Membership, Team
from balie.tickets import changing_over, defining
from balie.tickets.defining import Definition
from balie.tickets.models import FirstStatus, Status, Ticket
from balie.tickets.models.status import Group, Shade
from balie.tickets.words import Words


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(page: object) -> str:
    return page.content.decode()  # type: ignore[attr-defined]


def at(name: str, *arguments: int) -> str:
    return reverse(f"administration:{name}", args=arguments)


def asked(cast: Cast, team: Team | None = None) -> Ticket:
    words = Words.from_text("Hi")
    return Ticket.open(team=team or cast.it, requester=cast.ada, subject="Mouse", words=words, channel="web")


@pytest.fixture
def supplier(cast: Cast) -> Status:
    names = {"en": "At the supplier", "nl": "Bij de leverancier"}
    wording = {"en": "A part has been ordered", "nl": "Er is een onderdeel besteld"}
    return defining.make(
        Definition(names=names, requester_names=wording, group=Group.WAITING, shade=Shade.PLUM), by=cast.eva
    )


def test_a_status_is_made_changed_and_archived(cast: Cast) -> None:
    eva = signed_in(cast.eva)
    fields = {"group": "waiting", "shade": "sky", "scope": "chosen", "teams": [str(cast.it.pk)], "name_en": "Ordered"}
    assert eva.post(at("status-new"), fields | {"name_en": ""}).status_code == 422
    assert eva.post(at("status-new"), fields | {"teams": []}).status_code == 422
    assert eva.post(at("status-new"), fields).status_code == 302
    made = Status.objects.get(key="ordered")
    assert (made.group, made.shade, list(made.teams.all())) == ("waiting", "sky", [cast.it])
    assert "Another status has this name." in said(eva.post(at("status-new"), fields))
    page = said(eva.get(at("statuses")))
    assert "Ordered" in page
    assert "#sky-waiting" in page
    ticket = asked(cast)
    ticket.take_status(made, by=cast.ben)
    changed = fields | {"group": "in_progress", "version": str(made.version)}
    assert eva.post(at("status", made.pk), changed).status_code == 302
    ticket.refresh_from_db()
    assert ticket.group == "in_progress"
    page = eva.post(at("status", made.pk), changed)
    assert "Somebody else has changed this meanwhile" in said(page)
    in_progress = Status.preset(Group.IN_PROGRESS)
    assert "1 request has this status" in said(eva.get(at("status-archive", made.pk)))
    eva.post(at("status-archive", made.pk), {"replacement": str(in_progress.pk)})
    ticket.refresh_from_db()
    assert ticket.status == in_progress
    eva.post(at("status-unarchive", made.pk))
    made.refresh_from_db()
    assert made.archived_at is None


def test_a_preset_status_has_names_of_its_own_only_where_somebody_writes_them(cast: Cast) -> None:
    eva, waiting = signed_in(cast.eva), Status.preset(Group.WAITING)
    page = said(eva.get(at("status", waiting.pk)))
    assert 'placeholder="Wartend"' in page
    assert 'name="group"' not in page
    assert eva.post(at("status", waiting.pk), {"name_nl": "Even geduld", "shade": ""}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.names, waiting.group) == ({"nl": "Even geduld"}, "waiting")


def test_the_order_and_the_first_status_are_chosen(cast: Cast, supplier: Status) -> None:
    eva = signed_in(cast.eva)
    eva.post(at("status-place", supplier.pk), {"to": "up"})
    waiting = [one.key for one in Status.objects.filter(group="waiting")]
    assert waiting == [supplier.key, "waiting"]
    eva.post(at("status-place", supplier.pk), {"to": "up"})
    assert [one.key for one in Status.objects.filter(group="waiting")] == waiting
    eva.post(at("statuses"), {"status": str(supplier.pk)})
    assert asked(cast).status == supplier
    eva.post(at("statuses"), {"status": ""})
    assert not FirstStatus.objects.exists()


def test_how_far_it_is_is_shown_until_it_is_done(cast: Cast, supplier: Status, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 0)
    asked(cast).take_status(supplier, by=cast.ben)
    eva = signed_in(cast.eva)
    page = said(
        eva.post(at("status-archive", supplier.pk), {"replacement": str(Status.preset(Group.WAITING).pk)}, follow=True)
    )
    assert "0% done" in page
    assert f'data-progress="{at("status-progress")}"' in page
    assert "<progress" in said(eva.get(at("status-progress")))
    changing_over.carry_on_all()
    assert "All requests have been changed." in said(eva.get(at("status-progress")))


def test_how_many_requests_private_teams_have_is_not_said(cast: Cast, supplier: Status) -> None:
    ticket, secret, eva = asked(cast), asked(cast, cast.people), signed_in(cast.eva)
    ticket.take_status(supplier, by=cast.ben)
    secret.take_status(supplier, by=cast.hanna)
    not_counted = "Those of private teams are not counted"
    for name, words in (("status", "1 request has it."), ("status-archive", "1 request has this status")):
        page = said(eva.get(at(name, supplier.pk)))
        assert words in page
        assert not_counted in page
    Membership.objects.create(team=cast.people, person=cast.eva)
    page = said(eva.get(at("status", supplier.pk)))
    assert "2 requests have it." in page
    assert not_counted not in page


def test_everybody_sees_it_and_whoever_asked_reads_the_wording_for_them(cast: Cast, supplier: Status) -> None:
    ticket, ben, ada = asked(cast), signed_in(cast.ben), signed_in(cast.ada)
    sent = {"status": str(supplier.pk)}
    assert ben.post(reverse("workspace:status", args=[ticket.pk]), sent).status_code == 302
    mark = "icons.svg#plum-waiting"
    pages = [
        said(ben.get(reverse("workspace:inbox"))),
        said(ben.get(reverse("workspace:request", args=[ticket.pk]))),
        said(ben.get(reverse("workspace:inbox"), {"status": supplier.pk})),
    ]
    ben.post(reverse("workspace:layout"), {"layout": "board"})
    for page in (*pages, said(ben.get(reverse("workspace:inbox")))):
        assert "At the supplier" in page
        assert mark in page
        assert "A part has been ordered" not in page
    for page in (said(ada.get(reverse("portal:requests"))), said(ada.get(reverse("portal:request", args=[ticket.pk])))):
        assert "Er is een onderdeel besteld" in page
        assert mark in page
        assert "Bij de leverancier" not in page
    found = said(ben.get(reverse("workspace:search"), {"q": 'status:"At the supplier"'}))
    assert f"#{ticket.pk}" in found
    assert "At the supplier" in said(ben.get(reverse("workspace:bulk-status"), {"number": ticket.pk}))


def test_a_status_of_other_teams_is_not_offered(cast: Cast) -> None:
    defining.make(
        Definition(names={"en": "Key cut"}, group=Group.WAITING, teams=[cast.facilities]), by=cast.eva
    )  # fmt: skip
    ticket, ben = asked(cast), signed_in(cast.ben)
    assert "Key cut" not in said(ben.get(reverse("workspace:status", args=[ticket.pk])))
    assert "Key cut" not in said(ben.get(reverse("workspace:filter")))
    assert "Key cut" in said(signed_in(cast.dov).get(reverse("workspace:filter")))
