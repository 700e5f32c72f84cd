"""The forms of one's own account."""

from functools import lru_cache
from zoneinfo import available_timezones

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from balie.people import following
from balie.people.models import Person
from balie.platform.languages import LANGUAGES

Choices = list[tuple[str, str | Promise]]


def _languages() -> Choices:
    """A language is named in itself, so that whoever cannot read the page finds their own."""
    return [("", _("As the organisation")), *LANGUAGES]


def _time_zones() -> Choices:
    return [("", _("As the organisation")), *_places()]


class Preferences(forms.Form):
    """How a person reads, and whether single keys act for them (WCAG 2.1.4)."""

    language = forms.ChoiceField(label=_("Language"), choices=_languages, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_time_zones, required=False)

    uses_keys = forms.BooleanField(
        label=_("Single keys act on pages"), required=False,
        help_text=_("For example r to reply. Press ? on a page to see them; those with Ctrl always work."),
    )  # fmt: skip

    def save(self, person: Person) -> None:
        """Let the person read so from now on."""
        before = person.language
        person.language, person.time_zone = self.cleaned_data["language"], self.cleaned_data["time_zone"]
        person.uses_keys = self.cleaned_data["uses_keys"]
        with transaction.atomic():
            person.save(update_fields=["language", "time_zone", "uses_keys"])
            if person.language != before:
                following.language_changed(person)


class NewToken(forms.Form):
    """What a new API token is for."""

    name = forms.CharField(
        label=_("What is it for?"), help_text=_("For example the name of the program that will use it."), max_length=120
    )


@lru_cache(maxsize=1)
def _places() -> list[tuple[str, str]]:
    """The places of the tz database, without bare offsets and copies."""
    names = (
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    )
    return [(name, name.replace("_", " ")) for name in sorted(names)] + [("UTC", "UTC")]
