"""What a team promises: its rules, with a look at what each would mean before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import team_page
from balie.platform.alphabet import alphabetical, placed
from balie.sla import previewing, ruling
from balie.sla.models import Recomputation, Rule
from balie.sla.models.rule import USUAL_SHARE
from balie.sla.previewing import Example
from balie.sla.ruling import Wanted
from balie.teams.models import Category, Team
from balie.teams.refusals import TeamRefused
from balie.teams.working_time import NeverOpen
from balie.tickets.models import Status
from balie.tickets.models.status import Group

_GENERAL, _CHOSEN = "general", "chosen"
_MOST_HOURS = 9999


def _hours(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=_MOST_HOURS, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )  # fmt: skip


def _minutes(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=59, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )  # fmt: skip


class GoalsForm(forms.Form):
    """Two times, in hours and minutes of the team's working time; an empty one promises nothing."""

    response_hours = _hours(gettext_lazy("Time to respond, hours"))
    response_minutes = _minutes(gettext_lazy("Time to respond, minutes"))
    resolution_hours = _hours(gettext_lazy("Time to resolve, hours"))
    resolution_minutes = _minutes(gettext_lazy("Time to resolve, minutes"))

    def goal(self, name: str) -> timedelta | None:
        """What was given for it, in as far as that is a time."""
        given: Mapping[str, Any] = self.cleaned_data
        time = timedelta(hours=given.get(f"{name}_hours") or 0, minutes=given.get(f"{name}_minutes") or 0)
        return time or None

    def goals(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """For the page: each goal with its two fields."""
        return [
            (_("Time to respond"), self["response_hours"], self["response_minutes"]),
            (_("Time to resolve"), self["resolution_hours"], self["resolution_minutes"]),
        ]


class RuleForm(GoalsForm):
    """Everything that a rule says."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Holds for"), widget=forms.RadioSelect, initial=_GENERAL,
        choices=[
            (_GENERAL, gettext_lazy("All requests of the team whose category has no rule of its own")),
            (_CHOSEN, gettext_lazy("Requests of these categories")),
        ],
    )  # fmt: skip
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(), label=gettext_lazy("Categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pauses_in = forms.ModelMultipleChoiceField(
        Status.objects.none(), label=gettext_lazy("Time does not count in"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Beside the statuses of the group Waiting, in which it never counts."),
    )  # fmt: skip
    on_reopening = forms.ChoiceField(
        label=gettext_lazy("When a resolved request is opened again"), choices=Rule.Reopening.choices, widget=forms.RadioSelect,
        initial=Rule.Reopening.CONTINUE.value,
    )  # fmt: skip
    warns_at = forms.IntegerField(
        label=gettext_lazy("Warn when so many percent of the time are over"), required=False, min_value=1, max_value=99,
        initial=USUAL_SHARE, help_text=gettext_lazy("Left empty, nobody is warned."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *arguments: Any, team: Team, **named: Any) -> None:
        super().__init__(*arguments, **named)
        fields: dict[str, Any] = self.fields
        offered = Category.objects.filter(team=team, archived_at__isnull=True).order_by(placed(), "pk")
        fields["categories"].queryset = offered
        # Read once: the page asks whether there are any, and shows them.
        fields["categories"].choices = [(one.pk, str(one)) for one in offered]
        fields["pauses_in"].queryset = Status.objects.used_in(team).filter(group__in=(Group.TODO, Group.IN_PROGRESS))
        fields["pauses_in"].label_from_instance = lambda status: status.name

    @classmethod
    def of(cls, rule: Rule) -> RuleForm:
        initial: dict[str, Any] = {
            "scope": _GENERAL if rule.is_general else _CHOSEN, "categories": list(rule.categories.all()),
            "pauses_in": list(rule.pauses_in.all()), "on_reopening": rule.on_reopening, "warns_at": rule.warns_at,
        }  # fmt: skip
        for name in ("response", "resolution"):
            time: timedelta | None = getattr(rule, name)
            if time:
                hours, seconds = divmod(int(time.total_seconds()), 3600)
                initial |= {f"{name}_hours": hours, f"{name}_minutes": seconds // 60}
        return cls(initial=initial, team=rule.team)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("scope") == _CHOSEN and not given.get("categories") and "categories" not in self.errors:
            self.add_error("categories", _("Choose a category."))
        return given

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            categories=tuple(given["categories"]) if given["scope"] == _CHOSEN else (),
            response=self.goal("response"), resolution=self.goal("resolution"), pauses_in=tuple(given["pauses_in"]),
            on_reopening=given["on_reopening"], warns_at=given["warns_at"],
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Told:
    """One rule as the list shows it."""

    pk: int
    is_general: bool
    about: list[str]
    goals: list[tuple[str, str]]


@for_teams
@require_safe
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """`?part=progress` is how far a change has come among the open requests."""
    team = own_team(request, pk)
    progress = Recomputation.objects.filter(team=team).first()
    context = {"team": team, "progress": progress}
    if request.GET.get("part") == "progress":
        return render(request, "administration/sla_progress.html", context)
    found = Rule.objects.filter(team=team).order_by("is_general", "pk").prefetch_related("categories")
    more = {"rules": [_told(rule) for rule in found], "may_set": ruling.may_set(team, reader_of(request))}
    return team_page(request, "administration/sla.html", team, "team-sla", context | more)


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """`preview` shows what was written and saves nothing."""
    team = own_team(request, pk)
    return _asked(request, team, Rule(team=team), RuleForm(request.POST or None, team=team))


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """The same of one that is there."""
    team = own_team(request, pk)
    found: Rule = get_object_or_404(Rule.objects.select_related("team"), team=team, pk=rule)
    form = RuleForm(request.POST, team=team) if request.method == "POST" else RuleForm.of(found)
    return _asked(request, team, found, form)


@for_teams
@require_POST
def removal(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    found: Rule = get_object_or_404(Rule.objects.select_related("team"), team=own_team(request, pk), pk=rule)
    try:
        ruling.remove(found, by=reader_of(request))
    except TeamRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Removed. What was kept stays kept; nothing more is promised by it."))
    return redirect("administration:team-sla", pk)


@for_teams
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The piece of the page that says what the written times would mean now, and on Friday."""
    team = own_team(request, pk)
    form = GoalsForm(request.GET)
    form.is_valid()
    return render(request, "administration/sla_preview.html", _previewed(team, form))


def _asked(request: HttpRequest, team: Team, found: Rule, form: RuleForm) -> HttpResponse:
    may_set = ruling.may_set(team, reader_of(request))
    is_saved = request.method == "POST" and "preview" not in request.POST
    if is_saved and form.is_valid():
        try:
            if found.pk:
                ruling.change(found, form.wanted(), by=reader_of(request))
            else:
                ruling.add(team, form.wanted(), by=reader_of(request))
        except TeamRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. Open requests are counted anew in the background."))
            return redirect("administration:team-sla", team.pk)
    shown = GoalsForm(request.POST if request.method == "POST" else form.initial)
    shown.is_valid()
    context = {"rule": found, "form": form, "may_set": may_set} | _previewed(team, shown)
    return team_page(
        request, "administration/sla_rule.html", team, "team-sla", context, status=422 if is_saved else 200
    )


def _previewed(team: Team, form: GoalsForm) -> dict[str, Any]:
    examples: list[Example] = []
    never_works = False
    response, resolution = form.goal("response"), form.goal("resolution")
    if response or resolution:
        try:
            zone = timezone.get_current_timezone()
            examples = previewing.examples(team, response=response, resolution=resolution, zone=zone)
        except NeverOpen:
            never_works = True
    return {"examples": examples, "never_works": never_works}


def _told(rule: Rule) -> Told:
    goals = [(_("Time to respond"), rule.response), (_("Time to resolve"), rule.resolution)]
    about = alphabetical((one.name for one in rule.categories.all() if not one.archived_at), by=str)
    return Told(
        pk=rule.pk, is_general=rule.is_general, about=about, goals=[(name, spoken(time)) for name, time in goals if time]
    )  # fmt: skip


def spoken(time: timedelta) -> str:
    """4 hours, 1 hour 30 minutes, 45 minutes."""
    hours, seconds = divmod(int(time.total_seconds()), 3600)
    minutes = seconds // 60
    parts = [ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}] if hours else []
    if minutes:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    return " ".join(parts)
