"""What is wrong with a form of Slack, said at once and beside the field: from the form alone, without a look at any row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from balie.channels.slack import forms, kit
from balie.channels.slack.reading import about_of, values_of


def faults(payload: Mapping[str, Any]) -> dict[str, str]:
    """By the field's block; nothing when the form may be taken, or when it is none."""
    view = payload.get("view")
    if payload.get("type") != "view_submission" or not isinstance(view, dict):
        return {}
    values, about = values_of(view), about_of(view)
    with translation.override(str(about.get("language") or "en")):
        found = {}
        for field in forms.REQUIRED.get(str(view.get("callback_id")), ()):
            if not values.get(field, "").strip():
                found[field] = _("Fill this in.")
        for field, value in values.items():
            if len(value) > kit.LONGEST_LINE:
                found[field] = _("This is too long.")
    return found
