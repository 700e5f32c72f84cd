"""An administrator sees Balie as another person would: their pages, their language, their rights, and nothing can be changed.

All of it is here, so that no page can forget it: `request.user` is the other person, marked with who looks (`viewed_by`); what
sends something is refused, so are the pages of account, tokens and sign-in; and the transaction of each page is rolled back, so
that not even a request counts as read. Private teams stay closed: the questions that lead into them ask for `viewed_by`
(product, rule 4). The live streams are those of the other person too: `config/hearing.py` asks `viewed_in`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from balie.people import auditing
from balie.people.audience import Audience, for_
from balie.people.auditing import Kind
from balie.people.models import Person
from balie.people.models.person import PersonQuerySet
from balie.platform import clock
from balie.platform.live import tell

# Whoever forgets to stop has stopped after this long.
LONGEST: Final = timedelta(hours=1)
_SESSION_KEY: Final = "viewing_as"
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# How somebody signs in, and what acts in their name, is nobody else's to see.
_CLOSED: Final = ("allauth.", "balie.people.account.", "balie.people.sign_in.", "balie.channels.push.")


class ViewingAs:
    """Django middleware; stands right behind authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _SESSION_KEY not in request.session or request.path == reverse("viewing-end"):
            return self._get_response(request)
        viewed, _until = viewed_in(request.user, request.session)
        if viewed is None:
            del request.session[_SESSION_KEY]
            return self._get_response(request)
        request.user = viewed
        with transaction.atomic():
            response = self._get_response(request)
            transaction.set_rollback(True)
        response.headers["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        person = request.user
        if not isinstance(person, Person) or person.viewed_by is None:
            return None
        module = getattr(getattr(view, "view_class", view), "__module__", "")
        if module.startswith(_CLOSED):
            return _refused(request, _("Account, sign-in and API tokens are shown to nobody but %(name)s."))
        if request.method not in _READING:
            return _refused(request, _("You see Balie as %(name)s would; nothing can be changed in their name."))
        return None


@for_(Audience.ADMINISTRATORS)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """See Balie as this person would, from the next page on."""
    administrator = request.user
    assert isinstance(administrator, Person)
    viewed = get_object_or_404(_viewable(), pk=pk)
    with transaction.atomic():
        auditing.record(Kind.VIEW_BEGUN, by=administrator, about=viewed)
        request.session[_SESSION_KEY] = [viewed.pk, clock.now().isoformat()]
        _let_streams_follow(request, administrator)
    return redirect("home")


@for_(Audience.PEOPLE)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    seen = request.session.pop(_SESSION_KEY, None)
    viewed = Person.objects.filter(pk=seen[0]).first() if seen else None
    if viewed is None:
        return redirect("home")
    assert isinstance(request.user, Person)
    with transaction.atomic():
        _let_streams_follow(request, request.user)
        auditing.record(Kind.VIEW_ENDED, by=request.user, about=viewed)
    return redirect("directory:profile", viewed.pk)


def viewed_in(reader: object, session: SessionBase) -> tuple[Person | None, datetime | None]:
    """Whom this reader's session sees Balie as, and until when; nobody once it may not, or no longer."""
    if _SESSION_KEY not in session:
        return None, None
    pk, since = session[_SESSION_KEY]
    until = datetime.fromisoformat(since) + LONGEST
    if isinstance(reader, Person) and reader.is_administrator and clock.now() <= until:
        viewed: Person | None = _viewable().filter(pk=pk).first()
        if viewed is not None:
            viewed.viewed_by = reader
            return viewed, until
    return None, None


def _let_streams_follow(request: HttpRequest, administrator: Person) -> None:
    """Streams that are open are read anew; so the session has to say so in the same commit."""
    request.session.save()
    tell(f"rights:{administrator.pk}")


def _viewable() -> PersonQuerySet:
    """Everybody who signs in, but administrators: of them there is nothing else to see, and much that is not for others."""
    people: PersonQuerySet = Person.objects.able_to_sign_in().exclude(role=Person.Role.ADMINISTRATOR)
    return people


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    return render(request, "viewing_refused.html", {"sentence": sentence % {"name": person.name}}, status=403)
