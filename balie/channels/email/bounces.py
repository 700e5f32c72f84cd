"""Delivery reports: finding the delivery that one speaks of, and recording what it says."""

from balie.channels.email import message_ids, return_address
from balie.channels.models import Delivery
from balie.channels.said import Bounced, Said


def match(said: Said, *, recipient: str) -> bool:
    """Record each report with its delivery (RFC 3464); whether any was found."""
    returned = return_address.read(recipient.partition("@")[0])
    by_address = Delivery.objects.filter(pk=returned.delivery).first() if returned else None
    found = False
    for report in said.bounced:
        delivery = by_address or _by_id(report)
        if delivery is not None:
            found = True
            _record(report, delivery)
    return found


def _by_id(report: Bounced) -> Delivery | None:
    number = message_ids.read(report.message_id) if report.message_id else None
    return Delivery.objects.filter(pk=number).first() if number else None


def _record(report: Bounced, delivery: Delivery) -> None:
    reason = " ".join(part for part in (report.status, report.reason) if part)
    for one in _in_the_same_mail(delivery):
        if report.is_permanent:
            one.refuse(reason)
        else:
            Delivery.objects.filter(pk=one.pk).update(error=reason[:2000])


def _in_the_same_mail(delivery: Delivery) -> list[Delivery]:
    """Several notices to one recipient may have gone in one mail, and bear its id."""
    if not delivery.external_id or delivery.recipient_id is None:
        return [delivery]
    return list(Delivery.objects.filter(recipient_id=delivery.recipient_id, external_id=delivery.external_id))
