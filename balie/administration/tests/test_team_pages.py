"""The pages of "Edit teams": every part, without a script, with what it warns of and what it refuses."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balie.config.tests.cast import Cast
from balie.people.models import Attribute, Person
from balie.teams import shaping
from balie.teams.models import Team
from balie.tickets import changing_over
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

FIELDS = {"name": "IT", "kind": "it", "address": "it", "strangers": "welcome", "is_visible": "on", "privacy": "no"}
PARTS = (
    "team", "members", "categories", "team-hours", "team-assignment", "team-channels", "team-attributes", "team-archive",
)  # fmt: skip


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def said(page: object) -> str:
    return page.content.decode()  # type: ignore[attr-defined]


def at(name: str, *arguments: int) -> str:
    return reverse(f"administration:{name}", args=arguments)


def asked(cast: Cast, team: Team) -> Ticket:
    return Ticket.open(team=team, requester=cast.ada, subject="Mouse", words=Words.from_text("Hi"), channel="web")


@pytest.mark.parametrize("part", PARTS)
def test_each_part_shows_the_others_and_asks_little_of_the_database(cast: Cast, part: str) -> None:
    for number in range(5):
        shaping.add_category(cast.it, f"Matter {number}", by=cast.ben)
    ben = signed_in(cast.ben)
    with CaptureQueriesContext(connection) as queries:
        page = said(ben.get(at(part, cast.it.pk)))
    assert len(queries) <= 12, [one["sql"] for one in queries]
    for other in PARTS:
        assert f'href="{at(other, cast.it.pk)}"' in page
    assert 'aria-current="page"' in page


def test_the_list_of_teams_asks_little_of_the_database(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    with CaptureQueriesContext(connection) as queries:
        page = said(ben.get(at("teams")))
    assert len(queries) <= 12
    assert "Edit teams" in page


def test_privacy_changes_only_after_a_warning_that_says_who_sees_what(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    page = ben.post(at("team", cast.it.pk), FIELDS | {"privacy": "yes"})
    assert page.status_code == 422
    assert "Eva Beheer" in said(page)
    assert not Team.objects.get(pk=cast.it.pk).is_private
    ben.post(at("team", cast.it.pk), FIELDS | {"privacy": "yes", "understood": "yes"})
    assert Team.objects.get(pk=cast.it.pk).is_private
    page = ben.post(at("team", cast.it.pk), FIELDS | {"privacy": "no"})
    assert "Every administrator sees all its requests, notes and files, the old ones too: Eva Beheer." in said(page)
    assert Team.objects.get(pk=cast.it.pk).is_private


def test_two_who_have_the_page_open_are_told_of_each_other(cast: Cast) -> None:
    ben, eva = signed_in(cast.ben), signed_in(cast.eva)
    seen = {"version": str(cast.it.version)}
    assert ben.post(at("team", cast.it.pk), FIELDS | seen | {"name": "One"}).status_code == 302
    page = eva.post(at("team", cast.it.pk), FIELDS | seen | {"name": "Two"})
    assert "Somebody else has changed this meanwhile" in said(page)
    # What the page holds now knows of it: sent again, it is saved.
    assert f'value="{cast.it.version + 1}"' in said(page)
    eva.post(at("team", cast.it.pk), FIELDS | {"name": "Two", "version": str(cast.it.version + 1)})
    assert Team.objects.get(pk=cast.it.pk).name == "Two"


def test_members_are_found_by_name_and_let_go_with_their_work(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    page = said(ben.get(at("members", cast.it.pk), {"q": "kat"}))
    assert "Dov Katz" in page
    assert "Ada Vermeer" not in said(ben.get(at("members", cast.it.pk), {"q": "ada"}))
    ben.post(at("members", cast.it.pk), {"person": str(cast.dov.pk)})
    ticket = asked(cast, cast.it)
    ticket.assign(cast.dov, by=cast.ben)
    page = said(ben.get(at("member-removal", cast.it.pk, cast.dov.pk)))
    assert "1 open request of this team is assigned to them." in page
    assert "Ben Jansen" in page
    page = said(ben.post(at("member-removal", cast.it.pk, cast.dov.pk), {"heir": str(cast.ben.pk)}, follow=True))
    assert "1 request has gone to Ben Jansen." in page
    ticket.refresh_from_db()
    assert ticket.assignee == cast.ben


def test_of_a_private_team_an_administrator_learns_no_number(cast: Cast) -> None:
    for _ in range(3):
        asked(cast, cast.people).assign(cast.hanna, by=cast.hanna)
    eva = signed_in(cast.eva)
    removal = said(eva.get(at("member-removal", cast.people.pk, cast.hanna.pk)))
    assert "known to its members only" in removal
    assert "3 open" not in removal
    assert "3 requests" not in said(eva.post(at("member-removal", cast.people.pk, cast.hanna.pk), follow=True))


def test_categories_are_put_in_order_renamed_merged_and_brought_back(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    for name in ("Phones", "Chairs"):
        ben.post(at("categories", cast.it.pk), {"name": name})
    phones, chairs = (cast.it.categories.get(name=name) for name in ("Phones", "Chairs"))
    ben.post(at("category-place", cast.it.pk, chairs.pk), {"to": "up"})
    assert [one.name for one in cast.it.categories.all()] == ["Hardware", "Chairs", "Phones"]
    ben.post(at("category", cast.it.pk, phones.pk), {"name": "Telephones", "name_nl": "Telefoons"})
    phones.refresh_from_db()
    assert (phones.name, phones.names) == ("Telephones", {"nl": "Telefoons"})
    assert "The team has a category of this name." in said(
        ben.post(at("category", cast.it.pk, phones.pk), {"name": "Chairs"}, follow=True)
    )
    assert "Merge Telephones into" in said(ben.get(at("category-merge", cast.it.pk, phones.pk)))
    ben.post(at("category-merge", cast.it.pk, phones.pk), {"into": str(chairs.pk)})
    phones.refresh_from_db()
    assert phones.archived_at
    ben.post(at("categories", cast.it.pk), {"name": "Telephones"})
    phones.refresh_from_db()
    assert phones.archived_at is None


def test_a_team_says_who_gets_new_requests_and_what_they_begin_with(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    waiting = Status.preset(Group.WAITING)
    ben.post(at("team-assignment", cast.it.pk), {"assigning": "in_turn", "first_status": str(waiting.pk)})
    cast.it.refresh_from_db()
    ticket = asked(cast, cast.it)
    assert (ticket.assignee, ticket.status) == (cast.ben, waiting)
    ben.post(at("team-assignment", cast.it.pk), {"assigning": "off"})
    cast.it.refresh_from_db()
    assert asked(cast, cast.it).status.key == "todo"
    assert ben.post(at("team-assignment", cast.it.pk), {"assigning": "dice"}).status_code == 422


def test_attributes_are_narrowed_and_never_widened(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ben, told = signed_in(cast.ben), list[tuple[object, ...]]()
    monkeypatch.setattr("balie.people.models.credential.tell", lambda *topics, **_facts: told.append(topics))
    allowed = Attribute.objects.shown_to_experts().first()
    hidden = Attribute.objects.filter(is_never_shared=True).first()
    assert allowed is not None
    assert hidden is not None
    page = said(ben.get(at("team-attributes", cast.it.pk)))
    assert f'value="{allowed.pk}"' in page
    assert f'value="{hidden.pk}"' not in page
    ben.post(at("team-attributes", cast.it.pk), {"which": "chosen", "attribute": str(allowed.pk)})
    assert cast.it.attributes_shown() == {allowed.pk}
    assert told == [("experts",)]
    others = Attribute.objects.shown_to_experts().exclude(pk=allowed.pk)
    cast.ada.attributes = dict.fromkeys([allowed.key, *(one.key for one in others)], "Quagga")
    cast.ada.save()
    shown = said(ben.get(reverse("workspace:request", args=[asked(cast, cast.it).pk]), {"tab": "requester"}))
    assert str(allowed) in shown
    assert not [str(one) for one in others if f">{one}<" in shown]
    page = said(
        ben.post(at("team-attributes", cast.it.pk), {"which": "chosen", "attribute": str(hidden.pk)}, follow=True)
    )
    assert "Only attributes that the API credentials of Conversations allow" in page
    ben.post(at("team-attributes", cast.it.pk), {"which": "all"})
    assert cast.it.attributes_shown() is None


def test_archiving_asks_what_becomes_of_open_requests_and_can_be_undone(cast: Cast) -> None:
    ben, ticket = signed_in(cast.ben), asked(cast, cast.it)
    assert "1 request is open." in said(ben.get(at("team-archive", cast.it.pk)))
    page = ben.post(at("team-archive", cast.it.pk))
    assert (page.status_code, "still has 1 open request" in said(page)) == (422, True)
    assert ben.post(at("team-archive", cast.it.pk), {"fate": "move"}).status_code == 422
    sent = {"fate": "move", "move_to": str(cast.facilities.pk), "successor": str(cast.facilities.pk)}
    assert ben.post(at("team-archive", cast.it.pk), sent).status_code == 302
    ticket.refresh_from_db()
    assert ticket.team == cast.facilities
    assert "What is written to it goes to Facilities." in said(ben.get(at("team", cast.it.pk)))
    ben.post(at("team-unarchive", cast.it.pk))
    assert Team.objects.get(pk=cast.it.pk).archived_at is None


@pytest.mark.parametrize("what", ["team", "category"])
def test_how_far_it_is_with_many_requests_is_shown_until_it_is_done(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 1)
    ben, devices = signed_in(cast.ben), shaping.add_category(cast.it, "Devices", by=cast.ben)
    for _each in range(2):
        asked(cast, cast.it).categorise(cast.hardware, by=cast.ben)
    if what == "team":
        page = said(ben.post(at("team-archive", cast.it.pk), {"fate": "resolve"}, follow=True))
        progress = at("teams") + "?part=progress"
    else:
        merging = at("category-merge", cast.it.pk, cast.hardware.pk)
        page = said(ben.post(merging, {"into": str(devices.pk)}, follow=True))
        progress = at("categories", cast.it.pk) + "?part=progress"
    assert "0 of 2" in page
    assert f'data-progress="{progress}"' in page
    part = said(ben.get(progress))
    assert "0 of 2" in part
    assert "<html" not in part
    changing_over.carry_on_all()
    assert "All requests have been changed." in said(ben.get(progress))


def test_former_addresses_are_shown_and_given_up(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    ben.post(at("team", cast.it.pk), FIELDS | {"address": "help"})
    (former,) = cast.it.former_addresses.all()
    assert "Former addresses" in said(ben.get(at("team", cast.it.pk)))
    ben.post(at("team-address-removal", cast.it.pk, former.pk))
    assert not cast.it.former_addresses.exists()


def test_holidays_of_a_region_that_nobody_knows_are_refused_and_said(cast: Cast) -> None:
    ben = signed_in(cast.ben)
    Team.objects.filter(pk=cast.it.pk).update(holiday_country="DE", holiday_region="ATLANTIS")
    assert "not known any more" in said(ben.get(at("team-hours", cast.it.pk)))
    page = ben.post(at("team-hours", cast.it.pk), {"country": "DE", "region": "ATLANTIS"})
    assert (page.status_code, "The public holidays of that region are not known" in said(page)) == (422, True)
    assert ben.post(at("team-hours", cast.it.pk), {"country": "XX"}).status_code == 422
    assert ben.post(at("team-hours", cast.it.pk), {"country": "DE", "region": "BY"}).status_code == 302
