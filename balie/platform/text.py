"""Text from outside, made safe: the only place that cleans HTML, and the only one that may mark any as safe."""

import re
from collections import Counter

import nh3
from django.utils.safestring import SafeString
from inscriptis import get_text
from lxml.etree import LxmlError

from balie.platform.characters import clean_name, clean_text, mended, seen
from balie.platform.pictures import place_images, show_remote_images, withheld, without_sources
from balie.platform.plain_text import LINK_REL, html_from_text, tidy, without_tags

__all__ = [
    "clean_html",
    "clean_name",
    "clean_text",
    "html_from_text",
    "place_images",
    "safe",
    "show_remote_images",
    "text_from_html",
]

# A letter is a few kilobytes. What is longer is cut, for the time that cleaning takes (400 kB: 80 ms); the raw form
# of it is kept.
LONGEST_LETTER = 1_000_000
# The parser looks through all that is open for each tag: 100,000 open ones take half a minute. Letters have tens.
DEEPEST = 500
# inscriptis keeps columns and lists apart, at 0.5 s for 400 kB, and worse for tables within tables.
LONGEST_LAID_OUT = 100_000
MOST_LAID_OUT_TABLES = 50

_LINK_SCHEMES = ("http://", "https://", "mailto:", "tel:")

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {
    "address", "blockquote", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p",
    "pre", "ul",
}  # fmt: skip
_TABLES = {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"}
_INLINE = {
    "a", "abbr", "b", "bdi", "big", "br", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
}  # fmt: skip
_GONE_WITH_CONTENT = {
    "applet", "audio", "button", "canvas", "datalist", "dialog", "embed", "frameset", "iframe", "math",
    "noembed", "noframes", "noscript", "object", "optgroup", "option", "script", "select", "style", "svg",
    "template", "textarea", "title", "video",
}  # fmt: skip

_VALUES: dict[str, re.Pattern[str]] = {
    "align": re.compile("left|right|center|justify", re.IGNORECASE),
    "colspan": re.compile("[1-9][0-9]?"),
    "dir": re.compile("ltr|rtl|auto", re.IGNORECASE),
    "height": re.compile("[0-9]{1,3}|1[0-9]{3}"),
    "lang": re.compile("[A-Za-z0-9-]{1,35}"),
    "rowspan": re.compile("[1-9][0-9]?"),
    "start": re.compile("-?[0-9]{1,6}"),
    "type": re.compile("[1aAiI]"),
    "value": re.compile("-?[0-9]{1,6}"),
    "width": re.compile("[0-9]{1,3}|1[0-9]{3}"),
}

# Word hides hundreds of tags in comments. They end as browsers end them: "<!-->" at once, an open one with the letter.
_COMMENT = re.compile("<!--(?:-?>|.*?--!?>|.*)", re.DOTALL)
_NESTING_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)", re.IGNORECASE)
# Tags that need no end: each is ended by the next, or has no content.
_ENDLESS = {
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "param", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
}  # fmt: skip
# The parser opens these again in each block that follows an unclosed one: thrice at most if all are alike, but without
# bound if their attributes differ.
_FORMATTING_ATTRIBUTES = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*>", re.IGNORECASE
)
_EMBEDDED = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=%]{64,}")


def clean_html(html: str) -> str:
    """HTML from outside with only what a letter needs: no script, no style, no classes, nothing that loads by itself.

    Pictures lose their source: an enclosed one keeps `data-cid` (see `place_images`), a remote one `data-remote-src`
    (see `show_remote_images`). Cleaning what is clean changes nothing.
    """
    if len(html) > LONGEST_LETTER:
        html = _EMBEDDED.sub("data:,", html)[:LONGEST_LETTER]
    html = _FORMATTING_ATTRIBUTES.sub(r"<\1>", mended(html).replace("\0", ""))
    if _is_too_deep(html):
        return html_from_text(without_tags(html))
    cleaned = seen(_CLEANER.clean(html))
    if len(cleaned) > 5 * LONGEST_LETTER:
        return html_from_text(without_tags(html))
    return without_sources(cleaned)


def text_from_html(html: str) -> str:
    """What HTML from outside says, as plain text: blocks on their own lines, tables in columns, no hidden parts."""
    if len(html) <= LONGEST_LAID_OUT and html.lower().count("<table") <= MOST_LAID_OUT_TABLES:
        try:
            return tidy(get_text(mended(html).replace("\0", "")))
        except (LxmlError, RecursionError, ValueError):
            # Too deep or too broken to lay out; what it says can still be read.
            return _text_without_layout(html)
    return _text_without_layout(html)


def safe(html: str) -> SafeString:
    """Already cleaned HTML, marked so that a template writes it as it is. No other place may mark any."""
    return SafeString(html)


def _is_too_deep(html: str) -> bool:
    if html.count("<") <= DEEPEST:
        return False
    depth, open_tags = 0, Counter[str]()
    for end, name in _NESTING_TAG.findall(_COMMENT.sub("", html)):
        name = name.lower()
        if name in _ENDLESS:
            continue
        if not end:
            open_tags[name] += 1
            depth += 1
            if depth > DEEPEST:
                return True
        elif open_tags[name]:
            open_tags[name] -= 1
            depth -= 1
    return False


def _allowed(tag: str, name: str, value: str) -> str | None:
    """The value with which an attribute stays, or None. What is not checked here is plain text, such as a title."""
    value = seen(value).strip()
    if name == "href":
        return value if value.lower().startswith(_LINK_SCHEMES) else None
    if tag == "img" and name in ("src", "srcset", "data-cid", "data-remote-src"):
        return withheld(name, value)
    if name in _VALUES:
        return value if _VALUES[name].fullmatch(value) else None
    return value


def _text_without_layout(html: str) -> str:
    return tidy(without_tags(clean_html(html)))


_CLEANER = nh3.Cleaner(
    tags=_HEADINGS | _BLOCKS | _TABLES | _INLINE,
    clean_content_tags=_GONE_WITH_CONTENT,
    attributes={
        "*": {"dir", "lang", "title"},
        "a": {"href"},
        "img": {"alt", "width", "height", "src", "srcset", "data-cid", "data-remote-src"},
        "li": {"value"},
        "ol": {"start", "type"},
        "p": {"align"},
        "div": {"align"},
        "td": {"align", "colspan", "rowspan"},
        "th": {"align", "colspan", "rowspan"},
    },
    attribute_filter=_allowed,
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel=LINK_REL,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative="deny",
)
