"""The form with which somebody writes on a page: words, files, and a key that makes a double click one message."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balie.channels.web import uploads
from balie.platform.files import NoRoom
from balie.tickets.words import KeptFile, Words

LONGEST = 100_000


def new_key() -> str:
    """A fresh key for one form on one page."""
    return secrets.token_urlsafe(16)


class WritingForm(forms.Form):
    """What was typed and chosen stays in the form until a verb has taken it."""

    text = forms.CharField(
        label=gettext_lazy("Message"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )  # fmt: skip
    attached = uploads.FilesField(label=gettext_lazy("Files"), required=False)
    once = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=new_key)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: list[KeptFile] = []
        # The SHA-256 of files that a draft of this writer names: their slips do not grow old.
        self.named: frozenset[str] = frozenset()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        slips = self.data.getlist("kept") if hasattr(self.data, "getlist") else []
        self.kept = uploads.bring_back(slips, named=self.named)
        try:
            self.kept += uploads.keep(cleaned.get("attached") or [])
        except NoRoom:
            self.add_error(
                "attached", _("There is no room for files now. Send your message without, or try again later.")
            )
        return cleaned

    def words(self) -> Words:
        return Words.from_text(self.cleaned_data["text"], files=tuple(self.kept))

    def key(self) -> str:
        return self.cleaned_data["once"] or new_key()

    def slips(self) -> list[tuple[str, KeptFile]]:
        """The files so far, for the page that shows this form again."""
        return [(uploads.ticket_for(file), file) for file in self.kept]
