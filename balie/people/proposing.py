"""Proposed changes of profiles: made by whoever may propose them, decided by whoever may edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balie.people import changing_attributes, changing_basics
from balie.people.basics import Basic
from balie.people.changing_attributes import ValuesRefused
from balie.people.known import Known
from balie.people.models import Attribute, AttributeChange, Level, Person, Proposal
from balie.people.models.proposal import ProposalQuerySet
from balie.people.rights import Rights
from balie.people.values import Unfit, validated
from balie.platform import clock
from balie.platform.refusal import Refusal
from balie.platform.text import clean_name

__all__ = ["ProposalQuerySet", "ProposalRefused", "approve", "decidable_by", "propose", "propose_basics", "refuse"]


Fact = TypeVar("Fact", Attribute, Basic)


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
        return _proposed(row, values, was=lambda attribute: row.attributes.get(attribute.key), by=by)


def propose_basics(person: Person, wanted: Mapping[Basic, Any], *, by: Person) -> list[Proposal]:
    """The same for name, status, supervisor and addresses."""
    access = Rights.of(by).to(person)
    if not all(access.level_of(basic) >= Level.PROPOSE for basic in wanted):
        raise NotYours
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        before = changing_basics.basics_of(row)
        values = changing_basics.fitting(row, {**before, **wanted}, asked=wanted)
        return _proposed(row, {basic: values[basic] for basic in wanted}, was=lambda basic: before[basic], by=by)


def _proposed(row: Person, values: Mapping[Fact, Any], *, was: Callable[[Fact], Any], by: Person) -> list[Proposal]:
    """One for each value that is neither on the profile nor waiting already."""
    mine = Proposal.objects.waiting().filter(person=row, proposed_by=by)
    waiting = {(one.attribute_id, one.field): one.value for one in mine}
    made = []
    for what, value in values.items():
        attribute = None if isinstance(what, Basic) else what.pk
        field, now = what.value if isinstance(what, Basic) else "", was(what)
        if waiting.get((attribute, field), now) == value:
            continue
        mine.filter(Q(attribute=attribute) if attribute else Q(attribute__isnull=True), field=field).update(
            state=Proposal.State.REPLACED, decided_at=clock.now()
        )
        if value != now:
            made.append(
                Proposal.objects.create(
                    person=row, attribute_id=attribute, field=field, value=value, was=now, proposed_by=by,
                    proposed_at=clock.now(),
                )
            )  # fmt: skip
    return made


def decidable_by(person: Person) -> ProposalQuerySet:
    """Those waiting that are of facts which this person may edit; nobody decides their own."""
    waiting = Proposal.objects.waiting().filter(attribute__archived_at__isnull=True)
    if not person.is_active:
        return waiting.none()
    rights = Rights.of(person)
    mine = Q(field="") & rights.reaching(Level.EDIT, of="person", section="attribute__section")
    for basic in Basic:
        mine |= Q(field=basic.value) & rights.editing(basic, of="person")
    return waiting.exclude(proposed_by=person).filter(mine)


def approve(proposal: Proposal, *, by: Person) -> None:
    """The profile says so from now on. Raises `ProposalRefused`, and `ValuesRefused` where the value no longer fits."""
    with transaction.atomic():
        row = _locked(proposal, by)
        way = AttributeChange.Way.PROPOSAL
        if row.attribute is None:
            changing_basics.change(row.person, {Basic(row.field): row.value}, by=by, way=way)
        else:
            changing_attributes.change(row.person, {row.attribute: row.value}, by=by, way=way)
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
