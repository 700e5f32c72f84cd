"""The one way in for whoever proved who they are without a password: a one-time link now, single sign-on later."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from balie.people.models import Person


def enter(request: HttpRequest, *, person: Person, by: str, then: str = "") -> HttpResponse:
    """Go on with signing the person in: allauth refuses who may not, and asks for the second factor of who has one.

    `by` names the proof in the session's records; `then` is a path of ours to go to afterwards.
    """
    # Whoever has no other proof cannot be asked for one a minute later, when they see their first recovery codes.
    has_another = bool(get_reauthentication_flows(person))
    record_authentication(request, person, method=by, reauthenticated=None if has_another else True)
    response: HttpResponse = perform_login(request, person, redirect_url=then or None)
    return response
