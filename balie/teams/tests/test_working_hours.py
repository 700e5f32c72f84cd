"""A team's hours as it set them: read as working time, changed by those who shape the team, shown by the API."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from balie.config.tests.cast import Cast
from balie.people.models import ApiToken
from balie.platform import clock
from balie.teams import public_holidays, refusals, working_hours
from balie.teams.models import SpecialDay, WorkingSpan
from balie.teams.working_hours import Hours, working_time, working_times

WEEK = tuple((day, begins, ends) for day in range(5) for begins, ends in ((time(9), time(12)), (time(13), time(17))))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.fixture
def set_up(cast: Cast) -> Cast:
    hours = Hours(spans=WEEK, time_zone="Europe/Berlin", country="DE", region="BY")
    working_hours.set_hours(cast.it, hours, by=cast.ben)
    return cast


def test_the_week_holidays_and_special_days_make_the_working_time(set_up: Cast) -> None:
    office = working_time(set_up.it)
    # Epiphany is free in Bavaria; Thursday the 7th is the next day.
    assert office.next_opening(at("2027-01-06T08:00")) == at("2027-01-07T08:00")
    day = SpecialDay(team=set_up.it, first=date(2027, 1, 6), last=date(2027, 1, 6), begins=time(10), ends=time(12))
    working_hours.add_special_day(day, by=set_up.ben)
    assert working_time(set_up.it).next_opening(at("2027-01-06T08:00")) == at("2027-01-06T09:00")
    closed = SpecialDay(team=set_up.it, first=date(2027, 1, 7), last=date(2027, 1, 8))
    working_hours.add_special_day(closed, by=set_up.ben)
    assert working_time(set_up.it).next_opening(at("2027-01-06T12:00")) == at("2027-01-11T08:00")


def test_without_hours_time_is_counted_around_the_clock(cast: Cast) -> None:
    start = at("2026-11-21T23:00")
    assert working_time(cast.it).add_working_time(start, timedelta(hours=5)) == start + timedelta(hours=5)


def test_a_span_to_midnight_and_one_from_it_are_a_night(cast: Cast) -> None:
    spans = [(0, time(22), time(0)), (1, time(0), time(6))]
    working_hours.set_hours(cast.it, Hours(spans=spans, time_zone="UTC"), by=cast.ben)
    night = working_time(cast.it)
    assert night.add_working_time(at("2026-11-23T20:00"), timedelta(hours=8)) == at("2026-11-24T06:00")


@pytest.mark.parametrize(
    "spans",
    [
        [(0, time(9), time(9))],
        [(0, time(17), time(9))],
        [(0, time(9), time(12)), (0, time(11), time(13))],
        [(0, time(hour), time(hour, 30)) for hour in range(9)],
    ],
)
def test_spans_out_of_order_are_refused(cast: Cast, spans: list[tuple[int, time, time]]) -> None:
    with pytest.raises(refusals.SpansOutOfOrder):
        working_hours.set_hours(cast.it, Hours(spans=spans), by=cast.ben)


def test_others_do_not_set_them(cast: Cast) -> None:
    for person in (cast.ada, cast.dov):
        with pytest.raises(refusals.NotYourTeam):
            working_hours.set_hours(cast.it, Hours(spans=WEEK), by=person)
    working_hours.set_hours(cast.it, Hours(spans=WEEK), by=cast.eva)


def test_many_teams_cost_two_queries(set_up: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(2):
        assert len(working_times([set_up.it, set_up.people, set_up.facilities])) == 3


def test_holidays_are_known_by_region_and_named_in_the_readers_language() -> None:
    assert public_holidays.holidays_in("DE", "BY", 2026, "en")[date(2026, 1, 6)] == "Epiphany"
    assert public_holidays.holidays_in("DE", "BY", 2026, "de")[date(2026, 1, 6)] == "Heilige Drei Könige"
    assert date(2026, 1, 6) not in public_holidays.holidays_in("DE", "HE", 2026)
    assert public_holidays.holidays_in("XX", "", 2026) == {}
    assert ("BY", "Bayern") in public_holidays.regions("DE")
    assert ("NL", "Netherlands") in public_holidays.countries()


def test_the_page_saves_copies_and_keeps_what_was_wrong(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    address = f"/settings/teams/{cast.it.pk}/hours"
    sent = {"begins-0": ["9:00", "13:00"], "ends-0": ["12:00", "17:30"], "to-0": ["1", "4"], "country": "NL"}
    copied = client.post(address, {**sent, "copy": "0"}).content.decode()
    assert not WorkingSpan.objects.exists()
    assert copied.count('value="17:30"') == 3
    assert client.post(address, {**sent, "ends-0": ["8:00", "17:30"]}).status_code == 422
    assert client.post(address, {**sent, "country": "Atlantis"}).status_code == 422
    assert client.post(address, sent).status_code == 302
    assert [str(span) for span in WorkingSpan.objects.all()] == ["0 09:00:00-12:00:00", "0 13:00:00-17:30:00"]
    page = client.get(f"{address}?country=DE&region=BY&year=2027").content.decode()
    assert "Public holidays in 2027" in page
    assert "2027-01-06" in page


def test_special_days_come_and_go_on_the_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben)
    address = f"/settings/teams/{cast.it.pk}/special-days"
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    assert client.post(address, {"first": tomorrow, "begins": "10:00"}).status_code == 422
    assert client.post(address, {"first": tomorrow, "name": "Outing"}).status_code == 302
    day = SpecialDay.objects.get()
    assert "Outing" in client.get(f"/settings/teams/{cast.it.pk}/hours").content.decode()
    assert client.post(f"{address}/{day.pk}/removal").status_code == 302
    assert not SpecialDay.objects.exists()


def test_the_api_shows_it_all(client: Client, set_up: Cast) -> None:
    token = ApiToken.issue(person=set_up.ada, name="x")
    with clock.pretending(at("2026-11-24T12:30")):
        shown = client.get("/api/v1/teams/it/hours", headers={"Authorization": f"Bearer {token}"}).json()
    assert shown["items"][0] == {
        "weekday": 0, "begins": "09:00:00", "ends": "12:00:00", "time_zone": "Europe/Berlin",
    }  # fmt: skip
    assert (shown["time_zone"], shown["holiday_country"], shown["holiday_region"]) == ("Europe/Berlin", "DE", "BY")
    assert {"day": "2026-12-25", "name": "Erster Weihnachtstag"} in shown["holidays"] or any(
        one["day"] == "2026-12-25" for one in shown["holidays"]
    )
    assert (shown["is_open"], shown["next_opening"]) == (True, "2026-11-24T12:30:00Z")
    assert shown["usual_answer"] is None
