"""When a team works: its week, whose holidays are free, and the days that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import team_page
from balie.administration.week_picture import Picture
from balie.organisation.models import Organisation
from balie.platform import clock
from balie.platform.characters import clean_name
from balie.teams import public_holidays, working_hours
from balie.teams.models import SpecialDay, Team, WorkingSpan
from balie.teams.refusals import TeamRefused
from balie.teams.working_hours import Hours

_NO_SUCH_REGION = gettext_lazy("The public holidays of that region are not known. Choose one that is listed.")
_SPARE_LINES = 1
_LATEST_YEAR = 2100
_EARLIEST_YEAR = 2000


@dataclass(frozen=True)
class Line:
    """One span as it was written; both are "" on a spare line."""

    begins: str
    ends: str


@dataclass(frozen=True)
class Day:
    """A day of the week with the lines of its form."""

    weekday: int
    name: str
    lines: list[Line]
    error: str


class WeekForm:
    """The spans of seven days. They are written as `begins-0`, `ends-0` for each line of Monday, and so on."""

    def __init__(self, lines: Mapping[int, list[Line]]) -> None:
        self._lines = lines
        self._errors: dict[int, str] = {}
        self.spans: list[tuple[int, time, time]] = []

    @classmethod
    def of(cls, team: Team) -> WeekForm:
        lines: dict[int, list[Line]] = {}
        for span in WorkingSpan.objects.filter(team=team).order_by("weekday", "begins"):
            lines.setdefault(span.weekday, []).append(Line(f"{span.begins:%H:%M}", f"{span.ends:%H:%M}"))
        return cls(lines)

    @classmethod
    def sent(cls, data: QueryDict) -> WeekForm:
        lines = {
            day: [
                Line(begins.strip()[:8], ends.strip()[:8])
                for begins, ends in zip(data.getlist(f"begins-{day}"), data.getlist(f"ends-{day}"), strict=False)
                if begins.strip() or ends.strip()
            ][: working_hours.MOST_SPANS + 1]
            for day in range(7)
        }  # fmt: skip
        return cls(lines)

    def copy(self, source: int, targets: Iterable[int]) -> None:
        """Let these days be as that one; nothing is saved by it."""
        self._lines = {**self._lines, **{day: list(self._lines.get(source, [])) for day in targets if day != source}}

    def is_valid(self) -> bool:
        field = forms.TimeField(input_formats=["%H:%M", "%H.%M", "%H:%M:%S", "%H"])
        for day, lines in self._lines.items():
            for line in lines:
                try:
                    ends = "00:00" if line.ends in ("24:00", "24.00", "24") else line.ends
                    self.spans.append((day, field.clean(line.begins), field.clean(ends)))
                except forms.ValidationError:
                    self._errors[day] = _("Write both times, as 8:30 and 17:00.")
            if day not in self._errors and not _in_order([span for span in self.spans if span[0] == day]):
                self._errors[day] = _(
                    "Hours begin before they end, and do not overlap on one day. What ends at midnight ends at 0:00."
                )
        return not self._errors

    def days(self) -> list[Day]:
        spare = [Line("", "")] * _SPARE_LINES
        return [
            Day(day, str(WEEKDAYS[day]), [*self._lines.get(day, []), *spare], self._errors.get(day, ""))
            for day in range(7)
        ]


class PlaceForm(forms.Form):
    """Where the team works: its clock, and its holidays."""

    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"), required=False, max_length=64, widget=forms.TextInput(attrs={"list": "zones"})
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Public holidays of"), required=False,
        error_messages={"invalid_choice": gettext_lazy("The public holidays of that country are not known.")},
    )  # fmt: skip
    region = forms.ChoiceField(
        label=gettext_lazy("Region"), required=False,
        error_messages={"invalid_choice": _NO_SUCH_REGION},
    )  # fmt: skip

    def __init__(self, *arguments: Any, country: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["time_zone"].help_text = _("Left empty, it is that of the organisation: %(zone)s.") % {
            "zone": Organisation.current().time_zone
        }
        self.fields["country"].choices = [("", _("No public holidays")), *public_holidays.countries()]  # type: ignore[attr-defined]  # a ChoiceField
        # Whatever region was sent with another country is none of this one.
        regions = public_holidays.regions(country)
        self.fields["region"].choices = [("", _("The whole country")), *regions]  # type: ignore[attr-defined]  # as above
        if not regions and not (self.is_bound and self.data.get("region")):
            self.fields["region"].widget = forms.HiddenInput()

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone; write it as Europe/Amsterdam."))
        return zone


class SpecialDayForm(forms.Form):
    """Days on which the team is closed, or works otherwise."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Left empty, it is that one day."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80)
    begins = forms.TimeField(
        label=gettext_lazy("Open from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Left empty, the team is closed."),
    )  # fmt: skip
    ends = forms.TimeField(
        label=gettext_lazy("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if (given.get("begins") is None) != (given.get("ends") is None):
            self.add_error("ends", _("Write both times, or neither."))
        return given

    def day_of(self, team: Team) -> SpecialDay:
        given = self.cleaned_data
        return SpecialDay(
            team=team, first=given["first"], last=given["last"] or given["first"], name=clean_name(given["name"]),
            begins=given["begins"], ends=given["ends"],
        )  # fmt: skip


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, pk: int) -> HttpResponse:
    """`?country=DE&region=BY&year=2027` shows those holidays before they are chosen; `preview` the same with what was written.

    `copy=0` fills other days as Monday is. Neither saves anything.
    """
    team = own_team(request, pk)
    if request.method != "POST":
        return _shown(request, team, week=WeekForm.of(team), place=_place(team, request.GET))
    week = WeekForm.sent(request.POST)
    country = request.POST.get("country", "")
    data = request.POST.copy()
    if country != team.holiday_country and not public_holidays.is_known(country, str(data.get("region", ""))):
        # It belongs to the country that was chosen before.
        data["region"] = ""
    place = PlaceForm(data, country=country)
    source = request.POST.get("copy", "")
    if source in set("0123456"):
        week.copy(int(source), [int(one) for one in request.POST.getlist(f"to-{source}") if one in set("0123456")])
        return _shown(request, team, week=week, place=place, is_copied=True)
    if "preview" in request.POST:
        return _shown(request, team, week=week, place=place)
    if all((week.is_valid(), place.is_valid())):
        given = place.cleaned_data
        wanted = Hours(
            spans=week.spans, time_zone=given["time_zone"], country=given["country"], region=given["region"]
        )  # fmt: skip
        try:
            working_hours.set_hours(team, wanted, by=reader_of(request))
        except TeamRefused as refused:
            place.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:team-hours", pk)
    return _shown(request, team, week=week, place=place, status=422)


@for_teams
@require_POST
def special_days(request: HttpRequest, pk: int) -> HttpResponse:
    team, form = own_team(request, pk), SpecialDayForm(request.POST, auto_id="special_%s")
    if form.is_valid():
        try:
            working_hours.add_special_day(form.day_of(team), by=reader_of(request))
        except TeamRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("administration:team-hours", pk)
    return _shown(request, team, week=WeekForm.of(team), place=_place(team, QueryDict()), special=form, status=422)


@for_teams
@require_POST
def special_day_removal(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    found = get_object_or_404(SpecialDay.objects.select_related("team"), team=own_team(request, pk), pk=day)
    working_hours.remove_special_day(found, by=reader_of(request))
    return redirect("administration:team-hours", pk)


def _place(team: Team, asked: QueryDict) -> PlaceForm:
    country = asked.get("country", team.holiday_country)
    region = asked.get("region", team.holiday_region)
    if not public_holidays.is_known(country, region):
        region = ""
    initial = {"time_zone": team.time_zone, "country": country, "region": region}
    return PlaceForm(initial=initial, country=country)


def _shown(
    request: HttpRequest, team: Team, *, week: WeekForm, place: PlaceForm, special: SpecialDayForm | None = None,
    is_copied: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    country, region = str(place["country"].value() or ""), str(place["region"].value() or "")
    today = timezone.localtime(clock.now()).date()
    year = _year(request.GET.get("year", ""), today)
    context = {
        "week": week, "place": place, "special": special or SpecialDayForm(auto_id="special_%s"),
        "special_days": SpecialDay.objects.filter(team=team, last__gte=today), "picture": Picture.of(team),
        "holidays": public_holidays.holidays_in(country, region, year, get_language() or "").items(),
        "year": year, "country": country, "region": region, "is_copied": is_copied,
        "is_unknown": bool(team.holiday_country)
        and not public_holidays.is_known(team.holiday_country, team.holiday_region),
        "zones": sorted(available_timezones()), "is_always": not WorkingSpan.objects.filter(team=team).exists(),
    }  # fmt: skip
    return team_page(request, "administration/hours.html", team, "team-hours", context, status=status)


def _year(written: str, today: date) -> int:
    if written.isascii() and written.isdigit() and _EARLIEST_YEAR <= int(written[:5]) <= _LATEST_YEAR:
        return int(written)
    return today.year


def _in_order(spans: list[tuple[int, time, time]]) -> bool:
    reached = -1
    for begins, ends in sorted(working_hours.span(begins, ends) for _day, begins, ends in spans):
        if begins >= ends or begins < reached:
            return False
        reached = ends
    return len(spans) <= working_hours.MOST_SPANS
