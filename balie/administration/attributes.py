"""Settings > People > Attributes: what profiles hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.attribute_forms import AttributeForm, ChoiceForm, LabelForm, MergingForm, SectionForm
from balie.administration.reader import reader_of
from balie.people import shaping_attributes as shaping
from balie.people.audience import for_area
from balie.people.models import Area, Attribute, Choice, Person, Section
from balie.people.shaping_attributes import ShapingRefused, ValuesWouldBeLost

_WAYS = {"up": -1, "down": 1}


@for_area(Area.ATTRIBUTES)
@require_safe
def attributes(request: HttpRequest) -> HttpResponse:
    """All of them by section; `?moved=attribute-3-up` is the button that has the focus again."""
    return _listed(request, SectionForm())


@for_area(Area.ATTRIBUTES)
@require_POST
def sections(request: HttpRequest) -> HttpResponse:
    form = SectionForm(request.POST)
    if form.is_valid():
        made = shaping.make_section(form.cleaned_data["label"], labels=form.labels(), by=reader_of(request))
        messages.success(request, _("The section “%(name)s” is there.") % {"name": made})
        return redirect("administration:attributes")
    return _listed(request, form)


@for_area(Area.ATTRIBUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Section, pk=pk)
    form = SectionForm(request.POST if request.method == "POST" else None, of=found)
    if request.method == "POST" and form.is_valid() and _done(request, lambda: _renamed(found, form, request)):
        return redirect("administration:attributes")
    context = {"section": found, "form": form, "holds": found.attributes.in_use().count()}
    return render(request, "administration/section.html", context, status=422 if form.errors else 200)


@for_area(Area.ATTRIBUTES)
@require_POST
def section_place(request: HttpRequest, pk: int) -> HttpResponse:
    return _moved(request, get_object_or_404(Section.objects.in_use(), pk=pk))


@for_area(Area.ATTRIBUTES)
@require_POST
def section_archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Section, pk=pk)
    _done(request, lambda: shaping.archive(found, by=reader_of(request)))
    return redirect("administration:attributes")


@for_area(Area.ATTRIBUTES)
@require_POST
def section_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Section, pk=pk)
    _done(request, lambda: shaping.restore(found, by=reader_of(request)))
    return redirect("administration:attributes")


@for_area(Area.ATTRIBUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_attribute(request: HttpRequest) -> HttpResponse:
    """`?section=2`: where it is to stand."""
    asked = request.GET.get("section", "")
    there = Section.objects.in_use().filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    form = AttributeForm(request.POST if request.method == "POST" else None, section=there)
    if request.method == "POST" and form.is_valid():
        made = shaping.make_attribute(form.outline(), by=reader_of(request))
        if made.has_choices:
            messages.success(request, _("The attribute is there. Add what can be chosen."))
            return redirect("administration:attribute", made.pk)
        messages.success(request, _("The attribute “%(name)s” is there.") % {"name": made})
        return redirect(f"{reverse('administration:attributes')}#attribute-{made.pk}")
    context = {"form": form}
    return render(request, "administration/attribute_new.html", context, status=422 if form.errors else 200)


@for_area(Area.ATTRIBUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def attribute(request: HttpRequest, pk: int) -> HttpResponse:
    """One attribute: what it is, and what can be chosen."""
    found = _attribute(pk)
    form = AttributeForm(request.POST if request.method == "POST" else None, of=found)
    lost: ValuesWouldBeLost | None = None
    if request.method == "POST" and form.is_valid():
        try:
            shaping.reshape(found, form.outline(), by=reader_of(request))
        except ValuesWouldBeLost as refused:
            lost = refused
            form.add_error("type", str(refused))
        except ShapingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:attribute", pk)
    return _one(request, found, form=form, lost=lost)


@for_area(Area.ATTRIBUTES)
@require_POST
def attribute_place(request: HttpRequest, pk: int) -> HttpResponse:
    return _moved(request, get_object_or_404(Attribute.objects.in_use(), pk=pk))


@for_area(Area.ATTRIBUTES)
@require_POST
def attribute_archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = _attribute(pk)
    if _done(request, lambda: shaping.archive(found, by=reader_of(request))):
        messages.success(request, _("“%(name)s” is archived. Its values are kept.") % {"name": found})
    return redirect("administration:attributes")


@for_area(Area.ATTRIBUTES)
@require_POST
def attribute_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    found = _attribute(pk)
    _done(request, lambda: shaping.restore(found, by=reader_of(request)))
    return redirect(f"{reverse('administration:attributes')}#attribute-{pk}")


@for_area(Area.ATTRIBUTES)
@require_POST
def choices(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _attribute(pk), ChoiceForm(request.POST)
    if form.is_valid():
        try:
            shaping.add_choice(found, form.cleaned_data["choice"], by=reader_of(request))
        except ShapingRefused as refused:
            form.add_error("choice", str(refused))
        else:
            return redirect(f"{reverse('administration:attribute', args=[pk])}?added=1#choices")
    return _one(request, found, choice_form=form)


@for_area(Area.ATTRIBUTES)
@require_POST
def choice(request: HttpRequest, pk: int, choice: int) -> HttpResponse:
    """What it is called."""
    found = _choice(pk, choice)
    form = LabelForm(request.POST, of=found)
    if not form.is_valid():
        return _one(request, found.attribute, naming=(found, form))
    _done(request, lambda: _renamed(found, form, request))
    return _back(found)


@for_area(Area.ATTRIBUTES)
@require_POST
def choice_place(request: HttpRequest, pk: int, choice: int) -> HttpResponse:
    return _moved(request, _choice(pk, choice))


@for_area(Area.ATTRIBUTES)
@require_POST
def choice_archive(request: HttpRequest, pk: int, choice: int) -> HttpResponse:
    found = _choice(pk, choice)
    _done(request, lambda: shaping.archive(found, by=reader_of(request)))
    return _back(found)


@for_area(Area.ATTRIBUTES)
@require_POST
def choice_restoration(request: HttpRequest, pk: int, choice: int) -> HttpResponse:
    found = _choice(pk, choice)
    _done(request, lambda: shaping.restore(found, by=reader_of(request)))
    return _back(found)


@for_area(Area.ATTRIBUTES)
@require_POST
def choice_merging(request: HttpRequest, pk: int, choice: int) -> HttpResponse:
    """Another one takes its place in every profile."""
    found = _choice(pk, choice)
    form = MergingForm(request.POST, choice=found)
    if not form.is_valid():
        messages.error(request, _("Choose another choice of the same attribute."))
        return _back(found)
    into, name = form.cleaned_data["into"], str(found)

    def merge() -> None:
        changed = shaping.merge(found, into=into, by=reader_of(request))
        said = ngettext(
            "“%(name)s” is now “%(into)s”, on %(count)s profile.", "“%(name)s” is now “%(into)s”, on %(count)s profiles.",
            changed,
        ) % {"name": name, "into": into, "count": changed}  # fmt: skip
        messages.success(request, said)

    _done(request, merge)
    return redirect(f"{reverse('administration:attribute', args=[pk])}#choices")


def _renamed(thing: Section | Choice, form: LabelForm, request: HttpRequest) -> None:
    shaping.rename(thing, form.cleaned_data["label"], labels=form.labels(), by=reader_of(request))


def _done(request: HttpRequest, verb: Callable[[], None]) -> bool:
    try:
        verb()
    except ShapingRefused as refused:
        messages.error(request, str(refused))
        return False
    return True


def _moved(request: HttpRequest, thing: Section | Attribute | Choice) -> HttpResponse:
    way = request.POST.get("way", "")
    if way in _WAYS:
        _done(request, lambda: shaping.move(thing, places=_WAYS[way], by=reader_of(request)))
    moved = f"{thing._meta.model_name}-{thing.pk}"
    at = (
        reverse("administration:attribute", args=[thing.attribute_id])
        if isinstance(thing, Choice)
        else reverse("administration:attributes")
    )
    return redirect(f"{at}?moved={moved}-{way if way in _WAYS else 'up'}#{moved}")


def _back(choice: Choice) -> HttpResponse:
    return redirect(f"{reverse('administration:attribute', args=[choice.attribute_id])}#choice-{choice.pk}")


def _attribute(pk: int) -> Attribute:
    return get_object_or_404(Attribute.objects.select_related("section").prefetch_related("choices"), pk=pk)


def _choice(pk: int, choice: int) -> Choice:
    found = Choice.objects.select_related("attribute__section").filter(attribute=pk, pk=choice).first()
    if found is None:
        raise Http404
    return found


def _listed(request: HttpRequest, form: SectionForm) -> HttpResponse:
    with_choices = Attribute.objects.annotate(offered=Count("choices", filter=Q(choices__archived_at=None))).order_by(
        "position", "pk"
    )
    listed = Section.objects.prefetch_related(Prefetch("attributes", with_choices))
    shown = [
        (one, [attribute for attribute in one.attributes.all() if not attribute.archived_at])
        for one in listed
        if not one.archived_at
    ]
    archived = [attribute for one in listed for attribute in one.attributes.all() if attribute.archived_at]
    context = {
        "sections": shown, "archived": archived, "archived_sections": [one for one in listed if one.archived_at],
        "form": form, "moved": request.GET.get("moved", ""),
    }  # fmt: skip
    return render(request, "administration/attributes.html", context, status=422 if form.errors else 200)


def _one(
    request: HttpRequest,
    found: Attribute,
    *,
    form: AttributeForm | None = None,
    choice_form: ChoiceForm | None = None,
    naming: tuple[Choice, LabelForm] | None = None,
    lost: ValuesWouldBeLost | None = None,
) -> HttpResponse:
    """`naming`: the choice whose new name was refused, with the form that says why."""
    rows: list[dict[str, Any]] = []
    if found.has_choices:
        for one in found.choices.all():
            naming_form = naming[1] if naming and naming[0].pk == one.pk else LabelForm(of=one)
            rows.append({"choice": one, "form": naming_form, "is_open": bool(naming_form.errors)})
    offered = [row["choice"] for row in rows if not row["choice"].archived_at]
    is_wrong = any(one is not None and one.errors for one in (form, choice_form, naming[1] if naming else None))
    context = {
        "attribute": found, "form": form or AttributeForm(of=found), "rows": rows, "offered": offered,
        "choice_form": choice_form or ChoiceForm(), "lost": lost.losses if lost else None,
        "moved": request.GET.get("moved", ""), "is_added": "added" in request.GET,
        "holders": Person.objects.filter(attributes__has_key=found.key).count(),
    }  # fmt: skip
    return render(request, "administration/attribute.html", context, status=422 if is_wrong else 200)
