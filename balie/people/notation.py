"""How numbers and days are written: 1.234,56 or 1,234.56; 11/23/2026 or 23-11-2026."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils import formats
from django.utils.translation import get_language

_YEAR_FIRST: Final = re.compile(r"(\d{4})(?:[./-](?=.*[./-])|(?=\d{4}$))(\d{1,2})[./-]?(\d{1,2})")
_PARTS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_SHORT_YEAR, _PIVOT = 2, 69
_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?Z?$")
_TWO_PARTS: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")
_FIRST_YEAR: Final = 1000
# Spaces of every width and apostrophes only ever divide thousands.
_SPACES: Final = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_MINUS: Final = str.maketrans("−–", "--")
_PLAIN: Final = re.compile(r"[+-]?\d+")
_ONE_MARK: Final = re.compile(r"[+-]?(\d+)([.,])(\d+)")


@dataclass(frozen=True, kw_only=True)
class Notation:
    """Decides only what can be read in two ways: 1.234 is a thousand and more where "," is the decimal mark."""

    decimal_mark: str = "."
    is_month_first: bool = False

    @classmethod
    def of_reader(cls) -> Notation:
        """As it is written in the active language."""
        language = get_language() or "en"
        mark = formats.get_format("DECIMAL_SEPARATOR", language, use_l10n=True)
        return cls(decimal_mark="," if mark == "," else ".")

    @classmethod
    def guessed(cls, cells: Iterable[str], *, otherwise: Notation) -> Notation:
        """From the cells that can be read in one way only; the first of them decides."""
        mark, month_first = "", None
        for cell in cells:
            mark = mark or _telling_mark(cell)
            month_first = _telling_order(cell) if month_first is None else month_first
            if mark and month_first is not None:
                break
        return cls(
            decimal_mark=mark or otherwise.decimal_mark,
            is_month_first=otherwise.is_month_first if month_first is None else month_first,
        )

    def decimal(self, written: str) -> Decimal | None:
        """The number that this is, or None. Thousands may be divided by spaces, apostrophes, or the other mark."""
        text = _SPACES.sub("", written).translate(_MINUS)
        if _PLAIN.fullmatch(text):
            return Decimal(text)
        if (one := _ONE_MARK.fullmatch(text)) and one[2] != self.decimal_mark and not _divides(one[1], one[3]):
            # The mark of another language, where it cannot divide thousands.
            return Decimal(text.replace(",", "."))
        other = "," if self.decimal_mark == "." else "."
        mark, divider = (
            (self.decimal_mark, other) if not _is_turned(text, self.decimal_mark) else (other, self.decimal_mark)
        )
        pattern = rf"[+-]?(?:\d+|\d{{1,3}}(?:{re.escape(divider)}\d{{3}})+)(?:{re.escape(mark)}\d+)?"
        if not re.fullmatch(pattern, text):
            return None
        return Decimal(text.replace(divider, "").replace(mark, "."))

    def day(self, written: str) -> date | None:
        """The day that this is, or None: ISO 8601, or day, month and year in this notation's order."""
        text = _MIDNIGHT.sub("", written.strip())
        if year_first := _YEAR_FIRST.fullmatch(text):
            return _day(int(year_first[1]), int(year_first[2]), int(year_first[3]))
        if not (parts := _PARTS.fullmatch(text)):
            return None
        first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
        if len(parts[4]) == _SHORT_YEAR:
            # As POSIX has it: 69 is of the last century, 68 is to come.
            year += 2000 if year < _PIVOT else 1900
        orders = [(first, second), (second, first)] if self.is_month_first else [(second, first), (first, second)]
        # Where the order of this notation gives no day, the other one does: there is no month 23.
        return _day(year, *orders[0]) or _day(year, *orders[1])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if year >= _FIRST_YEAR else None


def _divides(before: str, behind: str) -> bool:
    return len(behind) == 3 and len(before) <= 3 and not before.startswith("0")


def _is_turned(text: str, decimal_mark: str) -> bool:
    """Whether both marks stand in it, and the last one is the one that should divide."""
    other = "," if decimal_mark == "." else "."
    return other in text and decimal_mark in text and text.rindex(other) > text.rindex(decimal_mark)


def _telling_mark(cell: str) -> str:
    text = _SPACES.sub("", cell).translate(_MINUS).lstrip("+-")
    if not text or not set(text) <= set("0123456789.,") or not {".", ","} & set(text):
        return ""
    if {".", ","} <= set(text):
        return max(".,", key=text.rindex)
    mark = "." if "." in text else ","
    if text.count(mark) > 1:
        return "," if mark == "." else "."
    before, _mark, behind = text.partition(mark)
    return "" if _divides(before, behind) else mark


def _telling_order(cell: str) -> bool | None:
    found = _TWO_PARTS.fullmatch(_MIDNIGHT.sub("", cell.strip()))
    if not found:
        return None
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return False
    return True if second > 12 >= first else None
