"""What a file is by its first bytes, whatever it is called; and what is wrong with one that a desk does not pass on."""

from __future__ import annotations

import mimetypes
from enum import StrEnum
from typing import Final

import filetype
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# As much as is looked at.
HEAD: Final = 8192


class Wrong(TextChoices):
    """Why a file is left where it is."""

    PROGRAM = "program", _("it is a program")
    DISGUISED = "disguised", _("it is not what its name says")
    TOO_LARGE = "too_large", _("it is larger than 25 MB")
    AWAY = "away", _("it could not be fetched")
    TOO_MANY = "too_many", _("there are too many")
    REFUSED = "refused", _("it was not accepted there")


class _Family(StrEnum):
    """Kinds that take each other's names: a picture that was saved as another one harms nobody."""

    PICTURE = "picture"
    MEDIA = "media"
    PDF = "pdf"
    OFFICE = "office"
    ARCHIVE = "archive"
    TEXT = "text"
    PROGRAM = "program"
    UNKNOWN = ""


# What is run when it is opened, on Windows mostly; nobody sends these to a desk with good intent.
_PROGRAMS: Final = frozenset(
    {
        "apk", "app", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget", "hta", "jar", "js", "jse", "lnk",
        "msc", "msi", "msix", "msp", "pif", "ps1", "reg", "scf", "scr", "vb", "vbe", "vbs", "ws", "wsf", "wsh",
    }
)  # fmt: skip
_NAMES: Final = {
    extension: family
    for family, extensions in {
        _Family.PICTURE: "avif bmp gif heic heif ico jpe jpeg jpg png tif tiff webp",
        _Family.MEDIA: "aac avi flac m4a m4v mkv mov mp3 mp4 mpeg mpg ogg opus wav webm wmv",
        _Family.PDF: "pdf",
        _Family.OFFICE: "doc docm docx dot dotx epub key msg numbers odp ods odt pages pot potx ppt pptm pptx xls xlsm xlsx zip",
        _Family.ARCHIVE: "7z bz2 gz rar tar tgz xz",
        _Family.TEXT: "csv css eml htm html ics ini json log md py rtf sql svg tex toml tsv txt vcf xml yaml yml",
    }.items()
    for extension in extensions.split()
}
_EXECUTABLE: Final = (
    b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
    b"L\x00\x00\x00\x01\x14\x02\x00", b"dex\n",
)  # fmt: skip
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The class of an installer's root storage, {000C1084-0000-0000-C000-000000000046}; see [MS-CFB] 2.6.1.
_INSTALLER: Final = bytes.fromhex("84100c0000000000c000000000000046")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


def what_is_wrong(name: str, content: bytes) -> Wrong | None:
    """Nothing, for a file that may be passed on. One without content says nothing that could be false."""
    extension = _extension(name)
    found = _family(content)
    if extension in _PROGRAMS or found is _Family.PROGRAM:
        return Wrong.PROGRAM
    said = _NAMES.get(extension, _Family.UNKNOWN)
    if not content or said is _Family.UNKNOWN or found is said:
        return None
    if found is _Family.UNKNOWN and said in (_Family.MEDIA, _Family.ARCHIVE):
        # Of these there are more forms than anybody has listed.
        return None
    return Wrong.DISGUISED


def is_program(name: str) -> bool:
    """By its name alone, before it has been fetched."""
    return _extension(name) in _PROGRAMS


def media_type(name: str, content: bytes) -> str:
    """By its bytes where they tell, else by its name."""
    known = (
        filetype.guess(content[:HEAD]) if _family(content) in (_Family.PICTURE, _Family.MEDIA, _Family.PDF) else None
    )
    return str(known.mime) if known else mimetypes.guess_type(name)[0] or "application/octet-stream"


def _extension(name: str) -> str:
    # Windows leaves spaces and dots at the end away.
    return name.rstrip(" .").lower().rpartition(".")[2]


def _family(content: bytes) -> _Family:
    head = content[:HEAD]
    if head.startswith(_EXECUTABLE) or (head.startswith(b"MZ") and b"\x00" in head):
        return _Family.PROGRAM
    if head.startswith(_OLE):
        return _Family.PROGRAM if _is_installer(content) else _Family.OFFICE
    if b"%PDF-" in head[:1024]:
        return _Family.PDF
    if head.startswith(b"PK"):
        return _Family.OFFICE
    if b"\x00" not in head or head.startswith(_WIDE):
        # Marks of two letters, such as those of bitmaps, also begin sentences.
        known = filetype.guess(head) if not _is_written(head) else None
        if known is None:
            return _Family.TEXT
    else:
        known = filetype.guess(head)
    if known is None:
        return _Family.UNKNOWN
    main = str(known.mime).partition("/")[0]
    return {"image": _Family.PICTURE, "audio": _Family.MEDIA, "video": _Family.MEDIA}.get(main, _Family.ARCHIVE)


def _is_written(head: bytes) -> bool:
    """Whether it reads as text; its end may be in the middle of a character."""
    if head.startswith(_WIDE):
        return True
    try:
        head.decode()
    except UnicodeDecodeError as fault:
        return fault.start >= len(head) - 3
    return True


def _is_installer(content: bytes) -> bool:
    """The first sector of an OLE file's folder begins with its root; [MS-CFB] 2.2."""
    sector = 1 << int.from_bytes(content[30:32], "little") if len(content) > 52 else 0
    if not 512 <= sector <= 4096:
        return False
    at = (int.from_bytes(content[48:52], "little") + 1) * sector + 80
    return content[at : at + 16] == _INSTALLER
