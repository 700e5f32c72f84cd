"""What the filters of a search mean to the person who searches. What they may not know of means the same as what is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from balie.people.models import Person
from balie.people.naming import people_called
from balie.platform import clock
from balie.platform.alphabet import placed
from balie.teams.models import Category, Team
from balie.tickets.models import Attachment, Message, Sight, Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import OPEN_GROUPS
from balie.tickets.searching import vocabulary
from balie.tickets.searching.asking import Asked, Filter

_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")
_AGO: Final = re.compile(r"(\d{1,4})([dwmyjtags])$")
_DAYS_OF: Final = {"d": 1, "t": 1, "g": 1, "w": 7, "s": 7, "m": 30, "y": 365, "j": 365, "a": 365}


@dataclass
class Meaning:
    """`conditions` on requests; where to look; from when on; and sentences on what was not understood."""

    conditions: list[Q] = field(default_factory=list)
    place: str = ""
    since: datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_narrow(self) -> bool:
        return bool(self.conditions)


def meaning_of(asked: Asked, *, person: Person) -> Meaning:
    """Every filter, as a condition or as a sentence that says what is wrong with it."""
    told = Meaning()
    for name in asked.strange:
        told.problems.append(
            _("There is no filter “%(name)s:”. There are: %(filters)s.")
            % {"name": name, "filters": ", ".join(f"{one}:" for one in _READERS)}
        )
    for one in asked.filters:
        condition = _READERS[one.name](one, person, told)
        if condition is not None:
            told.conditions.append(~condition if one.is_unwanted else condition)
    return told


def _team(one: Filter, person: Person, told: Meaning) -> Q | None:
    known = (
        Team.objects.active()
        if person.is_expert
        else Team.objects.filter(Q(is_visible=True) | Q(tickets__requester=person)).distinct()
    )
    value = one.value.partition("@")[0]
    called = Q(address__iexact=value) | Q(former_addresses__local_part=value.lower()) | Q(name__iexact=one.value)
    teams = list(known.filter(called).values_list("pk", flat=True))
    teams = teams or list(known.filter(name__istartswith=one.value).values_list("pk", flat=True))
    if not teams:
        names = ", ".join(known.order_by(placed(), "pk").values_list("address", flat=True)[:20])
        told.problems.append(
            _("No team is called “%(value)s”. There are: %(names)s.") % {"value": one.value, "names": names}
        )
        return Q(pk__in=[])
    return Q(team__in=teams)


def _status(one: Filter, person: Person, told: Meaning) -> Q | None:
    statuses = list(Status.objects.all())
    group = vocabulary.named(
        one.value.replace("_", "-"), {group.value.replace("_", "-"): group.label for group in Group}
    )
    if group is None:
        group = {"open": "open", "resolved": "resolved"}.get(vocabulary.meaning_of(one.value))
    if group == "open":
        return Q(group__in=[value.value for value in OPEN_GROUPS])
    plain = one.value.casefold()
    own = [
        status.pk for status in statuses
        if plain == status.key or plain in {str(name).casefold() for name in _names_of(status)}
    ]  # fmt: skip
    if group is None and not own:
        names = ", ".join(dict.fromkeys(status.name for status in statuses if status.archived_at is None))
        told.problems.append(
            _("No status is called “%(value)s”. There are: %(names)s.") % {"value": one.value, "names": names}
        )
        return Q(pk__in=[])
    # A name that somebody gave to a status means that status, even when a group is called so.
    given = [status.pk for status in statuses if status.pk in own and not status.is_preset]
    return Q(group=group.replace("-", "_")) if group and not given else Q(status__in=given or own)


def _names_of(status: Status) -> list[str]:
    """Whoever asked knows it by the wording for them, too."""
    return [*status.names.values(), status.name, *status.requester_names.values()]


def _somebody(one: Filter, person: Person, told: Meaning) -> list[int]:
    if vocabulary.meaning_of(one.value) == "me":
        return [person.pk]
    people = people_called(one.value, most=300)
    # Who works here is no secret among experts; somebody from outside is known to those who work on a request of theirs.
    if person.is_expert and not (
        Person.objects.employees().filter(pk__in=people).exists()
        or Ticket.objects.worked_on_by(person).filter(requester__in=people).exists()
    ):
        told.problems.append(_("Nobody is called “%(value)s”.") % {"value": one.value})
    return people


def _assignee(one: Filter, person: Person, told: Meaning) -> Q | None:
    if vocabulary.meaning_of(one.value) in ("nobody", "unassigned"):
        return Q(assignee__isnull=True)
    return Q(assignee__in=_somebody(one, person, told))


def _requester(one: Filter, person: Person, told: Meaning) -> Q | None:
    return Q(requester__in=_somebody(one, person, told))


def _category(one: Filter, person: Person, told: Meaning) -> Q | None:
    mine = Team.objects.worked_in_by(person).order_by().values("pk")
    known = Category.objects.filter(Q(team__in=mine) | Q(team__is_private=False))
    found = list(known.filter(name__iexact=one.value).values_list("pk", flat=True))
    found = found or list(known.filter(name__istartswith=one.value).values_list("pk", flat=True)[:50])
    if not found:
        told.problems.append(_("No category is called “%(value)s”.") % {"value": one.value})
    return Q(category__in=found)


def _priority(one: Filter, person: Person, told: Meaning) -> Q | None:
    name = vocabulary.named(one.value, {choice.name.casefold(): choice.label for choice in Ticket.Priority})
    if name is None:
        names = ", ".join(str(choice.label) for choice in Ticket.Priority)
        told.problems.append(
            _("There is no priority “%(value)s”. There are: %(names)s.") % {"value": one.value, "names": names}
        )
        return None
    return Q(priority=Ticket.Priority[name.upper()])


def _before(one: Filter, person: Person, told: Meaning) -> Q | None:
    day = _day(one, told)
    return None if day is None else Q(created_at__lt=day)


def _after(one: Filter, person: Person, told: Meaning) -> Q | None:
    day = _day(one, told)
    if day is None:
        return None
    if not one.is_unwanted:
        told.since = max(told.since, day) if told.since else day
    return Q(created_at__gte=day)


def _day(one: Filter, told: Meaning) -> datetime | None:
    today = timezone.localtime(clock.now()).date()
    word = one.value.casefold()
    written, ago = _DAY.match(word), _AGO.match(word)
    try:
        if written:
            day = date(int(written[1]), int(written[2] or 1), int(written[3] or 1))
        elif ago:
            day = today - timedelta(days=int(ago[1]) * _DAYS_OF[ago[2]])
        else:
            day = _in_the_readers_way(one.value)
        return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  (made aware in the reader's zone)
    except (ValueError, OverflowError):
        told.problems.append(
            _("“%(value)s” is no day. Write it as %(example)s, or as 30d for thirty days ago.")
            % {"value": one.value, "example": today.isoformat()}
        )
        return None


def _in_the_readers_way(value: str) -> date:
    for shape in formats.get_format_lazy("DATE_INPUT_FORMATS"):
        try:
            return datetime.strptime(value, shape).date()  # noqa: DTZ007  (a day)
        except ValueError:
            continue
    raise ValueError(value)


def _has(one: Filter, person: Person, told: Meaning) -> Q | None:
    what = vocabulary.meaning_of(one.value)
    # Who does not work on a request reads no note of it: neither that there is one, nor its files.
    works = Q(pk__in=Ticket.objects.worked_on_by(person).values("pk"))
    if what == "file":
        files = Attachment.objects.filter(message__ticket=OuterRef("pk"), is_inline=False)
        return Q(Exists(files.filter(message__kind=Message.Kind.REPLY))) | (Q(Exists(files)) & works)
    if what == "note" and person.is_expert:
        return Q(Exists(Message.objects.filter(ticket=OuterRef("pk"), kind=Message.Kind.NOTE))) & works
    return _unknown(one, told)


def _is(one: Filter, person: Person, told: Meaning) -> Q | None:
    what = vocabulary.meaning_of(one.value)
    now = clock.now()
    if what == "new":
        return ~Q(
            Exists(Sight.objects.filter(person=person, ticket=OuterRef("pk"), seen_at__gte=OuterRef("last_word_at")))
        )
    if what == "followed":
        return Q(Exists(Ticket.followers.through._default_manager.filter(ticket=OuterRef("pk"), person=person)))
    is_open = Q(group__in=[value.value for value in OPEN_GROUPS])
    known = {
        "open": is_open,
        "resolved": Q(group=Group.RESOLVED.value),
        "unassigned": Q(assignee__isnull=True),
        "snoozed": Q(snoozed_until__gt=now),
        "late": is_open & (Q(due_on__lt=timezone.localtime(now).date()) | _is_missed(person)),
    }
    return known[what] if what in known else _unknown(one, told)


def _is_missed(person: Person) -> Q:
    """A promise of a team is known to those who work in it, and to nobody else."""
    return Q(next_due_at__lt=clock.now()) & Q(pk__in=Ticket.objects.worked_on_by(person).values("pk"))


def _sla(one: Filter, person: Person, told: Meaning) -> Q | None:
    what = vocabulary.meaning_of(one.value)
    if what not in vocabulary.POSSIBLE["sla"]:
        return _unknown(one, told)
    # What a team promised itself is no matter of those who do not work in it.
    return Q(promises__contains=[what]) & Q(pk__in=Ticket.objects.worked_on_by(person).values("pk"))


def _in(one: Filter, person: Person, told: Meaning) -> Q | None:
    what = vocabulary.meaning_of(one.value)
    if what in vocabulary.POSSIBLE["in"]:
        told.place = what
        return None
    return _unknown(one, told)


def _unknown(one: Filter, told: Meaning) -> Q | None:
    possible = ", ".join(f"{one.name}:{value}" for value in vocabulary.POSSIBLE[one.name])
    told.problems.append(
        _("“%(filter)s” says nothing here. There are: %(possible)s.") % {"filter": str(one), "possible": possible}
    )
    return None


_READERS: Final[dict[str, Callable[[Filter, Person, Meaning], Q | None]]] = {
    "team": _team, "status": _status, "assignee": _assignee, "requester": _requester, "category": _category,
    "priority": _priority,
    "before": _before, "after": _after, "has": _has, "is": _is, "in": _in,
    "sla": _sla,
}  # fmt: skip
