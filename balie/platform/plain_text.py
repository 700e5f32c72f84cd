"""Plain text between the two: made of tags that nobody could follow, and made into HTML that is clean."""

import html as entities
import re

from balie.platform.characters import clean_text

LINK_REL = "noopener noreferrer nofollow"

_BLOCK_TAG = re.compile(
    r"</?(?:address|blockquote|br|caption|center|d[dlt]|div|figcaption|figure|h[1-6r]|li|ol|p|pre|table|tr|ul)(?=[\s/>])",
    re.IGNORECASE,
)
_ANY_TAG = re.compile("<[^<>]*>")
_ADDRESS = re.compile(r"""\bhttps?://[^\s<>"'`\\^{|}]{1,2000}""", re.IGNORECASE)


def html_from_text(text: str) -> str:
    """Plain text as cleaned HTML: paragraphs, line breaks, and http(s) addresses as links."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", clean_text(text).strip("\n"))
    return "".join(f"<p>{_linked(paragraph)}</p>" for paragraph in paragraphs if paragraph.strip())


def without_tags(html: str) -> str:
    """The text between tags, read without understanding them."""
    return entities.unescape(_ANY_TAG.sub("", _BLOCK_TAG.sub(lambda tag: "\n" + tag[0], html)))


def tidy(text: str) -> str:
    """The text without blanks at the end of lines, and without more than one empty line at a time."""
    lines = (line.rstrip() for line in clean_text(text).replace("\xa0", " ").split("\n"))
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _linked(paragraph: str) -> str:
    written, end = [], 0
    for found in _ADDRESS.finditer(paragraph):
        address = _without_sentence_end(found[0])
        written.append(_escaped(paragraph[end : found.start()]))
        link = entities.escape(address)
        written.append(f'<a href="{link}" target="_blank" rel="{LINK_REL}">{link}</a>')
        end = found.start() + len(address)
    written.append(_escaped(paragraph[end:]))
    return "".join(written)


def _without_sentence_end(address: str) -> str:
    """The address without the dot or bracket of the sentence that it stands in."""
    shorter = address.rstrip(".,;:!?*_")
    while shorter.endswith((")", "]")):
        opening, closing = ("(", ")") if shorter[-1] == ")" else ("[", "]")
        if shorter.count(opening) >= shorter.count(closing):
            break
        shorter = shorter[:-1].rstrip(".,;:!?*_")
    return shorter


def _escaped(text: str) -> str:
    return entities.escape(text, quote=False).replace("\n", "<br>")
