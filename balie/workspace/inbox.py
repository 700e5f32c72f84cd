"""The inbox: what waits for an answer, as a list, beside the open request, or on a board."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import clock, cursors
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import NEVER
from balie.workspace import board, drawing, lines, many, narrowing, news, queue, searched
from balie.workspace.addresses import kept_of, list_address, query_of, varied
from balie.workspace.filters import Filters, Order, View, order_of
from balie.workspace.models import Habit, SavedView
from balie.workspace.places import Count, Places, places_of
from balie.workspace.queue import Wanted
from balie.workspace.reader import expert_of

_C = SavedView.Column
COLUMNS = (_C.STATUS, _C.TEAM, _C.PRIORITY, _C.ASSIGNEE, _C.DUE)
_TITLES: Final = {
    View.ALL: gettext_lazy("All requests"),
    View.UNASSIGNED: gettext_lazy("Unassigned"),
    View.MINE: gettext_lazy("Assigned to me"),
    View.FOLLOWED: gettext_lazy("Followed"),
    View.SNOOZED: gettext_lazy("Snoozed"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an address asks for, as this person may see it; `kept` is what it says of the list, for the addresses of others."""

    person: Person
    kept: dict[str, str]
    places: Places
    wanted: Wanted
    saved: SavedView | None
    team: Team | None

    @property
    def filters(self) -> Filters:
        return self.wanted.filters

    @property
    def columns(self) -> list[str]:
        return self.saved.columns if self.saved and self.saved.columns else [column.value for column in COLUMNS]

    @property
    def title(self) -> str:
        if self.saved:
            return self.saved.name
        if self.team and self.filters.view == View.ALL:
            return self.team.name
        return str(_TITLES[self.filters.view])

    @property
    def place(self) -> str:
        """Which entry of the navigation stands for it."""
        if self.saved:
            return f"saved-{self.saved.pk}"
        return f"team-{self.team.pk}" if self.team else self.filters.view.value

    @property
    def count(self) -> Count | None:
        """How many there are, when the navigation counts just these; a narrower list is not counted."""
        if self.saved:
            counted: Count | None = self.saved.count  # type: ignore[attr-defined]  # see places_of
            return counted
        if self.filters.narrowing or self.filters.group or (self.team and self.filters.view != View.ALL):
            return None
        return self.places.of_team[self.team.pk] if self.team else self.places.of_view(self.filters.view)


@require_safe
@for_(Audience.EXPERTS)
def inbox(request: HttpRequest) -> HttpResponse:
    """`?view=…&team=ID&group=…&order=…`, the other filters, or `?saved=ID`; `cursor` and `until` say which rows."""
    asked = _asked(request)
    if request.GET.get("part") == "rows":
        return render(request, "workspace/rows.html", _rows(asked))
    if asked.places.layout == Habit.Layout.BOARD:
        return render(request, "workspace/board.html", _page(request, asked) | board.context(asked.wanted))
    return render(request, "workspace/inbox.html", _page(request, asked) | _rows(asked))


@require_safe
@for_(Audience.EXPERTS)
def column(request: HttpRequest, pk: int) -> HttpResponse:
    """More cards of one column of the board."""
    asked = _asked(request)
    try:
        found = board.more(asked.wanted, status=pk, cursor=request.GET.get("cursor", ""))
    except cursors.BadCursor:
        raise Http404 from None
    if found is None:
        raise Http404
    context = {"column": found, "query": _query(asked), "select": _("Select")}
    return render(request, "workspace/cards.html", context)


@require_safe
@for_(Audience.EXPERTS)
def changes(request: HttpRequest) -> HttpResponse:
    """The same list's news: rows that differ, rows that went, how many new ones wait, and the counts."""
    asked = _asked(request)
    shown, since = news.read(request.GET.get("shown", ""), request.GET.get("since", ""))
    if asked.places.layout == Habit.Layout.BOARD:
        found = news.of_cards(asked.wanted, shown=shown, since=since)
    else:
        found = news.of_rows(asked.wanted, shown=shown, since=since, is_whole="whole" in request.GET)
    rows = drawing.rows(found.changed, columns=asked.columns)
    context = {"news": found, "rows": rows, "select": _("Select")}
    return render(request, "workspace/news.html", _context(asked) | context)


@require_POST
@for_(Audience.EXPERTS)
def layout(request: HttpRequest) -> HttpResponse:
    """How this person looks at lists from now on."""
    chosen = request.POST.get("layout", "")
    if chosen in Habit.Layout.values:
        Habit.objects.update_or_create(person=expert_of(request), defaults={"layout": chosen})
    return redirect(list_address(request.POST.get("list", "")))


@require_safe
@for_(Audience.EXPERTS)
def filtering(request: HttpRequest) -> HttpResponse:
    """Asks what the list is to be narrowed to."""
    asked = _asked(request)
    form = narrowing.NarrowingForm(
        request.GET if request.GET.get("asked") else None, filters=asked.filters, order=asked.wanted.order, places=asked.places,
        by=asked.person,
    )  # fmt: skip
    if request.GET.get("asked") and form.is_valid():
        address = f"{reverse('workspace:inbox')}?{query_of(form.written())}"
        return (
            HttpResponse(headers={"HX-Redirect": address}) if request.headers.get("HX-Request") else redirect(address)
        )
    is_piece = bool(request.headers.get("HX-Request"))
    template = "workspace/filter_form.html" if is_piece else "workspace/filter.html"
    context = _context(asked) | {"form": form}
    return render(request, template, context, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> Asked:
    person = expert_of(request)
    places = places_of(person)
    saved = None
    if request.GET.get("saved"):
        saved = next((one for one in places.saved if str(one.pk) == request.GET["saved"]), None)
        if saved is None:
            raise Http404
    filters = saved.asks() if saved else Filters.read(request.GET)
    team = next((one for one in places.teams if one.pk == filters.team), None)
    if filters.team is not None and team is None:
        raise Http404
    order = order_of(request.GET.get("order") or (saved.order if saved else ""), filters)
    try:
        after, until = (
            queue.key_of(request.GET[name], order) if request.GET.get(name) else None for name in ("cursor", "until")
        )
    except (cursors.BadCursor, ValueError):
        raise Http404 from None
    found = searched.numbers(filters.q, person=person) if filters.q else None
    wanted = Wanted(
        person=person, teams=places.ids(), filters=filters, order=order, after=after, until=until, found=found
    )
    return Asked(person=person, kept=kept_of(request.GET), places=places, wanted=wanted, saved=saved, team=team)


def _rows(asked: Asked) -> dict[str, Any]:
    page = queue.page_of(asked.wanted)
    order = asked.wanted.order
    shown = lines.lines_of(page.numbers, person=asked.person, teams=asked.wanted.teams, order=order)
    if order in (Order.DUE, Order.PRIORITY):
        shown = lines.under_headings(shown, previous=_heading_before(asked))
    return {
        "rows": drawing.rows(shown, columns=asked.columns),
        "more": varied(asked.kept, cursor=page.next, until="") if page.next else "",
        "until": varied(asked.kept, cursor="", until=page.last) if page.last else "",
        "is_first": asked.wanted.after is None,
    }


def _heading_before(asked: Asked) -> str:
    """What the row above the first one of this page stands under: it is not said twice."""
    after = asked.wanted.after
    if after is None:
        return ""
    is_due = asked.wanted.order is Order.DUE
    return lines.section(
        asked.wanted.order, due_at=None if not is_due or after[0] == NEVER else after[0],
        priority=Ticket.Priority.NORMAL if is_due else after[0],
    )  # fmt: skip


def _page(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    filters = asked.filters
    is_wide = bool(filters.q) or asked.places.layout == Habit.Layout.BOARD
    choices = _choices(get_language())
    chips = [] if asked.saved else narrowing.words_of(filters, asked.places, by=asked.person)
    return _context(asked) | {
        "groups": []
        if asked.saved or filters.view == View.SNOOZED
        else [
            (label, _query(asked, group=value), value == filters.group)
            for value, label in (("", choices.all if is_wide else choices.open), *choices.groups)
        ],
        "orders": [
            (label, _query(asked, order=order.value), order is asked.wanted.order) for order, label in choices.orders
        ]
        if filters.is_of_open_ones
        else [],
        "layouts": [(value, label, value == asked.places.layout) for value, label in choices.layouts],
        "chips": [(words, _query(asked, **{name: ""})) for name, words in chips],
        "verbs": _verbs(get_language(), filters.view == View.SNOOZED),
        "toast": many.toast_for(request, asked.person),
        "now": clock.now().isoformat(),
    }


class _Choices(NamedTuple):
    """What every list can be narrowed to, put in order by and looked at as, in one language."""

    all: str
    open: str
    groups: tuple[tuple[str, str], ...]
    orders: tuple[tuple[Order, str], ...]
    layouts: tuple[tuple[str, str], ...]


@lru_cache(maxsize=16)
def _choices(_language: str | None) -> _Choices:
    return _Choices(
        all=_("All"),
        open=_("Open"),
        groups=tuple((one.value, str(one.label)) for one in Group),
        orders=(
            (Order.WORD, _("Last word")), (Order.DUE, _("Due date")), (Order.AGE, _("Age")), (Order.PRIORITY, _("Priority")),
        ),
        layouts=tuple((value, str(label)) for value, label in Habit.Layout.choices),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _verbs(_language: str | None, is_asleep: bool) -> SafeString:
    # The same on every page of a language; writing it takes as long as ten rows.
    return render_to_string("workspace/bulk_verbs.html", {"is_asleep": is_asleep})


def _context(asked: Asked) -> dict[str, Any]:
    return {
        "places": asked.places,
        "place": asked.place,
        "team": asked.team,
        "saved": asked.saved,
        "filters": asked.filters,
        "title": asked.title,
        "count": asked.count,
        "layout": asked.places.layout,
        "query": _query(asked),
        "list": _query(asked),
        "now": clock.now().isoformat(),
    }


def _query(asked: Asked, **changed: str) -> str:
    """The list's own address, from its first row."""
    return varied(asked.kept, until="", **changed)
