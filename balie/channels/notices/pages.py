"""The bell's page, what it opens, and marking as read."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from balie.channels.notices import clearing
from balie.channels.notices.models import Notice
from balie.channels.notices.reading import MOST_COUNTED, groups_of, unread_requests
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import cursors

A_PAGE = 30
IN_THE_BELL = 12


@require_safe
@for_(Audience.PEOPLE)
def notices(request: HttpRequest) -> HttpResponse:
    """`?unread` shows only those, `?before=…` older ones; `?part=bell` is what the bell opens."""
    person, is_part = reader_of(request), request.GET.get("part") == "bell"
    only_unread = "unread" in request.GET
    groups, more = groups_of(
        person, at_most=IN_THE_BELL if is_part else A_PAGE, before=_before(request), only_unread=only_unread
    )
    context = {
        "groups": groups, "more": cursors.encode(more) if more else "", "only_unread": only_unread, "is_part": is_part,
        "has_unread": any(group.unread for group in groups) or bool(unread_requests(person)),
        "here_again": request.get_full_path(),
    }  # fmt: skip
    return render(request, "notices/popover.html" if is_part else "notices/list.html", context)


@require_safe
@for_(Audience.PEOPLE)
def unread(request: HttpRequest) -> HttpResponse:
    """For open pages: how many requests have something unread, in words too, and which ones a browser may still show."""
    person = reader_of(request)
    count = unread_requests(person)
    return JsonResponse(
        {
            "count": count,
            "shown": f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count),
            "words": ngettext("%(count)s unread notice", "%(count)s unread notices", count) % {"count": count},
            "tickets": _unread_tickets(person),
        }
    )


@require_POST
@for_(Audience.PEOPLE)
def reading(request: HttpRequest) -> HttpResponse:
    """`as=read` or `unread`, of one `ticket` or of all that this person has."""
    person, number = reader_of(request), request.POST.get("ticket", "")
    one = int(number) if number.isdecimal() and len(number) < 19 else None
    if request.POST.get("as") == "unread":
        if one is not None:
            clearing.unclear(person, ticket=one)
    elif one is not None or not number:
        clearing.clear(person, ticket=one)
    if request.headers.get("X-Bell"):
        return HttpResponse(status=204)
    then = request.POST.get("then", "")
    home = reverse("notices:list")
    return redirect(then if then == home or then.startswith(f"{home}?") else home)


def reader_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    assert isinstance(request.user, Person)
    return request.user


def _before(request: HttpRequest) -> int | None:
    if not request.GET.get("before"):
        return None
    try:
        (number,) = cursors.decode(request.GET["before"])
    except (cursors.BadCursor, ValueError):
        raise Http404 from None
    return number if isinstance(number, int) else None


def _unread_tickets(person: Person) -> list[int]:
    unread = Notice.objects.readable_by(person).unread().order_by()
    return sorted(unread.values_list("ticket", flat=True).distinct()[: MOST_COUNTED + 1])
