"""Lets the people of the demo company do what is written: each act one verb of the request, at its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from balie.operations.demo import threads, week
from balie.operations.demo.company import Cast
from balie.operations.demo.papers import paper
from balie.operations.demo.threads import Act, Thread
from balie.people.models import Person
from balie.platform import clock
from balie.tickets.linking import link
from balie.tickets.merging import merge
from balie.tickets.models import Project, Sight, Status, Task, Ticket
from balie.tickets.models.rating import Rating
from balie.tickets.models.status import Group
from balie.tickets.rating import rate
from balie.tickets.words import Words

_PRIORITIES: Final = {priority.name.lower(): priority for priority in Ticket.Priority}
_SCORES: Final = {score.name.lower(): score for score in Rating.Score}
_CHANNELS: Final = {"mail": "email", "web": "web"}
# What the experts of a team have not looked at yet.
_NEW: Final = 4 * 60


@dataclass
class _Playing:
    """The threads while they happen; `tickets` are those that were opened, by the thread's place and by its name."""

    cast: Cast
    now: datetime
    tickets: dict[int | str, Ticket]

    def do(self, number: int, thread: Thread, act: Act) -> None:
        who = self.cast.people[act.who]
        if act.verb in _CHANNELS:
            self.tickets[number] = ticket = self._open(thread, act, who)
            if thread.name:
                self.tickets[thread.name] = ticket
        else:
            _VERBS[act.verb](self, self.tickets[number], act, who)

    def _open(self, thread: Thread, act: Act, who: Person) -> Ticket:
        facts = [fact.strip() for fact in act.rest.split(",") if fact.strip()]
        named = [fact.split() for fact in facts if " " in fact]
        ticket = Ticket.open(
            team=self.cast.teams[thread.team],
            category=self.cast.categories[thread.team, thread.category],
            requester=who,
            subject=thread.subject,
            words=_words(act),
            channel=_CHANNELS[act.verb],
            copies=tuple(self.cast.people[value] for name, value in named if name == "cc"),
            due_on=next((week.weekday(self.now, int(value)) for name, value in named if name == "due"), None),
        )
        priority = next((_PRIORITIES[fact] for fact in facts if fact in _PRIORITIES), None)
        if priority is not None:
            # As if the one who sorts the post had seen it at once.
            Ticket.objects.filter(pk=ticket.pk).update(priority=priority)
        return ticket

    def _assign(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.assign(self.cast.people[act.rest], by=who)

    def _reply(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.reply(by=who, words=_words(act))

    def _note(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.note(by=who, words=_words(act))

    def _say(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.hear(by=who, words=_words(act), channel=ticket.channel)

    def _wait(self, ticket: Ticket, _act: Act, who: Person) -> None:
        ticket.take_status(Status.preset(Group.WAITING), by=who)

    def _resolve(self, ticket: Ticket, _act: Act, who: Person) -> None:
        ticket.resolve(by=who)

    def _prioritise(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.prioritise(_PRIORITIES[act.rest], by=who)

    def _snooze(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.snooze(week.moment(week.count(clock.now()) + week.minutes(act.rest)), by=who)

    def _add(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.follow(self.cast.people[act.rest], by=who)

    def _link(self, ticket: Ticket, act: Act, who: Person) -> None:
        link(ticket, self.tickets[act.rest], by=who)

    def _merge(self, ticket: Ticket, act: Act, who: Person) -> None:
        merge(ticket, into=self.tickets[act.rest.removeprefix("into ")], by=who)

    def _add_task(self, ticket: Ticket, act: Act, who: Person) -> None:
        Task.add(ticket, act.rest, by=who, assignee=who)

    def _finish_task(self, ticket: Ticket, act: Act, who: Person) -> None:
        ticket.tasks.get(title=act.rest).finish(by=who)

    def _rate(self, ticket: Ticket, act: Act, who: Person) -> None:
        score, _space, comment = act.rest.partition(" ")
        rate(ticket, _SCORES[score], by=who, comment=comment)

    def _include(self, ticket: Ticket, act: Act, who: Person) -> None:
        project = Project.objects.filter(name=act.rest).first() or Project.begin(act.rest, by=who)
        project.include(ticket, by=who)


_VERBS: Final[dict[str, Callable[[_Playing, Ticket, Act, Person], None]]] = {
    "assigns": _Playing._assign, "replies": _Playing._reply, "notes": _Playing._note, "says": _Playing._say,
    "waits": _Playing._wait, "resolves": _Playing._resolve, "priority": _Playing._prioritise,
    "snoozes": _Playing._snooze, "adds": _Playing._add, "links": _Playing._link, "merges": _Playing._merge,
    "task": _Playing._add_task, "done": _Playing._finish_task, "rates": _Playing._rate, "project": _Playing._include,
}  # fmt: skip


def hold(cast: Cast) -> None:
    """Let it all be said, each thing at its time, in the order of time."""
    now = clock.now()
    playing = _Playing(cast=cast, now=now, tickets={})
    all_of_them = list(enumerate(threads.read_all()))
    acts = [(act.at, number, thread, act) for number, thread in all_of_them for act in thread.acts]
    # A thread's own acts stay in their order where several fall on one moment.
    today = week.count(now)
    for at, number, thread, act in sorted(acts, key=lambda one: -one[0]):
        with clock.pretending(min(week.moment(today - at), now - timedelta(minutes=1))):
            playing.do(number, thread, act)
    _let_experts_have_looked(cast, now=now)


def _words(act: Act) -> Words:
    return Words.from_text(act.text, files=tuple(paper(name) for name in act.files))


def _let_experts_have_looked(cast: Cast, *, now: datetime) -> None:
    """What is older than a few hours has been seen by those who work on it; what is younger is new to most of them."""
    before = week.moment(week.count(now) - _NEW)
    seen = Ticket.objects.filter(last_word_at__lt=before).values_list("pk", "team_id", "last_word_at")
    members = {team.pk: list(team.memberships.values_list("person_id", flat=True)) for team in cast.teams.values()}
    administrators = list(Person.objects.filter(role=Person.Role.ADMINISTRATOR).values_list("pk", flat=True))
    Sight.objects.bulk_create(
        (
            Sight(ticket_id=ticket, person_id=person, seen_at=last_word_at + timedelta(minutes=3))
            for ticket, team, last_word_at in seen
            for person in {*members[team], *administrators}
        ),
        update_conflicts=True,
        unique_fields=["person", "ticket"],
        update_fields=["seen_at"],
    )
