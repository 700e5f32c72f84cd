"""Tables of what follows from what happens: they stand at the top of the house, and whoever runs them near its bottom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def reactions(setting: str) -> Any:
    """The table that this setting names."""
    return import_string(getattr(settings, setting))
