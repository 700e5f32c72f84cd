"""Sends what is owed by mail: composed from the rows as they are now, written, handed over, and recorded."""

from __future__ import annotations

import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, cast

from django.conf import settings
from django.db import transaction

from balie.channels import delivering, silence
from balie.channels.email import client, composing, message_ids, news, return_address, writing
from balie.channels.email.automatic import OUR_MARK
from balie.channels.email.composing import Owed
from balie.channels.email.header_lines import POLICY
from balie.channels.email.letters import Automatic, Letter
from balie.channels.models import Delivery
from balie.organisation.models import Organisation
from balie.tickets.models import Event, Ticket

# Why nothing was sent although nothing went wrong.
NO_LONGER_ALLOWED: Final = "no longer allowed"
OVERTAKEN: Final = "overtaken"

_LARGE = 1024 * 1024
# A mail with 20 MB of files takes several times as much memory while it is written: one at a time.
_large_ones = threading.Lock()


def send(delivery: Delivery) -> None:
    """Everything that belongs to one delivery, and for a notice to all that its recipient is owed."""
    if delivery.purpose == Delivery.Purpose.NOTICE:
        group = delivering.gather_notices(delivery, name=_name)
    elif delivering.begin(delivery, external_id=message_ids.write(delivery.pk)):
        group = [delivery]
    else:
        group = []
    if not group:
        return
    if delivery.purpose == Delivery.Purpose.ACCOUNT:
        _send_account_mail(delivery)
        return
    owed = [one for one in _with_rows(group) if _is_still_due(one)]
    if owed:
        _send(owed)


def _name(group: list[Delivery]) -> str:
    oldest = group[0].pk
    tickets = {delivery.ticket_id for delivery in group}
    return message_ids.write(oldest) if len(tickets) == 1 else message_ids.write_of_several(oldest)


def _with_rows(group: list[Delivery]) -> list[Owed]:
    organisation = Organisation.current()
    rows = (
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in group])
        .select_related(
            "recipient", "ticket__team", "ticket__requester", "message__author", "message__ticket__team", "event__by"
        )
        .order_by("pk")
    )
    owed = []
    for row in rows:
        if row.recipient is None or row.ticket is None:
            row.refuse(NO_LONGER_ALLOWED)
            continue
        owed.append(
            Owed(delivery=row, recipient=row.recipient, ticket=_as_it_is_now(row.ticket), organisation=organisation)
        )
    return owed


def _as_it_is_now(ticket: Ticket) -> Ticket:
    while ticket.merged_into_id is not None:
        ticket = Ticket.objects.select_related("team", "requester").get(pk=ticket.merged_into_id)
    return ticket


def _is_still_due(owed: Owed) -> bool:
    """Asked again at the last moment: the request may have moved, the person may have left."""
    delivery, event = owed.delivery, owed.delivery.event
    if not silence.may_hear(owed.recipient, purpose=delivery.purpose, ticket=owed.ticket, event=event):
        delivery.refuse(NO_LONGER_ALLOWED)
        return False
    if _is_overtaken(event, owed.ticket):
        delivery.refuse(OVERTAKEN)
        return False
    return True


def _is_overtaken(event: Event | None, ticket: Ticket) -> bool:
    """Whether it would be false by now."""
    if event is None:
        return False
    if event.kind == Event.Kind.RESOLVED:
        return ticket.is_open
    return event.kind == Event.Kind.ASSIGNED and event.details.get("after") != ticket.assignee_id


def _send(owed: list[Owed]) -> None:
    """One mail for all of these, and one outcome for all of them."""
    letter = _letter(owed)
    deliveries = [one.delivery for one in owed]
    if sum(enclosure.size for enclosure in letter.enclosures) > _LARGE:
        with _large_ones:
            _hand_over(writing.write(letter), deliveries)
    else:
        _hand_over(writing.write(letter), deliveries)


def _letter(owed: list[Owed]) -> Letter:
    first = owed[0]
    event, message = first.delivery.event, first.delivery.message
    if first.delivery.purpose == Delivery.Purpose.NOTICE:
        return news.compose_notice(owed)
    if first.delivery.purpose == Delivery.Purpose.CONFIRMATION:
        return composing.compose_confirmation(first, opened_by=event.by if event else None)
    if message is None:
        raise NothingToSend
    return composing.compose_reply(first, message)


class NothingToSend(Exception):
    """A reply is owed without anything that was said."""


def _send_account_mail(delivery: Delivery) -> None:
    if delivery.recipient is None or not silence.may_hear(delivery.recipient, purpose=delivery.purpose, ticket=None):
        _refuse([delivery], NO_LONGER_ALLOWED)
        return
    if delivery.raw is None:
        # It was refused before, and what it held was a key to somebody's account.
        _refuse([delivery], OVERTAKEN)
        return
    mail = cast("EmailMessage", message_from_bytes(bytes(delivery.raw), _class=EmailMessage, policy=POLICY))
    mail["Date"] = format_datetime(delivery.created_at)
    mail["Message-ID"] = f"<{delivery.external_id}>"
    mail["Auto-Submitted"] = Automatic.NOTICE.value
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OUR_MARK] = delivery.external_id
    _hand_over(mail, [delivery])


def _hand_over(mail: EmailMessage, deliveries: list[Delivery]) -> None:
    first = deliveries[0]
    sender = f"{return_address.write(delivery=first.pk)}@{settings.BALIE.mail_domain}"
    try:
        client.post_mail(mail, sender=sender, recipient=first.address)
    except client.RefusedForGood as refusal:
        _refuse(deliveries, str(refusal))
    except client.TryAgain as fault:
        with transaction.atomic():
            for delivery in deliveries:
                delivery.put_off(str(fault))
    else:
        with transaction.atomic():
            for delivery in deliveries:
                delivery.take()


def _refuse(deliveries: list[Delivery], reason: str) -> None:
    with transaction.atomic():
        for delivery in deliveries:
            delivery.refuse(reason)
            if delivery.raw is not None:
                delivery.raw = None
                delivery.save(update_fields=["raw"])
