"""What a team is asked about: named, put in order, archived, brought back, and merged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import knows_requests, or_say, team_page
from balie.administration.team_words import WordsForm, describe
from balie.platform.characters import clean_name
from balie.teams import shaping
from balie.teams.models import Category, Team
from balie.teams.refusals import TeamRefused
from balie.tickets import recategorising
from balie.tickets.models import Changeover, Ticket


class CategoryForm(forms.Form):
    """Something that the team is asked about."""

    name = forms.CharField(label=gettext_lazy("Category"), max_length=120)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class MergeForm(forms.Form):
    """Which other one its requests get."""

    into = forms.ModelChoiceField(Category.objects.none(), label=gettext_lazy("Merge it into"), empty_label=None)


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: HttpRequest, pk: int) -> HttpResponse:
    """`?part=progress` is how far it is with the requests of those that were merged."""
    found = own_team(request, pk)
    if request.GET.get("part") == "progress":
        return render(request, "administration/changeovers.html", {**_progress(request, found), "is_asked_again": True})
    form = CategoryForm(request.POST if request.method == "POST" else None, auto_id="category_%s")
    if request.method == "POST" and form.is_valid():
        try:
            shaping.add_category(found, form.cleaned_data["name"], by=reader_of(request))
        except TeamRefused as refused:
            form.add_error("name", str(refused))
        else:
            return redirect("administration:categories", pk)
    all_of_them = list(found.categories.order_by("position", "name"))
    context = {
        "form": form,
        "topics": [(one, WordsForm(of=one)) for one in all_of_them if one.archived_at is None],
        "archived": [one for one in all_of_them if one.archived_at is not None],
        **_progress(request, found),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return team_page(request, "administration/team_categories.html", found, "categories", context, status=status)


@for_teams
@require_POST
def category(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    """Its name, and what people read of it."""
    describe(request, _own(request, pk, category))
    return redirect("administration:categories", pk)


@for_teams
@require_POST
def category_place(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    """One place up or down: `to` is "up" or "down"."""
    moved = _own(request, pk, category)
    order = list(
        moved.team.categories.filter(archived_at=None).order_by("position", "name").values_list("pk", flat=True)
    )
    if moved.pk in order:
        place = order.index(moved.pk)
        order.insert(max(0, place + (-1 if request.POST.get("to") == "up" else 1)), order.pop(place))
        or_say(request, lambda: shaping.order_categories(moved.team, order, by=reader_of(request)))
    return redirect("administration:categories", pk)


@for_teams
@require_POST
def category_archive(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    found = _own(request, pk, category)
    or_say(request, lambda: shaping.archive_category(found, by=reader_of(request)))
    return redirect("administration:categories", pk)


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def category_merge(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    """Asks which other one, and says how many requests that changes."""
    source = _own(request, pk, category)
    form = MergeForm(request.POST if request.method == "POST" else None)
    others = source.team.categories.filter(archived_at=None).exclude(pk=source.pk)
    form.fields["into"].queryset = others  # type: ignore[attr-defined]  # a model choice field
    if request.method == "POST" and form.is_valid():
        try:
            made = recategorising.merge(source, into=form.cleaned_data["into"], by=reader_of(request))
        except TeamRefused as refused:
            form.add_error("into", str(refused))
        else:
            said = (
                _("Merged.")
                if made.ended_at
                else _("Its requests are being changed. You can go on with your work meanwhile.")
            )
            messages.success(request, said)
            return redirect("administration:categories", pk)
    context = {"form": form, "category": source, "count": None}
    if knows_requests(request, source.team):
        context["count"] = Ticket.objects.present().filter(category=source).count()
    status = 422 if form.errors else 200
    return team_page(request, "administration/category_merge.html", source.team, "categories", context, status=status)


def _progress(request: HttpRequest, team: Team) -> dict[str, Any]:
    """For the page: which categories' requests are on their way, as far as the reader may hear how many there are."""
    found = Changeover.objects.filter(category__team=team, ended_at=None).select_related("category", "new_category")
    address = reverse("administration:categories", args=[team.pk]) + "?part=progress"
    return {"changeovers": list(found) if knows_requests(request, team) else [], "progress_address": address}


def _own(request: HttpRequest, pk: int, category: int) -> Category:
    return get_object_or_404(Category.objects.select_related("team"), team=own_team(request, pk), pk=category)
