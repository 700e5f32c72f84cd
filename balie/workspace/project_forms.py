"""The forms of a project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.platform.alphabet import placed
from balie.tickets.models import Project, Ticket


class NewProjectForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no such brackets at run time
    """What a project is."""

    class Meta:
        model = Project
        fields = ("name", "description", "state", "due_on")
        widgets = {
            "name": forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }  # fmt: skip
        help_texts = {"name": _("Everybody who works on one of its requests reads the name and the description.")}


class ProjectForm(NewProjectForm):
    """The same of one that is there, which may get another owner."""

    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Owner"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        experts = Person.objects.experts().values("pk")
        field.queryset = Person.objects.filter(pk__in=experts).order_by(placed(), "pk") | Person.objects.filter(
            pk=self.instance.owner_id
        )
        field.initial = self.instance.owner_id
        # Asked once: the field goes through its choices twice, and a list would count them first.
        field.choices = list(iter(field.choices))


class InclusionForm(forms.Form):
    """Asks for a request that the person works on."""

    number = forms.CharField(
        label=_("Number of the request"), max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off", "data-key": "+", "data-key-label": _("Add a request"), "aria-keyshortcuts": "+",
            }
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_number(self) -> Ticket:
        asked = self.cleaned_data["number"].strip().lstrip("#")
        if asked.isdecimal() and len(asked) < 19:
            found = Ticket.objects.worked_on_by(self.by).listed().filter(pk=int(asked)).first()
            if found is not None:
                return found
        raise forms.ValidationError(_("You work on no request of that number."))
