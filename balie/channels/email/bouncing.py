"""Delivery reports: which recipient a mail of ours did not reach, for good or for now (RFC 3464, and those before it)."""

import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from balie.channels.email.addresses import clean_address, speakers
from balie.channels.email.headers import message_ids, raw_field, text
from balie.channels.email.mime import Parts
from balie.channels.said import Bounced

MOST_RECIPIENTS = 100
LONGEST_REASON = 500
_READ_AT_MOST = 50_000

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.#:])([45])\d\d(?:[ -]|\b)(?!\d)")
_GROUPS = re.compile(rb"\r?\n[ \t]*(?:\r?\n)+")
_ID_FIELD = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_QMAIL_RECIPIENT = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:?\s*$\n(?P<reason>(?:(?!^<|^---).+\n?)*)", re.MULTILINE)
_POSTFIX_RECIPIENT = re.compile(
    r"^<([^<>\s]+@[^<>\s]+)>(?: \(expanded from [^)]*\))?: (?P<reason>(?:.+\n?)*)", re.MULTILINE
)
_EXIM_RECIPIENT = re.compile(r"^ {2}(\S+@\S+)\n(?P<reason>(?: {3,}.+\n?)+)", re.MULTILINE)
_ANY_RECIPIENT = re.compile(r"[A-Za-z0-9_.+%'=-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z0-9-]{2,60}")
_FOR_NOW = re.compile(
    r"\b(?:delayed|will (?:be )?retr(?:y|ied)|still (?:being )?(?:tr|attempt)|temporar(?:y|ily)|try again"
    r"|deferred|warning message|"
    r"verzögert|vertraagd|retardé|retrasad|ritardat)",
    re.IGNORECASE,
)


def bounced(mail: Message, parts: Parts) -> tuple[Bounced, ...]:
    """One for each recipient that the report names as not reached; none when it says that all went well."""
    message_id = _original_id(mail, parts)
    written = "\n".join(parts.plain)[:_READ_AT_MOST]
    if parts.reports:
        reported = [found for report in parts.reports for found in _from_report(report, message_id=message_id)]
        if reported:
            return tuple(reported[:MOST_RECIPIENTS])
        if any(b"action" in report.lower() for report in parts.reports):
            return ()
    return tuple(_from_words(mail, written, message_id=message_id)[:MOST_RECIPIENTS])


def _from_report(report: bytes, *, message_id: str) -> list[Bounced]:
    found = []
    for group in _GROUPS.split(report[:200_000].strip()):
        fields = BytesHeaderParser(policy=compat32).parsebytes(group.lstrip() + b"\n\n")
        recipient = raw_field(fields, "final-recipient") or raw_field(fields, "original-recipient")
        action = raw_field(fields, "action").strip().lower()
        # RFC 3464, 2.3.3: delivered, relayed and expanded are no failures.
        if not recipient or action not in ("failed", "delayed", ""):
            continue
        original = raw_field(fields, "original-recipient") or recipient
        address = _typed_address(original) or _typed_address(recipient)
        status = _STATUS.search(raw_field(fields, "status"))
        diagnosis = text(raw_field(fields, "diagnostic-code")).partition(";")
        reason = (diagnosis[2] or diagnosis[0]).strip()
        found.append(
            Bounced(
                address=address,
                message_id=message_id,
                is_permanent=action != "delayed" and not (status is not None and status[1] == "4"),
                status=status[0] if status else "",
                reason=reason[:LONGEST_REASON],
            )
        )
    return found


def _typed_address(value: str) -> str:
    """ "rfc822; ada@balie.example"; Exchange also writes "rfc822;<ada@balie.example>"."""
    return clean_address(value.partition(";")[2].strip() or value)


def _original_id(mail: Message, parts: Parts) -> str:
    """The Message-ID of the mail that was not delivered: from its returned header, from what is quoted of it, or from what
    the report says that it answers."""
    for returned in [*parts.originals, *parts.returned_headers]:
        head = BytesHeaderParser(policy=compat32).parsebytes(returned[:_READ_AT_MOST].lstrip())
        if ids := message_ids(raw_field(head, "message-id")):
            return ids[0]
    for written in [*parts.plain, *parts.html]:
        if quoted := _ID_FIELD.search(written[:_READ_AT_MOST]):
            return quoted[1].strip("<>")
    answered = message_ids(raw_field(mail, "in-reply-to")) or message_ids(raw_field(mail, "references"))
    return answered[-1] if answered else ""


def _from_words(mail: Message, written: str, *, message_id: str) -> list[Bounced]:
    """Reports in words only: qmail (QSBMF), Postfix, Exim, and Exchange, whose words are in every language."""
    above, _, _ = written.partition("\nReceived: ")
    for pattern in (_POSTFIX_RECIPIENT, _QMAIL_RECIPIENT, _EXIM_RECIPIENT):
        found = [_reason(match[1], match["reason"], above, message_id=message_id) for match in pattern.finditer(above)]
        if found:
            return found
    failed = speakers([raw_field(mail, "x-failed-recipients")])
    sender = {speaker.address for speaker in speakers([raw_field(mail, "from"), raw_field(mail, "to")])}
    named = [speaker.address for speaker in failed] or [
        address
        for address in dict.fromkeys(found.lower() for found in _ANY_RECIPIENT.findall(above))
        if address not in sender and address != message_id.lower()
    ][:1]
    return [_reason(address, "", above, message_id=message_id) for address in named]


def _reason(address: str, reason: str, written: str, *, message_id: str) -> Bounced:
    reason = " ".join(reason.split())
    status = _STATUS.search(reason) or _STATUS.search(written)
    code = _CODE.search(reason) or _CODE.search(written)
    kind = status[1] if status else code[1] if code else "4" if _FOR_NOW.search(f"{reason} {written[:1_000]}") else "5"
    return Bounced(
        address=clean_address(address),
        message_id=message_id,
        is_permanent=kind == "5",
        status=status[0] if status else "",
        reason=reason[:LONGEST_REASON],
    )
