"""Sends what is owed by mail: composed from the rows as they are now, written, handed over, and recorded."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final, cast

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects

from balie.channels import delivering, silence
from balie.channels.email import client, composing, message_ids, news, return_address, thread_ids, writing
from balie.channels.email.automatic import OUR_MARK
from balie.channels.email.composing import Owed
from balie.channels.email.header_lines import POLICY
from balie.channels.email.letters import Automatic, Letter
from balie.channels.models import Delivery
from balie.channels.models.delivery import NO_LONGER_ALLOWED, OVERTAKEN
from balie.organisation.models import Organisation
from balie.platform import clock
from balie.tickets.models import Event, Ticket

if TYPE_CHECKING:
    from balie.channels.kinds import Alone

_LETTERS: Final = (Delivery.Purpose.REPLY, Delivery.Purpose.CONFIRMATION)
# Seconds: a worker that ends before it has recorded what was sent sends it twice, under the same id.
_LONGEST_UNRECORDED: Final = 1.0
_LARGE = 1024 * 1024
# A mail with 20 MB of files takes several times as much memory while it is written: one at a time.
_large_ones = threading.Lock()


def send_all(deliveries: Sequence[Delivery], *, alone: Alone[Delivery]) -> None:
    """Each by itself; letters to several people are begun and read together, which costs what one of them would."""
    letters = [one for one in deliveries if one.purpose in _LETTERS]
    if letters:
        _send_letters(_with_rows(delivering.begin(letters, name=_own_name)), alone=alone)
    for delivery in deliveries:
        if delivery.purpose not in _LETTERS:
            with alone(delivery):
                send(delivery)


def _send_letters(letters: Sequence[Owed], *, alone: Alone[Delivery]) -> None:
    """Hand over each, and record what was taken: of an answer at once, of confirmations after a second or all of them."""
    taken: list[Delivery] = []
    recorded_at = time.monotonic()
    try:
        for owed in letters:
            delivery = owed.delivery
            with alone(delivery):
                # Those before it may have taken so long that another worker has it by now.
                if not _is_held(delivery) and not delivering.begin([delivery], name=_own_name):
                    continue
                if _is_still_due(owed):
                    _send([owed], taken=taken if delivery.purpose == Delivery.Purpose.CONFIRMATION else None)
            if taken and time.monotonic() - recorded_at > _LONGEST_UNRECORDED:
                delivering.take_all(taken)
                taken, recorded_at = [], time.monotonic()
    finally:
        if taken:
            delivering.take_all(taken)


def _is_held(delivery: Delivery) -> bool:
    """For long enough still to be sent."""
    return delivery.next_attempt_at is not None and delivery.next_attempt_at - clock.now() > Delivery.LEASE / 2


def send(delivery: Delivery) -> None:
    """Everything that belongs to one delivery, and for a notice to all that its recipient is owed."""
    if delivery.purpose == Delivery.Purpose.NOTICE:
        group = delivering.gather_notices(delivery, name=_name)
    else:
        group = delivering.begin([delivery], name=_own_name)
    if not group:
        return
    if delivery.purpose == Delivery.Purpose.ACCOUNT:
        _send_account_mail(delivery)
        return
    owed = [one for one in _with_rows(group) if _is_still_due(one)]
    if owed:
        _send(owed)


def _own_name(delivery: Delivery) -> str:
    return message_ids.write(delivery.pk)


def _name(group: list[Delivery]) -> str:
    oldest = group[0].pk
    tickets = {delivery.ticket_id for delivery in group}
    return message_ids.write(oldest) if len(tickets) == 1 else message_ids.write_of_several(oldest)


def _with_rows(group: Sequence[Delivery]) -> list[Owed]:
    """With the rows that they are about as they are now; without those whose rows are gone."""
    prefetch_related_objects(group, "recipient", "event__by", "ticket__team")
    with_words = [one for one in group if one.purpose != Delivery.Purpose.CONFIRMATION]
    if with_words:
        prefetch_related_objects(with_words, "ticket__requester", "message__author", "message__ticket__team")
    organisation = Organisation.current()
    present = []
    for row in group:
        if row.recipient is None or row.ticket is None:
            row.refuse(NO_LONGER_ALLOWED)
        else:
            present.append((row.recipient, _as_it_is_now(row.ticket), row))
    # Of an answer it is asked when its turn comes: what goes before it belongs to its thread.
    first = [one for one in present if one[2].purpose == Delivery.Purpose.CONFIRMATION]
    known = {row.pk: ids for (_, _, row), ids in zip(first, thread_ids.known_to_each(first), strict=True)}
    return [
        Owed(delivery=row, recipient=person, ticket=ticket, organisation=organisation, known_ids=known.get(row.pk))
        for person, ticket, row in present
    ]


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
    if is_overtaken(event, owed.ticket):
        delivery.refuse(OVERTAKEN)
        return False
    return True


def is_overtaken(event: Event | None, ticket: Ticket) -> bool:
    """Whether it would be false by now."""
    if event is None:
        return False
    if event.kind == Event.Kind.RESOLVED:
        return ticket.is_open
    if event.kind in (Event.Kind.FELL_DUE, Event.Kind.OVERDUE):
        return not ticket.is_open or event.details.get("day") != (ticket.due_on.isoformat() if ticket.due_on else "")
    if event.kind in (Event.Kind.SLA_WARNED, Event.Kind.SLA_MISSED):
        is_answered = event.details.get("goal") == "response" and ticket.first_response_at is not None
        return not ticket.is_open or is_answered
    return event.kind == Event.Kind.ASSIGNED and event.details.get("after") != ticket.assignee_id


def _send(owed: list[Owed], *, taken: list[Delivery] | None = None) -> None:
    """One mail for all of these, and one outcome for all of them."""
    letter = _letter(owed)
    deliveries = [one.delivery for one in owed]
    if sum(enclosure.size for enclosure in letter.enclosures) > _LARGE:
        with _large_ones:
            _hand_over(writing.write(letter), deliveries, taken=taken)
    else:
        _hand_over(writing.write(letter), deliveries, taken=taken)


def _letter(owed: list[Owed]) -> Letter:
    first = owed[0]
    if first.delivery.purpose == Delivery.Purpose.NOTICE:
        return news.compose_notice(owed)
    if first.delivery.purpose == Delivery.Purpose.CONFIRMATION:
        event = first.delivery.event
        return composing.compose_confirmation(first, opened_by=event.by if event else None)
    message = first.delivery.message
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


def _hand_over(mail: EmailMessage, deliveries: list[Delivery], *, taken: list[Delivery] | None = None) -> None:
    """What the server takes is recorded at once, or added to `taken` for the caller to record."""
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
        if taken is not None:
            taken.extend(deliveries)
            return
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
