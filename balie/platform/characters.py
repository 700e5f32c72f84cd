"""Which characters of a text from outside are let in: those that a reader can see, in the order they are written in."""

import re
import unicodedata

LONGEST_NAME = 120

_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

# Controls (C0 but tab and line feed, C1), embeddings, overrides and isolates (UAX 9: the "Trojan Source" set),
# characters that take no room (soft hyphen, zero width space, word joiner, byte order mark, invisible operators),
# fillers that look like nothing, interlinear annotation, tag characters (text that only machines read), noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff]"
)
# A flag of a region is a black flag and tag characters (UTS 51); that one use of them is seen.
_REGIONAL_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
# Joiners belong between letters of Persian or Hindi and between emoji, variation selectors behind one character.
_STRAY_JOINERS = re.compile(
    "[\u200c\u200d]{2,}|(?<![\u0590-\u1fff\u2190-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0590-\u1fff\u2190-\U0010ffff])"
)
_SELECTOR_RUNS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
# Marks heaped upon one letter paint over the lines around it; no language needs more than four.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HEAPED_MARKS = re.compile(f"({_MARK}{{4}}){_MARK}+")
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f]")


def seen(text: str) -> str:
    """The text without what cannot be seen, and without what changes the order in which the rest is shown.

    Only takes characters away, so that what was escaped stays escaped.
    """
    text = mended(text)
    if text.isascii():
        return _UNSEEN.sub("", text)
    flags = _REGIONAL_FLAG.findall(text)
    if flags:
        return "".join(
            _seen_between_flags(part) + flag
            for part, flag in zip(_REGIONAL_FLAG.split(text), [*flags, ""], strict=True)
        )
    return _seen_between_flags(text)


def mended(text: str) -> str:
    """The text with halves of characters, which no encoding can hold, replaced."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def clean_text(text: str) -> str:
    """Text from outside, as it may be stored: composed (NFC), lines ending in a line feed, nothing unseen in it."""
    return unicodedata.normalize("NFC", seen(_LINE_ENDS.sub("\n", text)))


def clean_name(name: str) -> str:
    """A name from outside: one line of at most 120 characters, with nothing in it that is unseen or turns its order."""
    line = " ".join(_DIRECTION_MARKS.sub("", clean_text(name)).split())
    return line[:LONGEST_NAME].rstrip(" \u200c\u200d")


def _seen_between_flags(text: str) -> str:
    text = _SELECTOR_RUNS.sub("", _STRAY_JOINERS.sub("", _UNSEEN.sub("", text)))
    return _HEAPED_MARKS.sub(r"\1", text)
