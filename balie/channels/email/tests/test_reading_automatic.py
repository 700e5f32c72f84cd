"""Mail that no person wrote is told from mail that one did; reports say which mail did not arrive."""

import pytest

from balie.channels.email import reading
from balie.channels.said import Automatic

BASE = "From: Ada <ada@balie.example>\nTo: it@desk.localhost\nMessage-ID: <1@b.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Subject: Re: Laptop\nAuto-Submitted: auto-replied\n", Automatic.AUTO_REPLY),
        ("Subject: Re: Laptop\nAuto-Submitted: auto-generated\n", Automatic.AUTO_REPLY),
        ("Subject: Re: Laptop\nAuto-Submitted: no\n", None),
        ("Subject: Automatic reply: Laptop\nX-Auto-Response-Suppress: All\n", Automatic.OUT_OF_OFFICE),
        ("Subject: Automatische Antwort: Laptop\n", Automatic.OUT_OF_OFFICE),
        ("Subject: Automatisch antwoord: Laptop\n", Automatic.OUT_OF_OFFICE),
        ("Subject: Réponse automatique : Laptop\n", Automatic.OUT_OF_OFFICE),
        ("Subject: Respuesta automática: Laptop\n", Automatic.OUT_OF_OFFICE),
        ("Subject: Risposta automatica: Laptop\n", Automatic.OUT_OF_OFFICE),
        ("Subject: Out of office printer is broken\n", None),
        ("Subject: How do I set an out of office message?\n", None),
        ("Subject: Abwesend melden: wie geht das?\n", None),
        ("Subject: News\nList-Id: <all.balie.example>\nPrecedence: list\n", Automatic.LIST),
        ("Subject: Hi\nPrecedence: bulk\n", Automatic.AUTO_REPLY),
        ("Subject: Hi\nX-Autoreply: yes\n", Automatic.AUTO_REPLY),
        ("Subject: Hi\nX-Balie-Id: 12\n", Automatic.LOOP),
        ("Subject: [T#1] received\nAuto-Submitted: auto-replied\nX-OTRS-Loop: yes\n", Automatic.LOOP),
        ("Subject: Please confirm your message\nAuto-Submitted: auto-replied\n", Automatic.CHALLENGE),
        ("Subject: Please confirm your message\n", None),
        ("Subject: Laptop\n", None),
    ],
)  # fmt: skip
def test_headers_tell_what_no_person_wrote(head: str, expected: Automatic | None) -> None:
    assert reading.read(f"{BASE}{head}\nHello".encode()).automatic == expected


def test_the_null_sender_is_no_person() -> None:
    raw = f"{BASE}Subject: Hi\n\nHello".encode()
    assert reading.read(raw, envelope_from="").automatic is Automatic.AUTO_REPLY
    assert reading.read(raw, envelope_from=None).automatic is None
    assert reading.read(raw, envelope_from="ada@balie.example").automatic is None


REPORT = (
    "From: MAILER-DAEMON@mx.example\nTo: it@desk.localhost\nSubject: Undelivered\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nSorry.\n--x\n"
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; Ada@balie.example\n"
    "Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such user\n{end}--x--\n"
)
RETURNED = "--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: <balie-9@desk.localhost>\nSubject: Laptop\n"


@pytest.mark.parametrize(
    ("action", "status", "end", "message_id", "is_permanent"),
    [
        ("failed", "5.1.1", RETURNED, "balie-9@desk.localhost", True),
        ("delayed", "4.4.1", RETURNED, "balie-9@desk.localhost", False),
        ("failed", "5.1.1", "", "", True),
    ],
)
def test_a_report_names_recipient_and_mail(
    action: str, status: str, end: str, message_id: str, is_permanent: bool
) -> None:
    said = reading.read(REPORT.format(action=action, status=status, end=end).encode(), envelope_from="")
    assert said.automatic is Automatic.BOUNCE
    (bounce,) = said.bounced
    assert (bounce.address, bounce.message_id) == ("ada@balie.example", message_id)
    assert (bounce.is_permanent, bounce.status, bounce.reason) == (is_permanent, status, "550 no such user")


def test_a_report_of_success_is_no_bounce_of_anyone() -> None:
    said = reading.read(REPORT.format(action="delivered", status="2.0.0", end="").encode(), envelope_from="")
    assert (said.automatic, said.bounced) == (Automatic.BOUNCE, ())


@pytest.mark.parametrize(
    "body",
    [
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<ada@balie.example>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\n"
        "Message-ID: <balie-9@desk.localhost>\n",
        "This is the mail system at host mx.example.\n\n<ada@balie.example>: host mx[1.2.3.4] said: 550 5.1.1 unknown\n\n"
        "Message-ID: <balie-9@desk.localhost>\n",
        "Delivery has failed to these recipients or groups:\n\nada@balie.example\nThe address wasn't found (550 5.1.1).\n\n"
        "Original message headers:\n\nMessage-ID: <balie-9@desk.localhost>\n",
    ],
)
def test_reports_in_words_are_understood(body: str) -> None:
    raw = f"From: MAILER-DAEMON@mx.example\nTo: it@desk.localhost\nSubject: failure notice\n\n{body}".encode()
    (bounce,) = reading.read(raw, envelope_from="").bounced
    assert (bounce.address, bounce.message_id) == ("ada@balie.example", "balie-9@desk.localhost")
    assert bounce.is_permanent
