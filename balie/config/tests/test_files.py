"""Files from outside: who gets them, and what a browser may do with them."""

import pytest
from django.test import Client

from balie.config.tests.cast import Cast
from balie.platform import files
from balie.tickets.models import Attachment, Message, Ticket
from balie.tickets.words import KeptFile, Words

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def sent(cast: Cast, content: bytes, name: str, media_type: str) -> Message:
    kept = files.keep(content)
    file = KeptFile(name=name, media_type=media_type, sha256=kept.sha256, size=kept.size)
    ticket = Ticket.open(
        team=cast.it, requester=cast.ada, subject="File", words=Words.from_text("See", files=(file,)), channel="email"
    )
    return ticket.messages.get()


def address(file: Attachment) -> str:
    return f"/files/{file.pk}/{file.name}"


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (SVG, "a.svg", "image/svg+xml"),
        (b"<script>alert(1)</script>", "a.html", "text/html"),
        (SVG, "a.png", "image/png"),
        (b"", "empty", "image/png"),
    ],
)
def test_what_could_act_is_only_ever_saved(
    client: Client, cast: Cast, content: bytes, name: str, media_type: str
) -> None:
    file = sent(cast, content, name, media_type).attachments.get()
    client.force_login(cast.ben)
    response = client.get(address(file))
    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_picture_is_shown_by_what_it_is(client: Client, cast: Cast) -> None:
    file = sent(cast, PNG, "scherm ä.bin", "text/html").attachments.get()
    client.force_login(cast.ada)
    response = client.get(address(file))
    assert b"".join(response.streaming_content) == PNG
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("name", ["dov", "cleo"])
def test_whoever_may_not_read_the_message_gets_no_file(client: Client, cast: Cast, name: str) -> None:
    file = sent(cast, PNG, "a.png", "image/png").attachments.get()
    client.force_login(getattr(cast, name))
    assert client.get(address(file)).status_code == 404


def test_the_requester_gets_no_file_of_a_note(client: Client, cast: Cast) -> None:
    kept = files.keep(b"secret")
    message = sent(cast, PNG, "a.png", "image/png")
    words = Words.from_text(
        "note", files=(KeptFile(name="s.txt", media_type="text/plain", sha256=kept.sha256, size=kept.size),)
    )
    note = message.ticket.note(by=cast.ben, words=words)
    client.force_login(cast.ada)
    assert client.get(address(note.attachments.get())).status_code == 404


def test_a_stranger_is_sent_to_sign_in(client: Client, cast: Cast) -> None:
    file = sent(cast, PNG, "a.png", "image/png").attachments.get()
    assert client.get(address(file)).status_code == 302
