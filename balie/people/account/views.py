"""The pages of one's own account that are not allauth's."""

from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balie.organisation.plan import Feature, part_of
from balie.people.account.forms import NewToken, Preferences
from balie.people.audience import Audience, for_
from balie.people.models import ApiToken, Person


@for_(Audience.PEOPLE)
@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own settings."""
    person = _reader(request)
    if request.method == "GET":
        form = Preferences(
            initial={"language": person.language, "time_zone": person.time_zone, "uses_keys": person.uses_keys}
        )
        return render(request, "people/account/account.html", {"form": form})
    form = Preferences(request.POST)
    if not form.is_valid():
        return render(request, "people/account/account.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    form.save(person)
    with translation.override(person.reads()):
        messages.success(request, _("Saved."))
    return redirect("account")


@part_of(Feature.API)
@for_(Audience.PEOPLE)
@never_cache
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own API tokens."""
    mine = _reader(request).api_tokens.filter(revoked_at__isnull=True).order_by("-created_at", "-pk")
    return render(request, "people/account/tokens.html", {"tokens": mine})


@part_of(Feature.API)
@for_(Audience.PEOPLE)
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth is not typed
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token; it is shown once, in the answer itself."""
    form = NewToken(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "people/account/token_new.html", {"form": form}, status=status)
    name = form.cleaned_data["name"]
    token = ApiToken.issue(person=_reader(request), name=name)
    return render(request, "people/account/token_made.html", {"name": name, "token": token}, status=HTTPStatus.CREATED)


@part_of(Feature.API)
@for_(Audience.PEOPLE)
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one of one's own tokens worthless."""
    get_object_or_404(_reader(request).api_tokens, pk=pk).revoke()
    messages.success(request, _("Token revoked."))
    return redirect("account_tokens")


@for_(Audience.PEOPLE)
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one's own other browser out."""
    get_object_or_404(UserSession, user=_reader(request), pk=pk).end()
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")


def _reader(request: HttpRequest) -> Person:
    person = request.user
    if not isinstance(person, Person):
        raise TypeError("the gate lets nobody else through")
    return person
