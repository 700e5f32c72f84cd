"""The guides in docs/ call pages, fields and buttons what the pages themselves call them, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

import balie
from balie.administration.start import SETTINGS
from balie.platform.languages import LANGUAGES

GUIDES = Path(balie.__path__[0]).parent / "docs" / "guide"
LABELS = (
    "Add", "Remove", "Contact your account manager", "Create “Conversations expert”", "Conversations", "Requester",
    "Allowed employee attributes", "Search attributes", "Save", "Edit teams", "Members", "Working hours", "Team categories",
    "SLAs", "Channels", "Link a channel",
)  # fmt: skip
ROUTES = ("plan", "roles", "credentials", "teams", "statuses")


@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_a_guide_uses_the_words_of_the_pages(language: str) -> None:
    marked = _marked((GUIDES / f"{language}.md").read_text(encoding="utf-8"))
    with translation.override(language):
        assert [label for label in LABELS if gettext(label) not in marked] == []
        paths = {one.route: " > ".join(one.path) for one in SETTINGS}
        lacking = [route for route in ROUTES if paths[f"administration:{route}"] not in marked]
        assert lacking == []
        # And leads to no page that there is not.
        own = f"{gettext('Personal settings')} > {gettext('Language')}"
        assert own in marked
        assert [one for one in marked if " > " in one and one not in {*paths.values(), own}] == []


@pytest.mark.parametrize("language", [code for code, _name in LANGUAGES])
def test_its_pictures_and_the_other_languages_are_there(language: str) -> None:
    text = (GUIDES / f"{language}.md").read_text(encoding="utf-8")
    targets = [one for one in re.findall(r"\]\(([^)]+)\)", text) if "://" not in one]
    assert len(targets) >= 10
    assert [one for one in targets if not (GUIDES / one).exists()] == []


def _marked(text: str) -> set[str]:
    """What stands in bold or in italics: words that the reader finds on a page."""
    found = re.findall(r"\*\*(.+?)\*\*|(?<![*\\])\*([^*\n]+)\*(?!\*)", text)
    return {(bold or slanted).replace("\\*", "*").rstrip(".:") for bold, slanted in found}
