"""Notices are not an archive: the request tells what happened, for as long as it is there."""

from datetime import timedelta

from balie.channels.notices.models import Notice
from balie.platform import clock

KEPT = timedelta(days=90)
_AT_ONCE = 10_000


def sweep() -> int:
    """Remove what is older than 90 days; returns how many notices that were."""
    count = 0
    while True:
        old = list(Notice.objects.filter(at__lt=clock.now() - KEPT).values_list("pk", flat=True)[:_AT_ONCE])
        if not old:
            return count
        count += Notice.objects.filter(pk__in=old)._raw_delete("default")
