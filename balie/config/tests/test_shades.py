"""The colours of statuses keep AA contrast (WCAG 2.2, 1.4.3) on every ground that a badge stands on, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import balie.config
from balie.tickets.models.status import Shade

_TOKENS = (Path(balie.config.__file__).parent / "static" / "css" / "tokens.css").read_text()
_GROUNDS = ("paper", "surface", "sunken", "accent-soft")


def colours(name: str) -> tuple[str, str]:
    found = re.search(rf"--{name}: light-dark\(#([0-9a-f]{{6}}), #([0-9a-f]{{6}})\)", _TOKENS)
    assert found, name
    return found[1], found[2]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shade", [one for one in Shade.values if one])
def test_a_shade_can_be_read(shade: str) -> None:
    for ground in _GROUNDS:
        for place in (0, 1):
            assert contrast(colours(f"shade-{shade}")[place], colours(ground)[place]) >= 4.5, (shade, ground, place)
