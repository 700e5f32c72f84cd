"""What happens to requests by the clock."""

from procrastinate.contrib.django import app

from balie.platform.queues import LENGTHY
from balie.tickets import assigning, changing_over, deleting, expecting, falling_due, learning, waking


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="wake_snoozed")
def wake_snoozed(timestamp: int) -> None:
    """Each minute."""
    waking.wake_those_due()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="assign_those_waiting")
def assign_those_waiting(timestamp: int) -> None:
    """Each minute: when a team opens, what came before it did."""
    assigning.assign_those_waiting()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="carry_on_changeovers", queue=LENGTHY)
def carry_on_changeovers(timestamp: int) -> None:
    """Each minute, until each is through; a worker that was ended half-way is followed by another."""
    changing_over.carry_on_all()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="say_what_falls_due")
def say_what_falls_due(timestamp: int) -> None:
    """Every ten minutes; it says each thing once."""
    falling_due.say_what_falls_due()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_deleted")
def forget_deleted(timestamp: int) -> None:
    """Each night."""
    deleting.forget_what_is_over()


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="learn_from_requests")
def learn_from_requests(timestamp: int) -> None:
    """Each hour: which words lead where, and how long answers take."""
    learning.learn()
    expecting.learn_usual_answers()
