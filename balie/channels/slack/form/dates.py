"""Dates that Slack would show in each reader's zone and language; a kept message has many readers, so it says one thing."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_TOKEN = re.compile(r"\{([a-z_]{1,30})\}")
_LAST_SECOND = 253_402_300_799  # the end of the year 9999
_TIMES = {"time": "%H:%M UTC", "time_secs": "%H:%M:%S UTC", "ago": "%Y-%m-%d %H:%M UTC"}


def date_text(seconds: int | None, format: str, fallback: str) -> str:
    """The writer's own fallback, which the vendor asks for; without one, the day as ISO 8601 and the time in UTC."""
    if fallback:
        return fallback
    if seconds is None or not 0 <= seconds <= _LAST_SECOND:
        return _TOKEN.sub("", format).strip()
    at = datetime.fromtimestamp(seconds, UTC)
    return _TOKEN.sub(lambda token: at.strftime(_TIMES.get(token[1], "%Y-%m-%d")), format or "{date_num} {time}")
