"""Text and names keep what a reader can see."""

import pytest

from balie.platform.text import clean_name, clean_text


@pytest.mark.parametrize("lines", ["a\r\nb", "a\rb", "a\x0bb", "a\x85b", "a\u2028b", "a\u2029b", "a\nb"])
def test_every_end_of_a_line_is_the_same(lines: str) -> None:
    assert clean_text(lines) == "a\nb"


@pytest.mark.parametrize(
    "unseen", [*"\0\x01\x1b\x7f\x9b\u202a\u202e\u2066\u2069\u200b\u2060\ufeff\u00ad\u3164\U000e0041\uffff"]
)
def test_what_cannot_be_seen_is_not_there(unseen: str) -> None:
    assert clean_text(f"a{unseen}b\tc") == "ab\tc"
    assert clean_name(f"A{unseen}da").replace(" ", "") == "Ada"


@pytest.mark.parametrize(
    "kept",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d💻",
        "❤\ufe0f\u200d🔥",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "葛\U000e0100城",
        "שלום",
        "Zoë",
        "Đặng",
    ],
)
def test_every_language_keeps_its_signs(kept: str) -> None:
    assert clean_text(kept) == kept
    assert clean_name(kept) == kept


def test_joiners_between_latin_letters_cannot_make_a_second_eva() -> None:
    assert clean_name("E\u200cv\u200da\u200e\u200f") == "Eva"


def test_text_cannot_be_smuggled_past_a_reader() -> None:
    assert clean_text("a\ufe01\ufe02\ufe03\U000e0101\U000e0102b") == "ab"


def test_marks_are_not_heaped() -> None:
    assert clean_text("x" + "\u0335" * 50) == "x" + "\u0335" * 4


def test_the_same_word_is_the_same_however_it_was_composed() -> None:
    assert clean_text("e\u0301") == "\u00e9"


def test_halves_of_characters_are_replaced() -> None:
    assert clean_text("a\ud800") == "a\ufffd"
    assert clean_name("\udfffAda") == "\ufffdAda"


def test_a_name_is_one_short_line() -> None:
    assert clean_name("  Ada\r\n\tBcc:  eva@balie.example ") == "Ada Bcc: eva@balie.example"
    assert len(clean_name("a" * 500)) == 120
    assert clean_name("\u202e \0") == ""
