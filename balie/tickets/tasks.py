"""What happens to requests by the clock."""

from procrastinate.contrib.django import app

from balie.tickets import deleting, waking


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="wake_snoozed")
def wake_snoozed(timestamp: int) -> None:
    """Each minute."""
    waking.wake_those_due()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_deleted")
def forget_deleted(timestamp: int) -> None:
    """Each night."""
    deleting.forget_what_is_over()
