"""What stands within a line, as HTML: the elements of rich text."""

from __future__ import annotations

import html
import re

from balie.channels.slack.form import given
from balie.channels.slack.form.dates import date_text
from balie.channels.slack.form.emoji import emoji, of_workspace
from balie.channels.slack.form.given import Given
from balie.channels.slack.form.names import Names

_STYLES = (("code", "code"), ("strike", "s"), ("underline", "u"), ("italic", "i"), ("bold", "b"))
_COLOUR = re.compile("#[0-9a-fA-F]{3,8}")
_RANGES = {"here", "channel", "everyone"}


def line_html(elements: list[Given], names: Names) -> str:
    """The elements one after the other. Line feeds stay line feeds and stand outside of all tags."""
    return "".join(_element(element, names) for element in elements)


def paragraphs(lines: str) -> str:
    """Lines as paragraphs: an empty line parts two of them, any other line feed is a break."""
    parts = re.split(r"\n[ \t]*\n\s*", lines.strip("\n"))
    return "".join(f"<p>{part.strip()}</p>".replace("\n", "<br>") for part in parts if part.strip())


def escaped(text: str) -> str:
    return html.escape(text, quote=True)


def link(url: str, label_html: str) -> str:
    """Whether an address may be followed is decided by the cleaner; this writes it down."""
    return f'<a href="{escaped(url)}">{label_html or escaped(url)}</a>'


def person(id: str, label: str, names: Names) -> str:
    return f"<bdi>@{escaped(names.person(id) or label.lstrip('@') or id)}</bdi>"


def channel(id: str, label: str, names: Names) -> str:
    return f"<bdi>#{escaped((names.channel(id) or label or id).lstrip('#'))}</bdi>"


def group(id: str, label: str, names: Names) -> str:
    return f"<bdi>@{escaped((names.group(id) or label or id).lstrip('@'))}</bdi>"


def broadcast(range: str) -> str:
    return f"<bdi>@{range if range in _RANGES else 'channel'}</bdi>"


def _element(element: Given, names: Names) -> str:
    style = given.one(element, "style")
    match given.text(element, "type"):
        case "text":
            return _styled_lines(given.text(element, "text"), style)
        case "link":
            label = re.sub(r"\s+", " ", given.text(element, "text"))
            return _styled(link(given.text(element, "url"), escaped(label)), style)
        case "user":
            return _styled(person(given.text(element, "user_id"), "", names), style)
        case "channel":
            return _styled(channel(given.text(element, "channel_id"), "", names), style)
        case "usergroup":
            return _styled(group(given.text(element, "usergroup_id"), "", names), style)
        case "team":
            return _styled(f"<bdi>@{escaped(given.text(element, 'team_id'))}</bdi>", style)
        case "broadcast":
            return _styled(broadcast(given.text(element, "range")), style)
        case "emoji":
            drawn = emoji(
                given.text(element, "name"),
                unicode=given.text(element, "unicode"),
                tone=_tone(given.number(element, "skin_tone")),
            )
            return _styled(escaped(of_workspace(drawn, names)), style)
        case "date":
            said = date_text(
                given.number(element, "timestamp"), given.text(element, "format"), given.text(element, "fallback")
            )
            url = given.text(element, "url")
            return _styled(link(url, escaped(said)) if url else escaped(said), style)
        case "color":
            value = given.text(element, "value")
            return _styled(f"<code>{value}</code>" if _COLOUR.fullmatch(value) else "", style)
        case _:
            # A mention of a canvas, a list, a file: the vendor adds kinds; each has words of some name, or an address.
            words = given.text(element, "text", "label", "title", "name", "fallback")
            url = given.text(element, "url", "permalink")
            return _styled(link(url, escaped(words)) if url else escaped(words), style)


def _tone(tone: int | None) -> int | None:
    return tone if tone in (2, 3, 4, 5, 6) else None


def _styled_lines(text: str, style: Given) -> str:
    return "\n".join(_styled(escaped(line), style) for line in text.replace("\r\n", "\n").split("\n"))


def _styled(inner: str, style: Given) -> str:
    if not inner or not style:
        return inner
    if not inner.strip():
        return inner
    for name, tag in _STYLES:
        if style.get(name) is True:
            inner = f"<{tag}>{inner}</{tag}>"
    return inner
