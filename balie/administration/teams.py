"""Teams: founded by experts, changed by their members and by administrators."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import knows_requests, or_say, team_page
from balie.administration.team_words import WordsForm
from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform.alphabet import alphabetical, placed
from balie.platform.characters import clean_name
from balie.teams import refusals, shaping
from balie.teams.models import Team, TeamAddress
from balie.teams.models.team import LOCAL_PART
from balie.teams.refusals import TeamRefused
from balie.teams.shaping import Outline
from balie.tickets import archiving
from balie.tickets.models import Changeover
from balie.tickets.refusals import Refused

_MOST_NAMED = 5
_ADDRESS_HELP = gettext_lazy(
    "The part before the @. What is written to the former address still arrives, and so do answers to mails that were sent."
)


class TeamForm(forms.Form):
    """What a team is."""

    PRIVACY: ClassVar = [
        ("", gettext_lazy("As its type: HR and Legal are private")), ("yes", gettext_lazy("Private: for its members only")),
        ("no", gettext_lazy("Not private")),
    ]  # fmt: skip

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=Team.Kind.choices,
        help_text=gettext_lazy("A new team begins with categories that suit its type."),
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Address"), required=False, max_length=40, validators=[LOCAL_PART],
        help_text=gettext_lazy("The part before the @. Left empty, it is made from the name."),
    )  # fmt: skip
    is_visible = forms.BooleanField(label=gettext_lazy("Requesters can choose it"), required=False, initial=True)
    privacy = forms.ChoiceField(label=gettext_lazy("Who sees its requests"), choices=PRIVACY, required=False)
    strangers = forms.ChoiceField(label=gettext_lazy("Unknown senders"), choices=Team.Strangers.choices)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).lower()

    def outline(self) -> Outline:
        given = self.cleaned_data
        return Outline(
            name=given["name"], kind=Team.Kind(given["kind"]), address=given["address"], is_visible=given["is_visible"],
            is_private={"yes": True, "no": False}.get(given["privacy"]), strangers=Team.Strangers(given["strangers"]),
            lead=given.get("lead"),
        )  # fmt: skip


class ChangeForm(TeamForm):
    """The same of a team that is there. `version` is what was looked at; `understood` is what the warning asks for."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    lead = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Team lead"), required=False, empty_label=gettext_lazy("Nobody")
    )
    field_order = ("name", "kind", "lead", "address", "is_visible", "privacy", "strangers")

    def __init__(self, sent: QueryDict | None = None, *, team: Team) -> None:
        initial = {
            "name": team.name, "kind": team.kind, "address": team.address, "is_visible": team.is_visible,
            "privacy": "yes" if team.is_private else "no", "strangers": team.strangers, "lead": team.lead_id,
            "version": team.version,
        }  # fmt: skip
        super().__init__(sent, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["lead"].queryset = Person.objects.filter(memberships__team=team).order_by(placed(), "pk")
        fields["privacy"].choices = self.PRIVACY[1:]
        fields["kind"].help_text = _("Its categories stay as they are when you change this.")
        fields["address"].help_text = _ADDRESS_HELP


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """All teams, and a form for a new one. `?part=progress` is how far the open requests of archived ones have come."""
    person = reader_of(request)
    if request.GET.get("part") == "progress":
        return render(request, "administration/changeovers.html", {**_progress(request), "is_asked_again": True})
    form = TeamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            team = shaping.found(form.outline(), by=person)
        except TeamRefused as refused:
            form.add_error("address" if isinstance(refused, refusals.AddressTaken) else None, str(refused))
        else:
            messages.success(request, _("The team is there. Say who works in it."))
            return redirect("administration:team", team.pk)
    people = Prefetch("members", Person.objects.only("name", "role", "kind", "status").order_by(placed(), "pk"))
    known = Team.objects.select_related("successor").prefetch_related(people)
    opens_all = Rights.of(person).may_open(Area.TEAMS)
    listed = alphabetical(known, by=lambda one: one.name)
    context = {
        "form": form, "is_bound": form.is_bound,
        "teams": [team for team in listed if team.archived_at is None],
        "archived": [team for team in listed if team.archived_at is not None],
        "mine": {team.pk for team in listed if opens_all or person in team.members.all()},
        **_progress(request),
    }  # fmt: skip
    return render(request, "administration/teams.html", context, status=422 if form.errors else 200)


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """What one team is. Before it becomes private or stops being so, the page says what that shows to whom, and asks."""
    found = own_team(request, pk)
    form = ChangeForm(request.POST if request.method == "POST" else None, team=found)
    warnings: list[str] = []
    if request.method == "POST" and form.is_valid():
        outline = form.outline()
        if "understood" not in request.POST:
            warnings = _what_it_shows(request, found, is_private=outline.is_private)
        if not warnings:
            try:
                shaping.reshape(found, outline, by=reader_of(request), seen=form.cleaned_data["version"])
            except TeamRefused as refused:
                form.add_error("address" if isinstance(refused, refusals.AddressTaken) else None, str(refused))
                if isinstance(refused, refusals.ChangedMeanwhile):
                    # The next time it is sent, that was known.
                    found.refresh_from_db()
                    form.data = request.POST.copy()
                    form.data["version"] = str(found.version)
            else:
                messages.success(request, _("Saved."))
                return redirect("administration:team", pk)
    context = {
        "form": form, "warnings": warnings, "words_form": WordsForm(of=found),
        "former": found.former_addresses.order_by("local_part"),
    }  # fmt: skip
    status = 422 if form.errors or warnings else 200
    return team_page(request, "administration/team.html", found, "team", context, status=status)


@for_teams
@require_POST
def address_removal(request: HttpRequest, pk: int, address: int) -> HttpResponse:
    """A former address that nothing is written to any more."""
    found = get_object_or_404(TeamAddress.objects.select_related("team"), team=own_team(request, pk), pk=address)
    or_say(request, lambda: shaping.give_up_address(found, by=reader_of(request)), done=_("The address is given up."))
    return redirect("administration:team", pk)


class ArchiveForm(forms.Form):
    """What becomes of the open requests, and of what is written to the team from then on."""

    FATES: ClassVar = [("move", gettext_lazy("Move them to another team")), ("resolve", gettext_lazy("Resolve them"))]

    fate = forms.ChoiceField(
        label=gettext_lazy("Its open requests"), choices=FATES, required=False, widget=forms.RadioSelect
    )  # fmt: skip
    move_to = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("They go to"), required=False, empty_label=gettext_lazy("Choose a team")
    )
    successor = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("What is written to its address goes to"), required=False,
        empty_label=gettext_lazy("Nobody: it comes back to its sender"),
    )  # fmt: skip

    def __init__(self, sent: QueryDict | None = None, *, team: Team, count: int) -> None:
        super().__init__(sent)
        able = Team.objects.active().exclude(pk=team.pk)
        if team.is_private:
            able = able.filter(is_private=True)
        fields: dict[str, Any] = self.fields
        fields["move_to"].queryset = fields["successor"].queryset = able.order_by(placed(), "pk")
        if not count:
            del fields["fate"], fields["move_to"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("fate") == "move" and not given.get("move_to") and "move_to" in self.fields:
            self.add_error("move_to", _("Choose the team that they go to."))
        return given


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def team_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what becomes of what is open, and does it together with archiving: all of it, or nothing."""
    found = own_team(request, pk)
    if not knows_requests(request, found):
        status = 403 if request.method == "POST" else 200
        return team_page(request, "administration/team_archive.html", found, "team-archive", {}, status=status)
    count = archiving.open_requests_of(found)
    form = ArchiveForm(request.POST if request.method == "POST" else None, team=found, count=count)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = archiving.archive(
                found, by=reader_of(request), successor=given.get("successor"), resolving=given.get("fate") == "resolve",
                move_to=given.get("move_to") if given.get("fate") == "move" else None,
            )  # fmt: skip
        except (TeamRefused, Refused) as refused:
            form.add_error("fate" if "fate" in form.fields else None, str(refused))
        else:
            messages.success(request, _("%(team)s is archived.") % {"team": found.name})
            if made is not None:
                messages.info(request, _("Its open requests follow in the background; you can go on with your work."))
            return redirect("administration:teams")
    context = {"form": form, "count": count, "most": archiving.MOST_COUNTED}
    status = 422 if form.errors else 200
    return team_page(request, "administration/team_archive.html", found, "team-archive", context, status=status)


@for_teams
@require_POST
def team_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_team(request, pk)
    or_say(
        request, lambda: shaping.unarchive(found, by=reader_of(request)),
        done=_("The team is back. Look whether its members and hours are still right."),
    )  # fmt: skip
    return redirect("administration:team", pk)


def _progress(request: HttpRequest) -> dict[str, Any]:
    """For the page: which teams' open requests are on their way, as far as the reader may hear how many there are."""
    found = Changeover.objects.filter(team__isnull=False, ended_at=None).select_related("team", "new_team")
    known = [one for one in found if one.team and knows_requests(request, one.team)]
    return {"changeovers": known, "progress_address": reverse("administration:teams") + "?part=progress"}


def _what_it_shows(request: HttpRequest, team: Team, *, is_private: bool | None) -> list[str]:
    """What the change shows to whom, or hides from whom; nothing when it changes nothing, or is not the reader's to decide."""
    if is_private is None or is_private == team.is_private or not knows_requests(request, team):
        return []
    others = list(
        Person.objects.experts().filter(role=Person.Role.ADMINISTRATOR).exclude(memberships__team=team)
        .order_by(placed(), "pk").values_list("name", flat=True)
    )  # fmt: skip
    names = ", ".join(others[:_MOST_NAMED]) + (" …" if len(others) > _MOST_NAMED else "")
    nobody = _("nobody at present")
    if is_private:
        return [
            _("Administrators who are not members do not see its requests any more: %(names)s.")
            % {"names": names or nobody},
            _("They can open a single request with a reason, which the team reads."),
            _(
                "Its requests can then be moved, merged and counted by members only. Those who asked see what they saw before."
            ),
        ]
    return [
        _("Every administrator sees all its requests, notes and files, the old ones too: %(names)s.")
        % {"names": names or nobody},
        _(
            "They appear in lists, counts, the search and notices of these people. This cannot be taken back for what was read."
        ),
        _("Whoever becomes an administrator later sees them as well. Those who asked see what they saw before."),
    ]
