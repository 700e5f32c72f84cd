"""What somebody writes about sections, attributes and choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balie.people.models import Attribute, Choice, Section
from balie.people.models.labelled import Labelled
from balie.people.shaping_attributes import Outline
from balie.platform.characters import clean_name
from balie.platform.languages import LANGUAGES, called


@dataclass(frozen=True)
class Part:
    """Some fields of a form, to be shown by themselves."""

    visible_fields: list[forms.BoundField]


class LabelForm(forms.Form):
    """A label, and in a language whose own word is known that word."""

    label = forms.CharField(label=gettext_lazy("Name"), max_length=120)

    def __init__(self, sent: QueryDict | None = None, *, of: Labelled | None = None, **named: Any) -> None:
        initial = (
            {} if of is None else {"label": of.label} | {f"label_{code}": said for code, said in of.labels.items()}
        )
        prefix = f"{of._meta.model_name}_{of.pk}" if of else "new"
        super().__init__(sent, initial={**initial, **named.pop("initial", {})}, auto_id=f"{prefix}_%s", **named)
        for code, _language in LANGUAGES:
            self.fields[f"label_{code}"] = forms.CharField(
                label=_("Name in %(language)s") % {"language": called(code)}, required=False, max_length=120
            )

    def clean_label(self) -> str:
        return clean_name(self.cleaned_data["label"])

    def labels(self) -> dict[str, str]:
        return {code: clean_name(self.cleaned_data.get(f"label_{code}", "")) for code, _language in LANGUAGES}

    @property
    def languages(self) -> Part:
        return Part([self[f"label_{code}"] for code, _language in LANGUAGES])

    @property
    def main(self) -> Part:
        return Part([field for field in self.visible_fields() if not field.name.startswith("label_")])

    @property
    def has_languages(self) -> bool:
        """Whether that part is opened from the start."""
        return any(self[f"label_{code}"].value() or self[f"label_{code}"].errors for code, _language in LANGUAGES)


class SectionForm(LabelForm):
    """A section."""


class ChoiceForm(forms.Form):
    """One more choice."""

    choice = forms.CharField(label=gettext_lazy("Choice"), max_length=120)

    def clean_choice(self) -> str:
        return clean_name(self.cleaned_data["choice"])


class AttributeForm(LabelForm):
    """An attribute; of a preset one only the marks."""

    section = forms.ModelChoiceField(
        Section.objects.none(), label=gettext_lazy("Section"), empty_label=None
    )  # filled when it is shown
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=Attribute.Type.choices)
    is_required = forms.BooleanField(
        label=gettext_lazy("Required"), required=False,
        help_text=gettext_lazy("A profile cannot be saved without it."),
    )  # fmt: skip
    is_sensitive = forms.BooleanField(
        label=gettext_lazy("Sensitive"), required=False,
        help_text=gettext_lazy("Roles that see it are warned of, and lists and imports show dots in its place."),
    )  # fmt: skip
    is_never_shared = forms.BooleanField(
        label=gettext_lazy("Never shared"), required=False,
        help_text=gettext_lazy("No API credentials can be allowed to pass it on, and experts never see it."),
    )  # fmt: skip

    def __init__(
        self, sent: QueryDict | None = None, *, of: Attribute | None = None, section: Section | None = None
    ) -> None:
        marks = ("is_required", "is_sensitive", "is_never_shared")
        initial: dict[str, Any] = {"section": section and section.pk}
        if of is not None:
            initial = {"section": of.section_id, "type": of.type} | {mark: getattr(of, mark) for mark in marks}
        super().__init__(sent, of=of, initial=initial)
        self._of = of
        field = self.fields["section"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Section.objects.in_use()
        if of is not None and of.is_preset:
            for name in [name for name in self.fields if name not in marks]:
                del self.fields[name]
            self.fields["is_never_shared"].disabled = of.is_never_shared

    @property
    def languages(self) -> Part:
        return super().languages if "label" in self.fields else Part([])

    @property
    def has_languages(self) -> bool:
        return "label" in self.fields and super().has_languages

    def outline(self) -> Outline:
        given, of = self.cleaned_data, self._of
        marks = {name: given[name] for name in ("is_required", "is_sensitive", "is_never_shared")}
        if of is not None and of.is_preset:
            return Outline(label=of.label, section=of.section, type=of.type, labels=of.labels, **marks)
        return Outline(
            label=given["label"], section=given["section"], type=given["type"], labels=self.labels(), **marks
        )


class MergingForm(forms.Form):
    """Which choice takes the place of another."""

    into = forms.ModelChoiceField(
        Choice.objects.none(), label=gettext_lazy("Put in its place"), empty_label="—"
    )  # filled when it is shown

    def __init__(self, sent: QueryDict | None = None, *, choice: Choice) -> None:
        super().__init__(sent, auto_id=f"merge_{choice.pk}_%s")
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Choice.objects.filter(attribute=choice.attribute_id, archived_at=None).exclude(pk=choice.pk)
