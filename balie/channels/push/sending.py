"""Sends what is owed to a person's browsers: asked again whether they may hear, written, sealed, handed over, and recorded.

One message tells all that waits for a person. It has arrived when one of their browsers has it. When none is left that listens,
the notice goes by mail: it is sent in one way, but not in none.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from balie.channels import delivering, kinds, silence
from balie.channels.email.sending import is_overtaken
from balie.channels.models import Delivery
from balie.channels.models.delivery import NO_LONGER_ALLOWED, OVERTAKEN
from balie.channels.notices import words
from balie.channels.notices.giving import wishes_of
from balie.channels.notices.models import Notice
from balie.channels.push import client, writing
from balie.channels.push.models import Browser, SendingKey
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Ticket

log = structlog.get_logger(__name__)

_MOST_UNREAD = 60


def send(delivery: Delivery) -> None:
    """This one and all others that its recipient's browsers are owed."""
    group = delivering.gather_notices(delivery, name=lambda owed: f"push-{owed[0].pk}")
    if not group or delivery.recipient is None:
        return
    person = delivery.recipient
    happenings, due = [], []
    for row in _with_rows(group):
        happening = _happening(row, person)
        if happening is not None:
            happenings.append(happening)
            due.append(row)
    if not due:
        return
    browsers = list(Browser.objects.filter(person=person).listening()) if person.is_active else []
    message = writing.write(
        happenings, language=person.reads(), all_notices=reverse("notices:list"), unread=_unread(person)
    )
    subject = happenings[-1].number if len({one.number for one in happenings}) == 1 else 0
    _hand_over(due, browsers, message, subject=subject)


def _hand_over(due: list[Delivery], browsers: list[Browser], message: bytes, *, subject: int) -> None:
    key = SendingKey.current()
    arrived, later = False, []
    for browser in browsers:
        try:
            client.post(browser, message, key=key, subject=subject)
        except client.Gone as fault:
            log.info("browser gone", browser=browser.pk, reason=str(fault))
            browser.delete()
        except client.TryLater as fault:
            later.append(fault)
        else:
            arrived = True
            Browser.objects.filter(pk=browser.pk).update(heard_at=clock.now())
    with transaction.atomic():
        for row in due:
            if arrived:
                row.take()
            elif later:
                _put_off(row, later)
            else:
                _hand_to_mail(row)


def _put_off(row: Delivery, faults: list[client.TryLater]) -> None:
    row.put_off(str(faults[0]))
    asked = [fault.pause for fault in faults if fault.pause is not None]
    if asked and row.next_attempt_at is not None:
        row.next_attempt_at = max(row.next_attempt_at, clock.now() + timedelta(seconds=min(asked)))
        row.save(update_fields=["next_attempt_at"])


def _hand_to_mail(row: Delivery) -> None:
    """It becomes a mail among others that may wait."""
    row.kind, row.external_id, row.state, row.attempts, row.held_by = kinds.EMAIL, "", Delivery.State.OWED, 0, None
    row.next_attempt_at = clock.now() + delivering.NOTICES_WAIT
    row.save(update_fields=["kind", "external_id", "state", "attempts", "held_by", "next_attempt_at"])


def _with_rows(group: list[Delivery]) -> list[Delivery]:
    rows = Delivery.objects.filter(pk__in=[one.pk for one in group])
    return list(rows.select_related("ticket__team", "ticket__requester", "message", "event__by").order_by("pk"))


def _happening(row: Delivery, person: Person) -> writing.Happening | None:
    """What to tell; asked again at the last moment, since the request may have moved, and the person may have left."""
    ticket = _as_it_is_now(row.ticket) if row.ticket else None
    if ticket is None or not silence.may_hear(person, purpose=row.purpose, ticket=ticket, event=row.event):
        row.refuse(NO_LONGER_ALLOWED)
        return None
    if is_overtaken(row.event, ticket):
        row.refuse(OVERTAKEN)
        return None
    organisation, wishes = Organisation.current(), wishes_of([person])[person.pk]
    works_on_it = person.is_expert and ticket.is_worked_on_by(person)
    with translation.override(person.reads(organisation)):
        sentence = words.line(row.event, row.about, ticket=ticket, organisation=organisation)
    return writing.Happening(
        number=ticket.pk, subject=ticket.subject, sentence=sentence, said=row.message.text if row.message else "",
        page=reverse("workspace:request" if works_on_it else "portal:request", args=[ticket.pk]),
        may_be_told=wishes.speaks_of(is_private=ticket.is_private),
    )  # fmt: skip


def _as_it_is_now(ticket: Ticket) -> Ticket:
    while ticket.merged_into_id is not None:
        ticket = Ticket.objects.select_related("team", "requester").get(pk=ticket.merged_into_id)
    return ticket


def _unread(person: Person) -> list[int]:
    """The requests of which a browser may go on showing something."""
    unread = Notice.objects.readable_by(person).unread().order_by()
    return sorted(unread.values_list("ticket", flat=True).distinct()[:_MOST_UNREAD])
