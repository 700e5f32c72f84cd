"""What a person wrote, apart from the history and the signature beneath it, in the HTML that each mail program makes."""

import re
from typing import Any

from lxml import etree

from balie.channels.email.header_block import find_block
from balie.channels.email.html_marks import (
    begins_history,
    has_history_within,
    is_quote,
    is_quote_frame,
    is_signature,
    may_have_marks,
)
from balie.channels.email.phrases import (
    FROM_LINE,
    LONGEST_ATTRIBUTION,
    is_attribution,
    is_forward_separator,
    is_from_a_phone,
    is_separator,
    is_signature_mark,
)
from balie.channels.email.quoting import Folded

LONGEST = 2_000_000
MOST_ELEMENTS = 20_000
DEEPEST = 200
MOST_LOOKS = 20

Element = Any  # lxml has no types

_BLOCKS = {
    "p",
    "div",
    "blockquote",
    "table",
    "tr",
    "td",
    "ul",
    "ol",
    "li",
    "pre",
    "hr",
    "section",
    "article",
    "center",
    "body",
}
_BLANK = re.compile(r"[\s\xa0\u200b\ufeff]*")
_LABELS = {"b", "strong", "span", "font", "p", "div"}


def fold_html(html: str) -> Folded | None:
    """The HTML in two, neither of them cleaned; None when it has no structure that can be read."""
    if len(html) > LONGEST or not may_have_marks(html):
        return Folded(html)
    body = _parse(html)
    if body is None:
        return None
    folded: list[Element] = []
    rest = _first_of_history(body)
    quotes = [quote for quote in _outermost(body, rest) if _says(quote)]
    attributions = [found for quote in quotes for found in _attributions(quote)]
    if quotes and not _answers(body, quotes, attributions, rest):
        for element in [*attributions, *quotes]:
            folded.append(_take(element))
    if rest is not None:
        folded += _take_from(rest)
    history = list(folded)
    for element in [found for found in body.iter(etree.Element) if is_signature(found)]:
        if any(parent is body for parent in element.iterancestors()):
            history.insert(0, _take(element))
    _take_written_signature(body, history)
    _trim(body)
    if not _says(body):
        return Folded(html)
    return Folded(_inner(body), "".join(_outer(element) for element in history if _says(element)))


def _parse(html: str) -> Element | None:
    """The body, or None. Trees of hostile depth are read too (`huge_tree`), as libxml2 would otherwise drop their rest."""
    try:
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
        root = etree.fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser)
        if root is None:
            return None
        body = root if root.tag == "body" else root.find("body")
        return None if body is None or not _is_modest(body) else body
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _is_modest(body: Element) -> bool:
    """Whether the tree is one that a mail program makes; questions below cost its size times its depth."""
    depth = 0
    for steps, (event, _) in enumerate(etree.iterwalk(body, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST or steps > 2 * MOST_ELEMENTS:
            return False
    return True


def _first_of_history(body: Element) -> Element | None:
    """The element from which all is history: Outlook's header block, however its version marks it."""
    looked = 0
    for element in body.iter(etree.Element):
        if element is body:
            continue
        begins = begins_history(element)
        if begins == "here":
            return element
        if begins == "frame" or _is_line(element, is_separator):
            return _climbed(element, body)
        if looked < MOST_LOOKS and _is_sender_label(element):
            looked += 1
            if find_block(_lines_from(element), 0) is not None:
                return _climbed(element, body)
    return None


def _is_sender_label(element: Element) -> bool:
    """Whether "From:" stands here in bold, outside of any quote, as all Outlooks write it above the other header lines."""
    if element.tag not in _LABELS:
        return False
    label = (element.text or "").strip()[:200]
    if not (FROM_LINE.match(label + " ") or FROM_LINE.match(label + (element.tail or "")[:80])):
        return False
    return not any(is_quote(parent) for parent in element.iterancestors())


def _lines_from(element: Element) -> list[str]:
    """The next lines of text, from this element on, across its ancestors."""
    block = element
    while block.tag not in ("p", "div", "td", "body") and block.getparent() is not None:
        block = block.getparent()
    text = _text_with_breaks(block)
    following = block
    for _ in range(8):
        following = following.getnext()
        if following is None or len(text) > 2_000:
            break
        text += "\n" + _text_with_breaks(following)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    start = next((number for number, line in enumerate(lines) if FROM_LINE.match(line)), 0)
    return [line for line in lines[start : start + 30] if line] or [""]


def _text_with_breaks(element: Element) -> str:
    pieces: list[str] = []
    length = 0
    for event, found in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if found.tag in _BLOCKS or found.tag == "br":
                pieces.append("\n")
            pieces.append((found.text or "").replace("\n", " "))
        else:
            if found.tag in _BLOCKS:
                pieces.append("\n")
            if found is not element:
                pieces.append((found.tail or "").replace("\n", " "))
        length += len(pieces[-1])
        if length > 3_000:
            break
    return "".join(pieces)


def _climbed(element: Element, body: Element) -> Element:
    """The outermost element that begins with this one: a frame around the header lines is part of the history."""
    while (parent := element.getparent()) is not None and parent is not body:
        if not _BLANK.fullmatch(parent.text or "") or any(
            _says(before, tail=True) for before in element.itersiblings(preceding=True)
        ):
            break
        element = parent
    return element


def _outermost(body: Element, rest: Element | None) -> list[Element]:
    """The quotes that stand in no other quote, before the element from which all is history."""
    found: list[Element] = []
    around = set() if rest is None else set(rest.iterancestors())
    stack = [body]
    while stack:
        element = stack.pop()
        if element is rest:
            break
        if not isinstance(element.tag, str):
            continue
        if element is not body and is_quote(element) and not (is_quote_frame(element) and has_history_within(element)):
            if element not in around:
                found.append(element)
                continue
        elif element.tag == "blockquote" and any(True for _ in _attributions(element)):
            found.append(element)
            continue
        stack.extend(reversed(element))
    return found


def _attributions(quote: Element) -> list[Element]:
    """What stands right above a quote and says who wrote it."""
    before = quote.getprevious()
    steps = 0
    while before is not None and steps < 4 and not _says(before, tail=True):
        before, steps = before.getprevious(), steps + 1
    if before is None:
        parent = quote.getparent()
        if (
            parent is None
            or parent.tag == "body"
            or not _BLANK.fullmatch(parent.text or "")
            or parent.tag not in ("div", "p")
        ):
            return _wrapped_text(quote)
        return _attributions(parent) if parent.getprevious() is not None else []
    if (before.tag in _BLOCKS and _BLANK.fullmatch(before.tail or "")) and _is_line(before, _introduces):
        return [before]
    return _wrapped_text(quote)


def _wrapped_text(quote: Element) -> list[Element]:
    """An attribution that is loose text and inline elements: put into an element of its own, so that it can be moved."""
    parent = quote.getparent()
    if parent is None:
        return []
    run: list[Element] = []
    before = quote.getprevious()
    while before is not None and (before.tag not in _BLOCKS) and not (before.tag == "br" and _says_loose(run)):
        run.insert(0, before)
        before = before.getprevious()
    lead = (before.tail if before is not None else parent.text) or ""
    text = lead + "".join(_text(element) + (element.tail or "") for element in run)
    if len(text) > LONGEST_ATTRIBUTION * 2 or not _introduces(" ".join(text.split())):
        return []
    holder = etree.Element("div")
    holder.text = lead
    if before is not None:
        before.tail = None
    else:
        parent.text = None
    quote.addprevious(holder)
    for element in run:
        holder.append(element)
    return [holder]


def _says_loose(run: list[Element]) -> bool:
    return any(_says(element, tail=True) for element in run)


def _introduces(line: str) -> bool:
    return is_attribution(line) or is_forward_separator(line) or is_separator(line)


def _is_line(element: Element, question: Any) -> bool:
    """Whether all that an element says is one line of which the question is true."""
    if element.tag not in _BLOCKS and element.tag != "span":
        return False
    if len(element) > 12:
        return False
    pieces, length = [], 0
    for piece in element.itertext():
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_ATTRIBUTION * 2:
            return False
    line = " ".join("".join(pieces).split())
    return bool(line) and bool(question(line))


def _answers(body: Element, quotes: list[Element], attributions: list[Element], rest: Element | None) -> bool:
    """Whether quotes are answered one by one: written text between them, or above and beneath."""
    skipped = {*quotes, *attributions}
    runs: list[str] = []

    def note(kind: str) -> None:
        if not runs or runs[-1] != kind:
            runs.append(kind)

    stack: list[tuple[Element, bool]] = [(body, False)]
    while stack:
        element, is_done = stack.pop()
        if is_done:
            if element is not body and (element.tail or "").strip():
                note(_kind(element.tail, runs))
            continue
        if element is rest:
            break
        stack.append((element, True))
        if element in skipped:
            if element in quotes:
                note("q")
        elif is_signature(element) or not isinstance(element.tag, str) or _is_line(element, is_from_a_phone):
            continue
        else:
            if (element.text or "").strip():
                note(_kind(element.text, runs))
            elif element.tag == "img":
                note("w")
            stack.extend((child, False) for child in reversed(element))
        if "s" in runs:
            break
    return "".join(runs).rstrip("s") not in ("", "q", "w", "wq", "qw")


def _kind(text: str, runs: list[str]) -> str:
    """Written ("w"), or the mark of a signature beneath the quote ("s"), where no more answers come; blanks continue."""
    if _BLANK.fullmatch(text):
        return runs[-1] if runs else "w"
    return "s" if is_signature_mark(text.strip("\n")) and "q" in runs else "w"


def _take_written_signature(body: Element, history: list[Element]) -> None:
    """A signature without an element of its own: from the line "-- " on, or a last line "Sent from my iPhone"."""
    for element in list(body.iter(etree.Element)):
        if (
            element is not body
            and element.tag in _BLOCKS | {"span"}
            and is_signature_mark((element.text or "").strip("\r\n\t "))
        ):
            if _says_before(element, body):
                history[:0] = _take_from(element)
                return
        elif (
            element.tag == "br"
            and is_signature_mark((element.tail or "").strip("\r\n\t "))
            and _says_before(element, body)
        ):
            history[:0] = _take_from(element)
            return
    lasts = [element for element in body.iter(etree.Element) if element.tag in ("div", "p", "span") and _says(element)]
    for element in lasts[-4:]:
        if _is_line(element, is_from_a_phone) and _says_before(element, body):
            history.insert(0, _take(element))
            return


def _says_before(element: Element, body: Element) -> bool:
    if (body.text or "").strip():
        return True
    for parent in [element, *element.iterancestors()]:
        if parent is body:
            return False
        if any(_says(before, tail=True) for before in parent.itersiblings(preceding=True)):
            return True
        above = parent.getparent()
        if above is not None and (above.text or "").strip():
            return True
    return False


def _take(element: Element) -> Element:
    """The element, out of the tree; the text behind it stays where it was."""
    parent = element.getparent()
    if parent is None:
        return element
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)
    return element


def _take_from(element: Element) -> list[Element]:
    """This element and all that follows it in the document, out of the tree, in order."""
    taken: list[Element] = []
    here: Element | None = element
    is_first = True
    while here is not None and here.tag != "body":
        parent, following = here.getparent(), list(here.itersiblings())
        tail = here.tail
        if parent is None:
            break
        if is_first:
            parent.remove(here)
            here.tail = None
            taken.append(here)
        else:
            here.tail = None
        if tail and tail.strip():
            holder = etree.Element("div")
            holder.text = tail
            taken.append(holder)
        for sibling in following:
            parent.remove(sibling)
            taken.append(sibling)
        here, is_first = parent, False
    return taken


def _trim(body: Element) -> None:
    """Takes the empty lines and rules away that stood between the answer and its history."""
    for _ in range(200):
        last = body
        while len(last):
            last = last[-1]
            if last.tail and not _BLANK.fullmatch(last.tail):
                return
        if last is body or _says(last) or last.tag in ("td", "th", "tr"):
            return
        last.getparent().remove(last)


def _says(element: Element, *, tail: bool = False) -> bool:
    """Whether there is anything to read or to see in it."""
    if element.tag == "img" or not isinstance(element.tag, str):
        return bool(element.tag == "img")
    if tail and not _BLANK.fullmatch(element.tail or ""):
        return True
    return any(not _BLANK.fullmatch(text) for text in element.itertext() if text) or element.find(".//img") is not None


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _inner(body: Element) -> str:
    return str(etree.tostring(body, encoding="unicode", method="html", with_tail=False))


def _outer(element: Element) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html"))
