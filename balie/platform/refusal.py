"""A rule says no: one sentence that a page, a program or a chat may show."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """What is the same for whatever a rule refuses: `sentence` says why, in the language of whoever reads it."""

    sentence: Promise | str = _("That is not possible.")

    def __str__(self) -> str:
        return str(self.sentence)
