"""Going anywhere by its name (Ctrl-K): pages, settings, views, teams, people and requests, as far as the person may go.

What can be done on the page itself is known to the page: `static/js/palette.js` adds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from balie.administration import start
from balie.config.gate import plan
from balie.organisation.plan import Feature
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.people.naming import people_called
from balie.people.rights import Rights
from balie.platform.alphabet import placed
from balie.teams.models import Team
from balie.teams.vocabulary import words_of
from balie.tickets import searching
from balie.tickets.models import Ticket
from balie.tickets.searching import Hit, Scope
from balie.workspace.models import SavedView
from balie.workspace.reader import expert_of

LONGEST: Final = 100
_MOST: Final = 6
# Of the people who are called that, whose profile may not be open to everybody.
_LOOKED_AT: Final = 60
_SHORTEST_SEARCH: Final = 2


@dataclass(frozen=True)
class Way:
    """One place to go to. `more` tells it from others of that name; `key` goes there without asking."""

    address: str
    words: str
    more: str = ""
    icon: str = ""
    key: str = ""

    @property
    def steps(self) -> list[str]:
        return self.key.split()


@dataclass(frozen=True)
class Group:
    """Ways of one kind, under its name."""

    name: str
    ways: Sequence[Way]


@dataclass(frozen=True)
class _Page:
    """`also` are other words that people have for it."""

    name: str
    words: str | Promise
    also: str | Promise = ""
    query: str = ""
    key: str = ""
    icon: str = "list"


_PAGES: Final = (
    _Page("workspace:inbox", gettext_lazy("All requests"), gettext_lazy("inbox"), "", "g i", "talk"),
    _Page("workspace:inbox", gettext_lazy("Unassigned"), gettext_lazy("inbox"), "view=unassigned", "g u", "talk"),
    _Page("workspace:inbox", gettext_lazy("Assigned to me"), gettext_lazy("inbox"), "view=mine", "g m", "talk"),
    _Page("workspace:inbox", gettext_lazy("Followed"), gettext_lazy("inbox"), "view=followed", "g f", "talk"),
    _Page("workspace:inbox", gettext_lazy("Snoozed"), gettext_lazy("inbox"), "view=snoozed", "g z", "talk"),
    _Page("workspace:search", gettext_lazy("Search"), icon="search"),
    _Page("workspace:my-tasks", gettext_lazy("My tasks"), key="g t", icon="tasks"),
    _Page("workspace:projects", gettext_lazy("Projects"), key="g p", icon="project"),
    _Page("workspace:views", gettext_lazy("Views"), key="g v", icon="keep"),
    _Page("workspace:project-new", gettext_lazy("New project"), icon="project"),
    _Page("portal:ask", gettext_lazy("Ask"), gettext_lazy("new request question"), icon="hand"),
    _Page("portal:requests", gettext_lazy("My requests"), key="g h", icon="hand"),
    _Page("directory:people", gettext_lazy("People"), gettext_lazy("employees"), "", "g e", "people"),
    _Page("notices:list", gettext_lazy("Notices"), gettext_lazy("bell unread"), key="g n", icon="bell"),
)
_SETTINGS: Final = (
    _Page("account", gettext_lazy("Personal settings"), gettext_lazy("account language time zone keys profile"), icon="own"),
    _Page("notices:wishes", gettext_lazy("What you are told"), gettext_lazy("notifications quiet hours digest"), icon="bell"),
    _Page("account_change_password", gettext_lazy("Password"), icon="lock"),
    _Page("mfa_index", gettext_lazy("Second factor"), gettext_lazy("passkey authenticator security"), icon="lock"),
    _Page("usersessions_list", gettext_lazy("Where you are signed in"), gettext_lazy("sessions devices"), icon="lock"),
    _Page("account_tokens", gettext_lazy("API tokens"), icon="key"),
    _Page("administration:start", gettext_lazy("Settings"), icon="sliders"),
    *(_Page(one.route, one.name, one.words, icon="sliders") for one in start.SETTINGS),
)  # fmt: skip


@require_safe
@for_(Audience.PEOPLE)
def palette(request: HttpRequest) -> HttpResponse:
    """`?q=…`; with `part=found` what the open palette takes in, without it a page that needs no script."""
    person = request.user
    assert isinstance(person, Person)
    if person.is_expert:
        person = expert_of(request)
    q = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    is_part = request.GET.get("part") == "found"
    context = {"q": q, "groups": list(groups_for(person, q)), "longest": LONGEST}
    return render(request, "components/palette_found.html" if is_part else "palette.html", context)


def groups_for(person: Person, q: str) -> Iterator[Group]:
    """What `q` may mean to this person; without it where everybody goes daily: pages, views and teams."""
    typed = words_of(q)
    number = q.removeprefix("#")
    is_number = number.isascii() and number.isdigit()
    has_requests, has_search = plan().is_open(Feature.CONVERSATIONS), plan().is_open(Feature.SEARCH)
    teams = _teams_of(person) if has_requests and not is_number else []
    views = _views(person, teams, typed) if has_requests else []
    asked = [
        (_("Requests"), _requests(person, q) if has_requests and is_number else []),
        (_("Pages"), [] if is_number else [*_pages(person, _PAGES, typed), *views]),
        (_("Teams"), _teams(teams, typed)),
        (_("Settings"), [*_pages(person, _SETTINGS, typed), *_settings_of(teams, typed)] if typed else []),
        (_("People"), _people(person, q) if typed and not is_number else []),
        (_("Requests"), _requests(person, q) if has_search and len(q) >= _SHORTEST_SEARCH and not is_number else []),
    ]
    for name, ways in asked:
        if ways:
            yield Group(name, ways)


def _teams_of(person: Person) -> list[Team]:
    # The page has asked already, see `workspace/reader.py`.
    known: list[Team] | None = getattr(person, "teams_worked_in", None)
    teams = list(Team.objects.worked_in_by(person).order_by(placed(), "pk")) if known is None else known
    return [team for team in teams if team.archived_at is None]


def _is_meant(typed: Sequence[str], *said: object) -> bool:
    """Whether each word typed begins one that is said."""
    words = [word for text in said for word in words_of(str(text))]
    return all(any(word.startswith(one) for word in words) for one in typed)


def _pages(person: Person, pages: Sequence[_Page], typed: Sequence[str]) -> list[Way]:
    ways = []
    for page in pages:
        if _is_meant(typed, page.words, page.also) and start.is_open_to(person, page.name):
            address = reverse(page.name)
            asked = f"{address}?{page.query}" if page.query else address
            ways.append(Way(asked, str(page.words), icon=page.icon, key=page.key))
    return ways


def _views(person: Person, teams: Sequence[Team], typed: Sequence[str]) -> list[Way]:
    if not person.is_expert:
        return []
    inbox = reverse("workspace:inbox")
    return [
        Way(f"{inbox}?saved={view.pk}", view.name, _("view"), "keep")
        for view in SavedView.shown_to(person, teams=[team.pk for team in teams])
        if _is_meant(typed, view.name, _("view"))
    ]


def _teams(teams: Sequence[Team], typed: Sequence[str]) -> list[Way]:
    inbox = reverse("workspace:inbox")
    return [
        Way(f"{inbox}?team={team.pk}", team.name, _("requests of this team"), "people")
        for team in teams
        if _is_meant(typed, team.name)
    ][:_MOST]


def _settings_of(teams: Sequence[Team], typed: Sequence[str]) -> list[Way]:
    told = _("Settings of %(team)s")
    return [
        Way(reverse("administration:team", args=[team.pk]), told % {"team": team.name}, icon="sliders")
        for team in teams
        if _is_meant(typed, team.name, _("Settings"))
    ][:_MOST]


def _people(person: Person, q: str) -> list[Way]:
    """To what somebody asked, as every search does, and to their profile; each for whom it is open."""
    found = Person.objects.in_bulk(people_called(q, most=_LOOKED_AT))
    if not found:
        return []
    readable = set(Rights.of(person).people().filter(pk__in=found).values_list("pk", flat=True))
    known = _known(person, found.values()) if person.is_expert and plan().is_open(Feature.SEARCH) else set()
    met = [one for one in found.values() if one.pk in readable | known][:_MOST]
    return [way for one in met for way in _ways_to(one, has_requests=one.pk in known, has_profile=one.pk in readable)]


def _known(expert: Person, found: Iterable[Person]) -> set[int]:
    # Somebody from outside is known to those who work on a request of theirs (product, rule 4).
    outside = [one.pk for one in found if one.is_external]
    met = Ticket.objects.worked_on_by(expert).filter(requester__in=outside).values_list("requester", flat=True)
    return {one.pk for one in found if not one.is_external} | (set(met) if outside else set())


def _ways_to(one: Person, *, has_requests: bool, has_profile: bool) -> Iterator[Way]:
    if has_requests:
        named = one.email or f'"{one.name}"'
        address = f"{reverse('workspace:search')}?{urlencode({'q': f'requester:{named}'})}"
        yield Way(address, one.name, _("requests of this person"), "talk")
    if has_profile:
        yield Way(reverse("directory:profile", args=[one.pk]), one.name, one.email, "own")


def _requests(person: Person, q: str) -> list[Way]:
    # A number is a request, wherever it is; words are looked for where the person works, and of others in their own requests.
    is_number = q.removeprefix("#").isdecimal()
    scope = Scope.WORK if person.is_expert and not is_number else Scope.ALL
    hits = searching.find(q, person=person, scope=scope).hits[:_MOST]
    tickets = Ticket.objects.select_related("requester").in_bulk([hit.number for hit in hits])
    return [_request(hit, tickets[hit.number]) for hit in hits if hit.number in tickets]


def _request(hit: Hit, ticket: Ticket) -> Way:
    address = reverse("portal:request" if hit.is_mine else "workspace:request", args=[ticket.pk])
    return Way(f"{address}#latest", ticket.subject, f"#{ticket.pk} · {ticket.requester.name}", "talk")
