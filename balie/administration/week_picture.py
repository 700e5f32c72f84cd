"""A team's week as a picture: seven columns of 24 hours, the worked ones filled. The same stands beside it as a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Self

from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from balie.teams.models import Team, WorkingSpan
from balie.teams.working_hours import span

# In units of the picture: a column's width with its gap, and the height of an hour.
_COLUMN: Final = 62
_WIDTH: Final = 54
_HOUR: Final = 9
_TOP: Final = 22
_LEFT: Final = 40


@dataclass(frozen=True)
class Box:
    """One filled span."""

    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True)
class Column:
    """One day: its name, where its column stands, what is worked, and the same in words."""

    name: str
    short: str
    x: int
    middle: int
    boxes: list[Box]
    words: list[str]


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    columns: list[Column]
    hours: list[tuple[float, str]]
    width: int = _LEFT + 7 * _COLUMN
    height: int = _TOP + 24 * _HOUR + 8
    top: int = _TOP
    column_width: int = _WIDTH
    column_height: int = 24 * _HOUR

    @classmethod
    def of(cls, team: Team) -> Self:
        spans: dict[int, list[WorkingSpan]] = defaultdict(list)
        for one in WorkingSpan.objects.filter(team=team).order_by("weekday", "begins"):
            spans[one.weekday].append(one)
        return cls(
            columns=[_column(day, spans[day]) for day in range(7)],
            hours=[(_TOP + hour * _HOUR, f"{hour}:00") for hour in range(0, 25, 6)],
        )


def _column(day: int, spans: list[WorkingSpan]) -> Column:
    x = _LEFT + day * _COLUMN
    boxes = []
    for one in spans:
        begins, ends = span(one.begins, one.ends)
        boxes.append(Box(x, _TOP + begins / 60 * _HOUR, _WIDTH, (ends - begins) / 60 * _HOUR))
    words = [
        f"{formats.time_format(one.begins, 'TIME_FORMAT')}–"
        + (formats.time_format(one.ends, "TIME_FORMAT") if span(one.begins, one.ends)[1] < 1440 else "24:00")
        for one in spans
    ]
    return Column(str(WEEKDAYS[day]), str(WEEKDAYS_ABBR[day]), x, x + _WIDTH // 2, boxes, words)
