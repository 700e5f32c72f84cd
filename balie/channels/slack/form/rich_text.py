"""A rich_text block as HTML. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from __future__ import annotations

from itertools import groupby

from balie.channels.slack.form import given
from balie.channels.slack.form.given import Given
from balie.channels.slack.form.inline import escaped, line_html, link, paragraphs
from balie.channels.slack.form.names import Names

DEEPEST_INDENT = 8


def rich_text_html(block: Given, names: Names) -> str:
    """What stands behind a border, and neighbours that do too, is one quotation."""
    written = []
    for is_quoted, run in groupby(given.many(block, "elements"), key=_is_quoted):
        inner = "".join(_neighbours(list(run), names))
        written.append(f"<blockquote>{inner}</blockquote>" if is_quoted and inner else inner)
    return "".join(written)


def _is_quoted(element: Given) -> bool:
    return given.text(element, "type") == "rich_text_quote" or given.number(element, "border") == 1


def _neighbours(elements: list[Given], names: Names) -> list[str]:
    written = []
    for is_list, run in groupby(elements, key=lambda one: given.text(one, "type") == "rich_text_list"):
        if is_list:
            written.append(_lists(list(run), names))
        else:
            written.extend(_single(element, names) for element in run)
    return written


def _single(element: Given, names: Names) -> str:
    if given.text(element, "type") == "rich_text_preformatted":
        inner = "".join(_as_typed(part) for part in given.many(element, "elements"))
        return f"<pre>\n{inner}</pre>" if inner else ""
    return paragraphs(line_html(given.many(element, "elements"), names))


def _as_typed(part: Given) -> str:
    words = given.text(part, "text")
    return link(given.text(part, "url"), escaped(words)) if given.text(part, "type") == "link" else escaped(words)


class _Open:
    """A list that is being written: where it stands, its tag, and the number of its last item."""

    def __init__(self, indent: int, tag: str, number: int) -> None:
        self.indent = indent
        self.tag = tag
        self.number = number
        self.is_empty = True


def _lists(run: list[Given], names: Names) -> str:
    """Lists that follow each other are levels of one: Slack sends a level, or what goes on after a deeper one, by itself."""
    written: list[str] = []
    stack: list[_Open] = []
    for element in run:
        items = given.many(element, "elements")
        if not items:
            continue
        indent = min(max(given.number(element, "indent") or 0, 0), DEEPEST_INDENT)
        tag = "ol" if given.text(element, "style") == "ordered" else "ul"
        offset = given.number(element, "offset")
        while stack and (stack[-1].indent > indent or (stack[-1].indent == indent and stack[-1].tag != tag)):
            written.append(f"</li></{stack.pop().tag}>")
        if not stack or stack[-1].indent < indent:
            stack.append(_Open(indent, tag, max(offset or 0, 0)))
            written.append(f'<ol start="{offset + 1}">' if tag == "ol" and offset and offset > 0 else f"<{tag}>")
        current = stack[-1]
        for item in items:
            skipped = tag == "ol" and item is items[0] and offset is not None and offset != current.number
            if skipped and offset is not None:
                current.number = max(offset, 0)
            current.number += 1
            written.append("" if current.is_empty else "</li>")
            written.append(f'<li value="{current.number}">' if skipped else "<li>")
            written.append(_item(item, names))
            current.is_empty = False
    while stack:
        written.append(f"</li></{stack.pop().tag}>")
    return "".join(written)


def _item(item: Given, names: Names) -> str:
    return line_html(given.many(item, "elements"), names).strip("\n").replace("\n", "<br>")
