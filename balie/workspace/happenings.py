"""What happened to a request, in words: one line for each event that is not a message itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, TextField, Value
from django.db.models.functions import Cast
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from balie.people.models import Person
from balie.platform.file_types import Wrong
from balie.sla.badges import goal_name
from balie.teams.models import Category, Team
from balie.tickets.models import Event, Project, Rating, Status, Task, Ticket

_K = Event.Kind
# These are letters of the timeline themselves.
SAID = (_K.HEARD, _K.REPLIED, _K.NOTED)

Name = Callable[[str, Any], str]


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One event, as a sentence about whoever did it."""

    pk: int
    at: datetime
    by: str
    words: str


def happenings(events: Iterable[Event], *, reader: Person, known: frozenset[int] = frozenset()) -> list[Happening]:
    """In their order; all names that they need come with one query.

    What names another request that the reader may not know of is left out; `known` are those that they know of for certain.
    """
    told = [event for event in events if event.kind not in SAID]
    hidden = _naming_what_is_hidden(told, reader, known)
    told = [event for event in told if event.pk not in hidden]
    names = _names(told, reader)

    def name(kind: str, pk: Any) -> str:
        return names.get((kind, pk), "") if pk is not None else ""

    return [Happening(pk=event.pk, at=event.at, by=_by(event), words=_words(event, name)) for event in told]


def _by(event: Event) -> str:
    if event.by:
        return event.by.name
    # Every other sentence needs somebody who did it.
    return (
        ""
        if event.kind in (_K.WOKEN, _K.FELL_DUE, _K.OVERDUE, _K.UNDELIVERED, _K.SLA_WARNED, _K.SLA_MISSED, _K.FILE_LEFT)
        else "Balie"
    )


def _words(event: Event, name: Name) -> str:
    facts = event.details
    before, after = facts.get("before"), facts.get("after")
    match event.kind:
        case _K.OPENED:
            return _("opened the request")
        case _K.ASSIGNED:
            return _("assigned it to %(name)s") % {"name": name("person", after)} if after else _("unassigned it")
        case _K.STATUS_CHANGED:
            return _("set the status to %(status)s") % {"status": name("status", after)}
        case _K.EDITED:
            return _("changed a message")
        case _K.RETRACTED:
            return _("deleted a message")
        case _K.RESOLVED:
            return _("resolved it")
        case _K.REOPENED:
            return _("reopened it")
        case _K.PRIORITY_CHANGED:
            return _("set the priority to %(priority)s") % {"priority": dict(Ticket.Priority.choices).get(after, after)}
        case _K.CATEGORY_CHANGED:
            return (
                _("set the category to %(category)s") % {"category": name("category", after)}
                if after
                else _("removed the category")
            )
        case _K.DUE_CHANGED:
            return _("set the due date to %(day)s") % {"day": _day(after)} if after else _("removed the due date")
        case _K.RENAMED:
            return _("changed the subject")
        case _K.FOLLOWED:
            return _joined(event, name)
        case _K.UNFOLLOWED:
            return _("removed %(name)s from the followers") % {"name": name("person", facts.get("person"))}
        case _K.MOVED:
            return _("moved it from %(before)s to %(after)s") % {
                "before": name("team", before),
                "after": name("team", after),
            }
        case _K.REQUESTER_CHANGED:
            return _("changed the requester from %(before)s to %(after)s") % {
                "before": name("person", before), "after": name("person", after),
            }  # fmt: skip
        case _K.MERGED:
            return _("merged it into #%(number)s") % {"number": facts.get("into")}
        case _K.ABSORBED:
            return _("merged #%(number)s into this one") % {"number": facts.get("ticket")}
        case _K.LINKED:
            return _("linked it with #%(number)s") % {"number": facts.get("ticket")}
        case _K.UNLINKED:
            return _("removed the link with #%(number)s") % {"number": facts.get("ticket")}
        case _K.SNOOZED:
            return _("put it to sleep until %(moment)s") % {"moment": _moment(after)} if after else _("ended its sleep")
        case _K.WOKEN:
            return _("woke it up") if event.by_id else _("It woke up")
        case _K.FELL_DUE:
            return _("It is due today")
        case _K.OVERDUE:
            return _("Its due date has passed")
        case _K.SLA_WARNED:
            return _("%(goal)s is due soon: %(moment)s") % _promised(facts)
        case _K.SLA_MISSED:
            return _("%(goal)s was promised for %(moment)s and is late") % _promised(facts)
        case _K.UNDELIVERED:
            return _("An answer could not be delivered")
        case _K.FILE_LEFT:
            told = {"name": facts.get("file", ""), "why": dict(Wrong.choices).get(facts.get("why"), "")}
            if facts.get("is_ours"):
                return _("The file “%(name)s” was not passed on in the channel: %(why)s") % told
            return _("The file “%(name)s” was left where it came from: %(why)s") % told
        case _K.TAKEN_BACK:
            return _("took back the last change")
        case _K.DELETED:
            return _("deleted it")
        case _K.RESTORED:
            return _("restored it")
        case _K.RATED:
            return _("rated the answer: %(score)s") % {"score": dict(Rating.Score.choices).get(after, after)}
        case _K.TASK_ADDED | _K.TASK_CHANGED | _K.TASK_DONE | _K.TASK_REOPENED | _K.TASK_REMOVED:
            return _of_task(event, name)
        case _K.PROJECT_JOINED:
            project = name("project", facts.get("project"))
            return (
                _("added it to the project “%(name)s”") % {"name": project} if project else _("added it to a project")
            )
        case _K.PROJECT_LEFT:
            project = name("project", facts.get("project"))
            return (
                _("removed it from the project “%(name)s”") % {"name": project}
                if project
                else _("removed it from a project")
            )
        case _K.DISCLOSED:
            return _("opened it as an administrator: “%(reason)s”") % {"reason": facts.get("reason", "")}
    return str(event.kind)


def _promised(facts: Mapping[str, Any]) -> dict[str, str]:
    moment = _moment(facts["due_at"]) if facts.get("due_at") else ""
    return {"goal": goal_name(facts.get("goal", "")), "moment": moment}


def _joined(event: Event, name: Name) -> str:
    person = event.details.get("person")
    if person == event.by_id:
        return _("follows it now")
    return _("added %(name)s as a follower") % {"name": name("person", person)}


def _of_task(event: Event, name: Name) -> str:
    title = name("task", event.details.get("task"))
    match event.kind:
        case _K.TASK_ADDED:
            return _("added the task “%(title)s”") % {"title": title} if title else _("added a task")
        case _K.TASK_DONE:
            return _("did the task “%(title)s”") % {"title": title} if title else _("did a task")
        case _K.TASK_REOPENED:
            return _("opened the task “%(title)s” again") % {"title": title} if title else _("opened a task again")
        case _K.TASK_REMOVED:
            return _("removed a task")
    return _("changed the task “%(title)s”") % {"title": title} if title else _("changed a task")


def _naming_what_is_hidden(events: Iterable[Event], reader: Person, known: frozenset[int]) -> set[int]:
    """Those that name a request which the reader does not work on. What was merged into this one is part of it."""
    others = {
        event.pk: event.details.get("ticket") or event.details.get("into")
        for event in events
        if event.kind in (_K.LINKED, _K.UNLINKED, _K.MERGED)
    }
    unknown = {other for other in others.values() if other not in known}
    if unknown:
        worked_on = Ticket.objects.worked_on_by(reader).filter(pk__in=unknown).order_by()
        unknown -= set(worked_on.values_list("pk", flat=True))
    return {pk for pk, other in others.items() if other in unknown}


_PERSON_KINDS = (_K.ASSIGNED, _K.FOLLOWED, _K.UNFOLLOWED, _K.REQUESTER_CHANGED)


_OF_A_TASK = (_K.TASK_ADDED, _K.TASK_CHANGED, _K.TASK_DONE, _K.TASK_REOPENED)


def _names(events: Iterable[Event], reader: Person) -> Mapping[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {
        "person": set(), "team": set(), "category": set(), "status": set(), "task": set(), "project": set(),
    }  # fmt: skip
    for event in events:
        kind = (
            "person" if event.kind in _PERSON_KINDS
            else {
                _K.MOVED: "team", _K.CATEGORY_CHANGED: "category", _K.STATUS_CHANGED: "status",
                _K.PROJECT_JOINED: "project", _K.PROJECT_LEFT: "project", **dict.fromkeys(_OF_A_TASK, "task"),
            }.get(_K(event.kind), "")
        )  # fmt: skip
        if kind:
            wanted[kind] |= {
                pk
                for key in ("before", "after", "person", "task", "project")
                if isinstance(pk := event.details.get(key), int)
            }
    rows: dict[str, Any] = {
        "person": Person.objects, "team": Team.objects, "category": Category.objects, "status": Status.objects,
        "task": Task.objects, "project": Project.objects.seen_by(reader) if wanted["project"] else Project.objects,
    }  # fmt: skip
    columns = {"status": "key", "task": "title"}
    asked = [
        rows[kind].filter(pk__in=pks).order_by().values_list(
            Value(kind), "pk", Cast(columns.get(kind, "name"), CharField()),
            Cast("names", TextField()) if kind == "status" else Value("", TextField()),
        )
        for kind, pks in wanted.items() if pks
    ]  # fmt: skip
    if not asked:
        return {}
    return {
        (kind, pk): Status(key=name, names=json.loads(own)).name if kind == "status" else name
        for kind, pk, name, own in asked[0].union(*asked[1:], all=True)
    }


def _day(written: str) -> str:
    return formats.date_format(date.fromisoformat(written), "SHORT_DATE_FORMAT")


def _moment(written: str) -> str:
    return formats.date_format(timezone.localtime(datetime.fromisoformat(written)), "SHORT_DATETIME_FORMAT")
