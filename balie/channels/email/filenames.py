"""The names of enclosed files: as they were given, made harmless."""

import mimetypes
import re
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value

from balie.channels.email.headers import mended_bytes, subject, text

LONGEST = 150

_EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
    "text/calendar": ".ics",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc",
    "text/plain": ".txt",
    "text/html": ".html",
    "image/jpeg": ".jpg",
}
_NOT_IN_NAMES = re.compile(r"""[\x00-\x1f\x7f<>:"/\\|?*]+""")


def of(part: Message) -> str:
    """The name that the part gives its file, "" when it gives none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(parameter, None, header)
            if value is not None:
                name = collapse_rfc2231_value(value)
                return harmless(mended_bytes(name))
        except (ValueError, LookupError, TypeError, AttributeError):
            continue
    return ""


def harmless(name: str) -> str:
    """The last part of a path, without characters that a file system or a header takes for something else."""
    name = text(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = " ".join(_NOT_IN_NAMES.sub("_", name).split()).strip(". ")
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    return name[:LONGEST] if not dot or len(extension) > 10 else f"{stem[: LONGEST - 1 - len(extension)]}.{extension}"


def default(media_type: str) -> str:
    """A name for a file that has none, by its type: "image.png", "message.eml"."""
    extension = _EXTENSIONS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    stem = {"text": "text", "image": "image", "message": "message"}.get(media_type.partition("/")[0], "file")
    return stem + extension


def guess(name: str) -> str:
    """The type of a file, by its name alone."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def of_mail(content: bytes) -> str:
    """A name for a mail that is a file: its subject."""
    try:
        head = BytesHeaderParser(policy=compat32).parsebytes(content[:20_000])
        name = harmless(subject(head).replace("/", "-"))
    except (ValueError, LookupError, TypeError, AttributeError):
        name = ""
    return f"{name[: LONGEST - 4]}.eml" if name else default("message/rfc822")
