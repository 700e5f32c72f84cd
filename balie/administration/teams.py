"""Teams: founded by experts, changed by their members and by administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from balie.administration.reader import own_team, reader_of
from balie.administration.week_picture import Picture
from balie.people.audience import Audience, for_
from balie.people.models import Identity, Person
from balie.platform.characters import clean_name, clean_text
from balie.platform.languages import LANGUAGES
from balie.teams import shaping
from balie.teams.models import Category, Team
from balie.teams.models.team import LOCAL_PART
from balie.teams.refusals import TeamRefused
from balie.teams.shaping import Description, Outline
from balie.tickets import archiving
from balie.tickets.refusals import Refused


class TeamForm(forms.Form):
    """What a team is."""

    PRIVACY: ClassVar = [
        ("", gettext_lazy("As its type: HR and Legal are private")), ("yes", gettext_lazy("Private: for its members only")),
        ("no", gettext_lazy("Not private")),
    ]  # fmt: skip

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=Team.Kind.choices)
    address = forms.CharField(
        label=gettext_lazy("Address"), required=False, max_length=40, validators=[LOCAL_PART],
        help_text=gettext_lazy("The part before the @. Left empty, it is made from the name."),
    )  # fmt: skip
    is_visible = forms.BooleanField(label=gettext_lazy("Requesters can choose it"), required=False, initial=True)
    privacy = forms.ChoiceField(label=gettext_lazy("Who sees its requests"), choices=PRIVACY, required=False)
    strangers = forms.ChoiceField(label=gettext_lazy("Unknown senders"), choices=Team.Strangers.choices)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def outline(self) -> Outline:
        given = self.cleaned_data
        return Outline(
            name=given["name"], kind=Team.Kind(given["kind"]), address=given["address"], is_visible=given["is_visible"],
            is_private={"yes": True, "no": False}.get(given["privacy"]), strangers=Team.Strangers(given["strangers"]),
        )  # fmt: skip


class MemberForm(forms.Form):
    """Somebody who is to work in the team."""

    address = forms.EmailField(label=gettext_lazy("Work address"))

    def clean_address(self) -> Person:
        address = self.cleaned_data["address"].lower()
        person: Person | None = Person.objects.employees().known_by(Identity.EMAIL, address)
        if person is None:
            raise forms.ValidationError(_("There is no employee with this address."))
        return person


class CategoryForm(forms.Form):
    """Something that the team is asked about."""

    name = forms.CharField(label=gettext_lazy("Category"), max_length=120)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class WordsForm(forms.Form):
    """What people read of it and find it by, beside its name."""

    description = forms.CharField(
        label=gettext_lazy("In a sentence, for those who ask"), required=False, max_length=200
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Other words that people use for it"), required=False, max_length=1000,
        help_text=gettext_lazy("In any language, with spaces between them. The search of those who ask finds it by them."),
    )  # fmt: skip

    def __init__(self, sent: QueryDict | None = None, *, of: Team | Category) -> None:
        initial = {"description": of.description, "words": of.words} | {
            f"name_{code}": name for code, name in of.names.items()
        }
        super().__init__(sent, initial=initial, auto_id=f"{of._meta.model_name}_{of.pk}_%s")
        for code, language in LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": language}, required=False, max_length=120
            )

    def given(self) -> Description:
        sent = self.cleaned_data
        return Description(
            names={code: clean_name(sent[f"name_{code}"]) for code, _language in LANGUAGES},
            description=clean_text(sent["description"]).strip(), words=clean_text(sent["words"]).strip(),
        )  # fmt: skip


@for_(Audience.EXPERTS)
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    """All teams, and a form for a new one."""
    person = reader_of(request)
    form = TeamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            team = shaping.found(form.outline(), by=person)
        except TeamRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The team is there. Say who works in it."))
            return redirect("administration:team", team.pk)
    listed = Team.objects.active().prefetch_related("members")
    mine = {team.pk for team in listed if person.is_administrator or person in team.members.all()}
    context = {"form": form, "teams": listed, "mine": mine, "is_bound": form.is_bound}
    return render(request, "administration/teams.html", context, status=422 if form.errors else 200)


@for_(Audience.EXPERTS)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: what it is, who works in it, what it is asked about."""
    found = own_team(request, pk)
    form = TeamForm(request.POST) if request.method == "POST" else _filled(found)
    if request.method == "POST" and form.is_valid():
        try:
            shaping.reshape(found, form.outline(), by=reader_of(request))
        except TeamRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:team", pk)
    return _shown(request, found, form=form)


@for_(Audience.EXPERTS)
@require_POST
def members(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = own_team(request, pk), MemberForm(request.POST)
    if form.is_valid():
        try:
            shaping.take_in(form.cleaned_data["address"], team=found, by=reader_of(request))
        except TeamRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("administration:team", pk)
    return _shown(request, found, member_form=form)


@for_(Audience.EXPERTS)
@require_POST
def member_removal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    found = own_team(request, pk)
    gone: Person = get_object_or_404(Person, teams=found, pk=person)
    _or_say(request, lambda: shaping.let_go(gone, team=found, by=reader_of(request)))
    # Whoever left the team themselves has no page of it any more.
    return (
        redirect("administration:team", pk)
        if shaping.shaped_by(found, reader_of(request))
        else redirect("administration:teams")
    )


@for_(Audience.EXPERTS)
@require_POST
def categories(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = own_team(request, pk), CategoryForm(request.POST)
    if form.is_valid():
        try:
            shaping.add_category(found, form.cleaned_data["name"], by=reader_of(request))
        except TeamRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("administration:team", pk)
    return _shown(request, found, category_form=form)


@for_(Audience.EXPERTS)
@require_POST
def category(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    """What people read of a category."""
    found = get_object_or_404(Category.objects.select_related("team"), team=own_team(request, pk), pk=category)
    return _described(request, found, pk)


@for_(Audience.EXPERTS)
@require_POST
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """What people read of the team."""
    return _described(request, own_team(request, pk), pk)


def _described(request: HttpRequest, thing: Team | Category, pk: int) -> HttpResponse:
    form = WordsForm(request.POST, of=thing)
    if form.is_valid():
        try:
            shaping.describe(thing, form.given(), by=reader_of(request))
        except TeamRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("administration:team", pk)


@for_(Audience.EXPERTS)
@require_POST
def category_archive(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    found = get_object_or_404(Category, team=own_team(request, pk), pk=category)
    _or_say(request, lambda: shaping.archive_category(found, by=reader_of(request)))
    return redirect("administration:team", pk)


@for_(Audience.EXPERTS)
@require_POST
def team_archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = own_team(request, pk)
    _or_say(request, lambda: archiving.archive(found, by=reader_of(request)))
    return redirect("administration:teams")


def _or_say(request: HttpRequest, verb: Callable[[], None]) -> None:
    try:
        verb()
    except (TeamRefused, Refused) as refused:
        messages.error(request, str(refused))


def _filled(found: Team) -> TeamForm:
    return TeamForm(
        initial={
            "name": found.name, "kind": found.kind, "address": found.address, "is_visible": found.is_visible,
            "privacy": "yes" if found.is_private else "no", "strangers": found.strangers,
        }
    )  # fmt: skip


def _shown(
    request: HttpRequest,
    found: Team,
    *,
    form: TeamForm | None = None,
    member_form: MemberForm | None = None,
    category_form: CategoryForm | None = None,
) -> HttpResponse:
    forms_shown = {
        "form": form or _filled(found), "member_form": member_form or MemberForm(auto_id="member_%s"),
        "category_form": category_form or CategoryForm(auto_id="category_%s"),
    }  # fmt: skip
    context = {
        "team": found, "members": found.members.order_by("name", "pk"),
        "topics": [(one, WordsForm(of=one)) for one in found.categories.filter(archived_at__isnull=True)],
        "words_form": WordsForm(of=found), "hours": Picture.of(found), **forms_shown,
    }  # fmt: skip
    has_errors = any(one.errors for one in forms_shown.values())
    return render(request, "administration/team.html", context, status=422 if has_errors else 200)
