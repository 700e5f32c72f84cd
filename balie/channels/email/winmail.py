"""winmail.dat, the wrapping that Outlook puts around files for those who do not have Outlook (TNEF, MS-OXTNEF)."""

import struct
from dataclasses import dataclass, field

from tnefparse import TNEF

from balie.channels.email import filenames
from balie.channels.email.charsets import decode
from balie.channels.said import Enclosed

# The library copies the rest of the file for each object in it.
MOST_OBJECTS = 1_000
_SIGNATURE = b"\x78\x9f\x3e\x22"


@dataclass
class Winmail:
    """What was wrapped."""

    text: str = ""
    html: str = ""
    enclosed: list[Enclosed] = field(default_factory=list)


def opened(content: bytes) -> Winmail | None:
    """What is in it, or None when it cannot be read."""
    if not content.startswith(_SIGNATURE) or _objects(content) > MOST_OBJECTS:
        return None
    try:
        tnef = TNEF(content, do_checksum=False)
        winmail = Winmail(text=_text(tnef.body), html=_text(tnef.htmlbody))
        for number, attachment in enumerate(tnef.attachments, 1):
            data = bytes(attachment.data or b"")
            if data:
                name = filenames.harmless(_text(attachment.long_filename())) or f"file-{number}.bin"
                winmail.enclosed.append(Enclosed(name=name, media_type=filenames.guess(name), content=data))
    except Exception:  # the library raises whatever its arithmetic on hostile bytes makes it raise
        return None
    return winmail if winmail.enclosed or winmail.text or winmail.html else None


def _objects(content: bytes) -> int:
    offset, count = 6, 0
    while offset + 12 < len(content) and count <= MOST_OBJECTS:
        offset += struct.unpack_from("<I", content, offset + 5)[0] + 11
        count += 1
    return count


def _text(value: object) -> str:
    written = decode(value)[0] if isinstance(value, bytes) else str(value or "")
    return written.replace("\0", "").strip()
