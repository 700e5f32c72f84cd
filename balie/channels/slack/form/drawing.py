"""Our cleaned HTML as pieces of rich text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from balie.channels.slack.form.limits import DEEPEST_INDENT, LONGEST_URL
from balie.channels.slack.form.pieces import Element, Kind, Line, Piece, joined, trimmed, words

_STYLES = {
    "b": "bold", "strong": "bold", "th": "bold", "h1": "bold", "h2": "bold", "h3": "bold", "h4": "bold", "h5": "bold",
    "h6": "bold", "dt": "bold", "i": "italic", "em": "italic", "cite": "italic", "var": "italic", "s": "strike",
    "strike": "strike", "del": "strike", "code": "code", "kbd": "code", "samp": "code", "tt": "code",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "figure", "address"}
_LINES = {"div", "center", "dd", "dt", "figcaption", "caption"}
# One address that Slack cannot read, and it refuses the whole message.
_FOLLOWED = re.compile(r"(?:https?://[^\s/?#]|mailto:\S|tel:\S)\S*", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_ADDRESS = re.compile(r"""\bhttps?://[^\s<>"'`\\^{|}]{1,2000}""", re.IGNORECASE)


def draw(html: str) -> list[Piece]:
    """The pieces of cleaned HTML. A picture is its words; what has none is left out."""
    drawing = _Drawing()
    drawing.feed(html)
    drawing.close()
    return drawing.drawn()


@dataclass
class _List:
    is_ordered: bool
    number: int


class _Table:
    """A table that is being read. One within it is a part of its cell."""

    def __init__(self) -> None:
        self.rows: list[list[Line]] = []
        self.heads = 0
        self.is_open = True

    def add(self, line: Line, *, is_head: bool) -> None:
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(line)
        if is_head and len(self.rows) == 1:
            self.heads += 1


class _Drawing(HTMLParser):
    """Reads tags one by one, so that no depth of them is too deep."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[Piece] = []
        self._line: list[Element] = []
        self._owed = 0  # line feeds before the next word
        self._open: Counter[str] = Counter()
        self._links: list[str] = []
        self._lists: list[_List] = []
        self._table: _Table | None = None
        self._depth_of_tables = 0
        self._is_item = False

    def drawn(self) -> list[Piece]:
        self._end_piece()
        return self._pieces

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "br":
                self._owe_break()
            case "hr":
                self._end_piece()
                if self._table is None:
                    self._pieces.append(Piece(Kind.RULE))
            case "img":
                self._say_picture(given.get("alt", ""))
            case "a":
                self._links.append(given.get("href", ""))
            case "ul" | "ol":
                self._end_piece()
                self._lists.append(_List(tag == "ol", _whole(given.get("start", "1"), 1) - 1))
            case "li":
                self._begin_item(given.get("value", ""))
            case "pre" | "blockquote":
                self._end_piece()
            case "table":
                self._begin_table()
            case "tr" if self._table is not None and self._depth_of_tables == 1:
                self._table.rows.append([])
            case "td" | "th" if self._depth_of_tables > 1:
                self._owe(1)
        self._breaks(tag)
        self._open[tag] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._depth_of_tables == 1 and self._table is not None:
            self._table.add(self._take_line(), is_head=tag == "th")
        elif tag == "caption" and self._depth_of_tables == 1:
            self._add(Piece(Kind.PARAGRAPH, line=self._take_line()))
        elif tag in ("pre", "blockquote"):
            self._end_piece()
        elif tag in ("ul", "ol"):
            self._end_piece()
            if self._lists:
                self._lists.pop()
        elif tag == "li":
            self._end_piece()
            self._is_item = False
        elif tag == "a" and self._links:
            self._links.pop()
        elif tag == "table":
            self._end_table()
        if self._open[tag]:
            self._open[tag] -= 1
        self._breaks(tag)

    def handle_data(self, data: str) -> None:
        if self._table is not None and self._depth_of_tables == 1 and not (self._open["td"] or self._open["th"]):
            if self._open["caption"] and data.strip():
                self._say(_SPACE.sub(" ", data))
            return
        if self._open["pre"]:
            if not self._line and not self._owed:
                data = data.removeprefix("\n")
            self._say(data, is_typed=True)
            return
        self._say(_SPACE.sub(" ", data))

    def _breaks(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._part()
        elif tag in _LINES:
            self._owe(1)

    def _part(self) -> None:
        """The end of a paragraph: of the piece where it stands by itself, a line feed within items, cells and code."""
        if self._table is None and not self._open["pre"] and not self._is_item:
            self._end_piece()
        else:
            self._owe(1)

    def _owe(self, feeds: int) -> None:
        if self._line:
            self._owed = max(self._owed, feeds)

    def _owe_break(self) -> None:
        if self._line:
            self._owed += 1

    def _say(self, text: str, *, is_typed: bool = False) -> None:
        if self._owed or (not self._line and not is_typed):
            text = text if is_typed else text.lstrip(" ")
        if not text:
            return
        if self._owed:
            self._line = [*trimmed(tuple(self._line), start=False), {"type": "text", "text": "\n" * self._owed}]
            self._owed = 0
        elif not is_typed and self._line and text.startswith(" ") and words(self._line[-1:]).endswith((" ", "\n")):
            text = text.removeprefix(" ")
        if text:
            self._line.append(self._element(text))

    def _say_picture(self, alt: str) -> None:
        alt = " ".join(alt.split())
        if alt:
            self._say(f"[{alt}]")

    def _element(self, text: str) -> Element:
        url = self._links[-1] if self._links else ""
        element: Element = {"type": "text", "text": text}
        if len(url) <= LONGEST_URL and _FOLLOWED.fullmatch(url) and text.strip():
            element = {"type": "link", "url": url, "text": text}
        style = {} if self._open["pre"] else self._style()
        if style:
            element["style"] = style
        return element

    def _style(self) -> dict[str, bool]:
        in_table = self._table is not None
        named = {name for tag, name in _STYLES.items() if self._open[tag] and not (in_table and tag == "th")}
        return dict.fromkeys(sorted(named), True)

    def _begin_item(self, value: str) -> None:
        self._end_piece()
        if not self._lists:
            return
        current = self._lists[-1]
        current.number = _whole(value, current.number + 1)
        self._is_item = self._table is None
        if self._table is not None:
            self._owe(1)
            self._say(f"{current.number}. " if current.is_ordered else "• ")

    def _begin_table(self) -> None:
        self._depth_of_tables += 1
        if self._depth_of_tables == 1:
            self._end_piece()
            self._table = _Table()
        else:
            self._owe(1)

    def _end_table(self) -> None:
        self._depth_of_tables = max(self._depth_of_tables - 1, 0)
        if self._depth_of_tables or self._table is None:
            self._owe(1)
            return
        table, self._table = self._table, None
        self._line, self._owed = [], 0
        rows = tuple(tuple(row) for row in table.rows if any(row))
        if not rows:
            return
        if max(map(len, rows)) == 1:
            # A frame for the layout, as mails have it.
            for row in rows:
                self._add(Piece(Kind.PARAGRAPH, line=row[0]))
            return
        has_head = table.heads == len(table.rows[0]) > 0
        self._pieces.append(Piece(Kind.TABLE, rows=rows, has_head=has_head))

    def _take_line(self) -> Line:
        line, self._line, self._owed = tuple(self._line), [], 0
        return joined(_with_links(trimmed(joined(line))))

    def _end_piece(self) -> None:
        if self._table is not None:
            self._owe(1)
            return
        if self._open["pre"]:
            line, self._line, self._owed = joined(self._line), [], 0
            self._add(Piece(Kind.CODE, line=trimmed(line, start=False)))
        elif self._is_item and self._lists and self._line:
            current = self._lists[-1]
            self._is_item = False
            indent = min(len(self._lists) - 1, DEEPEST_INDENT)
            number = current.number if current.is_ordered else None
            self._add(Piece(Kind.ITEM, line=self._take_line(), indent=indent, number=number))
        else:
            self._add(Piece(Kind.PARAGRAPH, line=self._take_line()))

    def _add(self, piece: Piece) -> None:
        if piece.line:
            self._pieces.append(replace(piece, is_quoted=self._open["blockquote"] > 0))


def _with_links(line: Line) -> list[Element]:
    """Slack makes no links of addresses in rich text by itself."""
    linked: list[Element] = []
    for element in line:
        if element["type"] != "text" or "code" in element.get("style", {}):
            linked.append(element)
            continue
        end = 0
        for found in _ADDRESS.finditer(element["text"]):
            address = found[0].rstrip(".,;:!?)]*_")
            linked.append({**element, "text": element["text"][end : found.start()]})
            linked.append({**element, "type": "link", "url": address, "text": address})
            end = found.start() + len(address)
        linked.append({**element, "text": element["text"][end:]})
    return linked


def _whole(written: str, otherwise: int) -> int:
    return int(written) if re.fullmatch("-?[0-9]{1,6}", written) else otherwise
