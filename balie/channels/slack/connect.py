"""The settings pages of Slack, for those who look after integrations: connect a workspace, see how it does, link channels."""

from __future__ import annotations

import json
import secrets
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.channels.models import Delivery
from balie.channels.slack import connecting, jobs, linking, members
from balie.channels.slack.client import AccessLost, CannotReach, Refused, exchange
from balie.channels.slack.manifest import EVENTS, SCOPES, address_of, manifest
from balie.channels.slack.models import Link, Workspace
from balie.channels.slack.models.link import LinkRefused
from balie.people.audience import for_area
from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform.alphabet import placed
from balie.platform.languages import LANGUAGES, spoken
from balie.platform.secrets import seal, unseal
from balie.teams.models import Team

FAULTS = (CannotReach, AccessLost, Refused)
_SESSION = "slack_oauth"


def _secret(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=300, strip=True, help_text=hint,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


def _app_token() -> forms.CharField:
    return _secret(
        gettext_lazy("App token"), required=False,
        hint=gettext_lazy("Begins with xapp-. Only when Slack cannot reach this desk from outside (Socket Mode)."),
    )  # fmt: skip


class KeysForm(forms.Form):
    """The keys of an app, as its pages in Slack show them."""

    bot_token = _secret(gettext_lazy("Bot token"), hint=gettext_lazy("Begins with xoxb-"))
    signing_secret = _secret(gettext_lazy("Signing secret"))
    app_token = _app_token()

    def clean_bot_token(self) -> str:
        return _begins(self.cleaned_data["bot_token"], "xoxb-")

    def clean_app_token(self) -> str:
        return _begins(self.cleaned_data["app_token"], "xapp-", optional=True)


class OAuthForm(forms.Form):
    """What "Add to Slack" needs to know of the app."""

    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=100)
    client_secret = _secret(gettext_lazy("Client secret"))
    signing_secret = _secret(gettext_lazy("Signing secret"))
    app_token = _app_token()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        # It stands on one page with the other form, whose fields are called alike.
        super().__init__(*arguments, **{"auto_id": "oauth_%s", **named})

    def clean_app_token(self) -> str:
        return _begins(self.cleaned_data["app_token"], "xapp-", optional=True)


class WishesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """How Balie behaves in the workspace."""

    class Meta:
        model = Workspace
        fields: ClassVar = ["emoji", "check_mark_resolves", "joins_within"]

    def clean_emoji(self) -> str:
        return str(self.cleaned_data["emoji"]).strip(":")


class LinkForm(forms.Form):
    """A channel that belongs to a team."""

    channel = forms.CharField(
        label=gettext_lazy("Channel"),
        max_length=120,
        help_text=gettext_lazy("Its name, as #it-help. Invite Balie there first."),
    )
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none())
    mode = forms.ChoiceField(label=gettext_lazy("What becomes a request"), choices=Link.Mode.choices)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["team"].queryset = Team.objects.active().order_by(placed(), "pk")  # type: ignore[attr-defined]  # a model choice field


@for_area(Area.INTEGRATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def workspaces(request: HttpRequest) -> HttpResponse:
    """All that are connected, and the three steps to another one."""
    form = KeysForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = connecting.connect(**form.cleaned_data)
        except FAULTS as fault:
            form.add_error(None, in_words(fault))
        else:
            messages.success(
                request, _("Slack is connected. The members are being brought over; nobody is told of it.")
            )
            return redirect("slack_workspace", made.pk)
    return _shown(request, form=form, oauth=OAuthForm())


@for_area(Area.INTEGRATIONS)
@require_safe
def app_manifest(request: HttpRequest) -> HttpResponse:
    """To download, or to copy."""
    language = spoken(request.GET.get("language", "")) or spoken(get_language() or "") or "en"
    made = manifest(language=language, socket_mode=request.GET.get("socket") == "1")
    answer = JsonResponse(made, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="balie-slack.json"'
    return answer


@for_area(Area.INTEGRATIONS)
@require_POST
def installation(request: HttpRequest) -> HttpResponse:
    """ "Add to Slack": the administrator goes to Slack, and comes back to `oauth`."""
    form = OAuthForm(request.POST)
    if not form.is_valid():
        return _shown(request, form=KeysForm(), oauth=form)
    state = secrets.token_urlsafe(24)
    request.session[_SESSION] = {"state": state, "keys": seal(json.dumps(form.cleaned_data))}
    query = urlencode(
        {
            "client_id": form.cleaned_data["client_id"], "scope": ",".join(SCOPES), "redirect_uri": address_of("oauth"),
            "state": state,
        }
    )  # fmt: skip
    api = urlsplit(settings.BALIE.slack_api_url)
    return redirect(f"{api.scheme}://{api.netloc}/oauth/v2/authorize?{query}")


@for_area(Area.INTEGRATIONS, edit=True)
@require_safe
def oauth(request: HttpRequest) -> HttpResponse:
    """Slack sends the administrator back with a code that is worth a token; only with the word that we gave along."""
    begun = request.session.pop(_SESSION, None)
    state = request.GET.get("state", "")
    if not begun or not secrets.compare_digest(state.encode(), str(begun["state"]).encode()):
        return HttpResponse(status=403)
    if "code" not in request.GET:
        messages.error(request, _("Slack was not connected: nobody agreed there."))
        return redirect("slack_workspaces")
    keys = json.loads(unseal(begun["keys"]))
    try:
        told = exchange(
            code=request.GET["code"], client_id=keys["client_id"], client_secret=keys["client_secret"],
            redirect_uri=address_of("oauth"),
        )  # fmt: skip
        made = connecting.connect(
            bot_token=str(told.get("access_token") or ""), signing_secret=keys["signing_secret"],
            app_token=keys["app_token"],
        )  # fmt: skip
    except FAULTS as fault:
        messages.error(request, in_words(fault))
        return redirect("slack_workspaces")
    messages.success(request, _("Slack is connected. The members are being brought over; nobody is told of it."))
    return redirect("slack_workspace", made.pk)


@for_area(Area.INTEGRATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Workspace, pk=pk)
    form = WishesForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("slack_workspace", pk)
    return _one_shown(request, found, form=form, link=LinkForm())


@for_area(Area.INTEGRATIONS)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask Slack whether all is well."""
    found = get_object_or_404(Workspace, pk=pk)
    try:
        connecting.look_again(found)
    except FAULTS as fault:
        if isinstance(fault, AccessLost):
            found.disconnect(str(fault))
        messages.error(request, in_words(fault))
    else:
        missing = found.missing(SCOPES)
        if missing:
            messages.error(request, _("These scopes are missing: %(scopes)s") % {"scopes": ", ".join(missing)})
        else:
            messages.success(request, _("The token works, and no scope is missing."))
    return redirect("slack_workspace", pk)


@for_area(Area.INTEGRATIONS)
@require_POST
def member_import(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Workspace, pk=pk)
    members.begin(found)
    jobs.bring_members_later(found)
    return redirect("slack_workspace", pk)


@for_area(Area.INTEGRATIONS)
@require_POST
def links(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(Workspace, pk=pk), LinkForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            linking.link(found, given["channel"], team=given["team"], mode=given["mode"])
        except LinkRefused as refused:
            form.add_error("team", str(refused))
        except linking.ChannelRefused as refused:
            form.add_error("channel", str(refused))
        except FAULTS as fault:
            form.add_error(None, in_words(fault))
        else:
            messages.success(request, _("The channel is linked."))
            return redirect("slack_workspace", pk)
    return _one_shown(request, found, form=WishesForm(instance=found), link=form)


@for_area(Area.INTEGRATIONS)
@require_POST
def link_removal(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    get_object_or_404(Link, pk=link, workspace=pk).delete()
    messages.success(request, _("The channel is no longer linked. Its requests stay."))
    return redirect("slack_workspace", pk)


@for_area(Area.INTEGRATIONS)
@require_POST
def disconnection(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Workspace, pk=pk).disconnect("by an administrator")
    messages.success(request, _("Slack is disconnected. What is owed there waits until it is connected again."))
    return redirect("slack_workspaces")


def in_words(fault: Exception) -> str:
    """What is wrong, in the reader's language, and Slack's own word for it."""
    if isinstance(fault, AccessLost):
        return _("Slack does not accept this token: %(reason)s") % {"reason": fault}
    if isinstance(fault, connecting.NoLine):
        return _("Slack does not accept the app token: %(reason)s") % {"reason": fault}
    if isinstance(fault, CannotReach):
        return _("Slack cannot be reached: %(reason)s") % {"reason": fault}
    return _("Slack refuses: %(reason)s") % {"reason": fault}


def _shown(request: HttpRequest, *, form: KeysForm, oauth: OAuthForm) -> HttpResponse:
    language = spoken(get_language() or "") or "en"
    context = {
        "form": form, "oauth": oauth, "workspaces": Workspace.objects.defer("secrets"), "languages": LANGUAGES,
        "language": language, "may_edit": _may_edit(request),
    }  # fmt: skip
    return render(request, "slack/workspaces.html", context, status=422 if form.errors or oauth.errors else 200)


def _one_shown(request: HttpRequest, found: Workspace, *, form: WishesForm, link: LinkForm) -> HttpResponse:
    heard = found.heard.split(",")
    context = {
        "workspace": found, "form": form, "link_form": link,
        "links": Link.objects.filter(workspace=found).select_related("team"),
        "missing": found.missing(SCOPES), "unheard": [kind for kind in EVENTS if kind not in heard],
        "waiting": Delivery.objects.filter(thread__channel=found.pk, state__in=Delivery.PENDING).count(),
        "may_edit": _may_edit(request),
    }  # fmt: skip
    return render(request, "slack/workspace.html", context, status=422 if form.errors or link.errors else 200)


def _may_edit(request: HttpRequest) -> bool:
    """Whoever may only look is shown no form that would be refused."""
    person = request.user
    return isinstance(person, Person) and Rights.of(person).may_open(Area.INTEGRATIONS, edit=True)


def _begins(given: str, mark: str, *, optional: bool = False) -> str:
    if not given.startswith(mark) and not (optional and not given):
        raise ValidationError(_("This begins with %(mark)s in Slack.") % {"mark": mark})
    return given
