"""Who works in a team: found by name, taken in, and let go with an answer to what becomes of their work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from balie.administration.reader import for_teams, own_team, reader_of
from balie.administration.team_frame import knows_requests, team_page
from balie.people.models import Identity, Person
from balie.people.naming import people_called
from balie.platform.alphabet import placed
from balie.teams import shaping
from balie.teams.models import Membership, Team
from balie.teams.refusals import TeamRefused
from balie.tickets import dismissing
from balie.tickets.refusals import Refused

_MOST_FOUND = 12


class MemberForm(forms.Form):
    """Somebody who is to work in the team: by address, or by the number that the search has found."""

    address = forms.EmailField(label=gettext_lazy("Work address"), required=False)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        employees, address = Person.objects.employees(), (given.get("address") or "").lower()
        found = (
            employees.filter(pk=given["person"]).first() if given.get("person")
            else employees.known_by(Identity.EMAIL, address) if address
            else None
        )  # fmt: skip
        if found is None and not self.errors:
            self.add_error("address", _("There is no employee with this address."))
        return {**given, "found": found}


class RemovalForm(forms.Form):
    """Who gets what the person still has to do."""

    heir = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Their open requests in this team go to"), required=False,
        empty_label=gettext_lazy("Nobody: they become unassigned"),
    )  # fmt: skip

    def __init__(self, sent: QueryDict | None = None, *, person: Person, team: Team) -> None:
        super().__init__(sent)
        able = [one.pk for one in dismissing.heirs_of(person, team=team)]
        self.fields["heir"].queryset = Person.objects.filter(pk__in=able).order_by(placed(), "pk")  # type: ignore[attr-defined]  # a model choice field


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """`?q=` finds experts who are not in it yet."""
    found = own_team(request, pk)
    form = MemberForm(request.POST if request.method == "POST" else None, auto_id="member_%s")
    if request.method == "POST" and form.is_valid():
        taken: Person = form.cleaned_data["found"]
        try:
            shaping.take_in(taken, team=found, by=reader_of(request))
        except TeamRefused as refused:
            form.add_error("address", str(refused))
        else:
            messages.success(request, _("%(name)s works in this team now.") % {"name": taken.name})
            return redirect("administration:members", pk)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:120]
    memberships = (
        Membership.objects.filter(team=found).select_related("person").order_by(placed("person__name"), "person")
    )
    context = {
        "form": form, "memberships": list(memberships), "q": asked, "candidates": _candidates(found, asked) if asked else None,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return team_page(request, "administration/team_members.html", found, "members", context, status=status)


@for_teams
@require_http_methods(["GET", "HEAD", "POST"])
def member_removal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    found = own_team(request, pk)
    gone: Person = get_object_or_404(Person, teams=found, pk=person)
    form = RemovalForm(request.POST if request.method == "POST" else None, person=gone, team=found)
    if request.method == "POST" and form.is_valid():
        heir = form.cleaned_data["heir"]
        is_known = knows_requests(request, found)
        try:
            count = dismissing.let_go(gone, team=found, by=reader_of(request), heir=heir)
        except (TeamRefused, Refused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _said(gone, heir, count if is_known else 0))
            # Whoever left the team themselves has no page of it any more.
            is_theirs = shaping.shaped_by(found, reader_of(request))
            return redirect("administration:members", pk) if is_theirs else redirect("administration:teams")
    asked = dismissing.open_work_of(gone, team=found).count() if knows_requests(request, found) else None
    context = {"form": form, "person": gone, "count": asked}
    status = 422 if form.errors else 200
    return team_page(request, "administration/team_member_removal.html", found, "members", context, status=status)


def _candidates(team: Team, asked: str) -> list[Person]:
    """Experts of that name, or whose address begins so, who do not work in the team yet."""
    able = Person.objects.experts().exclude(memberships__team=team)
    named = able.filter(pk__in=people_called(asked, most=300)) | able.filter(email__istartswith=asked)
    return list(named.order_by(placed(), "pk")[:_MOST_FOUND])


def _said(gone: Person, heir: Person | None, count: int) -> str:
    left = _("%(name)s does not work in this team any more.") % {"name": gone.name}
    if not count:
        return left
    if heir is None:
        what = ngettext("%(count)s request is unassigned now.", "%(count)s requests are unassigned now.", count)
        return f"{left} {what % {'count': count}}"
    what = ngettext("%(count)s request has gone to %(heir)s.", "%(count)s requests have gone to %(heir)s.", count)
    return f"{left} {what % {'count': count, 'heir': heir.name}}"
