"""The value of an attribute: what may be one, how it is read from a form, a file or a program, and how a reader sees it.

A profile keeps it in `Person.attributes` as JSON: text and links as strings, whole numbers as numbers, decimal numbers as strings
("4200.5", so that no digit is lost), days as ISO 8601, yes and no as booleans, a choice by its key, several as a list of keys
in the order of the choices, a person by their id. An attribute without a value has no entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from balie.people.headings import plainly
from balie.people.known import Known
from balie.people.models import Attribute
from balie.people.notation import Notation
from balie.platform.characters import clean_text
from balie.platform.sentences import Said

Value = str | int | bool | list[str]

LONGEST_LINE: Final = 1000
LONGEST_TEXT: Final = 20_000
LONGEST_LINK: Final = 2000
LARGEST_NUMBER: Final = 10**15
MOST_DECIMALS: Final = 6

_T = Attribute.Type
_YES: Final = frozenset(
    {"yes", "y", "true", "1", "x", "ja", "j", "wahr", "waar", "oui", "o", "vrai", "si", "s", "verdadero", "vero"}
)
_NO: Final = frozenset({"no", "n", "false", "0", "nein", "falsch", "nee", "onwaar", "non", "faux", "falso"})
_LINK: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Unfit(Said, ValueError):
    """This cannot be a value of the attribute; the message says why, in the reader's language."""


def understood(attribute: Attribute, written: str, *, known: Known, notation: Notation) -> Value | None:
    """The value that somebody wrote, None for nothing; raises `Unfit`. Several choices stand behind commas or semicolons."""
    text = clean_text(written).strip()
    if not text:
        return None
    return _OF_TEXT[_T(attribute.type)](attribute, text, known, notation)


def validated(attribute: Attribute, value: object, *, known: Known) -> Value | None:
    """The value that a program or a form field gave, of its type already; None for nothing. Raises `Unfit`."""
    if value is None or value == "" or value == []:
        return None
    if attribute.type == _T.CHOICES:
        keys = value if isinstance(value, list | tuple) else [value]
        return _chosen(attribute, [str(key) for key in keys], known)
    if attribute.type == _T.YES_NO and isinstance(value, bool):
        return value
    if isinstance(value, bool | list | dict):
        raise Unfit(_("%(label)s has another type: %(type)s."), label=attribute, type=_T(attribute.type).label)
    if attribute.type == _T.PERSON and isinstance(value, int):
        return _person_numbered(value, known)
    if isinstance(value, float):
        # Its shortest form is what the program wrote.
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        value = f"{value:f}" if value.is_finite() else "?"
    if isinstance(value, date):
        value = value.isoformat()
    return understood(attribute, str(value), known=known, notation=Notation())


def shown(attribute: Attribute, value: object, *, known: Known) -> str:
    """The value for a reader, in the active language; "" for none. One that does not fit the type is shown as it stands."""
    if value is None or value in ("", []):
        return ""
    try:
        return _AS_TEXT[_T(attribute.type)](attribute, value, known)
    except (ValueError, TypeError, ArithmeticError):
        return _plain(value)


def sort_key(attribute: Attribute, value: object, *, known: Known) -> tuple[int, float, str]:
    """Orders values as a reader expects: by size, day, order of the choices, or letters without accents; no value comes last."""
    if value is None or value in ("", []):
        return (2, 0, "")
    if attribute.type in (_T.NUMBER, _T.DECIMAL):
        found = Notation().decimal(str(value))
        return (1, 0, str(value)) if found is None else (0, float(found), "")
    if attribute.type in (_T.CHOICE, _T.CHOICES):
        first = value[0] if isinstance(value, list) else value
        return (0, float([*known.choices(attribute), first].index(first)), str(value))
    if attribute.type == _T.YES_NO:
        return (0, 0 if value is True else 1, "")
    if attribute.type == _T.DATE:
        return (0, 0, str(value))
    return (0, 0, plainly(shown(attribute, value, known=known)))


def _line(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    line = " ".join(text.split())
    if len(line) > LONGEST_LINE:
        raise Unfit(_("%(label)s is longer than 1000 characters."), label=attribute)
    return line


def _long(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    if len(text) > LONGEST_TEXT:
        raise Unfit(_("%(label)s is longer than 20,000 characters."), label=attribute)
    return text


def _number(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    found = notation.decimal(text)
    if found is None or found != found.to_integral_value():
        raise Unfit(_("“%(written)s” is not a whole number."), written=text[:80])
    if abs(found) >= LARGEST_NUMBER:
        raise Unfit(_("“%(written)s” is too large a number."), written=text[:80])
    return int(found)


def _decimal(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    found = notation.decimal(text)
    if found is None:
        raise Unfit(_("“%(written)s” is not a number."), written=text[:80])
    if abs(found) >= LARGEST_NUMBER:
        raise Unfit(_("“%(written)s” is too large a number."), written=text[:80])
    plain = f"{found:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    if len(plain.partition(".")[2]) > MOST_DECIMALS:
        raise Unfit(_("“%(written)s” has more than six decimals."), written=text[:80])
    return "0" if plain == "-0" else plain


def _day(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    found = notation.day(text)
    if found is None:
        raise Unfit(_("“%(written)s” is not a date. Write it like 2026-11-23."), written=text[:80])
    return found.isoformat()


def _yes_or_no(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    word = plainly(text)
    if word not in _YES | _NO:
        raise Unfit(_("“%(written)s” is neither yes nor no."), written=text[:80])
    return word in _YES


def _choice(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    key = known.choice_called(attribute, text)
    if key is None:
        raise _no_choice(attribute, text)
    return key


def _choices(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    # A choice may have a comma in its name.
    if (whole := known.choice_called(attribute, text)) is not None:
        return [whole]
    return _chosen(attribute, [part for part in re.split("[;,|\n]", text) if part.strip()], known)


def _link(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    link = text if _LINK.match(text) and not re.match(r"[\w.-]+:\d", text) else f"https://{text}"
    try:
        parts = urlsplit(link)
        is_good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if (
        not is_good
        or "." not in (parts.hostname or "")
        or any(one.isspace() for one in link)
        or len(link) > LONGEST_LINK
    ):
        raise Unfit(_("“%(written)s” is not a link. It begins with https://."), written=text[:80])
    return link


def _person(attribute: Attribute, text: str, known: Known, notation: Notation) -> Value:
    if text.isdecimal() and len(text) <= 18:  # ids are 64 bits
        return _person_numbered(int(text), known)
    found = known.person_called(text)
    if found is None:
        raise Unfit(_("“%(written)s” is not the address of anybody here."), written=text[:80])
    return found.pk


def _person_numbered(pk: int, known: Known) -> Value:
    found = known.person(pk) if 0 < pk < 2**63 else None
    if found is None or found.is_external:
        raise Unfit(_("This person is not known here."))
    return found.pk


def _chosen(attribute: Attribute, written: list[str], known: Known) -> Value:
    found = set()
    for one in written:
        key = known.choice_called(attribute, one)
        if key is None:
            raise _no_choice(attribute, one)
        found.add(key)
    return [key for key in known.choices(attribute) if key in found]


def _no_choice(attribute: Attribute, written: str) -> Unfit:
    return Unfit(_("“%(written)s” is no choice of %(label)s."), written=written.strip()[:80], label=attribute)


def _day_shown(attribute: Attribute, value: object, known: Known) -> str:
    return formats.date_format(date.fromisoformat(str(value)), "SHORT_DATE_FORMAT")


def _number_shown(attribute: Attribute, value: object, known: Known) -> str:
    if isinstance(value, bool) or (found := Notation().decimal(str(value))) is None:
        raise ValueError
    return formats.number_format(found, use_l10n=True, force_grouping=True)


def _yes_or_no_shown(attribute: Attribute, value: object, known: Known) -> str:
    if not isinstance(value, bool):
        raise TypeError
    return _plain(value)


def _choices_shown(attribute: Attribute, value: object, known: Known) -> str:
    choices = known.choices(attribute)
    return ", ".join(str(choices.get(str(key), key)) for key in (value if isinstance(value, list) else [value]))


def _person_shown(attribute: Attribute, value: object, known: Known) -> str:
    if not isinstance(value, int):
        raise TypeError
    found = known.person(value)
    return found.name if found else ""


def _text_shown(attribute: Attribute, value: object, known: Known) -> str:
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


_OF_TEXT: Final[Mapping[str, Callable[[Attribute, str, Known, Notation], Value]]] = {
    _T.TEXT: _line, _T.LONG_TEXT: _long, _T.NUMBER: _number, _T.DECIMAL: _decimal, _T.DATE: _day, _T.YES_NO: _yes_or_no,
    _T.CHOICE: _choice, _T.CHOICES: _choices, _T.LINK: _link, _T.PERSON: _person,
}  # fmt: skip
_AS_TEXT: Final[Mapping[str, Callable[[Attribute, object, Known], str]]] = {
    _T.TEXT: _text_shown, _T.LONG_TEXT: _text_shown, _T.NUMBER: _number_shown, _T.DECIMAL: _number_shown, _T.DATE: _day_shown,
    _T.YES_NO: _yes_or_no_shown, _T.CHOICE: _choices_shown, _T.CHOICES: _choices_shown, _T.LINK: _text_shown,
    _T.PERSON: _person_shown,
}  # fmt: skip
