"""The first page: each person's own way in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from balie.config.gate import plan
from balie.organisation.plan import Feature
from balie.people.audience import Audience, for_


@for_(Audience.PEOPLE)
def home(request: HttpRequest) -> HttpResponse:
    """Experts begin at their inbox, everybody else at their own requests; here, as long as there is no Conversations."""
    person = request.user
    if not plan().is_open(Feature.CONVERSATIONS):
        return render(request, "home.html", {"here": "home"})
    return redirect("workspace:inbox" if getattr(person, "is_expert", False) else "portal:requests")
