"""The short history beneath an answer: what was said last, so that both sides know what is answered."""

from balie.channels.email.letters import Quoted
from balie.platform.text import html_from_text

MOST_LINES = 15
_MOST_CHARACTERS = 1500


def shortened(text: str) -> str:
    """Its first fifteen lines, and a mark where something is left out."""
    lines = text.strip()[:_MOST_CHARACTERS].split("\n")[:MOST_LINES]
    short = "\n".join(line.rstrip() for line in lines).rstrip()
    return short if len(short) >= len(text.strip()) - 1 else f"{short}\n[…]"


def as_text(quoted: Quoted) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in shortened(quoted.text).split("\n"))


def as_html(quoted: Quoted) -> str:
    """Cleaned HTML."""
    return html_from_text(shortened(quoted.text))
