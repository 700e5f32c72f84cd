"""What a dead worker held is free again at once; what a living one holds is not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from balie.channels import receiving
from balie.channels.models import Arrival
from balie.config.tests.cast import Cast
from balie.platform import clock
from balie.platform.waking import Sleeper


@pytest.fixture
def sleeper(committed_cast: Cast) -> Iterator[Sleeper]:
    asleep = Sleeper([receiving.WAKE_WORD])
    asleep.listen()
    yield asleep
    asleep.close()


@pytest.fixture
def arrival(sleeper: Sleeper) -> Arrival:
    """Held by the sleeper."""
    receiving.keep(
        kind="email", external_id="a:it", raw=b"From: ada@balie.example\r\n\r\nHello", envelope={"recipient": "it"}
    )
    (leased,) = Arrival.lease(at_most=5, holder=sleeper.number)
    return leased


def test_what_a_living_worker_holds_stays_with_it(arrival: Arrival) -> None:
    assert Arrival.free_abandoned() == 0
    assert Arrival.lease(at_most=5) == []


def test_what_a_dead_worker_held_is_free_at_once(arrival: Arrival, sleeper: Sleeper) -> None:
    sleeper.close()
    assert Arrival.free_abandoned() == 1
    assert [one.pk for one in Arrival.lease(at_most=5)] == [arrival.pk]


def test_what_ended_its_worker_again_and_again_waits_for_the_end_of_its_lease(
    arrival: Arrival, sleeper: Sleeper
) -> None:
    sleeper.close()
    Arrival.objects.update(attempts=Arrival.MOST_ABANDONED + 1)
    assert Arrival.free_abandoned() == 0


def test_what_ends_every_worker_comes_to_rest(arrival: Arrival) -> None:
    Arrival.objects.update(attempts=20, next_attempt_at=clock.now())
    assert receiving.understand_some() == 1
    arrival.refresh_from_db()
    assert arrival.state == Arrival.State.FAILED
    assert "EndsWorkers" in arrival.error


def test_a_pause_after_a_failure_is_no_lease(arrival: Arrival, sleeper: Sleeper) -> None:
    Arrival.objects.update(envelope={"recipient": "nobody"}, next_attempt_at=clock.now(), kind="email")
    Arrival.objects.update(raw=None, raw_sha256="0" * 64)
    assert receiving.understand_some(holder=sleeper.number) == 1
    sleeper.close()
    assert Arrival.free_abandoned() == 0
    arrival.refresh_from_db()
    assert arrival.next_attempt_at is not None
    assert arrival.next_attempt_at - clock.now() > timedelta(seconds=5)


def test_a_new_line_has_a_new_number(sleeper: Sleeper) -> None:
    before = sleeper.number
    sleeper.close()
    assert sleeper.number is None
    sleeper.listen()
    assert sleeper.number not in (None, before)
