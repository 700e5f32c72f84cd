"""Tells a mere "thank you" from a reply that needs somebody."""

import re

_COURTESIES = (
    # English
    r"thanks?( you)?", r"thx", r"ty", r"cheers", r"great", r"perfect",
    r"awesome", r"wonderful", r"super", r"got it", r"it works( now)?", r"works( now)?", r"works (great|fine|perfectly)", r"all good", r"that helped",
    r"for (your|the) (quick |fast )?(help|reply|answer|support)", r"much appreciated", r"appreciate it",
    # Nederlands
    r"(heel )?(erg )?bedankt", r"dank(je| je| u| jullie)?( wel)?", r"dankjewel", r"hartelijk dank", r"top", r"fijn", r"geweldig", r"prima", r"mooi",
    r"het werkt( weer| nu)?", r"gelukt", r"voor (je|de|jullie|uw) (snelle )?(hulp|reactie|antwoord)",
    # Deutsch
    r"(vielen |besten |herzlichen |lieben )?dank(e)?( dir| ihnen| euch)?( sehr| schön)?", r"danke ?schön", r"toll", r"prima", r"klasse",
    r"(es )?(funktioniert|klappt)( jetzt| wieder)?", r"für (die|deine|ihre|eure) (schnelle )?(hilfe|antwort|rückmeldung|unterstützung)",
    # Français
    r"merci( beaucoup| bien| à vous| à toi| infiniment)?", r"parfait", r"génial", r"ça (marche|fonctionne)( maintenant)?", r"c'est bon",
    r"pour (votre|ton|ta) (aide|réponse|retour)( rapide)?",
    # Español
    r"(muchas |mil )?gracias", r"perfecto", r"genial", r"estupendo", r"(ya )?funciona", r"por (tu|su|la) (ayuda|respuesta)( rápida)?",
    # Italiano
    r"(molte |mille )?grazie( mille| tante)?", r"perfetto", r"ottimo", r"(ora )?funziona", r"per (il tuo|il vostro|l'|la|il|la tua) ?(aiuto|risposta|supporto)",
)  # fmt: skip
# What may stand beside thanks without being any
_GREETINGS = (
    r"many", r"a lot", r"lots", r"so much", r"very much", r"again", r"zeer", r"un grand", r"much",
    r"hi", r"hey", r"hello", r"dear", r"hallo", r"hoi", r"lieve", r"beste", r"liebe[r]?", r"bonjour", r"salut", r"hola", r"ciao", r"best", r"(kind )?regards",
    r"groet(en|jes)?", r"gr", r"(viele |liebe )?gr(uß|üße)", r"lg", r"cordialement", r"saludos", r"saluti", r"and", r"en", r"und", r"et", r"y", r"e",
)  # fmt: skip
_COURTESY = re.compile(rf"(?:{'|'.join(_COURTESIES)})(?!\w)", re.IGNORECASE)
_GREETING = re.compile(rf"(?:{'|'.join(_GREETINGS)})(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\W_]+")
_LONGEST = 120


def is_mere_thanks(said: str) -> bool:
    """Whether nothing but thanks was said, with at most two names beside it; a question or a "but" never is."""
    words = said.strip()
    if not words or len(words) > _LONGEST or "?" in words:
        return False
    rest = words
    thanked = False
    strange = 0
    while rest:
        skipped = _BETWEEN.match(rest)
        if skipped:
            rest = rest[skipped.end() :]
            continue
        courtesy = _COURTESY.match(rest)
        if courtesy:
            thanked = True
            rest = rest[courtesy.end() :]
            continue
        greeting = _GREETING.match(rest)
        if greeting:
            rest = rest[greeting.end() :]
            continue
        word = re.match(r"\S+", rest)
        if word is None or not word.group()[0].isupper():
            return False
        strange += 1
        if strange > 2:
            return False
        rest = rest[word.end() :]
    return thanked
