"""Mail that no person wrote (RFC 3834): told by its header fields first, by its subject only where that is beyond doubt."""

import re
from email.message import Message

from balie.channels.email.headers import raw_field
from balie.channels.email.mime import media_type
from balie.channels.said import Automatic

# What our own mails bear; one that comes back has gone round.
OUR_MARK = "X-Balie-Id"

_HELP_DESKS = (
    "x-otrs-loop", "x-otrs-autoreply", "x-znuny-loop", "x-zammad-ticket-id", "x-zammad-ticketid", "rt-originator", "rt-ticket",
    "x-rt-loop-prevention", "x-rt-original-encoding", "x-zendesk-from-account-id", "x-zendesk-ticket-id", "x-zendesk-email-id",
    "x-freshdesk-ticket-id", "x-fd-ticket-id", "x-jira-fingerprint", "x-osticket-id", "x-helpscout-conversation-id",
    "x-helpscout-origin", "x-front-ticket", "x-intercom-id", "x-kayako-ticket", "x-gorgias-ticket-id", "x-request-tracker",
    "x-sd-request-id", "x-servicenow-generated", "x-servicenow-source", "x-libredesk-conversation-uuid", "x-frappe-ticket",
    "x-balie-id",
)  # fmt: skip
_AUTO_REPLY_FIELDS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply", "x-vacation",
    "x-auto-response", "x-auto-reply-from",
)  # fmt: skip
_LIST_FIELDS = ("list-id", "list-post", "x-mailing-list", "x-mailman-version", "x-list")
_BULK = {"bulk", "junk", "list"}

_AWAY = re.compile(
    r"\s*(?:(?:automatic|auto)[ -]?(?:reply|response)\b|automatische antwort|automatisch antwoord|automatisch beantwoorden|"
    r"réponse automatique|respuesta automática|risposta automatica|resposta automática|automatiskt svar|automatisk svar|"
    r"out of (?:the )?office|abwesenheits(?:notiz|nachricht|meldung)|abwesend\b|afwezig(?:heid(?:sbericht|smelding)?)?\b|"
    r"absence du bureau|message d.absence|absent du bureau|fuera de (?:la )?oficina|ausencia de la oficina|"
    r"fuori (?:sede|ufficio)|assente dall.ufficio|assenza dall.ufficio)",
    re.IGNORECASE,
)
# With one of these before the colon, or alone, no person has begun a subject; "Out of office printer is broken" one may.
_AWAY_BEYOND_DOUBT = re.compile(
    r"\s*(?:(?:automatic reply|auto[ -]?reply|automatic response|automatische antwort|automatisch antwoord|"
    r"réponse automatique|respuesta automática|risposta automatica|resposta automática|automatiskt svar|automatisk svar|"
    r"out of office(?: auto ?reply)?|out of office: .{0,40}|abwesenheitsnotiz|abwesenheitsnachricht|afwezigheidsbericht|"
    r"afwezigheidsmelding|afwezig|absence du bureau|message d.absence|fuera de (?:la )?oficina|fuori ufficio|fuori sede)"
    r"\s*(?::|$))",
    re.IGNORECASE,
)
_AWAY_WORDS = re.compile(
    r"out of (?:the )?office|on (?:annual )?leave|on (?:vacation|holiday)|abwesen|nicht im (?:büro|haus)|im urlaub|afwezig|"
    r"met vakantie|op vakantie|absen[ct]|en congé|fuera de la oficina|de vacaciones|fuori (?:sede|ufficio)|in ferie|assente",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:confirm|verify) (?:that )?(?:your|you sent|this)\b.{0,30}\b(?:message|mail|email|sender)|sender verification|"
    r"(?:message|mail) (?:delivery )?(?:is )?(?:held|waiting) (?:for|until) .{0,20}(?:verif|confirm|approv)|"
    r"challenge[- ]response|please confirm your e?mail(?: to)?|boxbe|spamarrest|"
    r"absender(?:bestätigung|verifizierung)|bestätigen sie ihre (?:nachricht|e-?mail)|bevestig (?:uw|je) (?:bericht|e-?mail)|"
    r"confirmez votre (?:message|courriel|e-?mail)|confirme su (?:mensaje|correo)"
    r"|conferma(?:te)? il (?:suo|tuo|vostro) messaggio",
    re.IGNORECASE,
)
_CHALLENGE_FIELDS = (
    "x-boxbe-challenge", "x-spamarrest-info", "x-tmda-fingerprint", "x-challenge", "x-cr-hashedpuzzle-challenge",
    "x-verify-sender",
)  # fmt: skip
_NO_REPLY = re.compile(
    r"(?:no|do[-_.]?not|ne[-_.]?pas)[-_.]?(?:reply|repondre|responder)|mailer-daemon|postmaster", re.IGNORECASE
)


def automatic(mail: Message, *, subject: str, envelope_from: str | None, text: str) -> Automatic | None:
    """Why the mail was written by no person; None when one may have written it.

    `envelope_from` is the sender of the SMTP dialogue: "" when it is the null sender, None when it is not known.
    """
    submitted = raw_field(mail, "auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    is_submitted = submitted not in ("", "no")
    if _is_bounce(mail, envelope_from=envelope_from):
        return Automatic.BOUNCE
    if mail.get(OUR_MARK) is not None:
        return Automatic.LOOP
    precedence = raw_field(mail, "precedence").strip().lower()
    is_away = bool(_AWAY.match(subject))
    is_auto = (
        is_submitted
        or _is_receipt(mail)
        or precedence == "auto_reply"
        or any(mail.get(name) is not None and _means_yes(raw_field(mail, name)) for name in _AUTO_REPLY_FIELDS)
    )
    if any(mail.get(name) is not None for name in _CHALLENGE_FIELDS) or (
        (is_auto or precedence in _BULK or _is_from_nobody(mail, envelope_from=envelope_from))
        and _CHALLENGE.search(subject)
    ):
        return Automatic.CHALLENGE
    if is_auto:
        is_out = is_away or (submitted == "auto-replied" and bool(_AWAY_WORDS.search(f"{subject}\n{text[:400]}")))
        # A help desk's reply is automatic too; that two desks answer each other is the worse danger.
        return Automatic.OUT_OF_OFFICE if is_out else (Automatic.LOOP if _is_help_desk(mail) else Automatic.AUTO_REPLY)
    if is_away and (_AWAY_BEYOND_DOUBT.match(subject) or envelope_from == "" or _suppresses(mail)):
        return Automatic.OUT_OF_OFFICE
    if precedence in _BULK and _is_help_desk(mail):
        return Automatic.LOOP
    if any(mail.get(name) is not None for name in _LIST_FIELDS) or precedence == "list":
        return Automatic.LIST
    if precedence in _BULK or envelope_from == "" or _suppresses(mail):
        return Automatic.AUTO_REPLY
    return None


def _is_receipt(mail: Message) -> bool:
    """A read receipt (RFC 8098)."""
    report = str(mail.get_param("report-type", "")).lower()
    return media_type(mail) == "multipart/report" and report == "disposition-notification"


def _is_bounce(mail: Message, *, envelope_from: str | None) -> bool:
    kind = media_type(mail)
    if kind == "multipart/report":
        return str(mail.get_param("report-type", "")).lower() in ("delivery-status", "")
    if mail.get("x-failed-recipients") is not None:
        return True
    sender = raw_field(mail, "from").lower()
    return envelope_from in ("", None, "<>") and bool(re.search(r"mailer[-_]?daemon", sender))


def _is_help_desk(mail: Message) -> bool:
    mailer = raw_field(mail, "x-mailer").lower()
    return any(mail.get(name) is not None for name in _HELP_DESKS) or mailer.startswith(
        ("otrs", "znuny", "zammad", "zendesk", "freshdesk", "osticket", "atlassian jira", "request tracker")
    )


def _means_yes(value: str) -> bool:
    return value.strip().lower() not in ("no", "false", "0")


def _suppresses(mail: Message) -> bool:
    """Whether it asks that no program answer it (MS-OXCMAIL), as programs do; a person's Outlook sets at most "OOF"."""
    wanted = {word.strip().lower() for word in raw_field(mail, "x-auto-response-suppress").split(",")}
    return bool(wanted & {"all", "autoreply"})


def _is_from_nobody(mail: Message, *, envelope_from: str | None) -> bool:
    return envelope_from == "" or bool(_NO_REPLY.search(raw_field(mail, "from")))
