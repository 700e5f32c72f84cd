"""Addresses that hold nothing but numbers: Django looks each route up once for a process, and not for every address."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import Final

from django.urls import reverse

# Stand for the numbers while a route is looked up: none is that large.
_FIRST_MARK: Final = 8_000_000_000_000_000_000


def address(name: str, *numbers: int) -> str:
    """What `reverse` gives for the route of this name and these numbers, none of them negative."""
    first, *others = parts(name, len(numbers))
    return first + "".join(chain.from_iterable(zip(map(str, numbers), others, strict=True)))


@cache
def parts(name: str, count: int) -> tuple[str, ...]:
    """What stands before, between and after so many numbers; raises `NoReverseMatch`."""
    marks = [_FIRST_MARK + place for place in range(count)]
    return tuple(re.split("|".join(map(str, marks)), reverse(name, args=marks))) if marks else (reverse(name),)
