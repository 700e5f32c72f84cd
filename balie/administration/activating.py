"""Activating Conversations: what must be there before the first request, made once by the administrator's first click.

All of it is one commit, behind the lock of the organisation. Of two clicks at one moment the second finds it done; one that was
interrupted left nothing behind, and the next begins anew. Nobody is told of it (product, rule 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from django.db import transaction

from balie.channels import receiving
from balie.organisation.countries import usual_week
from balie.organisation.models import Organisation, UsualSpan
from balie.organisation.plan import Feature
from balie.people.models import Credential, Person
from balie.people.presets import SHOWN_FROM_THE_START, make_preset_attributes
from balie.platform import waking
from balie.platform.live import tell
from balie.tickets.presets import make_preset_statuses

log = structlog.get_logger(__name__)


class NotInThePlan(Exception):
    """The plan lacks Conversations."""


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """Everybody who can ask from now on."""

    people: int
    inactive: int
    is_first: bool


def activate(*, by: Person | None) -> TakenOver:
    """Set Conversations up, unless that was done; `by` is None for a program. Raises `NotInThePlan`."""
    with transaction.atomic():
        organisation = Organisation.locked()
        if not organisation.plan.includes(Feature.CONVERSATIONS):
            raise NotInThePlan
        is_first = organisation.activated_at is None
        if is_first:
            _set_up(organisation)
    people = Person.objects.employees()
    taken_over = TakenOver(
        people=people.count(), inactive=people.filter(status=Person.Status.INACTIVE).count(), is_first=is_first
    )
    if is_first:
        log.info("conversations activated", by=by and by.pk, people=taken_over.people)
    return taken_over


def _set_up(organisation: Organisation) -> None:
    make_preset_statuses()
    make_preset_attributes()
    Credential.make_for_conversations(allowed=SHOWN_FROM_THE_START)
    if not UsualSpan.objects.exists():
        UsualSpan.objects.bulk_create(
            UsualSpan(weekday=weekday, begins=begins, ends=ends)
            for weekday, begins, ends in usual_week(organisation.country)
        )
    organisation.activate()
    # Pages that are open have one place more to go, and what came in before is understood now.
    tell("rights")
    waking.wake(receiving.WAKE_WORD)
