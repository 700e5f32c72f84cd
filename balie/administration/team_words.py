"""What those who ask read of a team or a category, and find it by."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from balie.administration.reader import for_teams, own_team, reader_of
from balie.platform.characters import clean_name, clean_text
from balie.platform.languages import LANGUAGES, called
from balie.teams import shaping
from balie.teams.models import Category, Team
from balie.teams.refusals import TeamRefused
from balie.teams.shaping import Description


class WordsForm(forms.Form):
    """What people read of it and find it by. A category has its name here too; without one it keeps the one it has."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    description = forms.CharField(
        label=gettext_lazy("In a sentence, for those who ask"), required=False, max_length=200
    )  # fmt: skip
    words = forms.CharField(
        label=gettext_lazy("Other words that people use for it"), required=False, max_length=1000,
        help_text=gettext_lazy("In any language, with spaces between them. The search of those who ask finds it by them."),
    )  # fmt: skip

    def __init__(self, sent: QueryDict | None = None, *, of: Team | Category) -> None:
        initial = {"name": of.name, "description": of.description, "words": of.words} | {
            f"name_{code}": name for code, name in of.names.items()
        }
        super().__init__(sent, initial=initial, auto_id=f"{of._meta.model_name}_{of.pk}_%s")
        if isinstance(of, Team):
            # It stands above, with what the team is.
            del self.fields["name"]
        for code, _language in LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": called(code)}, required=False, max_length=120
            )

    def given(self) -> Description:
        sent = self.cleaned_data
        return Description(
            name=clean_name(sent.get("name", "")),
            names={code: clean_name(sent[f"name_{code}"]) for code, _language in LANGUAGES},
            description=clean_text(sent["description"]).strip(), words=clean_text(sent["words"]).strip(),
        )  # fmt: skip


@for_teams
@require_POST
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """What people read of the team."""
    describe(request, own_team(request, pk))
    return redirect("administration:team", pk)


def describe(request: HttpRequest, thing: Team | Category) -> None:
    form = WordsForm(request.POST, of=thing)
    if form.is_valid():
        try:
            shaping.describe(thing, form.given(), by=reader_of(request))
        except TeamRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
