"""What a session may hear live, read by the code that pages read it with."""

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.module_loading import import_string

from balie.config.viewing_as import viewed_in
from balie.people.models import Person
from balie.people.models.credential import EXPERTS_TOPIC
from balie.platform.hub import Hearing
from balie.teams.models import Team


def hearing_of(session_key: str) -> Hearing | None:
    """The topics of whoever the session belongs to, or sees Balie as; None when it is nobody's, or they may not sign in.

    Asks the database.
    """
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key)
    request = HttpRequest()
    request.session = session
    reader = get_user(request)
    if not isinstance(reader, Person) or not reader.is_active:
        return None
    viewed, until = viewed_in(reader, session)
    person = viewed or reader
    teams = Team.objects.worked_in_by(person).values_list("pk", flat=True)
    shared = {EXPERTS_TOPIC} if person.is_expert else set()
    topics = frozenset({f"person:{person.pk}", *(f"team:{team}" for team in teams), *shared})
    until = min(session.get_expiry_date(), until) if until else session.get_expiry_date()
    return Hearing(person=person.pk, viewer=reader.pk if viewed else None, topics=topics, until=until)
