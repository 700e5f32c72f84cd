"""Cards and forms stay within Slack's limits, whatever people call their teams, and in all six languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import translation

from balie.channels.slack import cards, forms
from balie.channels.slack.form.tests.block_kit_rules import check_message, check_view
from balie.platform.languages import CODES

NAMES = {"usual": "Laptop", "hostile": "<!channel> &<@U1>" * 15, "long": "👩‍👩‍👧‍👦 word " * 20}


@dataclass
class Drawn:
    text: str
    blocks: list[dict[str, Any]]


def every_card(name: str) -> list[tuple[str, list[dict[str, Any]]]]:
    choices = [(str(number), name) for number in range(150)]
    facts = [
        cards.Facts(
            number=999_999_999, subject=name, team=name, category=name, status=name, group=group, assignee=name, promise=name,
            page="https://desk.balie.example/my/requests/1", in_person=in_person, may_choose_again=True,
            is_ratable=group == "resolved", score=score,
        )
        for score in (None, 1)
        for group in ("todo", "in_progress", "waiting", "resolved")
        for in_person in (True, False)
    ]  # fmt: skip
    return [
        cards.which_team(choices[:4], choices), cards.which_team([], choices), cards.which_team(choices[:2], []),
        cards.which_category(name, choices[:3], other="1.0"), cards.which_category(name, choices, other="1.0"),
        cards.added(999_999_999, "1792396840.000002"), cards.added(None, "1792396840.000002"), *map(cards.request, facts),
    ]  # fmt: skip


def every_form(name: str) -> list[dict[str, Any]]:
    groups = [(name, [(f"{team}.{category}", name) for category in range(9)]) for team in range(25)]
    statuses = [(str(number), name) for number in range(9)]
    about = {"language": "en", "number": "999999999", "place": "C0ITHELP01"}
    return [
        forms.ask(groups, subject=name, text=name * 50, chosen="1.2", about=about),
        forms.details(about=about),
        forms.comment(name * 50, about=about),
        forms.elsewhere(groups, about=about),
        forms.desk(
            name, statuses, status="3", is_mine=False, page="https://desk.balie.example/requests/1", about=about
        ),
    ]


@pytest.mark.parametrize("language", sorted(CODES))
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_slack_takes_every_card_and_every_form(name, language):
    with translation.override(language):
        for text, blocks in every_card(name):
            check_message(Drawn(text, blocks))
        for form in every_form(name):
            check_view(form)


@pytest.mark.parametrize("language", sorted(CODES))
def test_no_title_of_a_form_is_cut(language):
    with translation.override(language):
        titles = [form[part]["text"] for form in every_form("Laptop") for part in ("title", "submit", "close")]
    assert not [title for title in titles if title.endswith("…")]


def test_no_name_calls_anybody():
    for _text, blocks in every_card(NAMES["hostile"]):
        assert "<!" not in str([block["text"]["text"] for block in blocks if block["type"] == "section"])
    desk = every_form(NAMES["hostile"])[-1]
    assert "<!" not in desk["blocks"][0]["text"]["text"]
