"""App Home: ask, what I asked, and for experts what waits for them. Shown again when something changed, and only then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from balie.channels.slack import facts, jobs, kit
from balie.channels.slack.client import AccessLost, Refused, Slack
from balie.channels.slack.kit import Block
from balie.channels.slack.models import Home, Workspace
from balie.people.models import Person
from balie.platform import clock
from balie.platform.gathering import remembered
from balie.tickets.models import Event, Message, Ticket

_MOST: Final = 10
_AT_ONCE: Final = 200
_FORGOTTEN_AFTER: Final = timedelta(days=30)
_K = Event.Kind
# What changes that nobody has taken a request yet, or when it is due.
_OF_THE_QUEUE: Final = frozenset(
    {
        _K.OPENED, _K.ASSIGNED, _K.STATUS_CHANGED, _K.RESOLVED, _K.REOPENED, _K.DUE_CHANGED, _K.RENAMED, _K.MOVED, _K.MERGED,
        _K.SNOOZED, _K.WOKEN, _K.DELETED, _K.RESTORED, _K.TAKEN_BACK, _K.FELL_DUE,
    }
)  # fmt: skip


def refresh(event: Event) -> None:
    """Who sees the request in their App Home, sees how it stands."""
    ticket = event.ticket
    if not remembered(refresh, Home.objects.exists):
        return
    seeing = Q(person__in={ticket.requester_id, ticket.assignee_id, event.by_id} - {None})
    if event.kind in _OF_THE_QUEUE:
        teams = [ticket.team_id, *([event.details["before"]] if event.kind == Event.Kind.MOVED else [])]
        seeing |= Q(person__memberships__team__in=teams)
        if not ticket.is_private:
            seeing |= Q(person__role=Person.Role.ADMINISTRATOR)
    _make_stale(seeing)


def refresh_of(people: Sequence[Person]) -> None:
    """They read another language now."""
    _make_stale(Q(person__in=[person.pk for person in people]))


def refresh_all() -> None:
    """Whoever has chosen none reads the organisation's language, which is another one now."""
    _make_stale(Q(person__language=""))


def show_anew(workspace: Workspace) -> None:
    """It was connected again: of what an uninstalled app has shown nothing is left in Slack."""
    open_lately = Home.objects.filter(workspace=workspace, opened_at__gt=clock.now() - _FORGOTTEN_AFTER)
    if open_lately.update(shown="", is_stale=True):
        jobs.show_homes_later()


def _make_stale(seeing: Q) -> None:
    open_lately = Home.objects.filter(seeing, is_stale=False, opened_at__gt=clock.now() - _FORGOTTEN_AFTER)
    if Home.objects.filter(pk__in=open_lately.order_by().values("pk")).update(is_stale=True):
        jobs.show_homes_later()


def show_stale() -> None:
    """Publish those that show something else than before; https://docs.slack.dev/surfaces/app-home

    Raises `CannotReach`. Of many, the next ones are a job of their own, so that others come in between.
    """
    homes = Home.objects.select_related("workspace", "person").filter(is_stale=True, workspace__state="connected")
    for home in homes.order_by("pk")[:_AT_ONCE]:
        # Before it is drawn: what changes meanwhile makes it stale again.
        Home.objects.filter(pk=home.pk).update(is_stale=False)
        with translation.override(home.person.reads()):
            view = {"type": "home", "blocks": blocks(home.person)}
        mark = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
        if mark == home.shown:
            continue
        try:
            Slack.of(home.workspace).call("views.publish", user_id=home.user_id, view=view)
        except AccessLost as fault:
            home.workspace.disconnect(str(fault))
            break
        except Refused:
            continue
        except Exception:
            Home.objects.filter(pk=home.pk).update(is_stale=True)
            raise
        Home.objects.filter(pk=home.pk).update(shown=mark)
    if homes.exists():
        jobs.show_homes_later()


def blocks(person: Person) -> list[Block]:
    """In the person's language, which is the current one."""
    found: list[Block] = [
        kit.header(_("How can we help?")),
        kit.actions(kit.button(_("Ask something"), "ask", style="primary")),
    ]
    asked = Ticket.objects.present().listed().filter(requester=person).select_related("team", "status", "category")
    found += _listed(
        _("My open requests"),
        asked.open().order_by("-last_word_at", "-pk"),
        person,
        empty=_("You have no open requests."),
    )
    found += _listed(
        _("Resolved"),
        asked.exclude(pk__in=asked.open().order_by().values("pk")).order_by("-resolved_at", "-pk"),
        person,
        most=5,
    )
    if person.is_expert:
        mine = Ticket.objects.worked_on_by(person).listed().open().awake().select_related("team", "status", "requester")
        found += [{"type": "divider"}]
        found += _listed(
            _("Nobody has taken these yet"),
            mine.filter(assignee=None).order_by("created_at", "pk"),
            person,
            at_desk=True,
        )
        due = mine.filter(due_on__lte=clock.now().date()).order_by("due_on", "pk")
        found += _listed(_("Due"), due, person, at_desk=True)
    return found[:100]


def _listed(
    title: str, tickets: QuerySet[Ticket], person: Person, *, empty: str = "", at_desk: bool = False, most: int = _MOST
) -> list[Block]:
    rows = list(tickets[:most])
    if not rows and not empty:
        return []
    answers = {} if at_desk else _last_answers(rows)
    lines = [kit.section(f"*{kit.escaped(title)}*")]
    if not rows:
        lines.append(kit.context(kit.escaped(empty)))
    for ticket in rows:
        page = facts.desk_page_of(ticket) if at_desk else facts.page_of(ticket, reader=person)
        status = ticket.status.name if at_desk else ticket.status.name_for_requester
        where = f"{kit.escaped(ticket.team.called)} · {kit.escaped(status)}"
        words = f"*#{ticket.pk}* {kit.escaped(ticket.subject)}\n{where}"
        answer = answers.get(ticket.pk, "")
        if answer:
            words += f"\n> {kit.escaped(answer)}"
        lines.append(kit.section(words, kit.button(_("Open"), "open", url=page) if page else None))
    return lines


def _last_answers(tickets: list[Ticket]) -> dict[int, str]:
    said = Message.objects.filter(
        ticket__in=tickets, kind=Message.Kind.REPLY, direction=Message.Direction.OUT, is_automatic=False
    )
    newest: dict[int, Any] = {}
    for ticket, text in (
        said.order_by("ticket_id", "-created_at", "-pk").distinct("ticket_id").values_list("ticket_id", "text")
    ):
        newest[ticket] = " ".join(text.split())[:140]
    return newest
