"""The statuses that every desk begins with."""

from balie.tickets.models import Status
from balie.tickets.models.status import Group


def make_preset_statuses() -> None:
    """One for each group, named by it; those that are there stay as they are."""
    for position, group in enumerate(Group):
        Status.objects.get_or_create(key=group.value, defaults={"group": group.value, "position": position * 10})
