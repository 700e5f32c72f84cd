"""Bytes to text, in every charset that is met in mail, also when the label is missing, unknown or wrong."""

import codecs
from functools import lru_cache

from charset_normalizer import from_bytes

from balie.channels.email.faults import Fault

# What mail calls a charset, where Python calls it otherwise, or where the label promises less than is sent: the superset
# that browsers use (WHATWG Encoding Standard) reads both.
_SUPERSETS = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "cp950",
    "windows-874": "cp874",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "cp-850": "cp850",
    "x-cp1252": "cp1252",
    "x-user-defined": "cp1252",
}
# Codecs that are no charsets of text; the cost of punycode grows with the square of the length.
_REFUSED = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_UNLABELLED = {
    "",
    "unknown",
    "unknown-8bit",
    "x-unknown",
    "x-unknown-8bit",
    "default",
    "none",
    "binary",
    "8bit",
    "_autodetect",
}
_SAMPLE = 8_192


def decode(content: bytes, label: str = "") -> tuple[str, Fault | None]:
    """The text, and what was wrong with its label. Never raises: what no charset explains is read with replacements."""
    if (
        content.isascii()
        and b"\x1b" not in content
        and b"+" not in content
        and b"\0" not in content
        and b"~" not in content
    ):
        return content.decode("ascii"), None
    name = label.strip().strip("\"'").lower()
    codec = "" if name in _UNLABELLED else _codec(name)
    unlabelled = codec == "" or name.endswith("ascii")
    fault = None if codec or name in _UNLABELLED else Fault.CHARSET_UNKNOWN
    marked = _by_mark(content)
    if marked:
        return content.decode(marked, "replace").lstrip("\ufeff"), fault
    # Text in a charset of single bytes is hardly ever valid UTF-8 by chance, so this finds what was labelled as Latin-1.
    if not unlabelled and codec.startswith("cp125") and not content.isascii():
        as_utf8 = _strictly(content, "utf-8")
        if as_utf8 is not None:
            return as_utf8, Fault.CHARSET_WRONG
    text = _strictly(content, codec or "utf-8")
    if text is None and codec == "cp1252":
        # Five bytes mean nothing in Windows-1252; browsers read them as controls.
        return content.decode("latin-1"), fault
    if text is not None:
        return text, fault
    guessed = _guessed(content, codec)
    return guessed, fault or (None if unlabelled and name in _UNLABELLED else Fault.CHARSET_WRONG)


@lru_cache(maxsize=256)
def _codec(name: str) -> str:
    """Python's name of a charset, "" when there is none."""
    try:
        found = codecs.lookup(_SUPERSETS.get(name, name)).name
        b"".decode(found)
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if found.replace("_", "-") in _REFUSED else _SUPERSETS.get(found, found)


def _by_mark(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return ""


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _guessed(content: bytes, codec: str) -> str:
    if codec not in ("", "utf-8"):
        text = _strictly(content, "utf-8")
        if text is not None:
            return text
    elif content.decode("utf-8", "replace").count("\ufffd") * 20 < sum(byte > 127 for byte in content[:_SAMPLE]):
        # A few broken characters in what is else UTF-8: cut in the middle, or pasted from elsewhere.
        return content.decode("utf-8", "replace")
    elif (text := _short_western(content)) is not None:
        return text
    # What the label names fits all but a few places: trust it there.
    if codec not in ("", "utf-8"):
        text = content.decode(codec, "replace")
        if text.count("\ufffd") * 50 < len(text):
            return text
    best = from_bytes(content[:_SAMPLE], steps=3, chunk_size=256).best()
    return content.decode(best.encoding if best else "cp1252", "replace")


def _short_western(content: bytes) -> str | None:
    """A text with only few letters beyond ASCII: too little to guess from, and nearly always Western European."""
    beyond = sum(byte > 127 for byte in content[:_SAMPLE])
    return _strictly(content, "cp1252") if beyond * 8 < min(len(content), _SAMPLE) else None
