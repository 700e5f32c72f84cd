"""The languages that Balie speaks."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import get_language, get_language_info

LANGUAGES: Final = (
    ("en", "English"),
    ("de", "Deutsch"),
    ("nl", "Nederlands"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
)
CODES: Final = frozenset(code for code, _ in LANGUAGES)


def spoken(wanted: str) -> str:
    """The language of ours that a code such as `de-AT` asks for, or ""."""
    code = wanted.replace("_", "-").split("-")[0].lower()
    return code if code in CODES else ""


def called(code: str) -> str:
    """What this language is called in the reader's, as it stands within a sentence: only some write it with a capital letter."""
    name = str(get_language_info(code)["name_translated"])
    return name.lower() if get_language() in {"fr", "es", "it"} else name


def in_readers_language(written: Mapping[str, str]) -> str:
    """What is written for the language of whoever reads, by its code; "" when nothing is."""
    return written.get(spoken(get_language() or "")) or ""
