"""The ids of a request's mails that one reader has had: what a mail to them names, so that their program shows one thread."""

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
    came = list(
        KnownId.objects.filter(message__ticket=ticket, message__kind=Message.Kind.REPLY)
        .order_by("message__created_at", "pk")
        .values_list("message__created_at", "msg_id")
    )
    numbers = [ticket.pk, *ticket.absorbed.values_list("pk", flat=True)]
    went = list(
        Delivery.objects.filter(
            ~Q(external_id=""), ~Q(external_id=before.external_id),
            ticket__in=numbers, recipient=person, kind=kinds.EMAIL, state=Delivery.State.SENT, pk__lt=before.pk,
        )
        .order_by("created_at", "pk")
        .values_list("created_at", "external_id")
    )  # fmt: skip
    ids = [written for _at, written in sorted([*came, *went], key=lambda one: one[0])]
    return ids if len(ids) <= _MOST else [ids[0], *ids[-_MOST:]]
