"""Who is told when something happens to a request: each function owes what follows from one kind of event.

Automatic messages are answered by nobody and announced to nobody. Whether somebody may hear at all is decided in `silence`.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet

from balie.channels import delivering
from balie.channels.models import Delivery
from balie.people.models import Identity, Person
from balie.platform import clock
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.words import SenderCheck

# Who has just been answered need not be told as well that the request is resolved.
_ANSWERED_JUST_NOW = timedelta(minutes=5)


def confirm_to_requester(event: Event) -> None:
    """Say that the request is there. Not to a machine, nor to somebody in whose name another has written."""
    message = event.message
    if message is None or message.is_automatic or message.sender_check == SenderCheck.FAILED:
        return
    delivering.owe(event, to=[event.ticket.requester], purpose=Delivery.Purpose.CONFIRMATION)


def tell_team_of_new_request(event: Event) -> None:
    """To the members who want to hear of new requests."""
    _give_notice(event, to=_listening_members(event.ticket))


def send_reply(event: Event) -> None:
    """The answer itself, to all who take part and have not had it by the same mail."""
    _send_message(event, to=event.ticket.participants())


def tell_participants_of_message(event: Event) -> None:
    """What one of them wrote, to the other participants as it is, and to those who work on the request as a notice."""
    if event.message is None or event.message.is_automatic:
        return
    ticket = event.ticket
    workers = _working(ticket)
    _give_notice(event, to=workers or _former_speakers(ticket) or _listening_members(ticket))
    told_already = {person.pk for person in workers}
    _send_message(event, to=[person for person in ticket.participants() if person.pk not in told_already])


def tell_assignee(event: Event) -> None:
    """It is theirs now, unless they took it themselves."""
    if event.ticket.assignee is not None:
        _give_notice(event, to=[event.ticket.assignee])


def tell_of_note(event: Event) -> None:
    """To the assignee and the experts who follow."""
    _give_notice(event, to=_working(event.ticket))


def tell_requester_of_resolution(event: Event) -> None:
    """An expert closed the request, and no answer said so."""
    ticket = event.ticket
    if event.by_id is None or event.by_id == ticket.requester_id:
        return
    answered = ticket.messages.filter(
        kind=Message.Kind.REPLY, direction=Message.Direction.OUT, created_at__gte=clock.now() - _ANSWERED_JUST_NOW
    )
    if not answered.exists():
        _give_notice(event, to=[ticket.requester])


def tell_new_team(event: Event) -> None:
    """For them it is a new request."""
    _give_notice(event, to=_listening_members(event.ticket))


def _give_notice(event: Event, *, to: Iterable[Person]) -> None:
    if event.message is not None and event.message.is_automatic:
        return
    delivering.owe(event, to=[person for person in to if person.pk != event.by_id], purpose=Delivery.Purpose.NOTICE)


def _send_message(event: Event, *, to: Iterable[Person]) -> None:
    message = event.message
    if message is None or message.is_automatic:
        return
    readers = [person for person in to if person.pk != event.by_id]
    has_it = _reached(readers, addresses=getattr(message, "sent_to", ()))
    delivering.owe(event, to=[person for person in readers if person.pk not in has_it], purpose=Delivery.Purpose.REPLY)


def _reached(people: Iterable[Person], *, addresses: Iterable[str]) -> set[int]:
    """Those who have one of these addresses."""
    known = {address.lower() for address in addresses}
    if not known:
        return set()
    by_identity = Identity.objects.filter(
        kind=Identity.EMAIL, external_id__in=known, person__in=[one.pk for one in people]
    )
    return {one.pk for one in people if one.email in known} | set(by_identity.values_list("person_id", flat=True))


def _working(ticket: Ticket) -> list[Person]:
    """The assignee and the followers who are experts."""
    following = [
        person for person in ticket.followers.order_by("pk") if person.is_expert and ticket.is_worked_on_by(person)
    ]
    return [*([ticket.assignee] if ticket.assignee else []), *following]


def _former_speakers(ticket: Ticket) -> list[Person]:
    """Members of the team who answered before, or wrote a note."""
    return list(
        Person.objects.filter(memberships__team=ticket.team_id, pk__in=_outgoing(ticket).values("author")).order_by(
            "pk"
        )
    )


def _outgoing(ticket: Ticket) -> QuerySet[Message]:
    return ticket.messages.filter(direction=Message.Direction.OUT).order_by()


def _listening_members(ticket: Ticket) -> list[Person]:
    return list(
        Person.objects.filter(memberships__team=ticket.team_id, memberships__hears_of_new_requests=True).order_by("pk")
    )
