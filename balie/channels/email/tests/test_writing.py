"""Letters written down as mails, and read back by the standard library."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from balie.channels.email import writing
from balie.channels.email.header_lines import POLICY, mailbox, subject_line
from balie.channels.email.letters import Automatic, Enclosure, Letter, Party, Quoted, Reader
from balie.platform import files
from balie.platform.languages import CODES
from balie.platform.text import safe

SAID = "<p>Which laptop is it?</p>"


def letter(*, language: str = "en", **changes: Any) -> Letter:
    reader = Reader(
        name="Ada Vermeer", address="ada@balie.example", language=language, zone=ZoneInfo("Europe/Amsterdam")
    )
    facts = {
        "said_html": safe(SAID), "said_text": "Which laptop is it?", "number": "12", "team": "IT", "is_resolved": False,
    }  # fmt: skip
    return Letter(
        **{
            "message_id": "d7.abc@desk.localhost",
            "written_at": datetime(2026, 11, 3, 9, 12, tzinfo=UTC),
            "sender": Party(name="Ben Jansen (IT)", address="it@desk.localhost"),
            "reader": reader,
            "subject": "Re: Laptop",
            "template": "reply",
            "facts": facts,
            "organisation": "Balie Example",
            "reply_to": "it+r12-3-abcdefghijklmnop@desk.localhost",
            **changes,
        }
    )


def sent(one: Letter) -> EmailMessage:
    """What the other side reads."""
    raw = writing.write(one).as_bytes()
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    read = cast("EmailMessage", message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default))
    assert not read.defects
    return read


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    assert part
    return str(part.get_content())


def test_a_reply_comes_from_the_person_and_goes_back_to_the_signed_address() -> None:
    mail = sent(letter())
    assert mail["From"] == '"Ben Jansen (IT)" <it@desk.localhost>'
    assert mail["To"] == "Ada Vermeer <ada@balie.example>"
    assert mail["Reply-To"].addresses[0].addr_spec == "it+r12-3-abcdefghijklmnop@desk.localhost"
    assert mail["Subject"] == "Re: Laptop"
    assert mail["Message-ID"] == "<d7.abc@desk.localhost>"
    assert mail["X-Balie-Id"] == "d7.abc@desk.localhost"
    assert mail["Date"].datetime == datetime(2026, 11, 3, 9, 12, tzinfo=UTC)


def test_only_what_no_person_wrote_says_so() -> None:
    reply, notice = sent(letter()), sent(letter(automatic=Automatic.NOTICE))
    assert reply["Auto-Submitted"] is None
    assert reply["X-Auto-Response-Suppress"] is None
    assert notice["Auto-Submitted"] == "auto-generated"
    assert notice["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize("language", sorted(CODES))
def test_a_reply_has_text_and_html_in_every_language(language: str) -> None:
    quoted = Quoted(name="Ada Vermeer", said_at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC), text="It is slow.\n\nVery.")
    mail = sent(letter(language=language, quoted=quoted, page="https://desk.example.com/my/requests/12"))
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Content-Language"] == language
    text, html = body(mail, "plain"), body(mail, "html")
    assert "Which laptop is it?" in text
    assert "> It is slow.\n>\n> Very." in text
    assert "https://desk.example.com/my/requests/12" in text
    assert SAID in html
    assert f'<html lang="{language}">' in html
    assert re.search(r'<blockquote [^>]*type="cite"', html)
    # 23:30 in UTC is half past midnight of the next day in Amsterdam.
    assert re.search(r"3\b.*2026|2026.*\b3\b", next(line for line in text.split("\n") if "Ada Vermeer" in line))


def test_styles_stand_at_each_element_for_programs_that_drop_the_head() -> None:
    html = body(sent(letter()), "html")
    assert re.search(r'<td class="said" style="[^"]*padding: 16px', html)
    assert "prefers-color-scheme" in html
    assert "<script" not in html
    assert 'src="http' not in html


def test_a_resolved_request_says_that_an_answer_opens_it_again() -> None:
    resolved = letter()
    resolved = letter(facts={**resolved.facts, "is_resolved": True})
    assert "it is opened again" in body(sent(resolved), "plain")
    assert "it is opened again" not in body(sent(letter()), "plain")


def test_a_thread_is_its_first_id_and_its_newest_ten() -> None:
    ids = [f"{number}@outlook.example" for number in range(40)]
    thread = writing.thread_of(ids)
    assert thread == ("0@outlook.example", *[f"{number}@outlook.example" for number in range(30, 40)])
    mail = sent(letter(thread=thread))
    assert mail["In-Reply-To"] == "<39@outlook.example>"
    assert str(mail["References"]).split() == [f"<{one}>" for one in thread]


def test_ids_as_long_as_outlooks_are_never_encoded() -> None:
    ids = [f"{str(number) * 200}@eurprd01.prod.outlook.example" for number in range(9)]
    raw = writing.write(letter(thread=writing.thread_of(ids))).as_bytes()
    assert all(f" <{one}>\r\n".encode() in raw for one in ids)


@pytest.mark.parametrize("hostile", ["a b@x", "a>\r\nBcc: x@y", "<x@y>", "é@x", "=?utf-8?q?x?=@y", "x" * 300 + "@y"])
def test_ids_that_would_break_the_field_are_left_out(hostile: str) -> None:
    assert writing.thread_of([hostile, "good@x"]) == ("good@x",)


HOSTILE = [
    "Hello\r\nBcc: everyone@example.com",
    "Hello\nX-Evil: 1\n\n<script>alert(1)</script>",
    "\u202egnp.exe",
    "x" * 1000,
    "👩‍👩‍👧‍👦 " * 60,
    "=?utf-8?q?=0D=0ABcc:_x@y.example?=",
    "",
    '"Ceo" <ceo@bank.example>, ',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_subjects_and_names_are_harmless(hostile: str) -> None:
    mail = sent(letter(subject=f"Re: {hostile}", sender=Party(name=hostile, address="it@desk.localhost")))
    assert set(mail.keys()) == set(sent(letter()).keys())
    assert [one.addr_spec for one in mail["From"].addresses] == ["it@desk.localhost"]
    assert "@" not in mail["From"].addresses[0].display_name
    assert "\u202e" not in str(mail["Subject"])
    assert len(str(mail["Subject"])) <= 200


@given(st.text(max_size=300))
@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_subject_and_name_is_read_back_as_it_was_meant(words: str) -> None:
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = subject_line(words)
    mail["From"] = mailbox(words, "it@desk.localhost")
    mail.set_content("x")
    read = message_from_bytes(mail.as_bytes())
    ((name, address),) = getaddresses([read["From"]])
    assert address == "it@desk.localhost"
    assert str(make_header(decode_header(name))) == mail["From"].addresses[0].display_name
    assert str(make_header(decode_header(read["Subject"]))) == subject_line(words)
    assert max(len(line) for line in mail.as_bytes().split(b"\r\n")) <= 998


def test_html_is_not_written_by_names_and_subjects() -> None:
    facts = {**letter().facts, "team": "<i>T</i>"}
    mail = sent(letter(subject="<img src=x onerror=alert(1)>", organisation="<b>Evil</b>", facts=facts))
    html = body(mail, "html")
    assert "<img" not in html
    assert "<i>T</i>" not in html


def enclosure(content: bytes, **facts: Any) -> Enclosure:
    kept = files.keep(content)
    plain = {"name": "file.bin", "media_type": "application/octet-stream", "sha256": kept.sha256, "size": kept.size}
    return Enclosure(**{**plain, **facts})


def test_files_go_along_and_pictures_stand_where_the_text_names_them() -> None:
    picture = enclosure(b"\x89PNG", name="shot.png", media_type="image/png", content_id="a1@desk.localhost")
    invoice = enclosure(b"%PDF", name="Rechnung März 2026 – ключ.pdf", media_type="application/pdf")
    shown = safe('<p>See <img src="cid:a1@desk.localhost"></p>')
    mail = sent(letter(enclosures=(invoice, picture), facts={**letter().facts, "said_html": shown}))
    assert mail.get_content_type() == "multipart/mixed"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "Rechnung März 2026 – ключ.pdf"
    assert attached.get_content() == b"%PDF"
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    html, inline = related.iter_parts()
    assert 'src="cid:a1@desk.localhost"' in html.get_content()
    assert inline["Content-ID"] == "<a1@desk.localhost>"
    assert inline.get_content_disposition() == "inline"
    assert mail.get_body(preferencelist=("plain",)) is not None


@pytest.mark.parametrize("media_type", ["message/rfc822", "multipart/mixed", "text/html\r\nX-Evil: 1", "nonsense", ""])
def test_files_of_odd_types_go_along_as_plain_files(media_type: str) -> None:
    mail = sent(letter(enclosures=(enclosure(b"From: x", name="../../x\r\n.eml", media_type=media_type),)))
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_payload(decode=True) == b"From: x"
    assert attached.get_filename() is not None
    assert "/" not in str(attached.get_filename())


def test_files_that_are_too_large_are_named_with_a_link() -> None:
    large = Enclosure(name="film.mp4", media_type="video/mp4", size=50_000_000, sha256="0" * 64)
    mail = sent(letter(left_out=(large,), page="https://desk.example.com/my/requests/12"))
    assert "film.mp4 (47.7\xa0MB)" in body(mail, "plain")
    assert "film.mp4" in body(mail, "html")


def test_long_lines_of_a_message_stay_within_the_limit_of_smtp() -> None:
    long = "word " * 20_000
    mail = sent(letter(facts={**letter().facts, "said_text": long, "said_html": safe(f"<p>{long}</p>")}))
    assert long.strip() in body(mail, "plain")
