"""Blocks of a message as HTML. https://docs.slack.dev/reference/block-kit/blocks"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from balie.channels.slack.form import given
from balie.channels.slack.form.given import Given
from balie.channels.slack.form.inline import escaped, line_html, link
from balie.channels.slack.form.mrkdwn import mrkdwn_html, plain_html
from balie.channels.slack.form.names import Names
from balie.channels.slack.form.rich_text import rich_text_html
from balie.platform.text import html_from_text

Reader: TypeAlias = Callable[[Given, Names], str]


def blocks_html(blocks: list[Given], names: Names) -> str:
    return "".join(_READERS.get(given.text(block, "type"), _unknown)(block, names) for block in blocks)


def text_object_html(text: Given, names: Names) -> str:
    words = given.text(text, "text")
    return mrkdwn_html(words, names) if given.text(text, "type") == "mrkdwn" else plain_html(words)


def _section(block: Given, names: Names) -> str:
    parts = [text_object_html(given.one(block, "text"), names)]
    parts.extend(text_object_html(field, names) for field in given.many(block, "fields"))
    accessory = given.one(block, "accessory")
    if given.text(accessory, "type") == "image":
        parts.append(_image(accessory, names))
    return "".join(parts)


def _header(block: Given, _names: Names) -> str:
    words = " ".join(given.text(given.one(block, "text"), "text").split())
    return plain_html(words).replace("<p>", "<h3>").replace("</p>", "</h3>")


def _context(block: Given, names: Names) -> str:
    return "".join(
        _image(element, names) if given.text(element, "type") == "image" else text_object_html(element, names)
        for element in given.many(block, "elements")
    )


def _divider(_block: Given, _names: Names) -> str:
    return "<hr>"


def _image(block: Given, _names: Names) -> str:
    alt = given.text(block, "alt_text") or given.text(given.one(block, "title"), "text")
    url = given.text(block, "image_url")
    if url:
        return f'<p><img alt="{escaped(alt)}" src="{escaped(url)}"></p>'
    return plain_html(alt)


def _table(block: Given, names: Names) -> str:
    """The first row is the head, as Slack draws it."""
    rows = block.get("rows")
    written: list[str] = []
    for row in rows if isinstance(rows, list) else []:
        cells = [cell for cell in row if isinstance(cell, dict)] if isinstance(row, list) else []
        tag = "td" if written else "th"
        if cells:
            written.append("<tr>" + "".join(f"<{tag}>{_cell(cell, names)}</{tag}>" for cell in cells) + "</tr>")
    return f"<table>{''.join(written)}</table>" if written else ""


def _cell(cell: Given, names: Names) -> str:
    if given.text(cell, "type") == "rich_text":
        parts = given.many(cell, "elements")
        if all(given.text(part, "type") == "rich_text_section" for part in parts):
            lines = (line_html(given.many(part, "elements"), names).strip() for part in parts)
            return "<br>".join(lines).replace("\n", "<br>")
        return rich_text_html(cell, names)
    words = given.text(cell, "text")
    if not words and isinstance(cell.get("value"), int | float):
        words = str(cell["value"])
    return escaped(words.strip()).replace("\n", "<br>")


def _video(block: Given, _names: Names) -> str:
    title = given.text(given.one(block, "title"), "text") or given.text(block, "alt_text")
    url = given.text(block, "title_url", "video_url")
    return f"<p>{link(url, escaped(title)) if url else escaped(title)}</p>" if title or url else ""


def _markdown(block: Given, _names: Names) -> str:
    """Standard Markdown, which only programs send: readable as it is."""
    return html_from_text(given.text(block, "text"))


def _nothing(_block: Given, _names: Names) -> str:
    """Buttons and fields say nothing; files come beside the blocks."""
    return ""


def _unknown(block: Given, names: Names) -> str:
    """The vendor adds blocks (alerts, cards); the text objects in them are what they say."""
    texts = (given.one(block, key) for key in ("title", "subtitle", "text", "body"))
    return "".join(text_object_html(text, names) for text in texts if text)


_READERS: dict[str, Reader] = {
    "actions": _nothing,
    "call": _nothing,
    "context": _context,
    "data_table": _table,
    "divider": _divider,
    "file": _nothing,
    "header": _header,
    "image": _image,
    "input": _nothing,
    "markdown": _markdown,
    "rich_text": rich_text_html,
    "section": _section,
    "table": _table,
    "video": _video,
}
