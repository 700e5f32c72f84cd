"""What is owed: held by one worker at a time, and gathered when it is mere notices."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from balie.channels import delivering
from balie.channels.models import Delivery
from balie.config.tests.cast import Cast
from balie.platform import clock
from balie.tickets.models import Ticket
from balie.tickets.words import Words


@pytest.fixture
def notices(cast: Cast) -> list[Delivery]:
    """Three notices to Ben."""
    for subject in ("Laptop", "Printer", "Screen"):
        Ticket.open(
            team=cast.it, requester=cast.ada, subject=subject, words=Words.from_text("Broken."), channel="email"
        )
    Delivery.objects.exclude(purpose=Delivery.Purpose.NOTICE).delete()
    return list(Delivery.objects.order_by("pk"))


def named(group: list[Delivery]) -> str:
    return f"mail-{group[0].pk}"


def leased(at_most: int = 5, *, after: timedelta = timedelta(minutes=2)) -> list[Delivery]:
    with time_machine.travel(clock.now() + after):
        return Delivery.lease(at_most=at_most)


def test_a_notice_waits_a_minute_and_a_reply_does_not(cast: Cast, notices: list[Delivery]) -> None:
    assert Delivery.lease(at_most=5) == []
    Ticket.objects.earliest("pk").reply(by=cast.ben, words=Words.from_text("Hello"))
    assert [delivery.purpose for delivery in Delivery.lease(at_most=5)] == ["reply"]


def test_one_notice_takes_the_others_along(notices: list[Delivery]) -> None:
    (one,) = leased(1)
    assert [other.pk for other in delivering.gather_notices(one, name=named)] == [notice.pk for notice in notices]
    assert set(Delivery.objects.values_list("external_id", flat=True)) == {f"mail-{notices[0].pk}"}
    assert leased(after=timedelta(seconds=90)) == []


def test_notices_that_were_leased_together_make_one_mail_too(notices: list[Delivery]) -> None:
    sizes = [len(delivering.gather_notices(delivery, name=named)) for delivery in leased()]
    assert sizes == [3, 0, 0]


def test_a_worker_that_leased_one_of_them_leaves_it_to_the_other_mail(notices: list[Delivery]) -> None:
    (mine,) = leased(1)
    (theirs,) = leased(1)
    assert len(delivering.gather_notices(theirs, name=named)) == 3
    assert delivering.gather_notices(mine, name=named) == []


def test_what_a_killed_worker_had_gathered_is_one_mail_again_under_its_name(
    cast: Cast, notices: list[Delivery]
) -> None:
    (one,) = leased(1)
    delivering.gather_notices(one, name=named)
    Ticket.open(team=cast.it, requester=cast.ada, subject="Later", words=Words.from_text("Hm."), channel="email")
    again = leased(after=timedelta(minutes=10))
    groups = [delivering.gather_notices(delivery, name=named) for delivery in again if delivery.purpose == "notice"]
    later, again_together = sorted((group for group in groups if group), key=len)
    assert (len(later), len(again_together)) == (1, 3)
    assert {delivery.external_id for delivery in again_together} == {f"mail-{notices[0].pk}"}


def test_a_notice_that_is_settled_is_not_gathered(notices: list[Delivery]) -> None:
    notices[1].take()
    notices[2].refuse("no longer allowed")
    (one,) = leased()
    assert [other.pk for other in delivering.gather_notices(one, name=named)] == [notices[0].pk]


def test_a_lease_that_ran_out_is_nobodys_to_use(notices: list[Delivery]) -> None:
    (slow,) = leased(1)
    leased(3, after=timedelta(minutes=5))
    assert not delivering.begin([slow], name=lambda _one: "late")
    assert not Delivery.objects.filter(external_id="late").exists()


def test_two_workers_at_once_tell_each_notice_once(committed_cast: Cast) -> None:
    for subject in ("Laptop", "Printer", "Screen", "Chair"):
        words = Words.from_text("Broken.")
        Ticket.open(team=committed_cast.it, requester=committed_cast.ada, subject=subject, words=words, channel="email")
    Delivery.objects.exclude(purpose=Delivery.Purpose.NOTICE).delete()
    groups: list[list[int]] = []
    start = threading.Barrier(4)

    def work(mine: list[Delivery]) -> None:
        start.wait(10)
        for delivery in mine:
            groups.append([one.pk for one in delivering.gather_notices(delivery, name=named)])
        connection.close()

    workers = [threading.Thread(target=work, args=(leased(1),)) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert sorted(pk for group in groups for pk in group) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert sum(bool(group) for group in groups) == 1
