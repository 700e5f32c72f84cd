"""What becomes of a mail, from the moment it is taken in."""

from __future__ import annotations

from datetime import timedelta
from email.mime.text import MIMEText

import pytest
import time_machine

from balie.channels import receiving
from balie.channels.email import message_ids, reply_address
from balie.channels.email.recipients import Recipients
from balie.channels.email.taking_in import take_in
from balie.channels.models import Arrival, Delivery
from balie.config.tests.cast import Cast
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Team
from balie.tickets import moving
from balie.tickets.linking import linked_to
from balie.tickets.models import Message, Status, Ticket
from balie.tickets.models.status import Group


def mail(
    text: str = "My laptop is slow.",
    *,
    sender: str = "Ada Vermeer <ada@balie.example>",
    to: str = "it@desk.localhost",
    subject: str = "Laptop",
    msg_id: str = "<one@balie.example>",
    **headers: str,
) -> MIMEText:
    """A mail as it arrives; header names are given with underscores."""
    message = MIMEText(text)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    if msg_id:
        message["Message-ID"] = msg_id
    message["Date"] = "Mon, 23 Nov 2026 09:12:00 +0100"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message


def arrive(
    message: MIMEText | bytes, *, at: str = "it@desk.localhost", mail_from: str = "ada@balie.example"
) -> Arrival:
    """Through the door and understood."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    recipient = Recipients().find(at)
    envelope = {"mail_from": mail_from, "client_ip": "192.0.2.1", "helo": "mail.balie.example", "door": "smtp"}
    take_in(raw, recipients=[recipient], envelope=envelope)
    while receiving.understand_some():
        pass
    return Arrival.objects.order_by("pk").last() or pytest.fail("nothing arrived")


def trusted(result: str) -> dict[str, str]:
    """The stamp of the organisation's own mail server, as a header."""
    Organisation.objects.update(trusted_mail_servers=["mx.balie.example"])
    return {"Authentication_Results": f"mx.balie.example; dmarc={result} header.from=balie.example"}


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    arrive(mail())
    return Ticket.objects.get()


def reply_to(ticket: Ticket, person: Person) -> str:
    local = reply_address.write(team_address=ticket.team.address, ticket=ticket.pk, person=person.pk)
    return f"{local}@desk.localhost"


def test_a_mail_to_a_team_is_a_request_of_its_sender(cast: Cast, ticket: Ticket) -> None:
    assert (ticket.team, ticket.requester, ticket.subject, ticket.channel) == (cast.it, cast.ada, "Laptop", "email")
    assert ticket.messages.get().text == "My laptop is slow."


def test_a_stranger_becomes_an_external(cast: Cast) -> None:
    arrive(mail(sender="Vera Supplier <vera@elsewhere.example>"))
    requester = Ticket.objects.get().requester
    assert requester.is_external
    assert requester.name == "Vera Supplier"


def test_a_stranger_is_refused_where_the_team_says_so_and_the_mail_is_kept(cast: Cast) -> None:
    Team.objects.update(strangers=Team.Strangers.REFUSED)
    arrival = arrive(mail(sender="vera@elsewhere.example"))
    assert not Ticket.objects.exists()
    assert (arrival.state, arrival.outcome) == ("ignored", "stranger")
    assert b"My laptop" in arrival.content()


def test_copies_become_followers(cast: Cast) -> None:
    arrive(mail(Cc="Cleo <cleo@balie.example>, it@desk.localhost, new@elsewhere.example"))
    names = set(Ticket.objects.get().followers.values_list("name", flat=True))
    assert names == {"Cleo Meijer", "new@elsewhere.example"}


def test_an_answer_that_names_the_earlier_mail_joins_its_request(cast: Cast, ticket: Ticket) -> None:
    arrive(mail("More.", msg_id="<two@balie.example>", In_Reply_To="<one@balie.example>", subject="Something else"))
    assert [message.text for message in ticket.messages.all()] == ["My laptop is slow.", "More."]


def test_an_answer_to_our_mail_joins(cast: Cast, ticket: Ticket) -> None:
    delivery = Delivery.objects.filter(ticket=ticket, recipient=cast.ada).first()
    assert delivery is not None
    arrive(mail("More.", msg_id="<2@x>", References=f"<{message_ids.write(delivery.pk).strip('<>')}>"))
    assert ticket.messages.count() == 2


def test_an_answer_to_the_reply_address_joins_without_any_header(cast: Cast, ticket: Ticket) -> None:
    arrive(mail("More.", msg_id="<2@x>"), at=reply_to(ticket, cast.ada))
    assert ticket.messages.count() == 2


def test_a_number_in_the_subject_joins_nothing(cast: Cast, ticket: Ticket) -> None:
    arrive(mail("More.", msg_id="<2@x>", subject=f"Re: Laptop [#{ticket.pk}]"))
    assert Ticket.objects.count() == 2


def test_a_stranger_who_names_a_known_mail_does_not_join(cast: Cast, ticket: Ticket) -> None:
    arrive(mail("Give me it.", sender="mallory@elsewhere.example", msg_id="<3@x>", In_Reply_To="<one@balie.example>"))
    assert ticket.messages.count() == 1
    assert Ticket.objects.count() == 2
    assert not ticket.has_participant(Person.objects.get(name="mallory@elsewhere.example"))


def test_a_forged_id_of_ours_joins_nothing(cast: Cast, ticket: Ticket) -> None:
    delivery = Delivery.objects.filter(ticket=ticket).first()
    assert delivery is not None
    arrive(
        mail(
            "Hm.",
            sender="m@elsewhere.example",
            msg_id="<4@x>",
            In_Reply_To=f"<d{delivery.pk}.aaaaaaaaaaaaaaaa@desk.localhost>",
        )
    )
    assert ticket.messages.count() == 1


def test_an_empty_id_joins_nothing(cast: Cast) -> None:
    arrive(mail("One", msg_id="<>"))
    arrive(mail("Two", msg_id="", In_Reply_To="<>"))
    assert Ticket.objects.count() == 2


def test_an_id_that_two_different_mails_bear_joins_nothing(cast: Cast) -> None:
    arrive(mail("One", msg_id="<same@x>"))
    arrive(mail("Another", msg_id="<same@x>"))
    assert Ticket.objects.count() == 2
    arrive(mail("More", msg_id="<5@x>", In_Reply_To="<same@x>"))
    assert Ticket.objects.count() == 3


def test_the_same_mail_twice_has_one_effect(cast: Cast, ticket: Ticket) -> None:
    arrive(mail())
    with time_machine.travel(clock.now() + timedelta(days=365), tick=False):
        arrive(mail(Received="from another.example by road.example"))
    assert Message.objects.count() == 1
    assert Arrival.objects.count() == 1


def test_one_mail_to_two_teams_makes_two_linked_requests(cast: Cast) -> None:
    message = mail(to="it@desk.localhost, facilities@desk.localhost")
    arrive(message)
    arrive(message, at="facilities@desk.localhost")
    one, other = Ticket.objects.order_by("pk")
    assert {one.team, other.team} == {cast.it, cast.facilities}
    assert linked_to(one, seen_by=cast.ada) == [other]


def test_an_answer_copied_to_the_team_is_one_message(cast: Cast, ticket: Ticket) -> None:
    answer = mail("More.", msg_id="<6@x>", In_Reply_To="<one@balie.example>", Cc="it@desk.localhost")
    arrive(answer, at=reply_to(ticket, cast.ada))
    arrive(answer)
    assert ticket.messages.count() == 2
    assert Ticket.objects.count() == 1


def test_an_answer_to_the_former_teams_address_finds_the_moved_request(cast: Cast, ticket: Ticket) -> None:
    moving.move(ticket, to=cast.facilities, by=cast.ben)
    arrive(mail("More.", msg_id="<7@x>", In_Reply_To="<one@balie.example>"))
    assert ticket.messages.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied", "subject": "Automatisch antwoord: Laptop"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"subject": "Abwesenheitsnotiz: Laptop"},
    ],
)
def test_automatic_mail_is_kept_and_never_answered(cast: Cast, ticket: Ticket, headers: dict[str, str]) -> None:
    ticket.take_status(Status.preset(Group.WAITING), by=cast.ben)
    before = Delivery.objects.filter(recipient=cast.ada).count()
    arrive(mail("I am away.", msg_id="<8@x>", In_Reply_To="<one@balie.example>", **headers))
    ticket.refresh_from_db()
    assert ticket.group == Group.WAITING
    assert ticket.messages.last().is_automatic
    assert Delivery.objects.filter(recipient=cast.ada).count() == before


def test_more_than_ten_a_minute_from_one_sender_is_automatic(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for number in range(12):
            arrive(mail(f"Alarm {number}", sender="monitor@elsewhere.example", msg_id=f"<alarm{number}@x>"))
    assert [message.is_automatic for message in Message.objects.order_by("pk")] == [False] * 10 + [True] * 2


def test_a_bounce_is_matched_to_its_delivery_and_shown(cast: Cast, ticket: Ticket) -> None:
    from balie.channels.email import return_address

    delivery = Delivery.objects.filter(ticket=ticket, recipient=cast.ada).first()
    assert delivery is not None
    report = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: x@desk.localhost\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ada@balie.example\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n"
    )
    arrival = arrive(report, at=f"{return_address.write(delivery=delivery.pk)}@desk.localhost", mail_from="")
    delivery.refresh_from_db()
    assert (arrival.state, arrival.outcome) == ("ignored", "bounce")
    assert delivery.state == "refused"
    assert "5.1.1" in delivery.error
    assert ticket.messages.count() == 1


def test_a_mail_from_our_own_address_is_a_loop(cast: Cast) -> None:
    arrival = arrive(mail(sender="it@desk.localhost"))
    assert arrival.outcome == "loop"
    assert not Ticket.objects.exists()


def test_who_claims_to_be_an_employee_and_fails_is_marked(cast: Cast) -> None:
    arrive(mail(**trusted("fail")))
    assert Message.objects.get().sender_check == "fail"


def test_who_fails_never_joins_a_private_request(cast: Cast) -> None:
    arrive(mail(to="people@desk.localhost"), at="people@desk.localhost")
    private = Ticket.objects.get()
    arrive(mail("Change my bank account.", msg_id="<9@x>", **trusted("fail")), at=reply_to(private, cast.ada))
    assert private.messages.count() == 1
    assert Ticket.objects.count() == 2


def test_an_expert_answers_by_mail(cast: Cast, ticket: Ticket) -> None:
    arrive(
        mail("Try again now.", sender="ben@balie.example", msg_id="<10@x>", **trusted("pass")),
        at=reply_to(ticket, cast.ben),
    )
    message = ticket.messages.last()
    assert (message.kind, message.direction, message.author) == ("reply", "out", cast.ben)
    assert Delivery.objects.filter(message=message, recipient=cast.ada).exists()


def test_an_expert_notes_by_mail(cast: Cast, ticket: Ticket) -> None:
    arrive(mail("#note\nShe is right.", sender="ben@balie.example", msg_id="<11@x>"), at=reply_to(ticket, cast.ben))
    message = ticket.messages.last()
    assert (message.kind, message.text) == ("note", "She is right.")
    assert not Delivery.objects.filter(message=message, recipient=cast.ada).exists()


def test_an_expert_who_proves_nothing_reaches_only_the_team(cast: Cast, ticket: Ticket) -> None:
    arrive(
        mail("Pay me.", sender="ben@balie.example", msg_id="<12@x>", **trusted("fail")), at=reply_to(ticket, cast.ben)
    )
    message = ticket.messages.last()
    assert (message.kind, message.sender_check) == ("note", "fail")
    assert not Delivery.objects.filter(message=message, recipient=cast.ada).exists()


def test_an_expert_forwards_an_employees_mail(cast: Cast) -> None:
    text = (
        "Please take this over.\n\n---------- Forwarded message ---------\nFrom: Cleo Meijer <cleo@balie.example>\n"
        "Date: Mon, 23 Nov 2026 at 08:00\nSubject: Printer\nTo: Ben Jansen <ben@balie.example>\n\nThe printer is out of toner.\n"
    )
    arrive(mail(text, sender="ben@balie.example", subject="Fwd: Printer", msg_id="<13@x>"))
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.subject) == (cast.cleo, "Printer")
    assert [(message.kind, message.author) for message in ticket.messages.all()] == [
        ("reply", cast.cleo),
        ("note", cast.ben),
    ]
    assert ticket.messages.first().text == "The printer is out of toner."


def test_a_failure_stays_with_its_mail_and_is_cured_by_trying_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from balie.channels.email import understanding

    whole = understanding.reading.read

    def planted(raw: bytes, **rest: object) -> object:
        if b"poison" in raw:
            raise ValueError("planted")
        return whole(raw, **rest)

    monkeypatch.setattr(understanding.reading, "read", planted)
    poisoned = arrive(mail("poison", msg_id="<14@x>"))
    arrive(mail("sound", msg_id="<15@x>"))
    assert Message.objects.get().text == "sound"
    poisoned.refresh_from_db()
    assert poisoned.state == "retrying"
    assert "planted" in poisoned.error
    monkeypatch.undo()
    poisoned.try_again()
    while receiving.understand_some():
        pass
    assert Message.objects.count() == 2


def test_a_reply_to_a_deleted_request_begins_another(cast: Cast, ticket: Ticket) -> None:
    from balie.tickets import deleting

    deleting.delete(ticket, by=cast.ben)
    arrive(mail("More.", msg_id="<16@x>"), at=reply_to(ticket, cast.ada))
    assert Ticket.objects.present().count() == 1
