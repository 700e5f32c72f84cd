"""The parts of a mail (MIME, RFC 2045 to 2049, 2183, 2231, 2387): its bodies as text, and its files as bytes."""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message
from email.parser import BytesFeedParser, BytesHeaderParser
from email.policy import compat32
from io import BytesIO

from balie.channels.email import filenames
from balie.channels.email.charsets import decode
from balie.channels.email.faults import Fault
from balie.channels.email.flowed import unflowed
from balie.channels.email.headers import mended_bytes
from balie.channels.email.winmail import opened
from balie.channels.said import Enclosed

MOST_PARTS = 2_000
DEEPEST = 60
LONGEST_BODY = 1_000_000

# The parser recurses into parts; a mail of this many boundaries is read by its headers only.
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_MOST_BOUNDARIES = 150
_PIECE = 64 * 1024
_WINMAIL = {"application/ms-tnef", "application/vnd.ms-tnef"}
_ENCRYPTED = {"multipart/encrypted"}
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\-_]+")


@dataclass
class Parts:
    """What a mail holds. `originals` are mails within the mail and `reports` its delivery reports, as they stand in it."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    calendars: list[bytes] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)
    originals: list[bytes] = field(default_factory=list)
    reports: list[bytes] = field(default_factory=list)
    returned_headers: list[bytes] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: int = 0


def parse(raw: bytes) -> tuple[Message, Parts]:
    """The mail and its parts. Never raises: what cannot be taken apart is kept whole, as a file."""
    parts = Parts()
    try:
        # Cut off early, as the parser recurses for each level.
        if raw.count(b"\n--") > 0 and len(_BOUNDARY.findall(raw)) > _MOST_BOUNDARIES:
            raise RecursionError
        mail = _fed(raw)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError, IndexError):
        return _headers_only(raw)
    try:
        _walk(mail, parts, depth=0)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError, IndexError):
        parts.faults.append(Fault.MIME_BROKEN)
        parts.enclosed.append(_whole(raw))
    return mail, parts


def _fed(raw: bytes) -> Message:
    """The mail, parsed piece by piece: `BytesParser` would hold it as text of four bytes a letter."""
    parser = BytesFeedParser(policy=compat32)
    for start in range(0, len(raw), _PIECE):
        parser.feed(raw[start : start + _PIECE])
    return parser.close()


def _headers_only(raw: bytes) -> tuple[Message, Parts]:
    head = raw[:200_000].split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    try:
        mail: Message = BytesHeaderParser(policy=compat32).parsebytes(head)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError, IndexError):
        mail = Message()
    return mail, Parts(enclosed=[_whole(raw)], faults=[Fault.TOO_DEEP, Fault.HEADERS_ONLY])


def _whole(raw: bytes) -> Enclosed:
    return Enclosed(name="mail.eml", media_type="message/rfc822", content=raw)


def _walk(part: Message, parts: Parts, *, depth: int) -> None:
    parts.seen += 1
    if parts.seen > MOST_PARTS:
        if Fault.TOO_MANY_PARTS not in parts.faults:
            parts.faults.append(Fault.TOO_MANY_PARTS)
        return
    kind = media_type(part)
    if part.defects and depth == 0:
        parts.faults.append(Fault.MIME_BROKEN)
    if kind == "message/rfc822" or kind == "message/global":
        _keep_original(part, parts)
    elif kind.startswith("message/") and part.is_multipart():
        _keep_report(part, kind, parts)
    elif part.is_multipart():
        if depth >= DEEPEST:
            parts.faults.append(Fault.TOO_DEEP)
            parts.enclosed.append(Enclosed(name="part.eml", media_type="message/rfc822", content=_bytes_of(part)))
        elif kind == "multipart/alternative":
            _walk_alternatives(part, parts, depth=depth)
        else:
            if kind in _ENCRYPTED:
                parts.faults.append(Fault.ENCRYPTED)
            for child in part.get_payload():
                if isinstance(child, Message):
                    _walk(child, parts, depth=depth + 1)
    else:
        _keep_leaf(part, kind, parts)


def _walk_alternatives(part: Message, parts: Parts, *, depth: int) -> None:
    """Several forms of one thing: the first plain one and the last HTML one are the text; files and calendars are kept."""
    within = Parts(seen=parts.seen)
    for child in part.get_payload():
        if isinstance(child, Message):
            _walk(child, within, depth=depth + 1)
    parts.seen = within.seen
    # Two forms beside each other, so a plain one that is missing is filled up by HTML and the other way round.
    plain = [text for text in within.plain if text.strip()]
    html = [text for text in within.html if text.strip()]
    parts.plain += plain
    parts.html += html or ([""] if plain and parts.html else [])
    parts.calendars += within.calendars
    parts.enclosed += within.enclosed
    parts.originals += within.originals
    parts.reports += within.reports
    parts.returned_headers += within.returned_headers
    parts.faults += within.faults


def _keep_leaf(part: Message, kind: str, parts: Parts) -> None:
    name = filenames.of(part)
    disposition = str(part.get("content-disposition", "")).partition(";")[0].strip().lower()
    content, fault = content_of(part)
    if fault:
        parts.faults.append(fault)
    if kind in ("text/plain", "text/html") and disposition != "attachment" and not _is_file(name, parts):
        _keep_body(part, kind, content, parts)
        return
    if kind in ("text/rfc822-headers", "message/rfc822-headers"):
        parts.returned_headers.append(content)
    if kind == "message/delivery-status":
        parts.reports.append(content)
    if kind == "text/calendar" or (kind == "application/ics" and b"BEGIN:VCALENDAR" in content[:200]):
        parts.calendars.append(content)
    if kind in _WINMAIL or name.lower() == "winmail.dat":
        winmail = opened(content)
        if winmail is not None:
            parts.plain += [winmail.text] if winmail.text and not parts.plain else []
            parts.html += [winmail.html] if winmail.html and not parts.html else []
            parts.enclosed += winmail.enclosed
            return
        parts.faults.append(Fault.WINMAIL_UNREADABLE)
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        parts.faults.append(Fault.ENCRYPTED)
    if not content and not name and kind.startswith("text/"):
        return
    content_id = mended_bytes(part.get("content-id", "")).strip().strip("<>").strip()
    parts.enclosed.append(
        Enclosed(name=name or filenames.default(kind), media_type=kind, content=content, content_id=content_id[:250])
    )


def _is_file(name: str, parts: Parts) -> bool:
    """A text with a file's name is a file, unless it is HTML or text that comes first and inline: some programs name even
    the letter, after the way that it was stored."""
    return bool(name) and not (
        name.lower() in ("body.txt", "body.html", "message.txt", "message.html") and not parts.plain
    )


def _keep_body(part: Message, kind: str, content: bytes, parts: Parts) -> None:
    if len(content) > LONGEST_BODY:
        parts.faults.append(Fault.TOO_LONG)
        parts.enclosed.append(Enclosed(name=filenames.default(kind), media_type=kind, content=content))
        content = content[:LONGEST_BODY]
    label = _parameter(part, "charset") or (_charset_in(content) if kind == "text/html" else "")
    text, fault = decode(content, label)
    if fault:
        parts.faults.append(fault)
    if "\0" in text:
        parts.faults.append(Fault.NULL_BYTES)
        text = text.replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if kind == "text/plain":
        if _parameter(part, "format").lower() == "flowed":
            text = unflowed(text, delete_space=_parameter(part, "delsp").lower() == "yes")
        parts.plain.append(text)
    else:
        parts.html.append(text)


_META_CHARSET = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)


def _charset_in(html: bytes) -> str:
    found = _META_CHARSET.search(html[:4_096])
    return found[1].decode("ascii") if found else ""


def media_type(part: Message) -> str:
    """The type, lower case; what is not one is a file of an unknown type."""
    kind = part.get_content_type().lower()
    if not re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}", kind):
        return "application/octet-stream"
    # A part that says it is a text but was sent as a file of another sort stays what its header says.
    return kind


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name, "")
    except (ValueError, LookupError, TypeError):
        return ""
    return mended_bytes(value[2] if isinstance(value, tuple) else value or "").strip()


def content_of(part: Message) -> tuple[bytes, Fault | None]:
    """The bytes of a part, its transfer encoding undone as far as it can be. Its payload is let go, to need memory once."""
    if part.is_multipart() or part.get_payload() is None:
        return b"", None
    encoding = str(part.get("content-transfer-encoding", "")).strip().strip("\"'").lower()
    # Without this field the library gives the bytes as they came; it would undo an encoding less patiently than we do.
    del part["content-transfer-encoding"]
    encoded = part.get_payload(decode=True)
    part.set_payload("")
    if not isinstance(encoded, bytes):
        return b"", None
    if encoding == "base64":
        return _from_base64(encoded)
    if encoding == "quoted-printable":
        return quopri.decodestring(encoded), None
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _from_uuencode(encoded)
    return encoded, None


def _from_base64(encoded: bytes) -> tuple[bytes, Fault | None]:
    try:
        return base64.b64decode(encoded), None
    except (binascii.Error, ValueError):
        clean = _NOT_BASE64.sub(b"", encoded).replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
        clean = clean[:-1] if len(clean) % 4 == 1 else clean
        try:
            return base64.b64decode(clean + b"=" * (-len(clean) % 4)), Fault.ENCODING_BROKEN
        except (binascii.Error, ValueError):
            return encoded, Fault.ENCODING_BROKEN


def _from_uuencode(encoded: bytes) -> tuple[bytes, Fault | None]:
    written, is_within = bytearray(), False
    for line in encoded.splitlines():
        if line.startswith(b"begin ") and not is_within:
            is_within = True
        elif line.strip() == b"end":
            break
        elif is_within and line:
            try:
                written += binascii.a2b_uu(line)
            except binascii.Error:
                return encoded, Fault.ENCODING_BROKEN
    return (bytes(written), None) if is_within else (encoded, Fault.ENCODING_BROKEN)


def _keep_original(part: Message, parts: Parts) -> None:
    """A mail within the mail stays a file, as it was sent."""
    within = part.get_payload()
    original = within[0] if isinstance(within, list) and within else None
    if isinstance(original, Message):
        content = _bytes_of(original)
        if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
            # RFC 2046 forbids it, Exchange does it: the parser has read the encoded lines as a mail without header.
            content = _from_base64(content)[0]
    else:
        content, _ = content_of(part)
    parts.originals.append(content)
    name = filenames.of(part) or filenames.of_mail(content)
    parts.enclosed.append(Enclosed(name=name, media_type="message/rfc822", content=content))


def _keep_report(part: Message, kind: str, parts: Parts) -> None:
    """A delivery report: the parser has read its groups of fields as mails."""
    groups = [_bytes_of(group) for group in part.get_payload() if isinstance(group, Message)]
    content = b"\n".join(group.rstrip(b"\r\n") + b"\n" for group in groups)
    if kind in ("message/delivery-status", "message/global-delivery-status"):
        parts.reports.append(content)
    parts.enclosed.append(Enclosed(name=filenames.default(kind), media_type=kind, content=content))


def _bytes_of(mail: Message) -> bytes:
    written = BytesIO()
    try:
        BytesGenerator(written, mangle_from_=False, maxheaderlen=0, policy=compat32).flatten(mail)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError, IndexError):
        return mail.as_string().encode("utf-8", "surrogateescape") if not mail.is_multipart() else b""
    return written.getvalue()
