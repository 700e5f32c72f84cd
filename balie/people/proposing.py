"""Proposed changes of profiles: made by whoever may propose them, decided by whoever may edit."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from balie.people import changing_attributes
from balie.people.changing_attributes import ValuesRefused
from balie.people.known import Known
from balie.people.models import Attribute, AttributeChange, Level, Person, Proposal
from balie.people.models.proposal import ProposalQuerySet
from balie.people.rights import Rights
from balie.people.values import Unfit, validated
from balie.platform import clock
from balie.platform.refusal import Refusal
from balie.platform.text import clean_name

__all__ = ["ProposalQuerySet", "ProposalRefused", "approve", "decidable_by", "propose", "refuse"]


class ProposalRefused(Refusal):
    """It cannot be proposed or decided; says why, in the reader's language."""


class NotYours(ProposalRefused):
    sentence = _("Your access rights do not reach this.")


class DecidedAlready(ProposalRefused):
    sentence = _("Somebody has decided this meanwhile.")


def propose(person: Person, wanted: Mapping[Attribute, object], *, by: Person) -> list[Proposal]:
    """What is different from the profile waits for approval; a newer proposal of the same person replaces their older one.

    Raises `ValuesRefused` for values that could not be, and `NotYours`.
    """
    access, known = Rights.of(by).to(person), Known([person])
    if not all(access.may_propose(attribute) for attribute in wanted):
        raise NotYours
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        values, faults = dict[Attribute, object](), dict[str, str]()
        for attribute, given in wanted.items():
            try:
                values[attribute] = validated(attribute, given, known=known)
            except Unfit as unfit:
                faults[attribute.key] = str(unfit)
        if faults:
            raise ValuesRefused(faults)
        mine = Proposal.objects.waiting().filter(person=row, proposed_by=by)
        waiting = {one.attribute_id: one.value for one in mine}
        made = []
        for attribute, value in values.items():
            was = row.attributes.get(attribute.key)
            if waiting.get(attribute.pk, was) == value:
                continue
            mine.filter(attribute=attribute).update(state=Proposal.State.REPLACED, decided_at=clock.now())
            if value != was:
                made.append(
                    Proposal.objects.create(
                        person=row, attribute=attribute, value=value, was=was, proposed_by=by, proposed_at=clock.now()
                    )
                )
        return made


def decidable_by(person: Person) -> ProposalQuerySet:
    """Those waiting that are of facts which this person may edit; nobody decides their own."""
    waiting = Proposal.objects.waiting().filter(attribute__archived_at__isnull=True)
    if not person.is_active:
        return waiting.none()
    mine = Rights.of(person).reaching(Level.EDIT, of="person", section="attribute__section")
    return waiting.exclude(proposed_by=person).filter(mine)


def approve(proposal: Proposal, *, by: Person) -> None:
    """The profile says so from now on. Raises `ProposalRefused`, and `ValuesRefused` where the value no longer fits."""
    with transaction.atomic():
        row = _locked(proposal, by)
        wanted = {row.attribute: row.value}
        changing_attributes.change(row.person, wanted, by=by, way=AttributeChange.Way.PROPOSAL)
        _settle(row, Proposal.State.APPROVED, by=by)


def refuse(proposal: Proposal, *, by: Person, reason: str = "") -> None:
    """The profile stays as it is; raises `ProposalRefused`."""
    with transaction.atomic():
        _settle(_locked(proposal, by), Proposal.State.REFUSED, by=by, reason=clean_name(reason)[:500])


def _locked(proposal: Proposal, by: Person) -> Proposal:
    row = Proposal.objects.select_for_update(of=("self",)).select_related("person", "attribute").get(pk=proposal.pk)
    if row.state != Proposal.State.WAITING:
        raise DecidedAlready
    if not decidable_by(by).filter(pk=row.pk).exists():
        raise NotYours
    return row


def _settle(row: Proposal, state: Proposal.State, *, by: Person, reason: str = "") -> None:
    row.state, row.decided_by, row.decided_at, row.reason = state, by, clock.now(), reason
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
