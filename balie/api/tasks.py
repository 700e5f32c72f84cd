"""What the API does by the clock."""

from procrastinate.contrib.django import app

from balie.api.models import Answer


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="forget_answers")
def forget_answers(timestamp: int) -> None:
    """Each hour."""
    Answer.forget_old()
