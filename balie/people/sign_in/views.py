"""One-time links: asking for one, opening one."""

from http import HTTPStatus

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from balie.people.audience import Audience, for_
from balie.people.models import SignInLink
from balie.people.sign_in.entering import enter
from balie.people.sign_in.forms import AskForLink


@for_(Audience.ANYBODY)
@never_cache
@require_http_methods(["GET", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """The form that has a link mailed. The answer is the same for every address."""
    if request.method == "GET":
        return render(request, "people/link_ask.html", {"form": AskForLink(initial={"next": _next(request)})})
    form = AskForLink(request.POST)
    if form.is_valid():
        form.ask()
        return HttpResponseRedirect(reverse("sign_in_link_sent"))
    too_many = form.has_error("email", "too_many")
    status = HTTPStatus.TOO_MANY_REQUESTS if too_many else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "people/link_ask.html", {"form": form}, status=status)


@for_(Audience.ANYBODY)
@never_cache
@require_GET
def link_sent(request: HttpRequest) -> HttpResponse:
    """What to do now, whether or not a mail is under way."""
    return render(request, "people/link_sent.html")


@for_(Audience.ANYBODY)
@never_cache
@require_http_methods(["GET", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in: at once with a printed link, after a press of the button with a mailed one."""
    if not ratelimit.consume(request, action="sign_in_link_use"):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    link = SignInLink.good(token)
    if link is None:
        return render(request, "people/link_gone.html", status=HTTPStatus.GONE)
    # A browser that fetches ahead of its person must not use the link up.
    is_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method == "GET" and (not link.is_printed or is_ahead):
        return render(request, "people/link_confirm.html", {"next": _next(request)})
    if not link.use():
        return render(request, "people/link_gone.html", status=HTTPStatus.GONE)
    return enter(request, person=link.person, by="link", then=_next(request))


def _next(request: HttpRequest) -> str:
    return get_next_redirect_url(request) or ""
