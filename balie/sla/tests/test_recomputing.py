"""Requests are counted anew beside the work on them: nobody who answers waits for it, and nothing is left out."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from balie.config.tests.cast import Cast
from balie.sla import recomputing, ruling
from balie.sla.models import Clock, Recomputation, Rule
from balie.sla.ruling import Wanted
from balie.tickets.models import Ticket
from balie.tickets.words import Words

HOUR = timedelta(hours=1)


def asked(cast: Cast, number: int) -> list[Ticket]:
    words = Words.from_text("No toner.")
    return [
        Ticket.open(team=cast.it, requester=cast.ada, subject="Printer", words=words, channel="web")
        for _each in range(number)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_request_that_somebody_holds_is_passed_by_and_counted_at_the_end(committed_cast: Cast) -> None:
    tickets = asked(committed_cast, 4)
    ruling.add(committed_cast.it, Wanted(response=HOUR), by=committed_cast.ben)
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        """As somebody does who is answering it just now."""
        try:
            with transaction.atomic():
                Ticket.objects.select_for_update().get(pk=tickets[1].pk)
                is_held.set()
                may_go.wait(30)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(30)
        # It comes back although the request is held, so it did not wait for it.
        assert recomputing.step(committed_cast.it.pk)
        row = Recomputation.objects.get(team=committed_cast.it)
        assert (row.done, row.left) == (3, [tickets[1].pk])
        assert Clock.objects.count() == 3
    finally:
        may_go.set()
        holder.join(30)
    while recomputing.step(committed_cast.it.pk):
        pass
    row.refresh_from_db()
    assert (row.done, row.total, row.left, row.is_under_way) == (4, 4, [], False)
    assert Clock.objects.filter(ticket=tickets[1]).exists()


def test_each_step_is_a_batch_so_that_an_answer_waits_for_one_at_most(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recomputing, "AT_ONCE", 2)
    asked(cast, 5)
    ruling.add(cast.it, Wanted(response=HOUR), by=cast.ben)
    progress = []
    while recomputing.step(cast.it.pk):
        progress.append(Recomputation.objects.get(team=cast.it).percent)
    assert progress[:3] == [40, 80, 100]


def test_a_change_while_one_is_under_way_begins_it_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "AT_ONCE", 2)
    tickets = asked(cast, 5)
    rule = ruling.add(cast.it, Wanted(response=HOUR), by=cast.ben)
    assert recomputing.step(cast.it.pk)
    ruling.change(Rule.objects.get(pk=rule.pk), Wanted(response=2 * HOUR), by=cast.ben)
    while recomputing.step(cast.it.pk):
        pass
    targets = Clock.objects.filter(ticket__in=tickets).values_list("target", flat=True)
    assert [*targets] == [2 * HOUR] * 5
