"""Settings > Plan: what the organisation has of Balie, added and removed by its administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balie.administration.reader import reader_of
from balie.administration.removing import what_is_hidden
from balie.channels import writing_to
from balie.organisation.models import Organisation
from balie.organisation.models.organisation import PlanIsFixed
from balie.organisation.plan import Feature, Module
from balie.people import auditing
from balie.people.audience import for_area
from balie.people.models import Area
from balie.platform.live import tell
from balie.sla import recomputing


class LetterForm(forms.Form):
    """What an administrator writes to the account manager."""

    words = forms.CharField(
        label=gettext_lazy("What would you like to change?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )  # fmt: skip


@for_area(Area.PLAN)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    return render(request, "administration/plan.html", _page(Organisation.current()))


@for_area(Area.PLAN)
@require_POST
def addition(request: HttpRequest, feature: str) -> HttpResponse:
    """It is there from now on, with everything that was made with it."""
    added = _meant(feature)
    try:
        with transaction.atomic():
            organisation = Organisation.locked()
            had_promises = organisation.plan.includes(Feature.SLA)
            organisation.add(added)
            if not had_promises and organisation.plan.includes(Feature.SLA):
                recomputing.take_up_again()
            auditing.record(auditing.Kind.PLAN_CHANGED, by=reader_of(request), lacks=organisation.plan_lacks)
            tell("rights")
    except PlanIsFixed:
        messages.error(request, _("Whoever runs Balie decides what the plan contains."))
    else:
        messages.success(request, _("%(feature)s was added.") % {"feature": added.label})
    return redirect("administration:plan")


@for_area(Area.PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, feature: str) -> HttpResponse:
    """GET says what will be hidden, POST removes it."""
    removed, organisation = _meant(feature), Organisation.current()
    if organisation.is_plan_fixed or not organisation.plan.includes(removed):
        return redirect("administration:plan")
    if request.method != "POST":
        context = {
            "feature": removed,
            "hidden": what_is_hidden(removed, reader=reader_of(request)),
            "dependents": _with(removed, organisation),
        }
        return render(request, "administration/plan_removal.html", context)
    try:
        with transaction.atomic():
            Organisation.locked().remove(removed)
            auditing.record(auditing.Kind.PLAN_CHANGED, by=reader_of(request), lacks=Organisation.locked().plan_lacks)
            tell("rights")
    except PlanIsFixed:
        messages.error(request, _("Whoever runs Balie decides what the plan contains."))
    else:
        messages.success(request, _("%(feature)s was removed. Everything in it is kept.") % {"feature": removed.label})
    return redirect("administration:plan")


@for_area(Area.PLAN)
@require_POST
def letter(request: HttpRequest) -> HttpResponse:
    """A mail to the account manager, where the plan is fixed."""
    organisation = Organisation.current()
    if not organisation.is_plan_fixed or not organisation.account_manager:
        raise Http404
    form = LetterForm(request.POST)
    if not form.is_valid():
        return render(request, "administration/plan.html", _page(organisation, form), status=422)
    writing_to.account_manager(organisation, words=form.cleaned_data["words"], by=reader_of(request))
    messages.success(request, _("Your message is on its way. The answer comes to your own mailbox."))
    return redirect("administration:plan")


def _meant(name: str) -> Feature:
    if name not in Feature.values:
        raise Http404
    return Feature(name)


def _with(feature: Feature, organisation: Organisation) -> list[str]:
    return [str(one.label) for one in feature.dependents if organisation.plan.includes(one)]


def _page(organisation: Organisation, form: LetterForm | None = None) -> dict[str, Any]:
    plan = organisation.plan
    modules = [
        {
            "name": module.label,
            "is_always": module is Module.PEOPLE,
            "features": [
                {
                    "key": one.value, "name": one.label, "gives": one.gives, "is_included": plan.includes(one),
                    "lacks": one.needs.label if one.needs and not plan.includes(one.needs) else "",
                }
                for one in Feature
                if one.module is module
            ],
        }
        for module in Module
    ]  # fmt: skip
    return {"modules": modules, "organisation": organisation, "form": form or LetterForm()}
