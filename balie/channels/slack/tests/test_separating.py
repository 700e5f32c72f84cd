"""An account of Slack that stood on the wrong profile: seen there by few, and taken away with all that it could read."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from balie.channels.models import Delivery, Thread
from balie.channels.slack import separating
from balie.channels.slack.models import Member
from balie.channels.slack.tests.conftest import Desk
from balie.channels.slack.tests.standin import TEAM
from balie.channels.slack.tests.test_conversation import ask
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature
from balie.people.models import AuditEntry, Identity, Person
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def account(desk: Desk) -> Member:
    return Member.objects.get(workspace=desk.workspace, user_id="UADA")


def test_it_stands_on_the_profile_for_those_who_see_its_addresses(desk: Desk, client: Client) -> None:
    profile = reverse("directory:profile", args=[desk.cast.ada.pk])
    asking = reverse("directory:slack-separation", args=[desk.cast.ada.pk, account(desk).pk])
    for name, sees, may in (("eva", True, True), ("ada", True, False), ("ben", False, False)):
        client.force_login(getattr(desk.cast, name))
        page = client.get(profile).content.decode()
        assert ("Balie Example</bdi>)" in page) == sees
        assert (asking in page) == may
        assert client.get(asking).status_code == (200 if may else 404)
    client.force_login(desk.cast.eva)
    other = reverse("directory:slack-separation", args=[desk.cast.ben.pk, account(desk).pk])
    assert client.post(other).status_code == 404
    Organisation.current().remove(Feature.SLACK)
    assert "Balie Example</bdi>)" not in client.get(profile).content.decode()
    assert client.get(asking).status_code == 404


def test_a_separated_account_reads_nothing_more_and_its_person_loses_nothing(desk: Desk, client: Client) -> None:
    ticket, ts = ask(desk, "My laptop is broken")
    assert ticket.requester == desk.cast.ada
    ticket.reply(by=desk.cast.ben, words=Words.from_text("I have a spare one."))
    assert Delivery.objects.filter(kind="slack", purpose="reply", state__in=Delivery.PENDING).count() == 1
    client.force_login(desk.cast.eva)
    page = client.post(
        reverse("directory:slack-separation", args=[desk.cast.ada.pk, account(desk).pk]), follow=True
    ).content.decode()
    assert "is no longer Ada Vermeer in Slack" in page
    own = Person.objects.known_by(Identity.SLACK, f"{TEAM}:UADA")
    assert own is not None
    assert (own.is_external, account(desk).person) == (True, own)
    assert AuditEntry.objects.filter(kind="slack_separated", by=desk.cast.eva, about=desk.cast.ada).count() == 1

    said = len(desk.slack.posted())
    desk.work()
    owed = Delivery.objects.get(purpose="reply")
    assert (owed.kind, owed.address, owed.recipient) == ("email", "ada@balie.example", desk.cast.ada)
    assert not any("spare one" in str(post) for post in desk.slack.posted()[said:])
    ticket.refresh_from_db()
    assert ticket.requester == desk.cast.ada
    assert ticket.messages.earliest("pk").author == desk.cast.ada

    # What they write in the former talk reaches no request, and they see none.
    desk.says("ada", "And what did you say?", thread_ts=ts)
    assert not Thread.objects.filter(ticket=ticket).exists()
    assert not ticket.has_participant(own)
    assert not Ticket.objects.visible_to(own).exists()
    desk.says("ada", "A question of my own")
    assert Thread.objects.filter(reader=own, ticket=None).count() == 1


def test_the_address_alone_brings_it_back_to_nobody_it_was_taken_from(desk: Desk) -> None:
    own = separating.separate(account(desk), by=desk.cast.eva)
    told = {"id": "UADA", "name": "uada", "profile": {"real_name": "Ada V.", "email": "ada@balie.example"}}
    for _night in range(2):
        desk.event({"type": "user_change", "user": told})
        desk.work()
    assert account(desk).person == own
    assert Person.objects.known_by(Identity.EMAIL, "ada@balie.example") == desk.cast.ada
    # Once the address is somebody else's, the account is theirs.
    Identity.objects.filter(external_id="ada@balie.example").update(person=desk.cast.cleo)
    desk.event({"type": "user_change", "user": told})
    desk.work()
    assert account(desk).person == desk.cast.cleo


def test_somebody_from_outside_has_nobody_to_be_separated_from(desk: Desk) -> None:
    own = separating.separate(account(desk), by=desk.cast.eva)
    with pytest.raises(separating.NotTheirs):
        separating.separate(account(desk), by=desk.cast.eva)
    assert account(desk).person == own
