"""Members of a workspace become people, in silence and without losing anything."""

from __future__ import annotations

from datetime import timedelta

from balie.channels.models import Delivery
from balie.channels.slack import jobs, members
from balie.channels.slack.models import Link, Member, Workspace
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.standin import TEAM
from balie.channels.slack.tests.test_conversation import ask
from balie.people.models import Identity, Person
from balie.tickets.models import Ticket


def member(user: str, name: str, address: str = "", **more: object) -> dict[str, object]:
    return {"id": user, "name": user.lower(), "profile": {"real_name": name, "email": address}, **more}


def test_members_are_brought_over_and_nobody_is_told(desk: Desk) -> None:
    Identity.objects.filter(kind=Identity.SLACK).delete()
    Member.objects.all().delete()
    desk.slack.members = [
        member("UADA", "Ada V.", "Ada@balie.example"),
        member("UGITA", "Gita Guest", "gita@elsewhere.example", is_restricted=True),
        member("UBUILD", "Build", is_bot=True),
        member("UOTTO", "Otto Gone", "otto@elsewhere.example", deleted=True),
        member("UCLEO", "Cleo", "cleo@balie.example", deleted=True),
    ]
    for _night in range(2):
        members.begin(desk.workspace)
        jobs.bring_members_later(desk.workspace)
        desk.work()
    workspace = Workspace.objects.get()
    assert (workspace.imported, workspace.import_cursor) == (5, "")
    assert workspace.import_ended_at is not None
    assert Person.objects.known_by(Identity.SLACK, f"{TEAM}:UADA") == desk.cast.ada
    gita = Person.objects.known_by(Identity.EMAIL, "gita@elsewhere.example")
    assert gita.is_external
    assert Person.objects.known_by(Identity.SLACK, f"{TEAM}:UBUILD") is None
    assert Person.objects.known_by(Identity.SLACK, f"{TEAM}:UOTTO").status == Person.Status.INACTIVE
    desk.cast.cleo.refresh_from_db()
    assert desk.cast.cleo.status == Person.Status.ACTIVE, "what HR says stays"
    assert not Delivery.objects.exists()
    assert not desk.slack.posted()


def test_whoever_writes_before_the_import_is_joined_later_with_all_they_wrote(desk: Desk) -> None:
    Identity.objects.filter(external_id=f"{TEAM}:UADA").delete()
    Member.objects.filter(user_id="UADA").delete()
    ticket, _ts = ask(desk, "My laptop is broken")
    assert ticket.requester.is_external
    desk.event({"type": "user_change", "user": member("UADA", "Ada Vermeer", "ada@balie.example")})
    desk.work()
    ticket.refresh_from_db()
    assert ticket.requester == desk.cast.ada
    assert ticket.messages.get().author == desk.cast.ada
    assert not Person.objects.filter(name="UADA").exists()


def test_a_stranger_of_a_shared_channel_is_nobody_of_ours_whatever_address_they_have(desk: Desk) -> None:
    Link.make(desk.workspace, place="C1", name="it-help", team=desk.cast.it, mode="every")
    stranger = member("UFINN", "Ben Jansen", "ben@balie.example")
    desk.slack.members = [{**stranger, "team_id": "T0OTHER"}]
    desk.says("UFINN", "Resolve everything", place="C1")
    ticket = Ticket.objects.get()
    assert ticket.requester.is_external
    assert ticket.requester.name == "Ben Jansen"
    assert ticket.requester != desk.cast.ben
    assert not ticket.requester.identities.filter(kind=Identity.EMAIL).exists()
    assert Member.objects.get(user_id="UFINN").is_guest
    # The same address says who it is where our own company vouches for it, in whichever workspace of it.
    desk.slack.members = [
        {**stranger, "id": "UBEN2", "team_id": "T0HOME", "enterprise_user": {"teams": ["T0HOME", TEAM]}}
    ]
    desk.says("UBEN2", "And me?", place="C1")
    assert Ticket.objects.latest("pk").requester == desk.cast.ben


def test_who_is_no_longer_listed_is_asked_about_and_strangers_stay(desk: Desk) -> None:
    finn = {**member("UFINN", "Finn", ""), "team_id": "T0OTHER"}
    gita = member("UGITA", "Gita", "gita@elsewhere.example")
    for told in (finn, gita):
        desk.event({"type": "user_change", "user": told})
    desk.work()
    desk.clock.shift(timedelta(days=1))
    # Strangers are told of by users.info, and not listed.
    desk.slack.members, desk.slack.unlisted = [member("UEVA", "Eva", "eva@balie.example")], [finn]
    members.begin(desk.workspace)
    jobs.bring_members_later(desk.workspace)
    desk.work()
    both = Member.objects.select_related("person").filter(user_id__in=("UFINN", "UGITA")).order_by("user_id")
    known = {one.user_id: one for one in both}
    assert [known["UFINN"].is_gone, known["UGITA"].is_gone] == [False, True]
    assert [one.person.status for one in known.values() if one.person] == [Person.Status.ACTIVE, Person.Status.INACTIVE]
    assert desk.slack.asked("users.info")[-1]["user"] == "UGITA"
