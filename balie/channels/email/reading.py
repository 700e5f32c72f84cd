"""A raw mail, understood: who says what to whom. Pure: no network, no database, and no bytes make it raise."""

from dataclasses import replace
from email.message import Message

from balie.channels.email import bouncing, forwarding, mime, note_mark
from balie.channels.email.addresses import speakers
from balie.channels.email.automatic import automatic
from balie.channels.email.bodies import Bodies, bodies_of
from balie.channels.email.faults import Fault
from balie.channels.email.headers import date, field, has_injection, message_ids, raw_field, raw_fields, subject
from balie.channels.email.language import language_of
from balie.channels.email.phrases import is_forward_subject
from balie.channels.said import Automatic, Enclosed, Forwarded, Said, Speaker

MOST_FAULTS = 20


def read(raw: bytes, *, envelope_from: str | None = None) -> Said:
    """What the mail says. What is wrong with it is named in `faults`, and what cannot be taken apart is kept as a file.

    `external_id` and `answers` are Message-IDs without angle brackets. `envelope_from` is the sender of the SMTP dialogue:
    "" for the null sender, None when it is not known.
    """
    try:
        return _read(raw, envelope_from=envelope_from)
    except Exception:  # the last net: a mail that breaks our own code is kept whole and shown, not lost
        return _whole(raw)


def _read(raw: bytes, *, envelope_from: str | None) -> Said:
    mail, parts = mime.parse(raw)
    about = subject(mail)
    answers = _answers(mail)
    bodies = bodies_of(parts)
    written_by = automatic(mail, subject=about, envelope_from=envelope_from, text=bodies.text)
    bounces = bouncing.bounced(mail, parts) if written_by is Automatic.BOUNCE else ()
    is_note, text, html = note_mark.taken_off(bodies.text, bodies.html)
    by, header_faults = _by(mail)
    said_at, date_fault = date(raw_field(mail, "date"))
    ids = [one for value in raw_fields(mail, "message-id") for one in message_ids(value)]
    faults = [*header_faults, date_fault, *_id_faults(ids), *_injections(mail), *parts.faults, *bodies.faults]
    return Said(
        external_id=ids[0] if ids else "",
        by=by,
        subject=about,
        text=text,
        html=html,
        folded_html=bodies.folded_html,
        to=speakers(raw_fields(mail, "to")),
        copies=speakers(raw_fields(mail, "cc")),
        said_at=said_at,
        answers=answers,
        enclosed=_enclosed(parts.enclosed, html + bodies.folded_html),
        automatic=written_by,
        bounced=bounces,
        forwarded=None if written_by is not None else _forwarded(mail, parts, bodies, about=about),
        is_note=is_note,
        language=language_of(text),
        faults=tuple(dict.fromkeys(fault.value for fault in faults if fault))[:MOST_FAULTS],
    )


def _whole(raw: bytes) -> Said:
    enclosed = Enclosed(name="mail.eml", media_type="message/rfc822", content=raw)
    return Said(
        external_id="", by=Speaker(address=""), subject="", text="", html="", enclosed=(enclosed,),
        faults=(Fault.MIME_BROKEN.value,),
    )  # fmt: skip


def _by(mail: Message) -> tuple[Speaker, list[Fault]]:
    """Who writes. Of several, Sender says which (RFC 5322, 3.6.2), if it is one of them; else the first."""
    named = speakers(raw_fields(mail, "from"))
    if not named:
        sender = speakers(raw_fields(mail, "sender"))
        return (sender[0] if sender else Speaker(address="")), [Fault.FROM_MISSING]
    if len(named) == 1:
        return named[0], []
    sent_by = {speaker.address for speaker in speakers(raw_fields(mail, "sender"))}
    return next((speaker for speaker in named if speaker.address in sent_by), named[0]), [Fault.FROM_SEVERAL]


def _answers(mail: Message) -> tuple[str, ...]:
    """The ids of earlier mails, nearest first: In-Reply-To, then References from its end."""
    nearest = message_ids(raw_field(mail, "in-reply-to"))
    earlier = message_ids(raw_field(mail, "references"))
    return tuple(dict.fromkeys([*nearest, *reversed(earlier)]))


def _id_faults(ids: list[str]) -> list[Fault]:
    if not ids:
        return [Fault.MESSAGE_ID_MISSING]
    return [Fault.MESSAGE_ID_SEVERAL] if len(set(ids)) > 1 else []


def _injections(mail: Message) -> list[Fault]:
    names = ("subject", "from", "to", "cc", "reply-to")
    return [Fault.HEADER_INJECTION] if any(has_injection(raw_field(mail, name)) for name in names) else []


def _enclosed(files: list[Enclosed], html: str) -> tuple[Enclosed, ...]:
    """The files; those that the cleaned text shows in place say so."""
    return tuple(
        replace(file, is_inline=True) if file.content_id and f'data-cid="{file.content_id}"' in html else file
        for file in files
    )


def _forwarded(mail: Message, parts: mime.Parts, bodies: Bodies, *, about: str) -> Forwarded | None:
    is_answer = bool(field(mail, "in-reply-to")) and not is_forward_subject(about)
    found = forwarding.forwarded_in(bodies.whole_text, subject=about, is_answer=is_answer)
    if found is None and len(parts.originals) == 1 and (is_forward_subject(about) or not bodies.text.strip()):
        found = forwarding.forwarded_mail(parts.originals[0], remark=bodies.text, read=read)
    return found
