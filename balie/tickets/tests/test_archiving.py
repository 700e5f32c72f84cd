"""A team is archived together with what is open in it, or not at all; and an administrator finds again what they opened."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from balie.config.tests.cast import Cast
from balie.platform import clock
from balie.teams import shaping
from balie.teams.models import Category, Team
from balie.teams.refusals import CategoriesOfOneTeam, ForMembersOnly, SuccessorArchived, SuccessorNotPrivate
from balie.tickets import archiving, changing_over, disclosing, dismissing, recategorising, refusals
from balie.tickets.models import Ticket
from balie.tickets.words import Words


def asked(cast: Cast, team: object, **more: object) -> Ticket:
    words = Words.from_text("Hi")
    return Ticket.open(
        team=team, requester=cast.ada, subject="Pelikaan", words=words, channel="web", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def is_archived(team: Team) -> bool:
    return Team.objects.get(pk=team.pk).archived_at is not None


def test_a_team_with_open_requests_asks_what_becomes_of_them(cast: Cast) -> None:
    first, second = asked(cast, cast.it), asked(cast, cast.it)
    with pytest.raises(refusals.OpenRequests, match="still has 2 open requests"):
        archiving.archive(cast.it, by=cast.ben)
    assert not is_archived(cast.it)
    archiving.archive(cast.it, by=cast.ben, move_to=cast.facilities, successor=cast.facilities)
    assert is_archived(cast.it)
    for ticket in (first, second):
        ticket.refresh_from_db()
        assert (ticket.team, ticket.assignee) == (cast.facilities, None)
        assert ticket.events.get(kind="moved").details == {"before": cast.it.pk, "after": cast.facilities.pk}


def test_they_can_be_resolved_and_those_who_asked_are_told(cast: Cast) -> None:
    ticket, own = asked(cast, cast.it), asked(cast, cast.it)
    Ticket.objects.filter(pk=own.pk).update(requester=cast.ben)
    archiving.archive(cast.it, by=cast.ben, resolving=True)
    for one in (ticket, own):
        one.refresh_from_db()
        assert not one.is_open
    assert ticket.deliveries.filter(recipient=cast.ada).exists()


def test_nothing_is_half_done(cast: Cast) -> None:
    ticket = asked(cast, cast.it)
    shaping.archive(cast.facilities, by=cast.dov)
    with pytest.raises(SuccessorArchived):
        archiving.archive(cast.it, by=cast.ben, move_to=cast.facilities)
    with pytest.raises(SuccessorNotPrivate):
        archiving.archive(cast.people, by=cast.hanna, move_to=cast.it)
    ticket.refresh_from_db()
    assert (ticket.team, is_archived(cast.it)) == (cast.it, False)


def test_a_late_reply_finds_whoever_does_the_work_now(cast: Cast) -> None:
    ticket, old = asked(cast, cast.it), asked(cast, cast.it)
    archiving.archive(cast.it, by=cast.ben, resolving=True, successor=cast.facilities)
    ticket.hear(by=cast.ada, words=Words.from_text("It broke again."), channel="email")
    ticket.refresh_from_db()
    assert (ticket.team, ticket.is_open) == (cast.facilities, True)
    Ticket.objects.filter(pk=old.pk).update(resolved_at=clock.now() - timedelta(days=100))
    message = old.hear(by=cast.ada, words=Words.from_text("And again."), channel="email")
    assert message.ticket.team == cast.facilities
    assert message.ticket_id != old.pk


def test_without_a_successor_a_late_reply_opens_the_request_where_it_was(cast: Cast) -> None:
    ticket = asked(cast, cast.it)
    archiving.archive(cast.it, by=cast.ben, resolving=True)
    Ticket.objects.filter(pk=ticket.pk).update(resolved_at=clock.now() - timedelta(days=100))
    message = ticket.hear(by=cast.ada, words=Words.from_text("It broke again."), channel="email")
    ticket.refresh_from_db()
    assert (message.ticket_id, ticket.team, ticket.is_open) == (ticket.pk, cast.it, True)


def test_who_archived_a_team_a_moment_ago_gets_no_new_request(cast: Cast) -> None:
    known = Team.objects.get(pk=cast.it.pk)
    archiving.archive(cast.it, by=cast.ben)
    with pytest.raises(refusals.TeamArchived), transaction.atomic():
        asked(cast, known)
    assert not Ticket.objects.exists()


def test_whoever_leaves_a_team_leaves_their_work_to_somebody_or_to_nobody(cast: Cast) -> None:
    shaping.take_in(cast.dov, team=cast.it, by=cast.ben)
    ours, theirs, elsewhere = asked(cast, cast.it), asked(cast, cast.it), asked(cast, cast.facilities)
    done = asked(cast, cast.it)
    Ticket.objects.filter(pk=theirs.pk).update(requester=cast.ben)
    for ticket in (ours, theirs, done):
        ticket.assign(cast.dov, by=cast.eva)
    elsewhere.assign(cast.dov, by=cast.dov)
    done.resolve(by=cast.dov)
    for heir in (cast.dov, cast.hanna):
        with pytest.raises(refusals.NotAnExpertOfTheTeam):
            dismissing.let_go(cast.dov, team=cast.it, by=cast.ben, heir=heir)
    assert dismissing.let_go(cast.dov, team=cast.it, by=cast.ben, heir=cast.ben) == 2
    for ticket in (ours, theirs, elsewhere, done):
        ticket.refresh_from_db()
    assert ours.assignee == cast.ben
    # Nobody answers their own request.
    assert theirs.assignee is None
    assert (elsewhere.assignee, done.assignee) == (cast.dov, cast.dov)
    assert ours.events.filter(kind="assigned").latest("pk").details == {"before": cast.dov.pk, "after": cast.ben.pk}
    assert not cast.it.has_member(cast.dov)


def test_a_merged_category_leaves_its_requests_to_the_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = shaping.add_category(cast.it, "Devices", by=cast.ben)
    ticket, other = asked(cast, cast.it, category=cast.hardware), asked(cast, cast.it)
    made = recategorising.merge(cast.hardware, into=devices, by=cast.ben)
    assert (made.total, made.ended_at is not None) == (1, True)
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.category, other.category) == (devices, None)
    event = ticket.events.get(kind="category_changed")
    assert (event.by, event.details) == (cast.ben, {"before": cast.hardware.pk, "after": devices.pk})
    devices.refresh_from_db()
    assert "Hardware" in devices.words
    for wrong in (cast.hardware, devices, Category.objects.create(team=cast.facilities, name="Doors")):
        with pytest.raises(CategoriesOfOneTeam):
            recategorising.merge(devices, into=wrong, by=cast.ben)


def test_a_category_that_comes_back_half_way_keeps_the_rest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 0)
    devices, ticket = (
        shaping.add_category(cast.it, "Devices", by=cast.ben),
        asked(cast, cast.it, category=cast.hardware),
    )
    recategorising.merge(cast.hardware, into=devices, by=cast.ben)
    shaping.add_category(cast.it, "Hardware", by=cast.ben)
    changing_over.carry_on_all()
    ticket.refresh_from_db()
    assert ticket.category == cast.hardware


def test_nobody_learns_whether_somebody_waits_for_a_private_team(cast: Cast, client: Client) -> None:
    for _ in range(2):
        with pytest.raises(ForMembersOnly):
            archiving.archive(cast.people, by=cast.eva)
        asked(cast, cast.people)
    client.force_login(cast.eva)
    page = client.post(f"/settings/teams/{cast.people.pk}/archive", follow=True).content.decode()
    assert "Only its members decide" in page
    assert "open request" not in page


def test_an_administrator_finds_again_what_they_opened(cast: Cast, client: Client) -> None:
    private, other = asked(cast, cast.people), asked(cast, cast.people)
    disclosing.disclose(private.pk, by=cast.eva, reason="Hanna is ill")
    client.force_login(cast.eva)
    page = client.get("/settings/disclosure/").content.decode()
    assert f"#{private.pk} Pelikaan" in page
    assert "Hanna is ill" in page
    assert f"#{other.pk}" not in page


@pytest.mark.parametrize("fate", ["moved", "resolved"])
def test_many_open_requests_follow_a_batch_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch, fate: str) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 2)
    monkeypatch.setattr(changing_over, "A_BATCH", 2)
    tickets = [asked(cast, cast.it) for _each in range(5)]
    heir = cast.facilities if fate == "moved" else None
    made = archiving.archive(cast.it, by=cast.ben, move_to=heir, resolving=heir is None)
    assert made is not None
    assert (made.total, made.done, made.ended_at, is_archived(cast.it)) == (5, 0, None, True)
    # A worker that is ended half-way leaves whole requests, and the next one goes on.
    assert changing_over._batch(made.pk)
    assert changing_over.remaining(made).count() == 3
    changing_over.carry_on_all()
    made.refresh_from_db()
    assert (made.done, made.ended_at is not None) == (5, True)
    for ticket in tickets:
        ticket.refresh_from_db()
        assert (ticket.team == cast.facilities) if heir else not ticket.is_open
        assert ticket.events.filter(kind="moved" if heir else "resolved").count() == 1


def test_an_answer_waits_for_few_of_them_at_most(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 2)
    monkeypatch.setattr(changing_over, "A_BATCH_OF_A_TEAM", 3)
    for _each in range(5):
        asked(cast, cast.it)
    made = archiving.archive(cast.it, by=cast.ben, move_to=cast.facilities)
    assert made is not None
    assert changing_over._batch(made.pk)
    assert changing_over.remaining(made).count() == 2


def test_a_team_that_comes_back_half_way_keeps_what_is_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 0)
    ticket = asked(cast, cast.it)
    archiving.archive(cast.it, by=cast.ben, move_to=cast.facilities)
    shaping.unarchive(cast.it, by=cast.ben)
    changing_over.carry_on_all()
    ticket.refresh_from_db()
    assert (ticket.team, ticket.is_open) == (cast.it, True)


def test_requests_on_their_way_to_a_team_that_is_archived_go_on_to_its_successor(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing_over, "AT_ONCE", 0)
    legal = Team.objects.create(name="Legal", kind=Team.Kind.LEGAL, address="legal")
    ticket = asked(cast, cast.it)
    archiving.archive(cast.it, by=cast.ben, move_to=cast.facilities)
    archiving.archive(cast.facilities, by=cast.dov, successor=legal)
    changing_over.carry_on_all()
    ticket.refresh_from_db()
    assert ticket.team == legal
