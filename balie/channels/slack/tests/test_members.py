"""Members of a workspace become people, in silence and without losing anything."""

from __future__ import annotations

from balie.channels.models import Delivery
from balie.channels.slack import jobs, members
from balie.channels.slack.models import Member, Workspace
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.standin import TEAM
from balie.channels.slack.tests.test_conversation import ask
from balie.people.models import Identity, Person


def member(user: str, name: str, address: str = "", **more: bool) -> dict[str, object]:
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
