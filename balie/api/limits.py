"""How often one token may ask: a bucket that empties with each request and fills again by the second.

The buckets are in the memory of each web process, and cost no query. What they protect is that process: it has one thread for
pages, which a program in a loop would take from everybody else. With several processes a token gets as many times more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from balie.platform import clock

READS_A_MINUTE: Final = 600
WRITES_A_MINUTE: Final = 300
_A_MINUTE = timedelta(minutes=1)
_MOST_BUCKETS = 10_000


@dataclass
class _Bucket:
    left: float
    at: datetime


class Limit:
    """So many a minute for each token, and as many at once."""

    def __init__(self, *, a_minute: int) -> None:
        self.a_minute = a_minute
        self._buckets: dict[str, _Bucket] = {}

    def seconds_to_wait(self, token: str) -> int:
        """0, and one fewer left; or the seconds until there is one again."""
        now = clock.now()
        bucket = self._buckets.get(token)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[token] = _Bucket(left=self.a_minute, at=now)
        passed = max(now - bucket.at, timedelta(0))
        bucket.left = min(self.a_minute, bucket.left + passed / _A_MINUTE * self.a_minute)
        bucket.at = now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) * 60 / self.a_minute)
        bucket.left -= 1
        return 0

    def forget(self) -> None:
        self._buckets.clear()

    def _make_room(self, now: datetime) -> None:
        if len(self._buckets) >= _MOST_BUCKETS:
            # Whoever was quiet for a minute has a full bucket again.
            self._buckets = {token: one for token, one in self._buckets.items() if now - one.at < _A_MINUTE}


reads = Limit(a_minute=READS_A_MINUTE)
writes = Limit(a_minute=WRITES_A_MINUTE)
