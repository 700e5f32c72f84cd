"""Reads what a message of Slack says as cleaned HTML and as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from balie.channels.slack.form import given
from balie.channels.slack.form.blocks import blocks_html
from balie.channels.slack.form.mrkdwn import mrkdwn_html
from balie.channels.slack.form.names import Names
from balie.channels.slack.form.shared import attached_html, shared_html
from balie.platform.text import clean_html, text_from_html

__all__ = ["Form", "Names", "to_html"]


@dataclass(frozen=True)
class Form:
    """What was said, twice: `html` is cleaned, `text` says the same without marks. Both are "" when nothing was said."""

    html: str
    text: str


def to_html(payload: Mapping[str, Any], *, names: Names) -> Form:
    """The message of an event, a history or a shortcut: its blocks, or its text where it has none, then what it shares."""
    said = blocks_html(given.many(payload, "blocks"), names) or mrkdwn_html(given.text(payload, "text"), names)
    said += shared_html(payload, names)
    html = clean_html(said or attached_html(payload, names))
    return Form(html=html, text=text_from_html(html) if html else "")
