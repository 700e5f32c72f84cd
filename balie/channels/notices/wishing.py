"""The account's page of how one is told: a table of what there is, quiet hours, and the rhythm of mails."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from balie.channels.models import Delivery
from balie.channels.notices.kinds import Told, Way, offered_to
from balie.channels.notices.models import Wishes
from balie.channels.notices.pages import reader_of
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.platform import clock
from balie.platform.alphabet import placed
from balie.teams.models import Membership
from balie.teams.models.membership import SMALL_TEAM


class WishesForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """One row for each kind of thing, and what holds for all of them."""

    quiet_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Quiet all day on"), required=False, coerce=int, choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    class Meta:
        model = Wishes
        fields: ClassVar = ["rhythm", "daily_at", "quiet_from", "quiet_until", "quiet_days", "discretion"]
        widgets: ClassVar = {
            "rhythm": forms.RadioSelect,
            "discretion": forms.RadioSelect,
            "daily_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "quiet_from": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "quiet_until": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def __init__(self, *arguments: Any, person: Person, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.person = person
        self.fields["daily_at"].required = False
        self.memberships = list(_memberships(person))
        in_the_page = _("In the page")
        for kind in offered_to(person):
            told = self.instance.told(kind)
            self.fields[f"{kind}-listed"] = forms.BooleanField(
                label=f"{in_the_page}: {kind.label}", required=False, initial=told.listed
            )
            self.fields[f"{kind}-way"] = forms.ChoiceField(
                label=kind.label, choices=Way.choices, initial=told.way, widget=forms.RadioSelect
            )
        for one in self.memberships:
            self.fields[f"team-{one.team_id}"] = forms.BooleanField(
                label=one.team.called, required=False, initial=_hears(one)
            )

    def rows(self) -> list[dict[str, Any]]:
        """For the table: the name of a kind, its tick, and its three ways."""
        return [
            {"kind": kind.value, "name": kind.label, "listed": self[f"{kind}-listed"], "ways": self[f"{kind}-way"]}
            for kind in offered_to(self.person)
        ]

    def teams(self) -> list[forms.BoundField]:
        return [self[f"team-{one.team_id}"] for one in self.memberships]

    def clean_daily_at(self) -> Any:
        return self.cleaned_data["daily_at"] or self.instance.daily_at

    def clean_quiet_days(self) -> list[int]:
        days: list[int] = self.cleaned_data["quiet_days"]
        if len(days) == len(WEEKDAYS):
            raise forms.ValidationError(_("Leave one day on which notices may come."))
        return days

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begins is None) != (ends is None) and not {"quiet_from", "quiet_until"} & set(self.errors):
            self.add_error("quiet_until" if ends is None else "quiet_from", _("Give both times, or neither."))
        return cleaned

    def save(self, commit: bool = True) -> Wishes:
        """So from now on, also for what waits to be sent."""
        given = self.cleaned_data
        with transaction.atomic():
            wishes: Wishes = super().save(commit=False)
            for kind in offered_to(self.person):
                wishes.choose(kind, Told(listed=given[f"{kind}-listed"], way=given[f"{kind}-way"]))
            wishes.save()
            for one in self.memberships:
                hears = given[f"team-{one.team_id}"]
                if hears != _hears(one):
                    Membership.objects.filter(pk=one.pk).update(hears_of_new_requests=hears)
            _wait_anew(self.person, wishes)
        return wishes


@for_(Audience.PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """`/account/notices/`."""
    person = reader_of(request)
    mine = Wishes.objects.filter(person=person).first() or Wishes(person=person)
    form = WishesForm(request.POST if request.method == "POST" else None, instance=mine, person=person)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("notices:wishes")
    return render(
        request, "notices/wishes.html", {"form": form, "zone": person.zone()}, status=422 if form.errors else 200
    )


def _memberships(person: Person) -> Any:
    if not person.is_expert:
        return []
    return (
        Membership.objects.filter(person=person, team__archived_at__isnull=True)
        .select_related("team")
        .annotate(size=Count("team__memberships"))
        .order_by(placed("team__name"), "team")
    )


def _hears(membership: Any) -> bool:
    said: bool | None = membership.hears_of_new_requests
    return membership.size <= SMALL_TEAM if said is None else said


def _wait_anew(person: Person, wishes: Wishes) -> None:
    """What waits is sent when it would be if it happened now; by the channel that was chosen then."""
    now, zone = clock.now(), person.zone()
    waiting = Delivery.objects.filter(
        recipient=person, purpose=Delivery.Purpose.NOTICE, state=Delivery.State.OWED, external_id="", attempts=0
    )
    for way in (Way.EMAIL, Way.PUSH):
        waiting.filter(kind=way).update(next_attempt_at=wishes.due_at(now, way=way, zone=zone))
