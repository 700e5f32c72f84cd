"""Names stand where the reader looks for them."""

import pytest
from django.utils import translation

from balie.platform.alphabet import alphabetical


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("nl", ["ada", "Álvaro", "Bea", "Émile", "Eva", "Zoë"]),
        ("de", ["Ärger", "Arzt", "Muller", "Müller", "Straße", "Strasser", "Zug"]),
        ("fr", ["cote", "coté", "œuvre", "Zélie"]),
        ("es", ["nube", "nuez", "ñandú", "ojo"]),
        ("en", ["Łukasz", "Lynn", "ñandú", "nube"]),
    ],
)
def test_accents_and_capitals_move_nobody_to_the_end(language: str, names: list[str]) -> None:
    with translation.override(language):
        assert alphabetical(sorted(names), by=str) == names
