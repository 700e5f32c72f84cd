"""Settings > Integrations > API credentials: which integrations there are, and what each may read, write and pass on."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import reader_of
from balie.people import auditing
from balie.people.audience import for_area
from balie.people.models import ApiScope, Area, Attribute, Credential
from balie.people.models.credential import CredentialRefused, MadeBySystem
from balie.platform import clock
from balie.platform.alphabet import alphabetical
from balie.platform.characters import clean_name


class CredentialForm(forms.Form):
    """What an integration is called, and what it may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("For example the name of the program that will use it.")
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=ApiScope.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Left empty, it works until it is revoked."),
    )  # fmt: skip

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_expires_on(self) -> object:
        day = self.cleaned_data["expires_on"]
        if day is not None and day < clock.now().date():
            raise forms.ValidationError(_("This day is over."))
        return day


@for_area(Area.INTEGRATIONS)
@require_safe
def credentials(request: HttpRequest) -> HttpResponse:
    """All of them by name, the one of Conversations first and revoked ones last."""
    named = alphabetical(Credential.objects.select_related("acts_as"), by=lambda one: one.name)
    listed = sorted(named, key=lambda one: (one.revoked_at is not None, not one.is_system))
    return render(request, "administration/credentials.html", {"credentials": listed})


@for_area(Area.INTEGRATIONS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth is not typed
def new(request: HttpRequest) -> HttpResponse:
    """Make one; its secret is shown once, in the answer itself."""
    form = CredentialForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                made, secret = Credential.issue(name=given["name"], scopes=given["scopes"], by=reader_of(request))
                made.expire_on(given["expires_on"])
                auditing.record_credentials(made, by=reader_of(request))
        except CredentialRefused as refused:
            form.add_error("name", str(refused))
        else:
            return _secret_shown(request, made, secret)
    return render(request, "administration/credential_new.html", {"form": form}, status=422 if form.errors else 200)


@for_area(Area.INTEGRATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def credential(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: its allowed employee attributes, and what it may do."""
    found = get_object_or_404(Credential.objects.select_related("acts_as"), pk=pk)
    if request.method != "POST":
        return _shown(request, found)
    wanted = {int(one) for one in request.POST.getlist("attributes") if one.isdecimal() and len(one) < 19}
    # An attribute may have been archived, or deleted, while the page showed it.
    there = set(Attribute.objects.in_use().filter(pk__in=wanted).values_list("pk", flat=True))
    gone, wanted = wanted - there, there
    try:
        with transaction.atomic():
            found.allow(wanted)
            auditing.record_credentials(found, by=reader_of(request))
    except CredentialRefused as refused:
        return _shown(request, found, refused=str(refused), chosen=wanted)
    messages.success(request, _("Saved. Pages that are open follow at once."))
    if gone:
        messages.warning(request, _said_of_gone(gone))
    return redirect("administration:credential", pk)


@for_area(Area.INTEGRATIONS)
@require_POST
def scopes(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name, what it may do, and until when."""
    found, form = get_object_or_404(Credential, pk=pk), CredentialForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                found.change(name=given["name"], scopes=given["scopes"])
                found.expire_on(given["expires_on"])
                auditing.record_credentials(found, by=reader_of(request))
        except CredentialRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:credential", pk)
    return _shown(request, found, form=form)


@for_area(Area.INTEGRATIONS)
@never_cache
@require_POST
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth is not typed
def rotation(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown once; the former one opens nothing any more."""
    found = get_object_or_404(Credential, pk=pk)
    try:
        with transaction.atomic():
            secret = found.rotate()
            auditing.record_credentials(found, by=reader_of(request))
    except CredentialRefused as refused:
        messages.error(request, str(refused))
        return redirect("administration:credential", pk)
    return _secret_shown(request, found, secret)


@for_area(Area.INTEGRATIONS)
@require_POST
def revocation(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Credential, pk=pk)
    try:
        with transaction.atomic():
            found.revoke()
            auditing.record_credentials(found, by=reader_of(request))
    except CredentialRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Revoked: it opens nothing any more."))
    return redirect("administration:credential", pk)


def _said_of_gone(gone: set[int]) -> str:
    named = ", ".join(f"“{one}”" for one in Attribute.objects.filter(pk__in=gone))
    if not named:
        return _("An attribute that you chose does not exist any more; it is not passed on.")
    return _("%(labels)s has been removed meanwhile; it is not passed on.") % {"labels": named}


def _secret_shown(request: HttpRequest, found: Credential, secret: str) -> HttpResponse:
    context = {"credential": found, "secret": secret}
    return render(request, "administration/credential_secret.html", context, status=201)


def _shown(
    request: HttpRequest, found: Credential, *, form: CredentialForm | None = None, refused: str = "",
    chosen: set[int] | None = None,
) -> HttpResponse:  # fmt: skip
    allowed = set(found.attributes.values_list("pk", flat=True)) if chosen is None else chosen
    rows = [
        {
            "pk": one.pk, "label": str(one), "section": str(one.section), "is_never": one.is_never_shared,
            "is_sensitive": one.is_sensitive, "is_chosen": one.pk in allowed and not one.is_never_shared,
        }
        for one in Attribute.objects.in_use().select_related("section")
    ]  # fmt: skip
    context: dict[str, Any] = {
        "credential": found, "refused": refused,
        "sections": [(name, list(ones)) for name, ones in groupby(rows, key=lambda one: one["section"])],
        "chosen": [one["label"] for one in rows if one["is_chosen"]], "why_not": MadeBySystem.sentence,
        "form": form or CredentialForm(
            initial={"name": found.name, "scopes": found.scopes, "expires_on": found.expires_on}
        ),
    }  # fmt: skip
    return render(request, "administration/credential.html", context, status=422 if refused or form else 200)
