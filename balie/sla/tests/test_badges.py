"""What a promise says changes with time, also when it was written a moment ago."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from balie.sla.badges import badge
from balie.sla.deadlines import Goal, State

_DUE = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "words", "mark"),
    [
        (timedelta(days=1), "tomorrow 2 p.m.", ""),
        (timedelta(hours=1), "today 2 p.m.", ""),
        (timedelta(minutes=59, seconds=59), "in 59 min", "soon"),
        (timedelta(minutes=1), "in 1 min", "soon"),
        (timedelta(minutes=-1, seconds=-1), "1 min late", "late"),
        (timedelta(minutes=-59, seconds=-59), "59 min late", "late"),
        (timedelta(hours=-1, seconds=-1), "1 h late", "late"),
        (timedelta(hours=-23, minutes=-59), "23 h late", "late"),
        (timedelta(hours=-24, seconds=-1), "1 day late", "late"),
    ],
)
def test_a_promise_is_written_anew_when_its_words_change(before: timedelta, words: str, mark: str) -> None:
    for moment in (_DUE - timedelta(hours=30), _DUE - before):
        with time_machine.travel(moment, tick=False), timezone.override("UTC"):
            said = badge(Goal.RESPONSE, State.RUNNING, due_at=_DUE)
    assert (said.words, said.mark) == (words, mark)


def test_a_promise_is_written_for_each_reader() -> None:
    with time_machine.travel(_DUE - timedelta(hours=3), tick=False):
        with translation.override("en"), timezone.override("UTC"):
            assert badge(Goal.RESPONSE, State.RUNNING, due_at=_DUE).words == "today 2 p.m."
        with translation.override("de"), timezone.override("UTC"):
            assert badge(Goal.RESPONSE, State.RUNNING, due_at=_DUE).words == "heute 14:00"
        with translation.override("de"), timezone.override("Europe/Amsterdam"):
            assert badge(Goal.RESPONSE, State.RUNNING, due_at=_DUE).words == "heute 15:00"
