"""Everybody has initials and a colour, whatever their name."""

import pytest

from balie.platform.avatars import hue, initials


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "AL"),
        ("ada lovelace", "AL"),
        ("Vincent van Gogh", "VG"),
        ("Jan van der Berg", "JB"),
        ("van der Berg", "B"),
        ("Ludwig van", "L"),
        ("van de", "VD"),
        ("Maria José de la Cruz", "MC"),
        ("Ada", "A"),
        ("Jean-Luc Picard", "JP"),
        ("Lovelace, Ada", "AL"),
        ("Ada Lovelace (IT)", "AL"),
        ("(IT)", "I"),
        ("ada.lovelace@balie.example", "AL"),
        ("ada@balie.example", "A"),
        ("Émile Zola", "ÉZ"),
        ("E\u0301mile", "É"),
        ("'Ada' \"Lovelace\"", "AL"),
        ("🔥 Ada 🔥", "A"),
        ("🔥", "?"),
        ("", "?"),
        (" \t ", "?"),
        ("@", "?"),
        ("山田太郎", "山"),
        ("김 철수", "김철"),
        ("דב כהן", "דכ"),
        ("علی رضایی", "ع\u200cر"),
        ("عليّ", "ع"),
        ("Олена Шевченко", "ОШ"),
        ("ßa", "S"),
        ("3M", "3"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_a_name_keeps_its_colour() -> None:
    assert hue("Ada Lovelace") == hue(" ada  LOVELACE ")
    assert {hue(f"Person {number}") for number in range(100)} == set(range(6))
    assert hue("") in range(6)
