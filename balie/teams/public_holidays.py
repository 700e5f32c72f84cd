"""Public holidays, as the library `holidays` knows them, by country and region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Final

import holidays
from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

from balie.platform.alphabet import alphabetical

_ALPHA_2: Final = 2


@cache
def _regions() -> Mapping[str, tuple[str, ...]]:
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(regions) for code, regions in known.items() if len(code) == _ALPHA_2}


def is_known(country: str, region: str = "") -> bool:
    return country in _regions() and (not region or region in _regions()[country])


def countries() -> list[tuple[str, str]]:
    """Code and name of each, in the reader's language and by its alphabet."""
    names = _territories(get_language() or "en")
    return alphabetical(((code, names.get(code, code)) for code in _regions()), by=lambda one: one[1])


def regions(country: str) -> list[tuple[str, str]]:
    """Code and name of each region with holidays of its own."""
    if country not in _regions():
        return []
    aliases = holidays.country_holidays(country).subdivisions_aliases
    names = {code: name for name, code in reversed(aliases.items())}
    return alphabetical(((code, names.get(code, code)) for code in _regions()[country]), by=lambda one: one[1])


@lru_cache(maxsize=512)
def holidays_in(country: str, region: str, year: int, language: str = "") -> Mapping[date, str]:
    """The days of one year with their names: in the language when the library has it, else as the country calls them."""
    if not is_known(country, region):
        return {}
    known = holidays.country_holidays(country)
    spoken = known.supported_languages
    wanted = next((one for one in spoken if language and one.split("_")[0] == language), known.default_language)
    found = holidays.country_holidays(country, subdiv=region or None, years=year, expand=False, language=wanted)
    return dict(sorted(found.items()))


@cache
def _territories(language: str) -> Mapping[str, str]:
    try:
        return Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return Locale("en").territories
