"""The languages that Balie speaks."""

from typing import Final

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
