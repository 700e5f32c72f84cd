"""The first page: each person's own way in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from balie.people.audience import Audience, for_


@for_(Audience.PEOPLE)
def home(request: HttpRequest) -> HttpResponse:
    """Experts begin at their inbox, everybody else at their own requests."""
    person = request.user
    return redirect("workspace:inbox" if getattr(person, "is_expert", False) else "portal:requests")
