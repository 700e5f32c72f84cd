"""Emoji by Slack's names."""

import pytest

from balie.channels.slack.form.emoji import emoji, with_emoji


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("thumbsup", "👍"),
        ("+1", "👍"),
        ("-1", "👎"),
        ("white_check_mark", "✅"),
        ("ticket", "🎫"),
        ("admission_tickets", "🎟️"),
        ("eyes", "👀"),
        ("the_horns", "🤘"),
        ("man-shrugging", "🤷‍♂️"),
        ("flag-de", "🇩🇪"),
        ("flag-scotland", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        ("large_green_circle", "🟢"),
        ("+1::skin-tone-2", "👍🏻"),
        ("+1::skin-tone-6", "👍🏿"),
        ("man-shrugging::skin-tone-4", "🤷🏽‍♂️"),
        ("tada::skin-tone-4", "🎉"),
        ("party_parrot", ":party_parrot:"),
        ("", ""),
    ],
)
def test_a_standard_name_is_drawn_and_any_other_stays_a_name(name, drawn):
    assert emoji(name) == drawn


@pytest.mark.parametrize(
    ("unicode", "drawn"),
    [("1faea", "\U0001faea"), ("0023-fe0f-20e3", "#️⃣"), ("3c", ":x_x:"), ("202e", "\u202e"), ("d800", ":x_x:"), ("zz", ":x_x:"),
     ("110000", ":x_x:"), ("0041-1f44d", ":x_x:")],
)  # fmt: skip
def test_slacks_own_code_points_are_drawn_when_they_are_no_letters(unicode, drawn):
    assert emoji("x_x", unicode=unicode) == drawn


def test_only_names_that_stand_for_one_are_replaced_in_a_text():
    assert with_emoji("at 10:30:45 :wave::skin-tone-3: :nope: :smile:x") == "at 10:30:45 👋🏼 :nope: 😄x"
