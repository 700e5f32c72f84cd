"""Each person reads their own language and their own time, on every page (product, rule 5)."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp, held_once
from balie.people.models import Person
from balie.platform.prepared import Prepared


class WhoReads(AuthenticationMiddleware):
    """`request.user` is the person, and not Django's proxy: every page asks at once, and a hundred times after that."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = _who_signed_in(request)


class ReadersLanguage:
    """The person's preference decides, else the organisation's, else before sign-in the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with held_once():
            language, zone = _of(request)
            with translation.override(language), timezone.override(zone):
                request.LANGUAGE_CODE = language  # as Django's own LocaleMiddleware sets it
                response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


_NUMBERED: Final = Prepared(lambda number: Person.objects.filter(pk=number), "number")


def _who_signed_in(request: HttpRequest) -> Person | AnonymousUser:
    """What Django would say, which writes its question anew for each page; whatever is not as ever is left to Django."""
    session = request.session
    if session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS:
        person: Person | None = _NUMBERED.first(number=int(session[SESSION_KEY]))
        proof = session.get(HASH_SESSION_KEY) or ""
        if person is not None and person.is_active and constant_time_compare(proof, person.get_session_auth_hash()):
            return person
    return get_user(request)


def _of(request: HttpRequest) -> tuple[str, str]:
    person = request.user
    if not isinstance(person, Person):
        return translation.get_language_from_request(request), "UTC"
    if person.language and person.time_zone:
        return person.language, person.time_zone
    try:
        organisation = Organisation.current()
    except NotSetUp:
        return person.language or translation.get_language_from_request(request), person.time_zone or "UTC"
    return person.language or organisation.language, person.time_zone or organisation.time_zone
