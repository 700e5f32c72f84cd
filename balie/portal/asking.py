"""Somebody asks: one question, one team, one button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from balie.channels import kinds
from balie.channels.web.once import once
from balie.channels.web.writing import WritingForm
from balie.people.audience import Audience, for_
from balie.people.models import Person
from balie.portal.reader import reader_of
from balie.teams.models import Category, Team
from balie.tickets.models import Message, Ticket
from balie.tickets.refusals import Refused


class AskForm(WritingForm):
    """The subject may be left out; the first line of the question stands for it."""

    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=255)
    team = forms.ModelChoiceField(
        Team.objects.offered(), label=gettext_lazy("Team"), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who can help you best.")},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.filter(archived_at__isnull=True), label=gettext_lazy("Category"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        team, category = cleaned.get("team"), cleaned.get("category")
        if category and team and category.team_id != team.pk:
            # Without JavaScript the categories of all teams stand in one list.
            self.add_error("category", _("That category belongs to another team."))
        if not cleaned.get("text", "").strip() and not self.kept:
            self.add_error("text", _("Write your question."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@for_(Audience.PEOPLE)
def ask(request: HttpRequest) -> HttpResponse:
    person = reader_of(request)
    form = AskForm(request.POST, request.FILES) if request.method == "POST" else AskForm()
    if request.method == "POST" and form.is_valid():
        try:
            message = once(form.key(), by=person, say=lambda: _open(form, by=person))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("portal:request", message.ticket_id)
    categories = Category.objects.filter(archived_at__isnull=True)
    teams = Team.objects.offered().prefetch_related(Prefetch("categories", queryset=categories, to_attr="topics"))
    context = {"form": form, "teams": teams, "first_name": person.name.split(" ")[0], "here": "ask"}
    return render(request, "portal/ask.html", context, status=422 if form.errors else 200)


def _open(form: AskForm, *, by: Person) -> Message:
    asked = form.cleaned_data
    ticket = Ticket.open(
        team=asked["team"],
        requester=by,
        subject=asked["subject"],
        words=form.words(),
        category=asked["category"],
        channel=kinds.WEB,
    )
    return ticket.messages.get()
