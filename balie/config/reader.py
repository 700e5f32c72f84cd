"""Each person reads their own language and their own time, on every page (product, rule 5)."""

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp, held_once
from balie.people.models import Person


class WhoReads(AuthenticationMiddleware):
    """`request.user` is the person, and not Django's proxy: every page asks at once, and a hundred times after that."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = get_user(request)


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
