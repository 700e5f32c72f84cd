"""What an expert writes on the page of a request."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from balie.channels.web.writing import WritingForm
from balie.tickets.models import Message


class ComposeForm(WritingForm):
    """A reply or a note, and what is to follow."""

    kind = forms.ChoiceField(
        choices=[(Message.Kind.REPLY.value, _("Reply")), (Message.Kind.NOTE.value, _("Note"))],
        initial=Message.Kind.REPLY.value,
    )
    then = forms.ChoiceField(choices=[("stay", "stay"), ("resolve", "resolve")], required=False)

    @property
    def is_note(self) -> bool:
        return str(self["kind"].value()) == Message.Kind.NOTE.value
