"""Everybody reads Balie in their own language: the catalogues are whole, and nothing is said outside them."""

from __future__ import annotations

import gettext
import re
import struct
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import translation

from balie.config.tests import catalogues
from balie.config.tests.catalogues import LANGUAGES, Entry
from balie.people import presets
from balie.people.models import Attribute
from balie.tickets.models.status import PRESET_NAMES, Group, Status

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|%%|\{\w*\}|</?\w+[^>]*>")
# The name of the product, which is the same everywhere.
# The letters are the faces of three buttons, which have names of their own.
_ALLOWED = {"Balie", "· Balie", "B", "I", "S"}
# What stands on the vendor's own pages, which are in English.
_ALLOWED |= {"Basic Information", "Socket Mode", "OAuth & Permissions", "Event Subscriptions"}
_ALLOWED |= {"api.slack.com/apps", "Create New App", "From scratch", "From a manifest"}
# Keys, and what is typed into a search, are the same in every language.
_CODE = {"script", "style", "kbd", "code"}
_READ_ALOUD = {"alt", "title", "placeholder", "aria-label", "label"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_translated(language: str) -> None:
    lacking = [
        entry.source
        for entry in catalogues.entries(language)
        if "fuzzy" in entry.flags
        or not all(entry.translations)
        or len(entry.translations) != (2 if entry.plural else 1)
    ]
    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_source_is_in_the_catalogue(language: str) -> None:
    known = {entry.source for entry in catalogues.entries(language)}
    assert sorted({f"{file}: {text}" for text, file in catalogues.said() if text not in known}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_what_is_filled_in(language: str) -> None:
    def changed(entry: Entry) -> bool:
        sources = [entry.source, entry.plural] if entry.plural else [entry.source]
        return any(
            sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(translated))
            or re.match(r"\s*", source)[0] != re.match(r"\s*", translated)[0]  # type: ignore[index]  # it always matches
            or len(source) - len(source.rstrip()) != len(translated) - len(translated.rstrip())
            for source, translated in zip(sources, entry.translations, strict=True)
        )

    assert [entry.source for entry in catalogues.entries(language) if changed(entry)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_says_the_same(language: str) -> None:
    path = catalogues.LOCALE / language / "LC_MESSAGES" / "django.mo"
    written = catalogues.entries(language)
    with path.open("rb") as file:
        (count,) = struct.unpack("<8xI", file.read(12))
        file.seek(0)
        compiled = gettext.GNUTranslations(file)

    assert count == len(written) + 1  # and its header
    assert [entry.source for entry in written if _read(compiled, entry) != entry.translations] == []


def _read(compiled: gettext.GNUTranslations, entry: Entry) -> list[str]:
    if entry.plural:
        return [compiled.ngettext(entry.source, entry.plural, number) for number in (1, 2)]
    return [compiled.pgettext(entry.context, entry.source) if entry.context else compiled.gettext(entry.source)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_words_go_before_those_of_libraries(language: str) -> None:
    with translation.override(language):
        other = [
            entry.source
            for entry in catalogues.entries(language)
            if not entry.plural and not entry.context and translation.gettext(entry.source) != entry.translations[0]
        ]
    assert other == []


@pytest.mark.parametrize("path", list(catalogues.templates()), ids=lambda path: str(path.relative_to(catalogues.BALIE)))
def test_a_template_says_nothing_untranslated(path: Path) -> None:
    text = _without_tags(path.read_text(encoding="utf-8"))
    if path.suffix == ".html":
        scanner = _Scanner()
        scanner.feed(text)
        words = scanner.words
    else:
        words = text.split("\n")
    assert [word.strip() for word in words if re.search(r"[^\W\d_]", word) and word.strip() not in _ALLOWED] == []


def _without_tags(template: str) -> str:
    for left_out in (
        r"\{% comment.*?endcomment %\}",
        r"\{#.*?#\}",
        r"\{% block body_attributes %\}.*?\{% endblock %\}",
        r"\{% blocktrans.*?endblocktrans(?:late)? %\}",
        r"\{%.*?%\}",
        r"\{\{.*?\}\}",
    ):
        template = re.sub(left_out, "", template, flags=re.DOTALL)
    return template


class _Scanner(HTMLParser):
    """Collects what people would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in _CODE
        self.words += [value for name, value in attrs if name in _READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            self.words.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_preset_statuses_have_a_name_in_every_language(language: str) -> None:
    english = [Status(key=key).name for key in PRESET_NAMES]
    with translation.override(language):
        names = [Status(key=key).name for key in PRESET_NAMES]
        assert names == [str(group.label) for group in Group]
    assert set(names).isdisjoint(english)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_preset_attributes_have_a_label_in_every_language(language: str) -> None:
    presets.make_preset_attributes()
    known = {entry.source: entry.translations[0] for entry in catalogues.entries(language)}
    with translation.override(language):
        for attribute in Attribute.objects.filter(is_preset=True).select_related("section"):
            assert str(attribute) == known[attribute.label]
            assert str(attribute.section) == known[attribute.section.label]
