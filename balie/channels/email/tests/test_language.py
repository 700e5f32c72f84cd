"""The language of a text is told by its small words, or not at all."""

import pytest

from balie.channels.email.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, I need a new laptop, can you please help me with that?", "en"),
        ("Hallo, ich brauche bitte einen neuen Laptop, können Sie mir helfen?", "de"),
        ("Hallo, ik heb graag een nieuwe laptop nodig, kunnen jullie mij helpen?", "nl"),
        ("Bonjour, je voudrais un nouvel ordinateur, pouvez-vous m'aider ?", "fr"),
        ("Hola, necesito un portátil nuevo, ¿me puede ayudar con esto por favor?", "es"),
        ("Buongiorno, ho bisogno di un nuovo computer, può aiutarmi per favore?", "it"),
        ("Dzień dobry, potrzebuję nowego laptopa, proszę o pomoc w tej sprawie", ""),
        ("Laptop", ""),
        ("", ""),
    ],
)
def test_a_language_is_known_by_its_small_words(text: str, language: str) -> None:
    assert language_of(text) == language
