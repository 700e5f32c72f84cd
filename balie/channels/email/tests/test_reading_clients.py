"""What a person wrote is told apart from history and signature, in the mails of each program and language."""

from pathlib import Path

import pytest

from balie.channels.email import reading

FIXTURES = Path(__file__).parent.parent / "fixtures"
WRITTEN = {
    "en": "That did not help. Can I please have a new one?",
    "de": "Das hat leider nicht geholfen. Kann ich bitte ein neues bekommen?",
    "nl": "Dat heeft niet geholpen. Kan ik alsjeblieft een nieuwe krijgen?",
    "fr": "Cela n'a pas aidé. Est-ce que je peux avoir un nouvel ordinateur ?",
    "es": "No ha funcionado. ¿Puedo tener uno nuevo, por favor?",
    "it": "Non è servito. Posso avere un computer nuovo, per favore?",
}
HISTORY = {
    "en": "Please restart", "de": "Bitte starten", "nl": "Start de laptop", "fr": "abord redémarrer",
    "es": "Reinicia primero", "it": "Riavvia prima",
}  # fmt: skip
REPLIES = [
    path.stem
    for path in sorted(FIXTURES.glob("*.eml"))
    if path.stem.startswith(("gmail", "outlook", "apple", "thunderbird", "yahoo", "proton"))
]
LANGUAGES = sorted(WRITTEN)


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_is_what_its_writer_wrote(name: str) -> None:
    said = reading.read((FIXTURES / f"{name}.eml").read_bytes())
    language = name[-2:]
    assert said.text == WRITTEN[language]
    assert HISTORY[language] not in said.html
    assert HISTORY[language] in said.folded_html.replace("&nbsp;", " ")
    assert said.language == language
    assert said.answers[0] == "balie-17@desk.localhost"
    assert said.forwarded is None
    assert said.automatic is None
    assert said.faults == ()


def test_there_are_replies_of_every_program() -> None:
    assert len(REPLIES) >= 25


def test_answers_between_the_questions_stay_with_them() -> None:
    said = reading.read((FIXTURES / "inline-en.eml").read_bytes())
    for words in ("Which model is it?", "The small grey one.", "Since when?", "Since Monday."):
        assert words in said.text
        assert words in said.html
    assert said.folded_html == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forwarded_mail_tells_its_first_sender(language: str) -> None:
    said = reading.read((FIXTURES / f"forward-{language}.eml").read_bytes())
    assert said.forwarded is not None
    assert said.forwarded.by.address == "ada@balie.example"
    assert said.forwarded.by.name == "Ada Lovelace"
    assert said.forwarded.subject == "Laptop"
    assert said.forwarded.text == WRITTEN[language]
    assert said.forwarded.remark == "Cleo?"
    assert said.text == "Cleo?"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_forwarded_by_outlook_without_a_word_keeps_its_text(language: str) -> None:
    said = reading.read((FIXTURES / f"forward-outlook-{language}.eml").read_bytes())
    assert said.forwarded is not None
    assert said.forwarded.by.address == "ada@balie.example"
    assert said.forwarded.subject == "Laptop"
    assert said.forwarded.text == WRITTEN[language]
    assert said.forwarded.remark == ""
    assert WRITTEN[language] in said.text
