"""Which of Balie's languages a text is written in, by the small words that every sentence of it needs."""

import re
from collections import Counter

_WORDS = {
    "en": "the and you your for not with have is are was this that what please thanks can my it of to in on i we would do how "
    "but be from at has could any been hello hi need",
    "de": "der die das und nicht ich ist sie wir mit für auf ein eine einen dem den zu von bitte habe haben kann mein meine es "
    "auch noch danke im wie wird bei ihr ihre oder aber hallo vielen wenn kein keine",
    "nl": "de het een en niet ik is je jij u wij we met voor op dat van te graag bedankt heb hebben kan mijn ook nog maar als "
    "wat er zijn wordt bij uw kunnen geen naar hoe alvast aan om deze",
    "fr": "le la les un une et je ne pas vous nous est avec pour sur que qui de du des mon ma mes ce cette merci bonjour dans "
    "au aux ai il elle être pouvez peut plus mais comme votre en",
    "es": "el la los las un una y no yo que con para por de del en mi mis su es está gracias hola puede puedo tengo usted "
    "nosotros lo se al pero como más cuando muy este esta favor",
    "it": "il lo la i gli le un una e non che di del della con per su mi mio mia è sono ho grazie ciao buongiorno può posso "
    "questo questa nel al ma come più anche da si vostro avete quando",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _line in _WORDS.items():
    for _word in _line.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

_WORD = re.compile(r"[^\W\d_]+")
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+")
_ENOUGH = 2_000


def language_of(text: str) -> str:
    """The language's code, or "" when it cannot be told: too short, another language, or two that are as likely."""
    words = _WORD.findall(_ADDRESSES.sub(" ", text[:_ENOUGH]).lower())
    marks: Counter[str] = Counter()
    for word in words:
        languages = _LANGUAGES_OF.get(word, [])
        for language in languages:
            marks[language] += 12 // len(languages)
    best = marks.most_common(2)
    if not best or best[0][1] < 18:
        return ""
    # A text in a language that we do not know shares a word or two with one that we do.
    if best[0][1] < len(words) * 12 * 0.09:
        return ""
    if len(best) > 1 and best[1][1] > best[0][1] * 0.8:
        return ""
    return best[0][0]
