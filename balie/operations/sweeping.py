"""Removing the kept files that no row names any more."""

from datetime import timedelta

from balie.channels.models import Arrival
from balie.people.models import PeopleImport
from balie.platform import files
from balie.tickets.models import Attachment
from balie.workspace.models import Draft

# Longer than any transaction between keeping a file and committing the row that names it.
SAFE_AGE = timedelta(days=1)


def sweep_files() -> int:
    """Returns how many were removed."""
    named = set(Attachment.objects.values_list("sha256", flat=True).distinct())
    named |= set(Arrival.objects.exclude(raw_sha256="").values_list("raw_sha256", flat=True))
    named |= set(PeopleImport.objects.values_list("sha256", flat=True))
    named |= {file["sha256"] for draft in Draft.objects.values_list("files", flat=True) for file in draft}
    named |= {
        file["sha256"]
        for others in Draft.objects.exclude(others={}).values_list("others", flat=True)
        for other in others.values()
        for file in other["files"]
    }
    return files.sweep(named, older_than=SAFE_AGE)
