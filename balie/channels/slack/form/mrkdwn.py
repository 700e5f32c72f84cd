"""Slack's own markup as HTML. https://docs.slack.dev/messaging/formatting-message-text"""

from __future__ import annotations

import re

from balie.channels.slack.form.dates import date_text
from balie.channels.slack.form.emoji import NAMED, of_workspace, with_emoji
from balie.channels.slack.form.inline import broadcast, channel, escaped, group, link, paragraphs, person
from balie.channels.slack.form.names import Names

_FENCE = re.compile(r"```(.*?)```", re.DOTALL)
_QUOTED_LINE = re.compile(r"(?:&gt;|>) ?")
_QUOTED_REST = re.compile(r"(?:&gt;|>){3} ?")
_CODE = re.compile(r"`([^`\n]+)`")
_ANGLE = re.compile(r"<([^<>\n]{1,4000})>")
_STYLES = tuple(
    (re.compile(rf"(?<![\w{mark}]){mark}(?=[^\s{mark}])([^\n{mark}]*[^\s{mark}]){mark}(?![\w{mark}])"), tag)
    for mark, tag in ((r"\*", "b"), ("_", "i"), ("~", "s"))
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
# What is already HTML stands aside, as a number between two characters that no text may hold, until the styles are read.
_OPENING, _CLOSING = "\ue000", "\ue001"
_ASIDE = re.compile(f"{_OPENING}([0-9]+){_CLOSING}")


def mrkdwn_html(text: str, names: Names) -> str:
    """Text as it comes, escaped by Slack (& < >), with marks for style and angle brackets for what it names."""
    text = re.sub("[\ue000\ue001]", "", text.replace("\r\n", "\n"))
    written = []
    for place, part in enumerate(_FENCE.split(text)):
        if place % 2:
            written.append(f"<pre>\n{escaped(_plain(part.strip(chr(10))))}</pre>" if part.strip() else "")
        else:
            written.append(_unfenced(part, names))
    return "".join(written)


def plain_html(text: str) -> str:
    """A plain_text object: nothing in it has a meaning but names of emoji."""
    return paragraphs(escaped(with_emoji(text)))


def _unfenced(text: str, names: Names) -> str:
    written: list[str] = []
    run: list[str] = []
    is_quoted = False

    def close() -> None:
        inner = paragraphs(_line("\n".join(run), names))
        written.append(f"<blockquote>{inner}</blockquote>" if is_quoted and inner else inner)
        run.clear()

    lines = text.split("\n")
    for place, line in enumerate(lines):
        if _QUOTED_REST.match(line):
            close()
            is_quoted = True
            run.extend([_QUOTED_REST.sub("", line, count=1), *lines[place + 1 :]])
            break
        if bool(_QUOTED_LINE.match(line)) != is_quoted:
            close()
            is_quoted = not is_quoted
        run.append(_QUOTED_LINE.sub("", line, count=1) if is_quoted else line)
    close()
    return "".join(written)


def _line(text: str, names: Names) -> str:
    aside: list[str] = []

    def put_aside(html: str) -> str:
        aside.append(html)
        return f"{_OPENING}{len(aside) - 1}{_CLOSING}"

    text = _CODE.sub(lambda code: put_aside(f"<code>{escaped(_plain(_bare(code[1])))}</code>"), text)
    text = _ANGLE.sub(lambda angle: put_aside(_named(angle[1], names)), text)
    text = NAMED.sub(lambda named: put_aside(escaped(of_workspace(with_emoji(named[0]), names))), text)
    text = escaped(_plain(text))
    for style, tag in _STYLES:
        text = style.sub(rf"<{tag}>\1</{tag}>", text)
    # What was put aside may hold what was put aside before it: code within the label of a link.
    for _level in range(3):
        text = _ASIDE.sub(lambda found: aside[int(found[1])], text)
    return text


def _named(inner: str, names: Names) -> str:
    """What stands in angle brackets: a person, a channel, a group, everybody, a date or an address, and its label."""
    target, _bar, label = inner.partition("|")
    label_html = escaped(with_emoji(_plain(label)))
    if target.startswith("@"):
        return person(target[1:], _plain(label), names)
    if target.startswith("#"):
        return channel(target[1:], _plain(label), names)
    if target.startswith("!subteam^"):
        return group(target.removeprefix("!subteam^"), _plain(label), names)
    if target.startswith("!date^"):
        return _date(target, _plain(label))
    if target.startswith("!"):
        return broadcast(target[1:]) if not label else f"<bdi>@{label_html.lstrip('@')}</bdi>"
    return link(_plain(target), label_html or escaped(_plain(target).removeprefix("mailto:")))


def _date(target: str, fallback: str) -> str:
    _kind, seconds, format, url = (_plain(part) for part in (target + "^^^").split("^", 4)[:4])
    said = escaped(date_text(int(seconds) if re.fullmatch("[0-9]{1,12}", seconds) else None, format, fallback))
    return link(url, said) if url else said


def _bare(code: str) -> str:
    """Code as typed: an address in it comes in angle brackets all the same."""
    return _ANGLE.sub(lambda angle: angle[1].partition("|")[2] or angle[1], code)


def _plain(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
