"""What the people of the demo company have asked, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from balie.operations.demo.company import Cast
from balie.platform import clock
from balie.tickets.models import Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.words import Words

_P = Ticket.Priority


@dataclass(frozen=True)
class _Conversation:
    """One request, begun `hours` ago, and who said or did what since, the requester first."""

    hours: int
    team: str
    category: str
    requester: str
    subject: str
    priority: int
    said: tuple[tuple[str, str], ...]


def _conversation(
    hours: int, team: str, category: str, requester: str, subject: str, priority: int, *said: tuple[str, str]
) -> _Conversation:
    return _Conversation(hours, team, category, requester, subject, priority, said)


# "note:" before an expert's words makes a note, "status:" names a group to move to, "assign:" an expert.
_CONVERSATIONS: Final = (
    _conversation(
        2, "it", "Hardware", "ada", "Laptop start niet meer na update", _P.HIGH,
        ("ada", "Goedemorgen! Sinds de update van vannacht blijft mijn scherm zwart na het inloggen. Ik heb om 11 uur een presentatie bij een klant, dus het is een beetje spannend.\n\nIk heb hem al twee keer uit- en aangezet."),
        ("priya", "assign:ben"),
        ("priya", "note:Derde vanochtend met deze driver. Leenlaptop ligt klaar bij de balie op 2."),
        ("ben", "Hoi Ada, vervelend, juist vandaag. Houd de aan-knop tien seconden ingedrukt en start in veilige modus. Lukt dat niet, dan ligt er een leenlaptop voor je klaar op de tweede."),
    ),
    _conversation(
        3, "it", "Network", "marek", "VPN drops every ten minutes", _P.NORMAL,
        ("marek", "Since Monday the VPN disconnects every ten minutes, both at home and in the office. Restarting the client helps for a while."),
    ),
    _conversation(
        5, "it", "Software", "lena", "Zugriff auf Spesen-Tool", _P.NORMAL,
        ("lena", "Ich brauche ab Montag Zugriff auf das Spesen-Tool, weil ich Daniels Projekte übernehme. Könnt ihr das bitte freischalten?"),
        ("ben", "assign:ben"),
    ),
    _conversation(
        26, "it", "Hardware", "tomas", "Segundo monitor para la oficina", _P.LOW,
        ("tomas", "Hola, ¿sería posible tener un segundo monitor en mi puesto de Madrid? Trabajo mucho con hojas de cálculo."),
        ("priya", "assign:priya"),
        ("priya", "Claro, Tomás. ¿Prefieres 24 o 27 pulgadas?"),
        ("priya", "status:waiting"),
    ),
    _conversation(
        30, "facilities", "Access", "claire", "Badge perdu hier soir", _P.HIGH,
        ("claire", "Bonjour, j'ai perdu mon badge hier soir entre le bureau et la gare. Pouvez-vous le bloquer et m'en préparer un nouveau ?"),
        ("dov", "assign:dov"),
        ("dov", "Bonjour Claire, l'ancien badge est bloqué. Le nouveau vous attend à l'accueil à partir de 14 h."),
    ),
    _conversation(
        31, "it", "Access", "joost", "Nieuwe medewerker per 1 december: werkplek en accounts", _P.NORMAL,
        ("joost", "Per 1 december begint Noor Bakker bij Sales Benelux. Graag een laptop, telefoon en de gebruikelijke accounts."),
    ),
    _conversation(
        49, "finance", "Expenses", "sofia", "Rimborso viaggio Milano", _P.NORMAL,
        ("sofia", "Buongiorno, ho inviato la nota spese del viaggio di ottobre ma risulta ancora in sospeso. Manca qualcosa?"),
        ("finn", "assign:finn"),
        ("finn", "Buongiorno Sofia, manca solo la ricevuta dell'albergo. Potresti mandarmela qui?"),
        ("finn", "status:waiting"),
    ),
    _conversation(
        52, "people", "Leave", "ada", "Ouderschapsverlof in maart", _P.NORMAL,
        ("ada", "Ik ga in maart met ouderschapsverlof. Wat moet ik daarvoor regelen, en wanneer?"),
        ("hanna", "assign:joost"),
        ("joost", "note:Recht is 26 weken, waarvan 9 betaald. Nog niets opgenomen."),
        ("joost", "Gefeliciteerd Ada! Je vraagt het minstens twee maanden van tevoren aan. Ik stuur je het formulier; begin januari is ruim op tijd."),
    ),
    _conversation(
        75, "finance", "Salary", "daan", "Vraag over mijn loonstrook", _P.NORMAL,
        ("daan", "Op mijn loonstrook van oktober staat een inhouding die ik niet ken. Kunnen jullie me vertellen wat dat is?"),
    ),
    _conversation(
        98, "facilities", "Workplace", "daan", "Stoel stuk, tweede etage", _P.LOW,
        ("daan", "De stoel bij raam 2.14 zakt steeds langzaam naar beneden."),
        ("dov", "assign:dov"),
        ("dov", "Dank voor het melden, Daan. Er staat nu een andere stoel; de kapotte gaat naar de reparateur."),
        ("daan", "Bedankt!"),
        ("dov", "status:resolved"),
    ),
    _conversation(
        120, "legal", "Contracts", "lena", "NDA with a new supplier", _P.NORMAL,
        ("lena", "We want to show our roadmap to a new supplier next week. Which NDA do I use, and who signs it?"),
        ("lucia", "Please use the mutual one from the template folder. I sign for us; send me the supplier's details."),
        ("lena", "status:resolved"),
    ),
    _conversation(
        144, "it", "Software", "cleo", "Gedeelde agenda voor Sales Benelux", _P.NORMAL,
        ("cleo", "Kunnen jullie een gedeelde agenda maken waarin het hele team afspraken kan zetten?"),
        ("priya", "assign:priya"),
        ("priya", "Staat klaar: de agenda heet Sales Benelux en iedereen in je team kan erin schrijven."),
        ("cleo", "Top, dank je wel!"),
        ("priya", "status:resolved"),
    ),
)  # fmt: skip


def hold(cast: Cast) -> None:
    """Let it all be said, each thing at its time."""
    for conversation in sorted(_CONVERSATIONS, key=lambda one: -one.hours):
        first, *rest = conversation.said
        moments = _moments(timedelta(hours=conversation.hours))
        with clock.pretending(next(moments)):
            ticket = Ticket.open(
                team=cast.teams[conversation.team],
                requester=cast.people[conversation.requester],
                subject=conversation.subject,
                words=Words.from_text(first[1]),
                channel="email",
                category=cast.category(conversation.team, conversation.category),
            )
        Ticket.objects.filter(pk=ticket.pk).update(priority=conversation.priority)
        for who, what in rest:
            with clock.pretending(next(moments)):
                _act(cast, ticket, who, what)


def _moments(ago: timedelta) -> Iterator[datetime]:
    begin = clock.now() - ago
    return (begin + timedelta(minutes=7 * step) for step in count())


def _act(cast: Cast, ticket: Ticket, who: str, what: str) -> None:
    person = cast.people[who]
    ticket.refresh_from_db()
    verb, _colon, rest = what.partition(":")
    special: dict[str, Callable[[], object]] = {
        "assign": lambda: ticket.assign(cast.people[rest], by=person),
        "note": lambda: ticket.note(by=person, words=Words.from_text(rest)),
        "status": lambda: (
            ticket.resolve(by=person)
            if rest == Group.RESOLVED
            else ticket.take_status(Status.preset(Group(rest)), by=person)
        ),
    }
    if verb in special:
        special[verb]()
    elif ticket.requester_id == person.pk:
        ticket.hear(by=person, words=Words.from_text(what), channel="email")
    else:
        ticket.reply(by=person, words=Words.from_text(what))
