"""Which request a mail belongs to, and how strong the sign is.

Strong signs only we can make: a signed reply address, and the signed ids of our own mails. The id of somebody else's mail is a
weak sign, for anybody may write it: it counts only for who takes part already. A number in a subject is no sign at all.
"""

from dataclasses import dataclass

from balie.channels.email import message_ids, reply_address
from balie.channels.email.models import KnownId
from balie.channels.models import Delivery
from balie.channels.said import Said
from balie.people.models import Person
from balie.tickets.models import Event, Ticket

_MOST_IDS = 30


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The request that a mail names. `written_to` is the person whom the answered mail was for, when that is known."""

    ticket: Ticket
    is_strong: bool
    written_to: int | None = None


def find(said: Said, *, recipient: str) -> Thread | None:
    """The thread that the mail continues, or nothing. `recipient` is the canonical address it came for."""
    return _by_reply_address(recipient) or _by_our_ids(said) or _by_known_ids(said)


def admits(thread: Thread, author: Person) -> bool:
    """Whether this author's mail joins: who takes part always does, others by a strong sign, and never in private."""
    ticket = thread.ticket
    if ticket.has_participant(author) or ticket.is_worked_on_by(author):
        return True
    return thread.is_strong and not ticket.is_private


def has_been_with(ticket: Ticket, team_id: int) -> bool:
    """Whether the request is or was this team's: then mail to that team's address may join it."""
    if ticket.team_id == team_id:
        return True
    return ticket.events.filter(kind=Event.Kind.MOVED, details__before=team_id).exists()


def _by_reply_address(recipient: str) -> Thread | None:
    address = reply_address.read(recipient.partition("@")[0])
    if address is None:
        return None
    ticket = _present(address.ticket)
    return Thread(ticket=ticket, is_strong=True, written_to=address.person) if ticket else None


def _by_our_ids(said: Said) -> Thread | None:
    numbers = [pk for answered in said.answers[:_MOST_IDS] if (pk := message_ids.read(answered)) is not None]
    if not numbers:
        return None
    rows = {row.pk: row for row in Delivery.objects.filter(pk__in=numbers, ticket__isnull=False)}
    for number in numbers:
        row = rows.get(number)
        ticket = _present(row.ticket_id) if row and row.ticket_id else None
        if ticket is not None and row is not None:
            return Thread(ticket=ticket, is_strong=True, written_to=row.recipient_id)
    return None


def _by_known_ids(said: Said) -> Thread | None:
    wanted = [one for one in said.answers[:_MOST_IDS] if one and one != said.external_id]
    if not wanted:
        return None
    tickets: dict[str, set[int]] = {}
    for msg_id, number in KnownId.objects.filter(msg_id__in=wanted).values_list("msg_id", "message__ticket_id"):
        tickets.setdefault(msg_id, set()).add(number)
    for one in wanted:
        # An id that mails of two requests bear tells nothing.
        if len(tickets.get(one, ())) == 1 and (ticket := _present(next(iter(tickets[one])))):
            return Thread(ticket=ticket, is_strong=False)
    return None


def _present(number: int) -> Ticket | None:
    ticket = Ticket.objects.present().select_related("team").filter(pk=number).first()
    while ticket is not None and ticket.merged_into_id is not None:
        ticket = Ticket.objects.present().select_related("team").filter(pk=ticket.merged_into_id).first()
    return ticket
