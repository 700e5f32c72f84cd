"""What the organisation decided about requests as a whole."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from balie.channels.slack import home
from balie.organisation.models import Organisation
from balie.people.audience import for_area
from balie.people.models import Area
from balie.sla import recomputing
from balie.teams.public_holidays import countries

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})?(\.[a-z0-9]([a-z0-9-]{0,62})?)*")


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """Its name, language, time zone, and rules."""

    trusted_mail_servers = forms.CharField(
        label=gettext_lazy("Mail servers whose Authentication-Results are trusted"), required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("One name a line."),
    )  # fmt: skip

    country = forms.ChoiceField(
        label=gettext_lazy("Country"), required=False, choices=lambda: [("", _("Not said")), *countries()],
        help_text=gettext_lazy("New teams begin with its usual working hours and its public holidays."),
    )  # fmt: skip

    class Meta:
        model = Organisation
        fields: ClassVar = [
            "name",
            "language",
            "country",
            "time_zone",
            "reopen_within_days",
            "largest_departure",
            "trusted_mail_servers",
        ]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.initial["trusted_mail_servers"] = "\n".join(self.instance.trusted_mail_servers)

    def save(self, commit: bool = True) -> Organisation:
        """Teams without a time zone of their own work by this one, and people without a language of their own read this one."""
        with transaction.atomic():
            organisation: Organisation = super().save(commit=commit)
            if "time_zone" in self.changed_data:
                recomputing.begin_everywhere()
            if "language" in self.changed_data:
                home.refresh_all()
        return organisation

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone; write it as Europe/Amsterdam."))
        return zone

    def clean_trusted_mail_servers(self) -> list[str]:
        names = self.cleaned_data["trusted_mail_servers"].lower().replace(",", " ").split()
        for name in names:
            if not _HOST.fullmatch(name):
                raise forms.ValidationError(_("%(name)s is not the name of a server.") % {"name": name})
        return list(dict.fromkeys(names))


@for_area(Area.ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST if request.method == "POST" else None, instance=Organisation.current())
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("administration:organisation")
    return render(request, "administration/organisation.html", {"form": form}, status=422 if form.errors else 200)
