"""House-keeping by the clock."""

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from balie.operations import sweeping
from balie.platform import clock
from balie.workspace import presences


@app.periodic(cron="43 3 * * *")
@app.task(queueing_lock="sweep_files")
def sweep_files(timestamp: int) -> None:
    """Each night."""
    sweeping.sweep_files()


@app.periodic(cron="53 3 * * *")
@app.task(queueing_lock="forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Each night: sessions that ended by themselves."""
    Session.objects.filter(expire_date__lt=clock.now()).delete()


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="forget_presences")
def forget_presences(timestamp: int) -> None:
    """Each hour."""
    presences.forget_the_gone()
