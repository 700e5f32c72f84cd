"""Mails that begin requests share a commit; what is wrong with one of them stays with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from balie.channels import delivering, receiving
from balie.channels.email import writing
from balie.channels.email.letters import Letter
from balie.channels.email.recipients import Recipients
from balie.channels.email.taking_in import take_in
from balie.channels.email.tests.test_understanding import mail
from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.words import Words


def keep(number: int, text: str = "My laptop is slow.", *, at: str = "it@desk.localhost", **header: str) -> None:
    """Through the door, and not understood yet."""
    message = mail(f"{text} {number}", msg_id=f"<{number}@balie.example>", **header)
    take_in(
        message.as_bytes(), recipients=[Recipients().find(at)], envelope={"door": "web", "mail_from": "x@y.example"}
    )


def understand_all() -> None:
    while receiving.understand_some():
        pass


def test_many_mails_cost_hardly_more_queries_than_one(cast: Cast) -> None:
    keep(0)
    understand_all()
    for number in range(1, 8):
        keep(number, sender=f"p{number}@balie.example")
        Person.objects.create_employee(name=f"P {number}", email=f"p{number}@balie.example")
    with CaptureQueriesContext(connection) as asked:
        assert receiving.understand_some() == 7
    assert Ticket.objects.count() == 8
    assert Delivery.objects.filter(purpose="confirmation").count() == 8
    assert Event.objects.filter(kind="opened").count() == 8
    assert len(asked) < 7 * 7


def test_one_that_fails_in_the_shared_commit_leaves_the_others_as_they_would_be(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_all = Event.record_all

    def planted(events: list[Event]) -> None:
        if any("poison" in event.message.text for event in events if event.message):
            raise ValueError("planted")
        record_all(events)

    monkeypatch.setattr(Event, "record_all", planted)
    for number, text in enumerate(("sound", "poison", "sound")):
        keep(number, text)
    understand_all()
    assert [arrival.state for arrival in Arrival.objects.order_by("pk")] == ["understood", "retrying", "understood"]
    assert [message.text for message in Message.objects.order_by("pk")] == ["sound 0", "sound 2"]
    assert Delivery.objects.filter(purpose="confirmation").count() == 2


def test_a_mail_and_its_continuation_that_are_taken_together_make_one_request(cast: Cast) -> None:
    keep(1, "First")
    keep(2, "Second", In_Reply_To="<1@balie.example>")
    assert receiving.understand_some() == 2
    assert [message.text for message in Ticket.objects.get().messages.order_by("pk")] == ["First 1", "Second 2"]


def test_more_than_ten_at_once_from_one_sender_are_not_all_answered(cast: Cast) -> None:
    for number in range(13):
        keep(number)
    assert receiving.understand_some() == 13
    assert Message.objects.filter(is_automatic=True).count() == 3
    assert Delivery.objects.filter(purpose="confirmation").count() == 10


def test_what_was_begun_before_takes_no_others_along(cast: Cast) -> None:
    for number in range(4):
        keep(number)
    Arrival.objects.filter(pk__lte=Arrival.objects.order_by("pk")[1].pk).update(attempts=1)
    assert receiving.understand_some() == 3
    assert Arrival.objects.filter(state=Arrival.State.WAITING).count() == 1


def test_a_later_answer_to_somebody_waits_for_the_earlier_one(cast: Cast) -> None:
    keep(1)
    understand_all()
    ticket = Ticket.objects.get()
    for text in ("First", "Second"):
        ticket.reply(by=cast.ben, words=Words.from_text(text))
    first, second = Delivery.objects.filter(purpose="reply").order_by("pk")

    def urgent() -> list[Delivery]:
        return delivering._lease("purpose = 'reply'", at_most=5, holder=None)

    assert urgent() == [first]
    assert urgent() == []
    first.put_off("451 later")
    assert urgent() == []
    first.take()
    assert urgent() == [second]


def test_an_answer_that_cannot_leave_does_not_hold_up_the_next_for_ever(cast: Cast) -> None:
    keep(1)
    understand_all()
    ticket = Ticket.objects.get()
    for text in ("First", "Second"):
        ticket.reply(by=cast.ben, words=Words.from_text(text))
    first, second = Delivery.objects.filter(purpose="reply").order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(attempts=6, next_attempt_at=None)
    assert delivering._lease("purpose = 'reply'", at_most=5, holder=None) == [second]


def test_of_confirmations_that_leave_together_one_may_fail(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        keep(number, f"Subject {number}", subject=f"Subject {number}")
    understand_all()
    write = writing.write

    def planted(letter: Letter) -> object:
        if "Subject 1" in letter.subject:
            raise ValueError("planted")
        return write(letter)

    monkeypatch.setattr(writing, "write", planted)
    assert delivering.deliver_some() == 3
    owed = Delivery.objects.filter(purpose="confirmation").order_by("pk")
    assert [one.state for one in owed] == ["sent", "retrying", "sent"]
    assert len({one.external_id for one in owed}) == 3
    names = {one.pk: one.external_id for one in owed}
    monkeypatch.undo()
    Delivery.objects.filter(state="retrying").update(next_attempt_at=clock.now())
    assert delivering.deliver_some() == 1
    assert {one.pk: one.external_id for one in owed.all()} == names
    assert {one.state for one in owed.all()} == {"sent"}
