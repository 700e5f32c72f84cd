"""A request from the first word to the last."""

from datetime import timedelta

import pytest
import time_machine

from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Membership
from balie.tickets import deleting, disclosing, merging, moving, refusals
from balie.tickets.linking import linked_to
from balie.tickets.models import Event, Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words


def said(words: str) -> Words:
    return Words.from_text(words)


def automatic(words: str) -> Words:
    return Words(text=words, html=words, is_automatic=True)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return Ticket.open(
        team=cast.it, requester=cast.ada, subject="Laptop", words=said("My laptop is slow."), channel="email"
    )


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("kind", flat=True))


def test_a_request_arrives_unassigned_and_to_do(ticket: Ticket) -> None:
    assert ticket.assignee is None
    assert ticket.group == Group.TODO
    assert ticket.messages.get().text == "My laptop is slow."
    assert kinds(ticket) == ["opened"]


def test_a_request_without_a_subject_is_named_by_its_first_line(cast: Cast) -> None:
    ticket = Ticket.open(team=cast.it, requester=cast.ada, subject=" ", words=said("It broke.\nBadly."), channel="web")
    assert ticket.subject == "It broke."


def test_an_experts_reply_is_the_first_response_and_begins_the_work(cast: Cast, ticket: Ticket) -> None:
    message = ticket.reply(by=cast.ben, words=said("Which laptop?"))
    assert ticket.first_response_at == message.created_at
    assert ticket.group == Group.IN_PROGRESS
    assert message.direction == "out"


def test_the_requesters_reply_moves_waiting_to_in_progress(cast: Cast, ticket: Ticket) -> None:
    ticket.take_status(Status.preset(Group.WAITING), by=cast.ben)
    ticket.hear(by=cast.ada, words=said("The silver one."), channel="email")
    assert ticket.group == Group.IN_PROGRESS


@pytest.mark.parametrize(
    "words",
    [
        "Thanks!",
        "Bedankt Ben",
        "Vielen Dank für die schnelle Hilfe",
        "Merci beaucoup",
        "¡Gracias!",
        "Grazie mille, Ben",
    ],
)
def test_thanks_reopen_nothing(cast: Cast, ticket: Ticket, words: str) -> None:
    ticket.resolve(by=cast.ben)
    ticket.hear(by=cast.ada, words=said(words), channel="email")
    assert ticket.group == Group.RESOLVED


@pytest.mark.parametrize(
    "words",
    ["Thanks, but it still fails", "Bedankt. Kan ik er twee krijgen?", "It is broken", "Hi Ben", "Danke, aber nein"],
)
def test_more_than_thanks_reopens(cast: Cast, ticket: Ticket, words: str) -> None:
    ticket.resolve(by=cast.ben)
    ticket.hear(by=cast.ada, words=said(words), channel="email")
    assert ticket.group == Group.IN_PROGRESS
    assert kinds(ticket)[-1] == "reopened"


def test_an_automatic_message_is_kept_and_changes_nothing(cast: Cast, ticket: Ticket) -> None:
    ticket.take_status(Status.preset(Group.WAITING), by=cast.ben)
    ticket.hear(by=cast.ada, words=automatic("I am away until Monday."), channel="email")
    assert ticket.group == Group.WAITING
    assert ticket.messages.count() == 2


def test_a_late_reply_begins_a_new_linked_request(cast: Cast, ticket: Ticket) -> None:
    ticket.resolve(by=cast.ben)
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        message = ticket.hear(by=cast.ada, words=said("It is slow again."), channel="email")
    assert message.ticket_id != ticket.pk
    assert linked_to(ticket, seen_by=cast.ben) == [message.ticket]
    assert ticket.group == Group.RESOLVED


def test_an_expert_cannot_answer_their_own_request(cast: Cast) -> None:
    own = Ticket.open(team=cast.it, requester=cast.ben, subject="Mine", words=said("Help"), channel="web")
    with pytest.raises(refusals.OwnRequest):
        own.reply(by=cast.ben, words=said("Solved"))
    assert not Ticket.objects.worked_on_by(cast.ben).filter(pk=own.pk).exists()
    assert Ticket.objects.visible_to(cast.ben).filter(pk=own.pk).exists()


def test_nobody_elsewhere_sees_or_touches_it(cast: Cast, ticket: Ticket) -> None:
    for person in (cast.dov, cast.cleo):
        assert not Ticket.objects.visible_to(person).exists()
        with pytest.raises(refusals.NotYours):
            ticket.reply(by=person, words=said("Hello"))
        with pytest.raises(refusals.NotYours):
            ticket.resolve(by=person)


def test_a_follower_reads_along_without_the_notes(cast: Cast, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ada)
    ticket.note(by=cast.ben, words=said("She spilled coffee."))
    ticket.reply(by=cast.ben, words=said("On my way."))
    from balie.tickets.models import Message

    assert [message.text for message in Message.objects.readable_by(cast.cleo)] == ["My laptop is slow.", "On my way."]
    assert Message.objects.readable_by(cast.ben).count() == 3


def test_an_administrator_does_not_see_private_requests_without_a_reason(cast: Cast) -> None:
    ticket = Ticket.open(team=cast.people, requester=cast.ada, subject="Leave", words=said("Pregnant"), channel="web")
    assert not Ticket.objects.visible_to(cast.eva).exists()
    with pytest.raises(refusals.ReasonMissing):
        disclosing.disclose(ticket.pk, by=cast.eva, reason=" ")
    disclosing.disclose(ticket.pk, by=cast.eva, reason="Hanna is ill")
    assert Ticket.objects.worked_on_by(cast.eva).get() == ticket
    assert ticket.events.get(kind=Event.Kind.DISCLOSED).details == {"reason": "Hanna is ill"}
    with pytest.raises(refusals.NotYours):
        disclosing.disclose(ticket.pk, by=cast.ben, reason="Curious")


def test_whoever_left_sees_nothing(cast: Cast, ticket: Ticket) -> None:
    for person in (cast.ben, cast.ada):
        person.status = Person.Status.INACTIVE
        person.save()
        assert not Ticket.objects.visible_to(person).exists()


def test_a_move_unassigns_and_takes_it_out_of_the_former_teams_sight(cast: Cast, ticket: Ticket) -> None:
    ticket.assign(cast.ben, by=cast.ben)
    ticket.categorise(cast.hardware, by=cast.ben)
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    assert (ticket.assignee, ticket.category) == (None, None)
    assert Ticket.objects.visible_to(cast.dov).get() == ticket
    assert not Ticket.objects.visible_to(cast.ben).exists()


def test_only_somebody_of_the_team_is_assigned(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(refusals.NotAnExpertOfTheTeam):
        ticket.assign(cast.dov, by=cast.ben)
    with pytest.raises(refusals.OwnRequest):
        ticket.assign(cast.ada, by=cast.ben)


def test_a_merge_keeps_messages_in_order_and_both_numbers(cast: Cast, ticket: Ticket) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        second = Ticket.open(
            team=cast.it, requester=cast.cleo, subject="Also slow", words=said("Mine too"), channel="web"
        )
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        ticket.hear(by=cast.ada, words=said("Still slow"), channel="email")
    merging.merge(second, into=ticket, by=cast.ben)
    assert [message.text for message in ticket.messages.all()] == ["My laptop is slow.", "Mine too", "Still slow"]
    assert ticket.has_participant(cast.cleo)
    second.refresh_from_db()
    assert second.merged_into == ticket
    second.reply(by=cast.ben, words=said("Both done"))
    assert ticket.messages.count() == 4
    with pytest.raises(refusals.AlreadyMerged):
        merging.merge(second, into=ticket, by=cast.ben)


def test_a_private_request_is_not_merged_into_anothers(cast: Cast, ticket: Ticket) -> None:
    Membership.objects.create(team=cast.people, person=cast.ben)
    private = Ticket.open(team=cast.people, requester=cast.ada, subject="Pay", words=said("My pay"), channel="web")
    with pytest.raises(refusals.CannotMergeAcrossPrivacy):
        merging.merge(private, into=ticket, by=cast.ben)


def test_the_requester_can_be_changed_and_the_former_one_sees_it_no_more(cast: Cast, ticket: Ticket) -> None:
    moving.hand_to_requester(ticket, requester=cast.cleo, by=cast.ben)
    assert not Ticket.objects.visible_to(cast.ada).exists()
    assert Ticket.objects.visible_to(cast.cleo).get() == ticket


def test_a_snoozed_request_wakes_when_somebody_writes(cast: Cast, ticket: Ticket) -> None:
    ticket.snooze(clock.now() + timedelta(days=1), by=cast.ben)
    assert not Ticket.objects.worked_on_by(cast.ben).awake().exists()
    ticket.hear(by=cast.ada, words=said("Any news?"), channel="email")
    assert Ticket.objects.worked_on_by(cast.ben).awake().exists()


def test_a_deleted_request_is_gone_and_can_be_restored_for_thirty_days(cast: Cast, ticket: Ticket) -> None:
    deleting.delete(ticket, by=cast.ben)
    for person in (cast.ada, cast.ben, cast.eva):
        assert not Ticket.objects.visible_to(person).exists()
    with pytest.raises(refusals.Deleted):
        ticket.reply(by=cast.ben, words=said("Hello"))
    with pytest.raises(refusals.NotYours):
        deleting.restore(ticket, by=cast.dov)
    deleting.restore(ticket, by=cast.ben)
    assert Ticket.objects.visible_to(cast.ada).exists()
    deleting.delete(ticket, by=cast.ben)
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        with pytest.raises(refusals.TooLateToRestore):
            deleting.restore(ticket, by=cast.ben)
        assert deleting.forget_what_is_over() == 1
    assert not Ticket.objects.exists()


def test_it_is_new_until_opened_and_again_after_a_word(cast: Cast, ticket: Ticket) -> None:
    def is_new() -> bool:
        return Ticket.objects.with_newness_for(cast.ben).get().is_new

    assert is_new()
    ticket.see(by=cast.ben)
    assert not is_new()
    ticket.hear(by=cast.ada, words=said("Hello?"), channel="email")
    assert is_new()


def test_nothing_said_is_refused(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(refusals.NothingSaid):
        ticket.reply(by=cast.ben, words=said("  \n "))
