"""What a message brings, before it is a row."""

from dataclasses import dataclass, field
from enum import StrEnum

from balie.platform import text


class SenderCheck(StrEnum):
    """Whether the sender proved to be who they say: by sign-in or by a signed mail, not at all, or with a false proof."""

    PROVEN = "pass"
    UNKNOWN = "none"
    FAILED = "fail"


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that `platform.files` has kept already."""

    name: str
    media_type: str
    sha256: str
    size: int
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Words:
    """Text and cleaned HTML of one thing said, the folded history beneath it, and its files."""

    text: str
    html: str
    folded_html: str = ""
    files: tuple[KeptFile, ...] = field(default=())
    is_automatic: bool = False
    sender_check: SenderCheck = SenderCheck.PROVEN
    sent_to: tuple[str, ...] = ()
    # Ids of people whom the writer names with an @; the verb takes those of them who may read it.
    mentions: tuple[int, ...] = ()

    @classmethod
    def from_text(cls, said: str, *, files: tuple[KeptFile, ...] = (), mentions: tuple[int, ...] = ()) -> "Words":
        """Plain text, as a form without an editor sends it."""
        cleaned = text.clean_text(said).strip()
        return cls(text=cleaned, html=text.html_from_text(cleaned), files=files, mentions=mentions)

    @classmethod
    def from_html(cls, said: str, *, files: tuple[KeptFile, ...] = (), mentions: tuple[int, ...] = ()) -> "Words":
        """HTML from outside; it is cleaned here."""
        cleaned = text.clean_html(said)
        return cls(text=text.text_from_html(cleaned).strip(), html=cleaned, files=files, mentions=mentions)

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.files
