"""Settings > Conversations > Request statuses: where a request can stand, for all teams or for some."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import counted_for, reader_of
from balie.administration.team_frame import or_say
from balie.organisation.models import Organisation
from balie.people.audience import for_area
from balie.people.models import Area
from balie.platform.alphabet import placed
from balie.platform.characters import clean_name
from balie.platform.languages import LANGUAGES, called
from balie.teams.models import Team
from balie.tickets import defining
from balie.tickets.defining import Definition
from balie.tickets.models import Changeover, FirstStatus, Status
from balie.tickets.models.status import FALLBACK, Group, Shade, mark_of
from balie.tickets.refusals import Refused, StatusChangedMeanwhile

_LONGEST = 60


class StatusForm(forms.Form):
    """A status. `version` is what was looked at."""

    SCOPES: ClassVar = [("all", gettext_lazy("All teams")), ("chosen", gettext_lazy("Only these teams"))]

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    group = forms.ChoiceField(
        label=gettext_lazy("Group"), choices=Group.choices,
        help_text=gettext_lazy("It decides whether a request is open, and whether its time runs: it pauses in Waiting."),
    )  # fmt: skip
    shade = forms.ChoiceField(
        label=gettext_lazy("Colour and shape"), choices=Shade.choices, required=False, widget=forms.RadioSelect
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("For"), choices=SCOPES, required=False, initial="all", widget=forms.RadioSelect
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(), label=gettext_lazy("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, sent: QueryDict | None = None, *, status: Status | None = None) -> None:
        language = Organisation.current().language
        super().__init__(sent, initial=_initial(status, language))
        fields: dict[str, Any] = self.fields
        fields["teams"].queryset = Team.objects.active().order_by(placed(), "pk")
        if status is not None and status.is_preset:
            del fields["group"], fields["scope"], fields["teams"]
        self.preset = status if status is not None and status.is_preset else None
        self.languages = sorted(LANGUAGES, key=lambda one: one[0] != language)
        for code, _name in self.languages:
            fields[f"name_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": called(code)}, max_length=_LONGEST,
                required=self.preset is None and code == language,
            )  # fmt: skip
            fields[f"for_requester_{code}"] = forms.CharField(
                label=_("For the requester, in %(language)s") % {"language": called(code)},
                max_length=_LONGEST,
                required=False,
            )
            if self.preset is not None:
                with override(code):
                    fields[f"name_{code}"].widget.attrs["placeholder"] = Status(key=self.preset.key).name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("scope") == "chosen" and not given.get("teams") and "teams" not in self.errors:
            self.add_error("teams", _("Choose at least one team."))
        return given

    def definition(self) -> Definition:
        given = self.cleaned_data
        return Definition(
            names={code: clean_name(given[f"name_{code}"]) for code, _name in LANGUAGES},
            requester_names={code: clean_name(given[f"for_requester_{code}"]) for code, _name in LANGUAGES},
            group=Group(given["group"] if self.preset is None else self.preset.group), shade=Shade(given["shade"]),
            teams=list(given["teams"]) if given.get("scope") == "chosen" else (),
        )  # fmt: skip

    @property
    def names(self) -> list[tuple[str, Any, Any]]:
        """Language by language: its code, the name, and the wording for the requester."""
        return [(code, self[f"name_{code}"], self[f"for_requester_{code}"]) for code, _name in self.languages]

    @property
    def chosen_group(self) -> str:
        written = str(self["group"].value()) if self.preset is None else self.preset.group
        return written if written in Group.values else Group.TODO.value

    @property
    def shades(self) -> list[tuple[str, str, str, bool]]:
        """Each colour with its label, the shape of the chosen group, and whether it is chosen."""
        group = self.chosen_group
        chosen = str(self["shade"].value() or "")
        return [(value, str(label), mark_of(group, value), value == chosen) for value, label in Shade.choices]


class ReplacementForm(forms.Form):
    """What its requests get."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    replacement = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("Its requests get"), empty_label=None,
        help_text=gettext_lazy("A status of the same group, so that nobody is told anything and no time runs otherwise."),
    )  # fmt: skip


class FirstStatusForm(forms.Form):
    """What new requests begin with."""

    status = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("New requests begin with"), required=False
    )

    def __init__(self, sent: QueryDict | None = None) -> None:
        first = FirstStatus.objects.filter(team=None).first()
        super().__init__(sent, initial={"status": first.status_id if first else None})
        field: Any = self.fields["status"]
        field.queryset = (
            Status.objects.active().filter(teams__isnull=True).exclude(group=Group.RESOLVED).exclude(key="todo")
        )
        field.empty_label = Status.preset(Group.TODO).name


@for_area(Area.STATUSES)
@require_http_methods(["GET", "HEAD", "POST"])
def statuses(request: HttpRequest) -> HttpResponse:
    """All of them by group and in order; and the one that new requests begin with."""
    form = FirstStatusForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            defining.begin_with(form.cleaned_data["status"], team=None, by=reader_of(request))
        except Refused as refused:
            form.add_error("status", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:statuses")
    places = {group.value: place for place, group in enumerate(Group)}
    rows = list(Status.objects.prefetch_related("teams"))
    active = sorted((one for one in rows if one.archived_at is None), key=lambda one: places[one.group])
    context = {
        "form": form,
        "groups": [(Group(group).label, list(ones)) for group, ones in groupby(active, key=lambda one: one.group)],
        "archived": [one for one in rows if one.archived_at is not None],
        **_progress(),
    }  # fmt: skip
    return render(request, "administration/statuses.html", context, status=422 if form.errors else 200)


@for_area(Area.STATUSES)
@require_safe
def status_progress(request: HttpRequest) -> HttpResponse:
    """How far it is with what changes many requests; the page asks for it again and again."""
    return render(request, "administration/changeovers.html", {**_progress(), "is_asked_again": True})


@for_area(Area.STATUSES)
@require_http_methods(["GET", "HEAD", "POST"])
def status_new(request: HttpRequest) -> HttpResponse:
    form = StatusForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = defining.make(form.definition(), by=reader_of(request))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The status “%(name)s” can be chosen now.") % {"name": made.name})
            return redirect("administration:statuses")
    return render(request, "administration/status.html", {"form": form}, status=422 if form.errors else 200)


@for_area(Area.STATUSES)
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Status, pk=pk)
    form = StatusForm(request.POST if request.method == "POST" else None, status=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = defining.redefine(
                found, form.definition(), by=reader_of(request), seen=form.cleaned_data["version"]
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
            if isinstance(refused, StatusChangedMeanwhile):
                found.refresh_from_db()
                form.data = _with(form.data, version=str(found.version))
        else:
            messages.success(request, _saved(made))
            return redirect("administration:statuses")
    context = {"form": form, "stage": found, **_counted(request, found)}
    return render(request, "administration/status.html", context, status=422 if form.errors else 200)


@for_area(Area.STATUSES)
@require_POST
def status_place(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down within its group: `to` is "up" or "down"."""
    moved = get_object_or_404(Status, pk=pk)
    rows = list(Status.objects.values_list("pk", "group", "archived_at"))
    order = [number for number, _group, _archived in rows]
    peers = [number for number, group, archived in rows if group == moved.group and archived is None]
    if moved.pk in peers:
        other = peers.index(moved.pk) + (-1 if request.POST.get("to") == "up" else 1)
        if 0 <= other < len(peers):
            one, two = order.index(moved.pk), order.index(peers[other])
            order[one], order[two] = order[two], order[one]
            or_say(request, lambda: defining.order(order, by=reader_of(request)))
    return redirect("administration:statuses")


@for_area(Area.STATUSES)
@require_http_methods(["GET", "HEAD", "POST"])
def status_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what its requests get, and says how many there are."""
    found = get_object_or_404(Status, pk=pk)
    form = ReplacementForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    able = [one.pk for one in defining.replacements_of(found)]
    form.fields["replacement"].queryset = Status.objects.filter(pk__in=able)  # type: ignore[attr-defined]  # a model choice field
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = defining.archive(
                found, replacement=given["replacement"], by=reader_of(request), seen=given["version"]
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _saved(made))
            return redirect("administration:statuses")
    context = {"form": form, "stage": found, **_counted(request, found)}
    return render(request, "administration/status_archive.html", context, status=422 if form.errors else 200)


@for_area(Area.STATUSES)
@require_POST
def status_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Status, pk=pk)
    or_say(request, lambda: defining.unarchive(found, by=reader_of(request)), done=_("It can be chosen again."))
    return redirect("administration:statuses")


def _initial(status: Status | None, language: str) -> dict[str, Any]:
    if status is None:
        return {"group": Group.IN_PROGRESS, "shade": Shade.SEA, "scope": "all"}
    teams = list(status.teams.all())
    names = {code: name for code, name in status.names.items() if code}
    # Made when the organisation had another language: the main name is still the one to go by.
    if not status.is_preset:
        names.setdefault(language, status.names.get(FALLBACK, ""))
    wordings = {code: name for code, name in status.requester_names.items() if code}
    return {
        "group": status.group, "shade": status.shade, "scope": "chosen" if teams else "all", "teams": teams,
        "version": status.version,
        **{f"name_{code}": name for code, name in names.items()},
        **{f"for_requester_{code}": name for code, name in wordings.items()},
    }  # fmt: skip


def _progress() -> dict[str, Any]:
    """For the page: what is under way. In hundredths, since the number itself would count the requests of private teams."""
    found = Changeover.objects.filter(status__isnull=False, ended_at=None).select_related("status", "new_status")
    return {"changeovers": list(found.order_by("pk")), "progress_address": reverse("administration:status-progress")}


def _counted(request: HttpRequest, status: Status) -> dict[str, Any]:
    """For the page: how many requests have it, as far as the reader may hear that."""
    requests, is_partial = counted_for(reader_of(request))
    return {"count": requests.filter(status=status).count(), "is_partial": is_partial}


def _saved(made: Changeover | None) -> str:
    if made is None or made.ended_at is not None:
        return _("Saved.")
    return _("Saved. Its requests are being changed; you can go on with your work meanwhile.")


def _with(sent: Any, **values: str) -> QueryDict:
    data: QueryDict = sent.copy()
    for name, value in values.items():
        data[name] = value
    return data
