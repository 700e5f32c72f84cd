"""Pieces of Block Kit, within its limits. https://docs.slack.dev/reference/block-kit"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

Block = dict[str, Any]
# A choice as (value, words).
Choice = tuple[str, str]

_LONGEST: Final = {"button": 75, "option": 75, "header": 150, "text": 3000, "title": 24}
MOST_OPTIONS: Final = 100
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
LONGEST_LINE: Final = 3000


def plain(text: str, kind: str = "text") -> Block:
    most = _LONGEST[kind]
    return {
        "type": "plain_text",
        "text": (text if len(text) <= most else text[: most - 1] + "…") or "…",
        "emoji": False,
    }


def escaped(text: str) -> str:
    """Nothing in it is markup or calls anybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    block: Block = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": mrkdwn[: _LONGEST["text"]] or " ", "verbatim": True},
    }
    return block | ({"accessory": accessory} if accessory else {})


def context(mrkdwn: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn[:2000] or " ", "verbatim": True}]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, "header")}


def button(words: str, action: str, value: str = "", *, style: str = "", url: str = "") -> Block:
    made: Block = {"type": "button", "text": plain(words, "button"), "action_id": action}
    for name, given in (("value", value[:2000]), ("style", style), ("url", url[:3000])):
        if given:
            made[name] = given
    return made


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def menu(words: str, action: str, choices: Sequence[Choice], *, chosen: str = "") -> Block:
    options = [option(*choice) for choice in choices[:MOST_OPTIONS]]
    made: Block = {"type": "static_select", "placeholder": plain(words), "action_id": action, "options": options}
    initial = next((one for one in options if one["value"] == chosen), None) if chosen else None
    return made | ({"initial_option": initial} if initial else {})


def option(value: str, words: str) -> Block:
    return {"text": plain(words, "option"), "value": value}


def grouped_menu(words: str, action: str, groups: Sequence[tuple[str, Sequence[Choice]]], *, chosen: str = "") -> Block:
    made: Block = {
        "type": "static_select", "placeholder": plain(words), "action_id": action,
        "option_groups": [
            {"label": plain(label, "option"), "options": [option(*choice) for choice in choices[:MOST_OPTIONS]]}
            for label, choices in groups[:MOST_OPTIONS]
        ],
    }  # fmt: skip
    listed = [one for group in made["option_groups"] for one in group["options"]]
    initial = next((one for one in listed if one["value"] == chosen), None) if chosen else None
    return made | ({"initial_option": initial} if initial else {})


def field(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    """A field of a form; its id is the block's too, so that an error finds its place."""
    return {
        "type": "input", "block_id": name, "label": plain(label), "element": {**element, "action_id": name}, "optional": optional,
    }  # fmt: skip


def line(initial: str = "", *, many: bool = False, most: int = LONGEST_LINE) -> Block:
    made: Block = {"type": "plain_text_input", "multiline": many, "max_length": most}
    return made | ({"initial_value": initial[:most]} if initial else {})


def modal(form: str, title: str, blocks: Sequence[Block], *, submit: str, close: str, about: str) -> Block:
    return {
        "type": "modal", "callback_id": form, "title": plain(title, "title"), "submit": plain(submit, "title"),
        "close": plain(close, "title"), "private_metadata": about, "blocks": list(blocks),
    }  # fmt: skip
