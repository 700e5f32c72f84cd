"""What a payload gives at a key, of the kind that the vendor documents; anything else counts as not given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Given: TypeAlias = Mapping[str, Any]


def text(payload: Given, *keys: str) -> str:
    """The first of these keys that holds text."""
    for key in keys:
        value = payload.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def number(payload: Given, key: str) -> int | None:
    value = payload.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def one(payload: Given, key: str) -> Given:
    value = payload.get(key)
    return value if isinstance(value, Mapping) else {}


def many(payload: Given, key: str) -> list[Given]:
    value = payload.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
