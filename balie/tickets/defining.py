"""Making statuses and changing them, within what requests and the rules of groups need; for whoever has the right to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import override

from balie.organisation.models import Organisation
from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform import clock
from balie.platform.languages import CODES
from balie.teams.models import Team
from balie.teams.shaping import refuse_unless_theirs
from balie.tickets import changing_over, refusals
from balie.tickets.models import Changeover, FirstStatus, Status, Ticket
from balie.tickets.models.status import FALLBACK, Group, Shade

_STEP = 10


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a status is. Names are by code of language; that of the organisation's language is read by whoever has no other.
    Without teams it is for all of them."""

    names: Mapping[str, str]
    group: Group
    requester_names: Mapping[str, str] = field(default_factory=dict)
    shade: Shade = Shade.GROUP
    teams: Sequence[Team] = ()


def make(definition: Definition, *, by: Person) -> Status:
    """A new status, last of all; raises `Refused`."""
    _refuse_unless_theirs_to_change(by)
    names = _written(definition.names)
    if not names.get(FALLBACK):
        raise refusals.StatusNameMissing
    with transaction.atomic():
        known = _locked()
        _refuse_if_named(names[FALLBACK], among=known)
        status = Status.objects.create(
            key=_free_key(names[FALLBACK], taken={one.key for one in known}), group=definition.group, names=names,
            requester_names=_written(definition.requester_names), shade=definition.shade,
            position=max((one.position for one in known), default=0) + _STEP,
        )  # fmt: skip
        status.teams.set(definition.teams)
    return status


def redefine(status: Status, definition: Definition, *, by: Person, seen: int | None = None) -> Changeover | None:
    """Make it what the definition says; raises `Refused`, also when somebody has changed it since version `seen`.

    Another group makes all its requests belong to that group; fewer teams give the requests of the others the preset status
    of the group. Many are changed in the background: what is returned says how far that is.
    """
    _refuse_unless_theirs_to_change(by)
    names = _written(definition.names)
    with transaction.atomic():
        known = _locked()
        row = next(one for one in known if one.pk == status.pk)
        _refuse_unless_as_seen(row, seen)
        if row.is_preset and (definition.group != row.group or definition.teams):
            raise refusals.PresetStatusStays
        if row.is_preset:
            names.pop(FALLBACK, None)
        elif not names.get(FALLBACK):
            raise refusals.StatusNameMissing
        if FALLBACK in names:
            _refuse_if_named(names[FALLBACK], among=[one for one in known if one.pk != row.pk])
        old_group, is_narrower = row.group, _is_narrower(row, definition.teams)
        if (old_group != definition.group or is_narrower) and _is_changing_over(row):
            raise refusals.StillChangingOver
        row.names, row.requester_names, row.shade = names, _written(definition.requester_names), definition.shade
        row.group = definition.group
        row.version += 1
        row.save()
        row.teams.set(definition.teams)
        _keep_first_statuses_possible(row)
        changeover = None
        if old_group != row.group:
            changeover = changing_over.begin(
                Changeover.Kind.REGROUPED, status=row, old_group=old_group, new_group=row.group, by=by
            )
        if is_narrower:
            preset = Status.preset(Group(row.group))
            changeover = changing_over.begin(Changeover.Kind.NARROWED, status=row, new_status=preset, by=by)
    changing_over.carry_on_at_once(status)
    status.refresh_from_db()
    if changeover is not None:
        changeover.refresh_from_db()
    return changeover


def archive(status: Status, *, replacement: Status, by: Person, seen: int | None = None) -> Changeover:
    """Chosen no more; its requests get the replacement, which is of the same group, so that nobody is told and no time runs
    otherwise. Whatever began with it begins with the replacement."""
    _refuse_unless_theirs_to_change(by)
    with transaction.atomic():
        known = {one.pk: one for one in _locked()}
        row, heir = known[status.pk], known.get(replacement.pk)
        _refuse_unless_as_seen(row, seen)
        if row.is_preset:
            raise refusals.PresetStatusStays
        if heir is None or heir.pk not in {one.pk for one in replacements_of(row)}:
            raise refusals.NoSuchReplacement
        if _is_changing_over(row):
            raise refusals.StillChangingOver
        row.archived_at, row.replacement = clock.now(), heir
        row.version += 1
        row.save()
        FirstStatus.objects.filter(status=row).update(status=heir)
        changeover = changing_over.begin(Changeover.Kind.REPLACED, status=row, new_status=heir, by=by)
    changing_over.carry_on_at_once(status)
    status.refresh_from_db()
    changeover.refresh_from_db()
    return changeover


def unarchive(status: Status, *, by: Person) -> None:
    """It can be chosen again; the requests that had it keep what they have now."""
    _refuse_unless_theirs_to_change(by)
    with transaction.atomic():
        known = _locked()
        row = next(one for one in known if one.pk == status.pk)
        if _is_changing_over(row):
            raise refusals.StillChangingOver
        if row.archived_at is not None:
            _refuse_if_named(_main_name(row), among=[one for one in known if one.pk != row.pk])
            row.archived_at, row.replacement = None, None
            row.version += 1
            row.save()
    status.refresh_from_db()


def replacements_of(status: Status) -> list[Status]:
    """What its requests can have instead: of the same group, and for every team that has such requests or may have them."""
    own = set(status.teams.values_list("pk", flat=True))
    found = Status.objects.active().filter(group=status.group).exclude(pk=status.pk).prefetch_related("teams")
    return [
        one for one in found
        if not (chosen := {team.pk for team in one.teams.all()}) or (own and own <= chosen)
    ]  # fmt: skip


def order(numbers: Sequence[int], *, by: Person) -> None:
    """These first, in this order; those that are not named stay after them as they were."""
    _refuse_unless_theirs_to_change(by)
    with transaction.atomic():
        places = {pk: place for place, pk in enumerate(dict.fromkeys(numbers))}
        rows = sorted(_locked(), key=lambda one: places.get(one.pk, len(places)))
        for place, row in enumerate(rows):
            row.position = place * _STEP
        Status.objects.bulk_update(rows, ["position"])


def begin_with(status: Status | None, *, team: Team | None, by: Person) -> None:
    """New requests have this status: the team's, or those of every team that has none of its own. None takes that back."""
    if team is None:
        _refuse_unless_theirs_to_change(by)
    else:
        refuse_unless_theirs(team, by)
    with transaction.atomic():
        if status is None:
            FirstStatus.objects.filter(team=team).delete()
            return
        row = Status.held(status.pk)
        is_for_all = row.archived_at is None and not row.teams.exists()
        if row.group == Group.RESOLVED or not (is_for_all if team is None else row.is_used_in(team.pk)):
            raise refusals.FirstStatusResolves
        FirstStatus.objects.update_or_create(team=team, defaults={"status": row})


def _keep_first_statuses_possible(status: Status) -> None:
    begun = FirstStatus.objects.filter(status=status)
    teams = list(status.teams.values_list("pk", flat=True))
    if status.group == Group.RESOLVED:
        begun.delete()
    elif teams:
        begun.exclude(team__in=teams).delete()
        begun.filter(team=None).delete()


def _is_narrower(status: Status, teams: Sequence[Team]) -> bool:
    """Whether teams whose requests have it may not have it any more."""
    if not teams:
        return False
    return Ticket.objects.filter(status=status).exclude(team__in=teams).exists()


def _is_changing_over(status: Status) -> bool:
    return Changeover.objects.filter(status=status, ended_at=None).exists()


def _locked() -> list[Status]:
    # There are few. Who takes one for a request holds it meanwhile, and two administrators come one after the other.
    return list(Status.objects.select_for_update().order_by("position", "pk"))


def _refuse_unless_theirs_to_change(person: Person) -> None:
    if not Rights.of(person).may_open(Area.STATUSES, edit=True):
        raise refusals.NoRightToStatuses


def _refuse_unless_as_seen(status: Status, seen: int | None) -> None:
    if seen is not None and seen != status.version:
        raise refusals.StatusChangedMeanwhile


def _refuse_if_named(name: str, *, among: Sequence[Status]) -> None:
    taken = {_main_name(one).casefold() for one in among if one.archived_at is None}
    if name.casefold() in taken:
        raise refusals.StatusNameThere


def _main_name(status: Status) -> str:
    with override(Organisation.current().language):
        return status.name


def _written(names: Mapping[str, str]) -> dict[str, str]:
    """What is written in our languages, and what is read by whoever has none of it."""
    written = {code: name for code, name in names.items() if code in CODES and name}
    main = written.get(Organisation.current().language)
    return {**written, FALLBACK: main} if main else written


def _free_key(name: str, *, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:36].strip("_") or "status"
    keys = (wanted if count == 1 else f"{wanted}_{count}" for count in range(1, 10_000))
    return next(key for key in keys if key not in taken)
