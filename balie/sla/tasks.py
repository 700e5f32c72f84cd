"""What happens to promises by the clock, and in the background."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from balie.sla import recomputing, watching


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_promises")
def watch_promises(timestamp: int) -> None:
    """Each minute."""
    watching.watch()


# Whatever went wrong, half of a team's requests counted by the former rules would be worse.
_AGAIN = RetryStrategy(max_attempts=20, exponential_wait=2)


@app.task(retry=_AGAIN)
def recompute_team(team: int) -> None:
    """One stretch of it; the next one follows by itself."""
    recomputing.go_on(team)


@app.task(retry=_AGAIN)
def look_again(team: int, since: str) -> None:
    """Once, a while after."""
    recomputing.look_again(team, since)
