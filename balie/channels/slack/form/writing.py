"""Writes our cleaned HTML as messages of Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from balie.channels.slack.form.block_kit import to_blocks
from balie.channels.slack.form.drawing import draw
from balie.channels.slack.form.fallback import to_mrkdwn
from balie.channels.slack.form.naming import with_mentions
from balie.channels.slack.form.splitting import split

__all__ = ["Part", "to_parts"]


@dataclass(frozen=True)
class Part:
    """One message: its blocks, and the same as mrkdwn for where blocks are not drawn.

    Post it with neither `parse` nor `link_names`, their default: then nothing in it calls anybody but a mention of ours.
    """

    text: str
    blocks: list[dict[str, Any]]


def to_parts(html: str, *, mentions: Mapping[str, str]) -> list[Part]:
    """The messages that say this, in order, each within what Slack takes; none when it says nothing.

    `mentions` gives the Slack id of each person who may be called, by their whole name as it is written after the @.
    """
    pieces = with_mentions(draw(html), mentions)
    return [Part(text=to_mrkdwn(message), blocks=to_blocks(message)) for message in split(pieces)]
