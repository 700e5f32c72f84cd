"""When what is to be sent is sent: the rhythm of mails, and quiet hours in the person's own time."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from balie.channels.notices.kinds import Kind, Told, Way
from balie.channels.notices.models import Wishes

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = {"quiet_from": time(18), "quiet_until": time(8)}
WEEKEND = {"quiet_days": [5, 6]}


def due(written: str, *, way: str = Way.PUSH, zone: ZoneInfo = AMSTERDAM, **wishes: object) -> str:
    """When a notice of this moment is sent, in that zone; 23 November 2026 is a Monday."""
    now = datetime.fromisoformat(written).replace(tzinfo=zone)
    at = Wishes(**wishes).due_at(now.astimezone(ZoneInfo("UTC")), way=way, zone=zone)
    return at.astimezone(zone).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("now", "wishes", "expected"),
    [
        ("2026-11-23 10:00", {}, "Mon 23 10:00"),
        ("2026-11-23 17:59", NIGHT, "Mon 23 17:59"),
        ("2026-11-23 18:00", NIGHT, "Tue 24 08:00"),
        ("2026-11-24 03:00", NIGHT, "Tue 24 08:00"),
        ("2026-11-24 08:00", NIGHT, "Tue 24 08:00"),
        ("2026-11-23 12:30", {"quiet_from": time(12), "quiet_until": time(13)}, "Mon 23 13:00"),
        ("2026-11-23 12:30", {"quiet_from": time(12), "quiet_until": time(12)}, "Mon 23 12:30"),
        ("2026-11-28 10:00", WEEKEND, "Mon 30 00:00"),
        ("2026-11-27 20:00", {**NIGHT, **WEEKEND}, "Mon 30 08:00"),
        ("2026-11-23 10:00", {"quiet_days": [0, 1, 2, 3, 4, 5]}, "Sun 29 00:00"),
        # The clocks go back in the night to Sunday, and forward: eight o'clock is eight o'clock.
        ("2026-10-24 23:00", NIGHT, "Sun 25 08:00"),
        ("2026-03-28 23:00", NIGHT, "Sun 29 08:00"),
        ("2026-03-29 01:30", {"quiet_from": time(1), "quiet_until": time(2, 30)}, "Sun 29 03:30"),
    ],
)
def test_quiet_hours_are_waited_for(now: str, wishes: dict[str, object], expected: str) -> None:
    assert due(now, **wishes) == expected


@pytest.mark.parametrize(
    ("now", "wishes", "expected"),
    [
        ("2026-11-23 10:20", {}, "Mon 23 10:21"),
        ("2026-11-23 10:20", {"rhythm": "hourly"}, "Mon 23 11:00"),
        ("2026-11-23 10:20", {"rhythm": "daily", "daily_at": time(9)}, "Tue 24 09:00"),
        ("2026-11-23 08:20", {"rhythm": "daily", "daily_at": time(9)}, "Mon 23 09:00"),
        ("2026-11-23 17:20", {"rhythm": "hourly", **NIGHT}, "Tue 24 08:00"),
        ("2026-11-27 10:20", {"rhythm": "daily", "daily_at": time(9), **WEEKEND}, "Mon 30 00:00"),
    ],
)
def test_mails_come_in_the_chosen_rhythm_and_not_in_quiet_hours(
    now: str, wishes: dict[str, object], expected: str
) -> None:
    assert due(now, way=Way.EMAIL, **wishes) == expected


def test_quiet_hours_are_those_where_the_person_is() -> None:
    assert due("2026-11-23 18:30", zone=ZoneInfo("Asia/Tokyo"), **NIGHT) == "Tue 24 08:00"


def test_a_browser_does_not_wait_for_the_rhythm_of_mails() -> None:
    assert due("2026-11-23 10:20", rhythm="daily") == "Mon 23 10:20"


def test_what_is_usual_is_not_kept() -> None:
    wishes = Wishes()
    wishes.choose(Kind.NOTE, Told(listed=False, way=Way.PUSH))
    assert (wishes.told(Kind.NOTE), wishes.told(Kind.TASK)) == (Told(listed=False, way=Way.PUSH), Told(way=Way.EMAIL))
    wishes.choose(Kind.NOTE, Told())
    assert wishes.kinds == {}


@pytest.mark.parametrize(
    ("discretion", "expected"), [("open", (True, True)), ("private_teams", (True, False)), ("always", (False, False))]
)
def test_a_browser_is_as_discreet_as_wished(discretion: str, expected: tuple[bool, bool]) -> None:
    wishes = Wishes(discretion=discretion)
    assert (wishes.speaks_of(is_private=False), wishes.speaks_of(is_private=True)) == expected
