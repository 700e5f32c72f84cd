"""What became of changes that somebody else decides about."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def say_how_many_are_proposed(request: HttpRequest, count: int) -> None:
    """On the next page that the person sees."""
    if not count:
        messages.info(request, _("Nothing is different; there is nothing to propose."))
        return
    said = ngettext(
        "%(count)s change is proposed; somebody who may edit this decides.",
        "%(count)s changes are proposed; somebody who may edit this decides.", count,
    )  # fmt: skip
    messages.success(request, said % {"count": count})
