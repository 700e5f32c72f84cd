"""The words by which mail programs say, in each language, that what follows was written earlier, or elsewhere."""

import re

from mailparser_reply.constants import MAIL_LANGUAGES

# en, de, nl, fr, es, it; then pt, da, nb, sv, fi, pl, cs.
FROM = "from|von|van|de|da|from|od|fra|från|lähettäjä|expéditeur|remitente|mittente|afzender|absender"
SENT = (
    "sent|date|gesendet|datum|verzonden|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviado em|fecha|data|inviato|"
    "sendt|dato|skickat|lähetetty|päivämäärä|wysłano|odesláno"
)
TO = "to|an|aan|à|pour|para|a|destinataire|destinatario|til|till|vastaanottaja|do|komu"
COPY = "cc|kopie|copie à|copia|kopi|kopia|kopio|dw|reply-to|antwort an|bcc|répondre à|rispondi a|responder a"
SUBJECT = "subject|betreff|onderwerp|objet|sujet|asunto|oggetto|assunto|emne|ämne|aihe|temat|předmět"

_MARKS = r"[\s*_>|]{0,12}"
_TAIL = r"[ \t\xa0]{0,3}\*?[ \t\xa0]{0,3}:[* \t\xa0]{0,4}"


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"{_MARKS}(?:{words}){_TAIL}(?P<value>.*)", re.IGNORECASE)


FROM_LINE = _label(FROM)
SENT_LINE = _label(SENT)
TO_LINE = _label(TO)
COPY_LINE = _label(COPY)
SUBJECT_LINE = _label(SUBJECT)

# "On … wrote:", "Am … schrieb …:", "Op … schreef …:", "Le … a écrit :", "El … escribió:", "Il … ha scritto:".
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|geschrieben|schreef|geschreven|a écrit|écrit|escribió|escribio|ha scritto|scrive|escreveu|"
    r"skrev|skreiv|kirjoitti|napsala?|napsal\(a\)|napisała?|napisał\(a\))\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\s*(?:on|am|op|le|el|il|em|no dia|den|på|dne|dnia|w dniu|il giorno|em|el día)\b.{0,6}[\w,. ]{0,30}\d",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d")
_WHO = re.compile(r"\S@\S")
_WROTE_ELSEWHERE = [
    re.compile(words["wrote_header"], re.IGNORECASE)
    for language, words in MAIL_LANGUAGES.items()
    if language in ("ja", "ko", "zh", "cs", "da", "pl", "sv") and words.get("wrote_header")
]
LONGEST_ATTRIBUTION = 400


def is_attribution(line: str) -> bool:
    """Whether a line says who wrote what follows: "On 3 Nov 2026, at 10:12, Ada <ada@balie.example> wrote:"."""
    line = line.strip().lstrip("> ")
    if len(line) > LONGEST_ATTRIBUTION or not line.endswith((":", "：")):
        return False
    if _WROTE.search(line):
        return bool(_WHEN.search(line) or _WHO.search(line))
    return not line.isascii() and any(pattern.search(line) for pattern in _WROTE_ELSEWHERE)


def is_full_attribution(line: str) -> bool:
    """An attribution that stands by itself, so that what follows is history even where no line of it is marked ">":
    it names a day, and a year or an address."""
    line = line.strip()
    if not is_attribution(line) or not (line.isascii() is False or _OPENING.match(line)):
        return False
    return bool(re.search(r"\b(?:19|20)\d\d\b", line) or _WHO.search(line))


_SEPARATED = (
    "original message|original appointment|ursprüngliche nachricht|originalnachricht|ursprüngliche mail|original-nachricht|"
    "oorspronkelijk bericht|oorspronkelijke bericht|origineel bericht|message d'origine|message original|mensaje original|"
    "messaggio originale|mensagem original|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|"
    "alkuperäinen viesti|wiadomość oryginalna|původní zpráva|reply message|vorige nachricht"
)
_FORWARDED = (
    "forwarded message|forwarded by.*|begin forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|"
    "weitergeleitete mail|doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurde e-mail|message transféré|"
    "début du message transféré|début du message réexpédié|message réexpédié|mensaje reenviado|inicio del mensaje reenviado|"
    "messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|videresendt meddelelse|vidarebefordrat meddelande"
)
_APOSTROPHES = str.maketrans("\u2019`", "''")
_SEPARATOR = re.compile(rf"[\s*>]*[-_=]{{2,}}[ \xa0]*(?:{_SEPARATED})[ \xa0]*:?[ \xa0]*[-_=]*[\s*]*", re.IGNORECASE)
_FORWARD_SEPARATOR = re.compile(
    rf"[\s*>]*(?:[-_=]{{2,}}[ \xa0]*(?:{_FORWARDED})[ \xa0]*:?[ \xa0]*[-_=]*|(?:{_FORWARDED})[ \xa0]*:)[\s*]*",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*[_-]{20,}\s*")


def is_separator(line: str) -> bool:
    """ "-----Original Message-----", in any language we know."""
    return len(line) < 120 and bool(_SEPARATOR.fullmatch(line.translate(_APOSTROPHES)))


def is_forward_separator(line: str) -> bool:
    """ "---------- Forwarded message ---------", "Anfang der weitergeleiteten Nachricht:"."""
    return len(line) < 120 and bool(_FORWARD_SEPARATOR.fullmatch(line.translate(_APOSTROPHES)))


_FORWARD_PREFIX = re.compile(
    r"\s*\[?(?:fwd?|wg|weitergeleitet|doorst|doorgestuurd|tr|trans|rv|reenv|reenviado|i|inoltro|inoltrata|enc|vs|vb|videresend)"
    r"\]?[ \xa0]*[:：]\s*",
    re.IGNORECASE,
)


def is_forward_subject(subject: str) -> bool:
    """Whether the subject begins as that of a forwarded mail: Fwd, WG, Doorst, TR, RV, I."""
    return bool(_FORWARD_PREFIX.match(subject))


_FROM_A_PHONE = re.compile(
    r"\s*(?:sent from (?:my |outlook|yahoo|mail for|proton|gmail|samsung).{0,60}|get outlook for .{0,40}"
    r"|sent (?:via|with|using) .{0,50}"
    r"|(?:von|aus) (?:meinem|outlook|proton|mail|yahoo).{0,50}gesendet.{0,40}|gesendet (?:von|mit"
    r"|über) .{0,60}|outlook für .{0,30}"
    r"(?:beziehen|herunterladen).{0,10}|diese nachricht wurde von meinem .{0,60} gesendet.{0,5}"
    r"|verzonden (?:vanaf|met|via|vanuit|van) .{0,60}|verstuurd vanaf .{0,60}"
    r"|outlook voor .{0,30}(?:downloaden|ophalen).{0,10}|download outlook voor .{0,30}"
    r"|envoyé (?:de|depuis|à partir de|avec|via) .{0,60}|obtenir outlook pour .{0,30}|télécharger outlook pour .{0,30}"
    r"|enviado (?:desde|con|mediante|a partir de) .{0,60}|obtener outlook para .{0,30}|obtenga outlook para .{0,30}"
    r"|inviato (?:da|dal|con|tramite) .{0,60}|scarica outlook per .{0,30}|ottieni outlook per .{0,30}"
    r"|sendt fra .{0,60}|skickat från .{0,60}|enviado do .{0,60}|wysłano z .{0,60}|lähetetty .{0,60}"
    r")\s*",
    re.IGNORECASE,
)


_LINK = re.compile(r"\s*[<\[(]https?://[^\s<>]{1,300}[>\])]")


def is_from_a_phone(line: str) -> bool:
    """ "Sent from my iPhone": what the program signed, not the person."""
    line = _LINK.sub("", line)
    return len(line) < 160 and bool(_FROM_A_PHONE.fullmatch(line))


def is_signature_mark(line: str) -> bool:
    """The line "-- " (RFC 3676, 4.3); many a server takes the space away."""
    return line.rstrip(" \xa0") == "--"
