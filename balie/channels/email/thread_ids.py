"""The ids of a request's mails that one reader has had: what a mail to them names, so that their program shows one thread."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from balie.channels import kinds
from balie.channels.email.models import KnownId
from balie.channels.models import Delivery
from balie.people.models import Person
from balie.tickets.models import Message, Ticket

# A thread of hundreds of mails is known by its beginning and its end; see `writing.thread_of`.
_MOST = 30


def known_to(person: Person, *, ticket: Ticket, before: Delivery) -> list[str]:
    """Oldest first, without angle brackets: what was written to the desk, and what the desk sent to this person before."""
    return known_to_each([(person, ticket, before)])[0]


def known_to_each(asked: Sequence[tuple[Person, Ticket, Delivery]]) -> list[list[str]]:
    """The same for several, asked once."""
    if not asked:
        return []
    tickets = {ticket.pk for _person, ticket, _before in asked}
    came = defaultdict(list)
    for ticket, at, msg_id in (
        KnownId.objects.filter(message__ticket__in=tickets, message__kind=Message.Kind.REPLY)
        .order_by("message__created_at", "pk")
        .values_list("message__ticket", "message__created_at", "msg_id")
    ):
        came[ticket].append((at, msg_id))
    merged_into = {number: number for number in tickets}
    absorbed = Ticket.objects.filter(merged_into__in=tickets).order_by()
    merged_into |= {number: into for number, into in absorbed.values_list("pk", "merged_into") if into}
    went = defaultdict(list)
    for ticket, person, pk, at, msg_id in (
        Delivery.objects.filter(
            ~Q(external_id=""), ticket__in=merged_into, recipient__in={person.pk for person, _ticket, _before in asked},
            kind=kinds.EMAIL, state=Delivery.State.SENT,
        )
        .order_by("created_at", "pk")
        .values_list("ticket", "recipient", "pk", "created_at", "external_id")
    ):  # fmt: skip
        went[merged_into[ticket], person].append((pk, at, msg_id))
    return [
        _shortened(
            [
                *came[ticket.pk],
                *(
                    (at, msg_id)
                    for pk, at, msg_id in went[ticket.pk, person.pk]
                    if pk < before.pk and msg_id != before.external_id
                ),
            ]
        )
        for person, ticket, before in asked
    ]


def _shortened(ids: list[tuple[datetime, str]]) -> list[str]:
    in_order = [written for _at, written in sorted(ids, key=lambda one: one[0])]
    return in_order if len(in_order) <= _MOST else [in_order[0], *in_order[-_MOST:]]
