"""Runs what was enqueued, as the worker would, inside the test's own transaction."""

import json

from django.db import connection
from procrastinate.contrib.django import app


def run_owed_jobs() -> int:
    """Take the people's jobs out of the queue, oldest first, and run each; says how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'people.%' RETURNING id, task_name, args")
        jobs = sorted(cursor.fetchall())
    for _number, name, arguments in jobs:
        app.tasks[name](**(json.loads(arguments) if isinstance(arguments, str) else arguments))
    return len(jobs)
