"""The SMTP door, with real clients over a real socket."""

import smtplib
import ssl
import threading
from collections.abc import Iterator

import pytest

from balie.channels.email import certificate, reply_address, return_address
from balie.channels.email.smtp_limits import Limits
from balie.channels.email.tests.postbox import OpenDoor, database_away, mail, until, wire
from balie.channels.models import Arrival
from balie.config.tests.cast import Cast
from balie.platform import clock

pytestmark = pytest.mark.usefixtures("committed_cast")


@pytest.fixture
def port() -> Iterator[int]:
    with OpenDoor() as opened:
        yield opened.port


def send(port: int, raw: bytes, *to: str, sender: str = "ada@balie.example") -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        return client.sendmail(sender, list(to) or ["it@desk.localhost"], raw)


def test_a_mail_is_stored_as_it_came_before_it_is_answered(port: int) -> None:
    send(port, mail())
    arrival = Arrival.objects.get()
    assert arrival.content() == mail()
    assert arrival.kind == "email"
    envelope = arrival.envelope
    assert envelope["door"] == "smtp"
    assert envelope["mail_from"] == "ada@balie.example"
    assert envelope["rcpt_to"] == envelope["recipient"] == "it@desk.localhost"
    assert envelope["client_ip"] == "127.0.0.1"
    assert arrival.external_id.endswith(":it@desk.localhost")


def test_the_same_mail_again_is_welcomed_and_changes_nothing(port: int) -> None:
    send(port, mail())
    send(port, mail())
    assert Arrival.objects.count() == 1


def test_a_mail_to_two_teams_is_stored_once_for_each(port: int) -> None:
    send(port, mail(), "it@desk.localhost", "facilities@desk.localhost", "IT+printer@desk.localhost")
    assert sorted(arrival.envelope["recipient"] for arrival in Arrival.objects.all()) == [
        "facilities@desk.localhost",
        "it@desk.localhost",
    ]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("IT@Desk.LocalHost", "it@desk.localhost"),
        ("it+printer.3@desk.localhost", "it@desk.localhost"),
        ('"it"@desk.localhost', "it@desk.localhost"),
        ("it@desk.localhost.", "it@desk.localhost"),
        ("@relay.example:it@desk.localhost", "it@desk.localhost"),
        ("postmaster@desk.localhost", "it@desk.localhost"),
        ("Postmaster", "it@desk.localhost"),
        ("abuse@desk.localhost", "it@desk.localhost"),
    ],
)
def test_addresses_are_known_however_they_are_written(port: int, written: str, canonical: str) -> None:
    with wire(port) as client:
        client.begin_mail(written.encode())
        assert client.ask(mail() + b".").startswith("250")
    assert Arrival.objects.get().envelope["recipient"] == canonical


@pytest.mark.parametrize(
    "address",
    ["nobody@desk.localhost", "bounce@desk.localhost", "bounce+12-aaaaaaaaaaaaaaaa@desk.localhost", "+@desk.localhost"],
)
def test_an_unknown_recipient_is_refused_at_once(port: int, address: str) -> None:
    with wire(port) as client:
        client.ask(b"MAIL FROM:<ada@balie.example>")
        assert client.ask(f"RCPT TO:<{address}>".encode()).startswith("550 5.1.1")
        assert client.ask(b"DATA").startswith("503")


@pytest.mark.parametrize("address", ["it@elsewhere.example", "it%elsewhere.example@other.example", "it@[127.0.0.1]"])
def test_mail_for_others_is_not_passed_on(port: int, address: str) -> None:
    with wire(port) as client:
        client.ask(b"MAIL FROM:<ada@balie.example>")
        assert client.ask(f"RCPT TO:<{address}>".encode()).startswith("550 5.7.1")


def test_an_archived_team_gets_no_mail(committed_cast: Cast, port: int) -> None:
    committed_cast.facilities.archived_at = clock.now()
    committed_cast.facilities.save()
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(port, mail(), "facilities@desk.localhost")


def test_signed_reply_and_return_addresses_are_known_in_any_case(port: int) -> None:
    reply = reply_address.write(team_address="it", ticket=12, person=7)
    bounce = return_address.write(delivery=3)
    send(port, mail(), f"{reply.upper()}@desk.localhost")
    send(port, mail(), f"{bounce}@desk.localhost", sender="")
    assert [arrival.envelope["recipient"] for arrival in Arrival.objects.order_by("pk")] == [
        f"{reply}@desk.localhost",
        f"{bounce}@desk.localhost",
    ]
    assert Arrival.objects.get(envelope__mail_from="").envelope["rcpt_to"] == f"{bounce}@desk.localhost"


def test_a_forged_reply_address_is_only_a_mail_to_the_team(port: int) -> None:
    send(port, mail(), "it+r12-7-aaaaaaaaaaaaaaaa@desk.localhost")
    assert Arrival.objects.get().envelope["recipient"] == "it@desk.localhost"


def test_doubled_dots_are_made_single(port: int) -> None:
    raw = mail(body=".\r\n..two\r\n.one\r\n.")
    send(port, raw)
    assert Arrival.objects.get().content() == raw


def test_a_body_that_begins_with_dots_is_read_to_its_end(port: int) -> None:
    with wire(port) as client:
        client.begin_mail(b"it@desk.localhost")
        assert client.ask(b"..\r\n.").startswith("250")
    assert Arrival.objects.get().content() == b".\r\n"


def test_an_empty_body_ends_at_once(port: int) -> None:
    with wire(port) as client:
        client.begin_mail(b"it@desk.localhost")
        assert client.ask(b".").startswith("250")
        assert client.ask(b"NOOP").startswith("250")
    assert Arrival.objects.get().content() == b""


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\x00.\r\n"])
def test_no_other_end_is_taken_for_the_end_of_a_mail(port: int, end: bytes) -> None:
    smuggled = b"first" + end + b"MAIL FROM:<eva@balie.example>\r\nRCPT TO:<it@desk.localhost>\r\nDATA\r\nsecond"
    with wire(port) as client:
        client.begin_mail(b"it@desk.localhost")
        assert client.ask(smuggled + b"\r\n.").startswith("250")
        assert client.ask(b"NOOP").startswith("250")
    assert Arrival.objects.get().content() == smuggled + b"\r\n"


def test_commands_that_follow_in_one_go_are_all_answered(port: int) -> None:
    with wire(port) as client:
        client.send(b"MAIL FROM:<>\r\nRCPT TO:<it@desk.localhost>\r\nRCPT TO:<no@desk.localhost>\r\nDATA\r\n")
        assert [client.answer()[:3] for _ in range(4)] == ["250", "250", "550", "354"]
        client.send(mail() + b".\r\nNOOP\r\nQUIT\r\n")
        assert [client.answer()[:3] for _ in range(3)] == ["250", "250", "221"]


def test_a_mail_may_arrive_byte_by_byte(port: int) -> None:
    with wire(port) as client:
        client.begin_mail(b"it@desk.localhost")
        for byte in mail() + b".\r\n":
            client.send(bytes([byte]))
        assert client.answer().startswith("250")
    assert Arrival.objects.get().content() == mail()


def test_overlong_lines_within_a_mail_are_kept(port: int) -> None:
    raw = mail(body="x" * 300_000)
    send(port, raw)
    assert Arrival.objects.get().content() == raw


def test_an_overlong_command_is_refused_and_the_conversation_goes_on(port: int) -> None:
    with wire(port) as client:
        assert client.ask(b"NOOP " + b"x" * 200_000).startswith("500")
        assert client.ask(b"NOOP").startswith("250")


def test_too_large_is_said_at_mail_when_the_size_is_told(port: int) -> None:
    with wire(port) as client:
        assert client.ask(b"MAIL FROM:<ada@balie.example> SIZE=26214401").startswith("552")
        assert client.ask(b"MAIL FROM:<ada@balie.example> SIZE=26214400").startswith("250")


def test_too_large_is_said_at_the_end_when_it_is_not(port: int) -> None:
    with OpenDoor(Limits(size=50_000, large=10_000)) as opened, wire(opened.port) as client:
        client.begin_mail(b"it@desk.localhost")
        assert client.ask(b"x" * 50_001 + b"\r\n.").startswith("552")
        client.begin_mail(b"it@desk.localhost")
        assert client.ask(b"x" * 49_998 + b"\r\n.").startswith("250")
    assert Arrival.objects.get().size == 50_000


def test_who_never_ends_is_cut_off(port: int) -> None:
    with OpenDoor(Limits(size=50_000, large=10_000)) as opened, wire(opened.port) as client:
        client.begin_mail(b"it@desk.localhost")
        client.send(b"x" * 120_000)
        assert client.answer().startswith("552")
        assert client.answer().startswith("421")


def test_too_many_large_mails_at_once_wait_for_another_time() -> None:
    with (
        OpenDoor(Limits(large=1000, large_at_once=1)) as opened,
        wire(opened.port) as first,
        wire(opened.port) as second,
    ):
        first.begin_mail(b"it@desk.localhost")
        first.send(b"x" * 300_000)
        second.begin_mail(b"facilities@desk.localhost")
        answers = []
        # Which of the two has the place is the scheduler's affair; that one of them has it is ours.
        answers.append(second.ask(b"y" * 300_000 + b"\r\n."))
        answers.append(first.ask(b"\r\n."))
    assert sorted(answer[:3] for answer in answers) in (["250", "452"], ["250", "250"])


def test_more_than_a_hundred_recipients_are_asked_to_come_in_another_mail(port: int) -> None:
    with wire(port) as client:
        client.ask(b"MAIL FROM:<ada@balie.example>")
        answers = [client.ask(f"RCPT TO:<it+{number}@desk.localhost>".encode()) for number in range(101)]
        assert answers[99].startswith("250")
        assert answers[100].startswith("452 4.5.3")
        client.ask(b"DATA")
        assert client.ask(mail() + b".").startswith("250")


def test_too_many_errors_end_the_conversation(port: int) -> None:
    with wire(port) as client:
        client.ask(b"MAIL FROM:<ada@balie.example>")
        answers = [client.ask(f"RCPT TO:<guess{number}@desk.localhost>".encode()) for number in range(20)]
        assert all(answer.startswith("550") for answer in answers)
        assert client.answer().startswith("421 4.7.0")
        assert client.answer() == ""


@pytest.mark.parametrize(
    "junk",
    [
        b"HELO \xff\xfe\x00",
        b"EHLO " + b"\x01" * 400,
        b"MAIL FROM:<\xff@x>",
        b"MAIL FROM:<a@b\r",
        b"MAIL FROM:" + b"(" * 480,
        b"VRFY \xff",
        b"HELP \xff",
        b"\x00\x00",
    ],
)
def test_junk_is_answered_and_does_no_harm(port: int, junk: bytes) -> None:
    with wire(port) as client:
        assert client.ask(junk)[:1] in "25"
        client.ask(b"EHLO again")
        client.ask(b"RSET")
        client.begin_mail(b"it@desk.localhost")
        assert client.ask(mail() + b".").startswith("250")


def test_what_a_client_calls_itself_is_stored_without_tricks(port: int) -> None:
    with wire(port) as client:
        client.ask(b"HELO evil\x00\x1b[31m\xc3\xa9")
        client.begin_mail(b"it@desk.localhost")
        client.ask(mail() + b".")
    assert Arrival.objects.get().envelope["helo"] == "evil??[31mé"


def test_nobody_is_asked_to_sign_in(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert all(client.has_extn(name) for name in ("size", "8bitmime", "smtputf8", "pipelining"))
        assert client.docmd("AUTH PLAIN AAA")[0] == 502


def test_international_addresses_are_taken(port: int) -> None:
    with wire(port) as client:
        assert client.ask("MAIL FROM:<jürgen@bücher.example> SMTPUTF8 BODY=8BITMIME".encode()).startswith("250")
        assert client.ask(b"RCPT TO:<it@desk.localhost>").startswith("250")
        assert client.ask(b"DATA").startswith("354")
        assert client.ask(mail() + b".").startswith("250")
    assert Arrival.objects.get().envelope["mail_from"] == "jürgen@bücher.example"


def test_mail_that_goes_in_circles_is_refused(port: int) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        send(port, mail(more="Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0100\r\n" * 51))
    assert refusal.value.smtp_code == 554
    send(port, mail(more="Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0100\r\n" * 50))
    send(port, mail(body="Received: by us\r\n" * 60))
    assert Arrival.objects.count() == 2


def test_a_client_that_says_nothing_is_sent_away() -> None:
    with OpenDoor(Limits(idle=0.2)) as opened, wire(opened.port) as client:
        assert client.answer().startswith("421 4.4.2")
        assert client.answer() == ""


def test_a_client_that_dawdles_over_a_mail_is_sent_away() -> None:
    with OpenDoor(Limits(letter=0.3)) as opened, wire(opened.port) as client:
        client.begin_mail(b"it@desk.localhost")
        client.send(b"From: ")
        assert client.answer().startswith("421 4.4.2")
    assert not Arrival.objects.exists()


def test_only_so_many_clients_come_in_and_the_next_may_when_one_leaves() -> None:
    with OpenDoor(Limits(connections=2)) as opened, wire(opened.port) as first, wire(opened.port):
        with pytest.raises(smtplib.SMTPConnectError) as refusal:
            smtplib.SMTP("127.0.0.1", opened.port)
        assert refusal.value.smtp_code == 421
        assert first.ask(b"QUIT").startswith("221")
        assert first.answer() == ""
        send(opened.port, mail())


def test_the_connection_can_be_sealed(tmp_path: object, settings: object) -> None:
    context = certificate.context(certificate=None, key=None, data=settings.BALIE.data, domain="desk.localhost")  # type: ignore[attr-defined]  # pytest-django's wrapper
    trusting = ssl.create_default_context(cafile=str(settings.BALIE.data / "tls" / "smtp.pem"))  # type: ignore[attr-defined]  # the same
    with OpenDoor(tls=context) as opened, smtplib.SMTP("127.0.0.1", opened.port) as client:
        client._host = "desk.localhost"  # type: ignore[attr-defined]  # the name that the certificate is for
        client.starttls(context=trusting)
        client.sendmail("ada@balie.example", ["it@desk.localhost"], mail())
    assert Arrival.objects.get().envelope["tls"].startswith("TLSv1")


def test_what_was_said_before_the_connection_is_sealed_is_forgotten(settings: object) -> None:
    context = certificate.context(certificate=None, key=None, data=settings.BALIE.data, domain="desk.localhost")  # type: ignore[attr-defined]  # pytest-django's wrapper
    with OpenDoor(tls=context) as opened, wire(opened.port) as client:
        client.send(b"STARTTLS\r\nMAIL FROM:<injected@balie.example>\r\n")
        assert client.answer().startswith("220")
        anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
        client._socket = anyone.wrap_socket(client._socket)
        client._lines = client._socket.makefile("rb")
        assert client.ask(b"EHLO test").startswith("250")
        assert client.ask(b"RCPT TO:<it@desk.localhost>").startswith("503")


def test_the_end_waits_for_a_mail_on_its_way_and_lets_nobody_in() -> None:
    with OpenDoor() as opened, wire(opened.port) as idle, wire(opened.port) as busy:
        busy.begin_mail(b"it@desk.localhost")
        closing = threading.Thread(target=opened.close)
        closing.start()
        assert idle.answer().startswith("421")
        assert busy.ask(mail() + b".").startswith("250")
        assert busy.answer().startswith("421")
        closing.join(10)
        assert not closing.is_alive()
    assert Arrival.objects.count() == 1


def test_no_mail_is_refused_for_good_while_the_database_is_away(port: int) -> None:
    send(port, mail("before"))
    with wire(port) as waiting, wire(port) as client:
        waiting.begin_mail(b"it@desk.localhost")
        with database_away():
            assert waiting.ask(mail("during") + b".").startswith("451 4.3.0")
            client.ask(b"MAIL FROM:<ada@balie.example>")
            until(lambda: client.ask(b"RCPT TO:<nobody@desk.localhost>").startswith("451"))
            assert client.ask(b"RCPT TO:<it@desk.localhost>").startswith("250")
    send(port, mail("during"))
    assert Arrival.objects.count() == 2
