"""What is owed, sent: from the verb to a real SMTP server, with everything that can go wrong between them."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine

from balie.channels import delivering
from balie.channels.email import client, message_ids, reply_address, return_address, sending
from balie.channels.email.models import KnownId
from balie.channels.email.tests.sink import Sink, open_sink
from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.organisation.models import Organisation
from balie.people.models import Identity, Person
from balie.platform import clock, files
from balie.teams.models import Membership
from balie.tickets import deleting, merging, moving
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import KeptFile, Words

REPLY, CONFIRMATION, NOTICE = Delivery.Purpose.REPLY, Delivery.Purpose.CONFIRMATION, Delivery.Purpose.NOTICE


@pytest.fixture
def sink(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    monkeypatch.setattr(client, "PATIENCE", 0.5)
    with open_sink() as opened:
        settings.BALIE = dataclasses.replace(settings.BALIE, smtp=opened.route)
        yield opened
        client.hang_up()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    return opened(cast)


def opened(cast: Cast, *, subject: str = "Laptop", by: Person | None = None) -> Ticket:
    words = Words.from_text("My laptop is slow.")
    return Ticket.open(team=cast.it, requester=by or cast.ada, subject=subject, words=words, channel="email")


def deliver_all(*, after: timedelta = timedelta(minutes=2)) -> datetime:
    """Let so much time pass, and a worker deliver what is due then."""
    then = clock.now() + after
    with time_machine.travel(then):
        while delivering.deliver_some():
            pass
    return then


def deliver_only(purpose: Delivery.Purpose) -> None:
    Delivery.objects.exclude(purpose=purpose).delete()
    deliver_all()


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body(preferencelist=(kind,))
    assert part
    return str(part.get_content())


def to(sink: Sink, address: str) -> list[EmailMessage]:
    return [mail for mail, taken in zip(sink.mails, sink.taken, strict=True) if taken.rcpt_tos == [address]]


def test_a_confirmation_says_the_number_the_team_and_what_comes_next(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    KnownId.objects.create(msg_id="first@balie.example", message=ticket.messages.get())
    deliver_only(CONFIRMATION)
    (mail,) = sink.mails
    assert mail["Subject"] == "Re: Laptop"
    assert mail["From"] == "IT <it@desk.localhost>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == "<first@balie.example>"
    assert str(ticket.pk) in body(mail)
    assert "IT" in body(mail)
    assert f"http://localhost:8000/my/requests/{ticket.pk}" in body(mail)
    assert mail["Content-Language"] == "nl"


def test_a_reply_keeps_the_thread_and_comes_back_to_a_signed_address(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    KnownId.objects.create(msg_id="first@balie.example", message=ticket.messages.get())
    deliver_only(CONFIRMATION)
    confirmation = Delivery.objects.get()
    ticket.reply(by=cast.ben, words=Words.from_text("Which laptop?"))
    deliver_all()
    reply = Delivery.objects.get(purpose=REPLY)
    mail = sink.mails[-1]
    assert mail["From"] == '"Ben Jansen (IT)" <it@desk.localhost>'
    assert mail["Auto-Submitted"] is None
    assert mail["Message-ID"] == f"<{message_ids.write(reply.pk)}>"
    assert mail["In-Reply-To"] == f"<{confirmation.external_id}>"
    assert str(mail["References"]).split() == ["<first@balie.example>", f"<{confirmation.external_id}>"]
    address = reply_address.read(mail["Reply-To"].addresses[0].username)
    assert address is not None
    assert (address.ticket, address.person) == (ticket.pk, cast.ada.pk)
    returned = return_address.read(str(sink.taken[-1].mail_from).partition("@")[0])
    assert returned is not None
    assert returned.delivery == reply.pk
    assert body(mail).startswith("Which laptop?\n")
    assert "> My laptop is slow." in body(mail)
    assert reply.state == Delivery.State.SENT


def test_a_note_is_never_quoted(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    ticket.note(by=cast.ben, words=Words.from_text("She always says that."))
    ticket.reply(by=cast.ben, words=Words.from_text("Which laptop?"))
    deliver_only(REPLY)
    assert b"always says" not in b"".join(bytes(taken.content or b"") for taken in sink.taken)
    assert "> My laptop is slow." in body(sink.mails[0])


def test_an_external_gets_no_link_to_a_page(cast: Cast, sink: Sink) -> None:
    otto = Person.objects.take_in(kind=Identity.EMAIL, external_id="otto@elsewhere.example", name="Otto")
    opened(cast, by=otto).reply(by=cast.ben, words=Words.from_text("Hello"))
    deliver_all()
    assert len(to(sink, "otto@elsewhere.example")) == 2
    assert "http://" not in "".join(body(mail) for mail in to(sink, "otto@elsewhere.example"))


def test_files_of_a_reply_go_along_and_large_ones_are_named(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    kept = files.keep(b"%PDF-1.7")
    small = KeptFile(name="manual.pdf", media_type="application/pdf", sha256=kept.sha256, size=kept.size)
    large = KeptFile(name="film.mp4", media_type="video/mp4", sha256="0" * 64, size=30 * 1024 * 1024)
    ticket.reply(by=cast.ben, words=Words.from_text("See the manual.", files=(large, small)))
    deliver_only(REPLY)
    (mail,) = sink.mails
    assert [part.get_filename() for part in mail.iter_attachments()] == ["manual.pdf"]
    assert "film.mp4" in body(mail)


def test_an_inline_picture_stands_where_it_was(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    kept = files.keep(b"\x89PNG")
    shot = KeptFile(
        name="shot.png", media_type="image/png", sha256=kept.sha256, size=kept.size, content_id="shot@x", is_inline=True
    )  # fmt: skip
    words = Words.from_html('<p>Here: <img src="cid:shot@x"></p>', files=(shot,))
    ticket.reply(by=cast.ben, words=words)
    deliver_only(REPLY)
    (mail,) = sink.mails
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in body(mail, "html")


def test_a_refused_recipient_is_refused_alone(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    ticket.follow(cast.cleo, by=cast.ben)
    sink.says_to["ada@balie.example"] = "550 5.1.1 No such user"
    ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    deliver_only(REPLY)
    refused, sent = Delivery.objects.get(recipient=cast.ada), Delivery.objects.get(recipient=cast.cleo)
    assert (refused.state, refused.error) == (Delivery.State.REFUSED, "550 5.1.1 No such user")
    assert sent.state == Delivery.State.SENT
    sink.says_to.clear()
    refused.try_again()
    deliver_all()
    refused.refresh_from_db()
    assert refused.state == Delivery.State.SENT


def test_greylisting_is_waited_for_twice_as_long_each_time_and_given_up_after_two_days(
    cast: Cast, sink: Sink, ticket: Ticket
) -> None:
    sink.says_to["ada@balie.example"] = "450 4.2.0 Greylisted"
    Delivery.objects.all().delete()
    ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    delivery = Delivery.objects.get()
    pauses = []
    while delivery.state != Delivery.State.REFUSED:
        due = delivery.next_attempt_at
        assert due
        with time_machine.travel(due + timedelta(seconds=1), tick=False):
            delivering.deliver_some()
            delivery.refresh_from_db()
            if delivery.next_attempt_at:
                pauses.append(round((delivery.next_attempt_at - clock.now()).total_seconds()))
    assert pauses[:4] == [30, 60, 120, 240]
    assert max(pauses) == 4 * 3600
    assert timedelta(days=2) < timedelta(seconds=sum(pauses)) < timedelta(days=2, hours=5)
    assert delivery.error == "450 4.2.0 Greylisted"


class Killed(BaseException):
    """As kill -9 would."""


def test_a_crash_after_the_server_took_it_sends_it_again_under_the_same_id(
    cast: Cast, sink: Sink, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    Delivery.objects.all().delete()
    ticket.reply(by=cast.ben, words=Words.from_text("Hello"))

    def killed(_delivery: Delivery) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "take", killed)
        with pytest.raises(Killed):
            deliver_all()
    deliver_all(after=timedelta(minutes=10))
    assert [mail["Message-ID"] for mail in sink.mails] == [sink.mails[0]["Message-ID"]] * 2
    assert body(sink.mails[0]) == body(sink.mails[1])
    assert sink.mails[0]["Date"] == sink.mails[1]["Date"]
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_who_may_not_hear_any_more_is_not_told(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    deliver_all()
    ticket.hear(by=cast.ada, words=Words.from_text("A private matter."), channel="email")
    moving.move(ticket, to=cast.people, by=cast.ben)
    sink.taken.clear()
    deliver_all()
    assert to(sink, "ben@balie.example") == []
    refused = Delivery.objects.get(recipient=cast.ben, state=Delivery.State.REFUSED)
    assert refused.error == sending.NO_LONGER_ALLOWED
    assert len(to(sink, "hanna@balie.example")) == 1


def test_nothing_is_sent_about_a_deleted_request(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    ticket.reply(by=cast.ben, words=Words.from_text("Hello"))
    deleting.delete(ticket, by=cast.ben)
    deliver_all()
    assert sink.taken == []


def test_several_notices_make_one_mail_request_by_request(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    other = opened(cast, subject="Printer", by=cast.cleo)
    ticket.hear(by=cast.ada, words=Words.from_text("Very slow."), channel="email")
    deliver_only(NOTICE)
    (mail,) = sink.mails
    text = body(mail)
    assert text.index("Laptop") < text.index("Very slow.") < text.index("Printer")
    assert f"http://localhost:8000/requests/{ticket.pk}" in text
    assert f"http://localhost:8000/requests/{other.pk}" in text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert set(Delivery.objects.values_list("state", "external_id")) == {("sent", str(mail["Message-ID"]).strip("<>"))}


def test_an_answer_to_a_mail_about_several_requests_joins_none_of_them(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    opened(cast, subject="Printer", by=cast.cleo)
    deliver_only(NOTICE)
    (mail,) = sink.mails
    assert message_ids.read(mail["Message-ID"]) is None
    assert mail["Reply-To"] is None
    assert body(mail).count("+r") == 2


def test_a_notice_about_one_request_is_answered_by_mail(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    deliver_only(NOTICE)
    (mail,) = sink.mails
    assert mail["Subject"] == f"[#{ticket.pk}] Laptop"
    assert message_ids.read(mail["Message-ID"]) == Delivery.objects.get().pk
    address = reply_address.read(mail["Reply-To"].addresses[0].username)
    assert address is not None
    assert (address.ticket, address.person) == (ticket.pk, cast.ben.pk)
    assert "Ada Vermeer" in body(mail)
    assert "My laptop is slow." in body(mail)
    assert "#note" in body(mail)


def test_notices_that_failed_together_are_tried_again_together(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    opened(cast, subject="Printer", by=cast.cleo)
    Delivery.objects.exclude(purpose=NOTICE).delete()
    sink.says_to["ben@balie.example"] = "450 4.2.0 Greylisted"
    deliver_all()
    opened(cast, subject="Chair", by=cast.cleo)
    Delivery.objects.exclude(purpose=NOTICE).delete()
    assert set(Delivery.objects.filter(attempts=1).values_list("state", flat=True)) == {"retrying"}
    sink.says_to.clear()
    deliver_all(after=timedelta(minutes=5))
    assert len(sink.mails) == 2
    (together,) = [mail for mail in sink.mails if "Printer" in body(mail)]
    assert "Laptop" in body(together)
    assert "Chair" not in body(together)
    assert not Delivery.objects.exclude(state="sent").exists()


def test_a_note_is_told_to_the_assignee_as_a_note(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    second = Person.objects.create_employee(name="Bo", email="bo@balie.example", role=Person.Role.EXPERT)
    Membership.objects.create(team=cast.it, person=second)
    ticket.assign(second, by=cast.ben)
    ticket.note(by=cast.ben, words=Words.from_text("Old model."))
    Delivery.objects.exclude(recipient=second).delete()
    deliver_only(NOTICE)
    (mail,) = sink.mails
    assert "assigned this request to you" in body(mail)
    assert "Old model." in body(mail)
    assert "wrote a note" in body(mail)


def test_each_recipient_of_one_reply_reads_their_own_language_from_the_next_mail_on(
    cast: Cast, sink: Sink, ticket: Ticket
) -> None:
    for follower in (cast.hanna, cast.cleo):
        ticket.follow(follower, by=cast.ben)
    Delivery.objects.all().delete()

    def languages(words: str) -> dict[str, str]:
        before = len(sink.taken)
        ticket.reply(by=cast.ben, words=Words.from_text(words))
        deliver_all()
        mails = zip(sink.mails[before:], sink.taken[before:], strict=True)
        return {taken.rcpt_tos[0].partition("@")[0]: str(mail["Content-Language"]) for mail, taken in mails}

    # Cleo has chosen none, and reads that of the organisation.
    assert languages("Which one?") == {"ada": "nl", "hanna": "de", "cleo": "en"}
    Person.objects.filter(pk=cast.ada.pk).update(language="it")
    Organisation.objects.update(language="fr")
    assert languages("The grey one?") == {"ada": "it", "hanna": "de", "cleo": "fr"}


def test_a_resolution_that_did_not_last_is_not_announced(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    Delivery.objects.all().delete()
    ticket.resolve(by=cast.ben)
    assert Delivery.objects.get().recipient == cast.ada
    ticket.reopen(by=cast.ben)
    deliver_all()
    assert sink.taken == []
    assert Delivery.objects.get().error == sending.OVERTAKEN


def test_a_resolution_tells_that_an_answer_opens_it_again(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    Person.objects.update(language="en")
    Delivery.objects.all().delete()
    ticket.take_status(Status.preset(Group.RESOLVED), by=cast.ben)
    deliver_all()
    (mail,) = sink.mails
    assert "resolved your request" in body(mail)
    assert "opens the request again" in body(mail)
    assert "#note" not in body(mail)
    assert f"/my/requests/{ticket.pk}" in body(mail)


def test_what_is_owed_about_a_merged_request_speaks_of_the_one_it_became(
    cast: Cast, sink: Sink, ticket: Ticket
) -> None:
    other = opened(cast, subject="Laptop again")
    Delivery.objects.all().delete()
    other.reply(by=cast.ben, words=Words.from_text("Hello"))
    merging.merge(other, into=ticket, by=cast.ben)
    deliver_all()
    address = reply_address.read(to(sink, "ada@balie.example")[0]["Reply-To"].addresses[0].username)
    assert address is not None
    assert address.ticket == ticket.pk


def test_a_delivery_that_another_worker_has_by_now_is_left_to_it(cast: Cast, sink: Sink, ticket: Ticket) -> None:
    Delivery.objects.exclude(purpose=CONFIRMATION).delete()
    with time_machine.travel(clock.now() + timedelta(seconds=5)):
        (slow,) = Delivery.lease(at_most=1)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        (quick,) = Delivery.lease(at_most=1)
        sending.send(slow)
        assert sink.taken == []
        sending.send(quick)
    assert len(sink.taken) == 1


def test_without_a_mail_server_everything_is_in_the_outbox(cast: Cast, settings: Any, ticket: Ticket) -> None:
    settings.BALIE = dataclasses.replace(settings.BALIE, smtp=None)
    deliver_all()
    assert len(list((settings.BALIE.data / "outbox").glob("*.eml"))) == 2
