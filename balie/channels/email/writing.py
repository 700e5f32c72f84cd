"""Writes a letter down as a mail: text and HTML, in the reader's language and time, with headers that keep the thread."""

import re
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline
from django.template.loader import render_to_string
from django.utils import timezone, translation

from balie.channels.email import filenames, quoting_back
from balie.channels.email.automatic import OUR_MARK
from balie.channels.email.header_lines import POLICY, mailbox, subject_line
from balie.channels.email.letters import Enclosure, Letter
from balie.platform import files
from balie.platform.characters import clean_text
from balie.platform.text import safe

_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
# What may stand in a References field: other ids are folded and encoded by each program in its own way.
_PLAIN_ID = re.compile(r"(?!.*=\?)[\x21-\x3b\x3d\x3f-\x7e]{3,250}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
# Containers of mail must not travel in base64 (RFC 2046, 5.2.1): they go along as plain files.
_CONTAINERS = ("message/", "multipart/")
_NEWEST_IDS = 10


def write(letter: Letter) -> EmailMessage:
    """The mail, with everything in it. Reads the kept files of its enclosures; raises `files.NotKept`."""
    mail = EmailMessage(policy=POLICY)
    _address(mail, letter)
    with translation.override(letter.reader.language), timezone.override(letter.reader.zone):
        facts = {
            **letter.facts,
            "letter": letter,
            "language": letter.reader.language,
            "organisation": letter.organisation,
            **_history(letter),
        }
        text = render_to_string(f"channels_email/{letter.template}.txt", facts)
        html = render_to_string(f"channels_email/{letter.template}.html", facts)
    mail.set_content(_tidy(text))
    mail.add_alternative(_INLINER.inline(html), subtype="html")
    pictures = [one for one in letter.enclosures if one.content_id]
    for picture in pictures:
        _page_of(mail).add_related(
            _content(picture),
            *_type(picture),
            cid=f"<{picture.content_id}>",
            filename=_name(picture),
            disposition="inline",
        )
    for enclosure in letter.enclosures:
        if not enclosure.content_id:
            mail.add_attachment(_content(enclosure), *_type(enclosure), filename=_name(enclosure))
    mail["Content-Language"] = letter.reader.language
    return mail


def thread_of(ids: list[str]) -> tuple[str, ...]:
    """The References of an answer: the first id of the thread and its newest ten, so that the field stays short."""
    plain = [one for one in dict.fromkeys(ids) if _PLAIN_ID.fullmatch(one)]
    return tuple(plain if len(plain) <= _NEWEST_IDS + 1 else [plain[0], *plain[-_NEWEST_IDS:]])


def _history(letter: Letter) -> dict[str, str]:
    if letter.quoted is None:
        return {}
    return {
        "quoted_text": quoting_back.as_text(letter.quoted),
        "quoted_html": safe(quoting_back.as_html(letter.quoted)),
    }


def _address(mail: EmailMessage, letter: Letter) -> None:
    mail["From"] = mailbox(letter.sender.name, letter.sender.address)
    mail["To"] = mailbox(letter.reader.name, letter.reader.address)
    if letter.reply_to:
        mail["Reply-To"] = mailbox(letter.sender.name, letter.reply_to)
    mail["Subject"] = subject_line(letter.subject)
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = f"<{letter.message_id}>"
    if letter.thread:
        mail["In-Reply-To"] = f"<{letter.thread[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in letter.thread)
    if letter.automatic:
        mail["Auto-Submitted"] = letter.automatic.value
        mail["X-Auto-Response-Suppress"] = "All"  # Exchange (MS-OXCMAIL, 2.2.3.2.14)
    mail[OUR_MARK] = letter.message_id


def _page_of(mail: EmailMessage) -> EmailMessage:
    """The HTML part, which pictures are related to."""
    part = mail.get_body(preferencelist=("related", "html"))
    assert isinstance(part, EmailMessage)  # it has just been added
    return part


def _content(enclosure: Enclosure) -> bytes:
    with files.open_kept(enclosure.sha256) as kept:
        return kept.read()


def _type(enclosure: Enclosure) -> tuple[str, str]:
    media_type = enclosure.media_type.lower()
    if not _MEDIA_TYPE.fullmatch(media_type) or media_type.startswith(_CONTAINERS):
        media_type = "application/octet-stream"
    main, _slash, sub = media_type.partition("/")
    return main, sub


def _name(enclosure: Enclosure) -> str:
    return filenames.harmless(enclosure.name) or filenames.default(enclosure.media_type)


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", clean_text(text)).strip() + "\n"
