"""What happens to notices by the clock."""

from procrastinate.contrib.django import app

from balie.channels.notices import sweeping


@app.periodic(cron="33 3 * * *")
@app.task(queueing_lock="sweep_notices")
def sweep_notices(timestamp: int) -> None:
    """Each night."""
    sweeping.sweep()
