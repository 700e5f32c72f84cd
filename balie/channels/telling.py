"""Who is told when something happens to a request: each function owes what follows from one kind of event.

Automatic messages are answered by nobody and announced to nobody. Whether somebody may hear at all is decided in `silence`.
"""

from collections.abc import Collection, Iterable

from django.db.models import Count, Q, QuerySet, Window

from balie.channels import delivering, kinds, silence, threads
from balie.channels.models import Delivery
from balie.channels.notices import giving
from balie.channels.notices.kinds import Kind
from balie.people.models import Identity, Person
from balie.platform import clock
from balie.platform.gathering import remember, remembered
from balie.teams.models import Membership
from balie.teams.models.membership import SMALL_TEAM
from balie.tickets import rating
from balie.tickets.models import Event, Message, Ticket
from balie.tickets.words import SenderCheck

# Who has just been answered need not be told as well that the request is resolved.
_ANSWERED_JUST_NOW = rating.ANSWERED_JUST_NOW


def confirm_to_requester(event: Event) -> None:
    """Say that the request is there. Not to a machine, nor to somebody in whose name another has written."""
    message = event.message
    if message is None or message.is_automatic or message.sender_check == SenderCheck.FAILED:
        return
    if event.ticket.channel in kinds.WITH_CARDS:
        # Its driver shows a card in the thread, which says the same and stays true.
        return
    delivering.owe(event, to=[event.ticket.requester], purpose=Delivery.Purpose.CONFIRMATION)


def tell_team_of_new_request(event: Event) -> None:
    """To the members who want to hear of new requests."""
    _give_notice(event, Kind.NEW_REQUEST, to=listening_members(event.ticket))


def send_reply(event: Event) -> None:
    """The answer itself, to all who take part and have not had it by the same mail. Others who work on it hear of it."""
    ticket = event.ticket
    participants = ticket.participants()
    taking_part = {person.pk for person in participants}
    named = [person for person in _mentioned(event) if person.pk not in taking_part]
    _give_notice(event, Kind.MENTIONED, to=named)
    if ticket.assignee is not None and ticket.assignee_id not in taking_part | {person.pk for person in named}:
        _give_notice(event, Kind.MESSAGE, to=[ticket.assignee])
    _send_message(event, to=participants)


def tell_participants_of_message(event: Event) -> None:
    """What one of them wrote, to the other participants as it is, and to those who work on the request as a notice."""
    if event.message is None or event.message.is_automatic:
        return
    ticket = event.ticket
    workers = working(ticket)
    _give_notice(event, Kind.MESSAGE, to=workers or _former_speakers(ticket) or listening_members(ticket))
    told_already = {person.pk for person in workers}
    _send_message(event, to=[person for person in ticket.participants() if person.pk not in told_already])


def tell_assignee(event: Event) -> None:
    """It is theirs now, unless they took it themselves."""
    if event.ticket.assignee is not None:
        _give_notice(event, Kind.ASSIGNED, to=[event.ticket.assignee])


def tell_of_note(event: Event) -> None:
    """To those whom it names, the assignee and the experts who follow."""
    named = _mentioned(event)
    _give_notice(event, Kind.MENTIONED, to=named)
    _give_notice(event, Kind.NOTE, to=[person for person in working(event.ticket) if person not in named])


def tell_requester_of_resolution(event: Event) -> None:
    """An expert closed the request, and no answer said so."""
    ticket = event.ticket
    if event.by_id is None or event.by_id == ticket.requester_id:
        return
    answered = ticket.messages.filter(
        kind=Message.Kind.REPLY, direction=Message.Direction.OUT, created_at__gte=clock.now() - _ANSWERED_JUST_NOW
    )
    if not answered.exists():
        _give_notice(event, Kind.SOLVED, to=[ticket.requester])


def tell_new_team(event: Event) -> None:
    """For them it is a new request."""
    _give_notice(event, Kind.NEW_REQUEST, to=listening_members(event.ticket))


def show_card(event: Event) -> None:
    """The card in the thread says where the request stands."""
    thread = threads.of(event.ticket)
    if thread is not None:
        delivering.owe_card(thread)


def withdraw_from_channels(event: Event) -> None:
    """A private team's request is spoken of with its requester alone."""
    threads.withdraw(event.ticket)


def _give_notice(event: Event, kind: Kind, *, to: Iterable[Person]) -> None:
    if event.message is not None and event.message.is_automatic:
        return
    giving.give(event, kind, to=[person for person in to if person.pk != event.by_id])


def _send_message(event: Event, *, to: Iterable[Person]) -> None:
    message = event.message
    if message is None or message.is_automatic:
        return
    readers = [person for person in to if person.pk != event.by_id]
    sent_to = getattr(message, "sent_to", ())
    has_it = _reached(readers, addresses=sent_to) | threads.reached(event.ticket, readers, addresses=sent_to)
    giving.give_letter(event, to=readers, lacking=[person for person in readers if person.pk not in has_it])


def _reached(people: Iterable[Person], *, addresses: Iterable[str]) -> set[int]:
    """Those who have one of these addresses."""
    known = {address.lower() for address in addresses}
    if not known:
        return set()
    by_identity = Identity.objects.filter(
        kind=Identity.EMAIL, external_id__in=known, person__in=[one.pk for one in people]
    )
    return {one.pk for one in people if one.email in known} | set(by_identity.values_list("person_id", flat=True))


def working(ticket: Ticket) -> list[Person]:
    """The assignee and the followers who are experts, each with their wishes."""
    following = ticket.followings.values_list("person", flat=True)
    numbers = [*([ticket.assignee_id] if ticket.assignee_id else []), *following]
    people = {person.pk: person for person in Person.objects.filter(pk__in=numbers).select_related("wishes")}
    working_on_it = silence.working_among(people.values(), ticket=ticket)
    return [
        people[pk]
        for pk in dict.fromkeys([numbers[0], *sorted(numbers)] if numbers else [])
        if pk == ticket.assignee_id or pk in working_on_it
    ]


def _mentioned(event: Event) -> list[Person]:
    """Those whom the message names with an @."""
    if event.message is None:
        return []
    return list(event.message.mentions.select_related("wishes").order_by("pk"))


def _former_speakers(ticket: Ticket) -> list[Person]:
    """Members of the team who answered before, or wrote a note."""
    return list(
        Person.objects.filter(memberships__team=ticket.team_id, pk__in=_outgoing(ticket).values("author")).order_by(
            "pk"
        )
    )


def _outgoing(ticket: Ticket) -> QuerySet[Message]:
    return ticket.messages.filter(direction=Message.Direction.OUT).order_by()


def listening_members(ticket: Ticket) -> list[Person]:
    """Who hears of what nobody has taken yet: whoever wants to; of a small team everybody who has not said otherwise."""
    team = ticket.team_id
    return remembered((listening_members, team), lambda: _listening_in([team])[team])


def know_listening_members(teams: Collection[int]) -> None:
    """Ask for those of all these teams at once, for the rest of the gathering."""
    for team, members in _listening_in(teams).items():
        remember((listening_members, team), members)


def _listening_in(teams: Collection[int]) -> dict[int, list[Person]]:
    hearing = (
        Membership.objects.filter(team__in=teams)
        .annotate(size=Window(Count("pk"), partition_by="team"))
        .filter(Q(hears_of_new_requests=True) | Q(hears_of_new_requests__isnull=True, size__lte=SMALL_TEAM))
    )
    found: dict[int, list[Person]] = {team: [] for team in teams}
    for one in hearing.select_related("person__wishes").order_by("person"):
        found[one.team_id].append(one.person)
    return found
