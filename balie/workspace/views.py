"""Saved views: lists that somebody keeps under a name, for themselves or for others."""

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

from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import text
from balie.platform.alphabet import placed
from balie.teams.models import Category
from balie.workspace.filters import Filters, order_of
from balie.workspace.inbox import COLUMNS
from balie.workspace.models import SavedView
from balie.workspace.models.saved_view import follow_replacements
from balie.workspace.narrowing import NarrowingForm
from balie.workspace.places import Places, places_of
from balie.workspace.reader import expert_of

MOST_OWN = 50


class SavedViewForm(NarrowingForm):
    """The filters and the order of a list, and how it is kept."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        choices=SavedView.Column.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    shared = forms.ChoiceField(label=gettext_lazy("Shared with"), required=False)

    field_order = ("name", "shared", "columns")

    def __init__(self, *args: Any, view: SavedView | None = None, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, places=places, **kwargs)
        fields: dict[str, Any] = self.fields
        # The search page and others say only what they know.
        fields["view"].required = False
        fields["shared"].choices = [
            ("", SavedView.Sharing.NOBODY.label), ("everybody", SavedView.Sharing.EVERYBODY.label),
            *((f"team-{team.pk}", team.name) for team in places.teams),
        ]  # fmt: skip
        fields["columns"].initial = view.columns if view and view.columns else [column.value for column in COLUMNS]
        if view:
            fields["name"].initial = view.name
            fields["shared"].initial = f"team-{view.team_id}" if view.team_id else view.shared_with

    def clean_name(self) -> str:
        name: str = text.clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give the view a name."))
        return name

    def save(self, view: SavedView) -> SavedView:
        """Write it into the view, new or old."""
        filters = self.filters()
        shared = self.cleaned_data.get("shared", "")
        view.name = self.cleaned_data["name"]
        view.team_id = int(shared.removeprefix("team-")) if shared.startswith("team-") else None
        view.shared_with = "team" if view.team_id else shared or "nobody"
        view.filters = filters.written()
        view.about_team_id = filters.team or _team_of(filters.category)
        view.columns = self.cleaned_data["columns"] or [column.value for column in COLUMNS]
        view.order = order_of(self.cleaned_data.get("order", ""), filters).value
        view.save()
        return view


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def saved_views(request: HttpRequest) -> HttpResponse:
    """GET lists one's own; POST keeps a new one, also from the page of a search (`name`, `q`)."""
    person = expert_of(request)
    places = places_of(person)
    own = SavedView.objects.filter(owner=person).select_related("team").order_by(placed(), "pk")
    if request.method != "POST":
        return render(request, "workspace/views.html", {"places": places, "views": own})
    form = _form(request, places)
    if own.count() >= MOST_OWN:
        form.add_error(None, _("You have %(most)s views; remove one first.") % {"most": MOST_OWN})
    if form.is_valid():
        view = form.save(SavedView(owner=person))
        return _to(request, view)
    return _asked(request, form, places)


@require_http_methods(["GET", "HEAD"])
@for_(Audience.EXPERTS)
def new(request: HttpRequest) -> HttpResponse:
    """Asks for the name of the list that the address describes."""
    places = places_of(expert_of(request))
    return _asked(request, _form(request, places), places)


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.EXPERTS)
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own view: its name, filters, columns, order, and who shares it."""
    person = expert_of(request)
    view = _own(person, pk)
    places = places_of(person)
    form = _form(request, places, view)
    if request.method == "POST" and form.is_valid():
        return _to(request, form.save(view))
    return _asked(request, form, places, view)


@require_POST
@for_(Audience.EXPERTS)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The view goes; what it showed stays."""
    view = _own(expert_of(request), pk)
    view.delete()
    messages.success(request, _("The view “%(name)s” has been removed.") % {"name": view.name})
    return redirect("workspace:views")


def _own(person: Person, pk: int) -> SavedView:
    view: SavedView = get_object_or_404(SavedView, pk=pk, owner=person)
    follow_replacements([view])
    return view


def _form(request: HttpRequest, places: Places, view: SavedView | None = None) -> SavedViewForm:
    filters = view.asks() if view else Filters.read(request.GET)
    order = view.order if view else order_of(request.GET.get("order", ""), filters).value
    return SavedViewForm(
        request.POST if request.method == "POST" else None, view=view, filters=filters, order=order, places=places,
        by=expert_of(request),
    )  # fmt: skip


def _asked(request: HttpRequest, form: SavedViewForm, places: Places, view: SavedView | None = None) -> HttpResponse:
    context = {"places": places, "form": form, "view": view}
    return render(request, "workspace/view.html", context, status=422 if form.errors else 200)


def _to(request: HttpRequest, view: SavedView) -> HttpResponse:
    return redirect(f"{reverse('workspace:inbox')}?saved={view.pk}")


def _team_of(category: int | None) -> int | None:
    return Category.objects.filter(pk=category).values_list("team_id", flat=True).first() if category else None
