"""What a session may hear live, read by the code that pages read it with."""

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.module_loading import import_string

from balie.people.models import Person
from balie.people.models.credential import EXPERTS_TOPIC
from balie.platform.hub import Hearing
from balie.teams.models import Team


def hearing_of(session_key: str) -> Hearing | None:
    """The topics of whoever the session belongs to; None when it is nobody's, or they may not sign in. Asks the database."""
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key)
    request = HttpRequest()
    request.session = session
    person = get_user(request)
    if not isinstance(person, Person) or not person.is_active:
        return None
    teams = Team.objects.worked_in_by(person).values_list("pk", flat=True)
    shared = {EXPERTS_TOPIC} if person.is_expert else set()
    topics = frozenset({f"person:{person.pk}", *(f"team:{team}" for team in teams), *shared})
    return Hearing(person=person.pk, topics=topics, until=session.get_expiry_date())
