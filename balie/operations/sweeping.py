"""Removing the kept files that no row names any more."""

from datetime import timedelta

from balie.channels.models import Arrival
from balie.platform import files
from balie.tickets.models import Attachment

# Longer than any transaction between keeping a file and committing the row that names it.
SAFE_AGE = timedelta(days=1)


def sweep_files() -> int:
    """Returns how many were removed."""
    named = set(Attachment.objects.values_list("sha256", flat=True).distinct())
    named |= set(Arrival.objects.exclude(raw_sha256="").values_list("raw_sha256", flat=True))
    return files.sweep(named, older_than=SAFE_AGE)
