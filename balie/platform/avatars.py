"""What stands for a person without a picture: their initials on one of six colours."""

import hashlib
import re
import unicodedata
from functools import lru_cache

COLOURS = 6

# Words within a surname that no initial is taken from, unless there is no other word.
_PARTICLES = {
    "'s", "'t", "al", "bin", "bint", "da", "das", "de", "degli", "del", "della", "den", "der", "des", "di",
    "do", "dos", "du", "e", "el", "en", "ibn", "in", "la", "las", "le", "les", "los", "op", "te", "ten", "ter",
    "und", "van", "vande", "vanden", "vander", "vom", "von", "y", "zu", "zum", "zur",
}  # fmt: skip
_ASIDES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WITHIN_ADDRESS = re.compile(r"[._+-]+")
_NON_JOINER = "\u200c"


@lru_cache(maxsize=8192)
def initials(name: str) -> str:
    """One or two letters for a name in any script; "?" for a name without any letter."""
    words = _words(unicodedata.normalize("NFC", name))
    if not words:
        return "?"
    chief = [word for word in words if word.casefold() not in _PARTICLES] or words
    letters = [_first_letter(word) for word in ([chief[0], chief[-1]] if len(chief) > 1 else chief)]
    # Letters of Arabic would join into a word that nobody wrote.
    joins = all(unicodedata.bidirectional(letter) == "AL" for letter in letters)
    return (_NON_JOINER if joins else "").join(letters)


@lru_cache(maxsize=8192)
def hue(name: str) -> int:
    """Which of the six colours, 0 to 5, belongs to a name: always the same one."""
    plain = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()[0] % COLOURS


def _words(name: str) -> list[str]:
    if "@" in name and " " not in name.strip():
        name = _WITHIN_ADDRESS.sub(" ", name.partition("@")[0])
    last, comma, first = name.partition(",")
    if comma and first.strip():
        name = f"{first} {last}"
    return _spelled(_ASIDES.sub(" ", name)) or _spelled(name)


def _spelled(name: str) -> list[str]:
    return [word for word in name.split() if _first_letter(word)]


def _first_letter(word: str) -> str:
    """The first letter or digit as a capital; "" when there is none."""
    letter = next((character for character in word if character.isalnum()), "")
    return letter.upper()[:1]
