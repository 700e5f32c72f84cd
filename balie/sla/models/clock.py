"""One promise running on a request."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models

from balie.sla.deadlines import Goal, State
from balie.sla.models.rule import Rule
from balie.tickets.models import Event, Ticket


class ClockQuerySet(models.QuerySet["Clock"]):
    """Questions about many clocks."""

    def unfinished(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Clock(models.Model):
    """What a request's events, its team's rule and hours make of one goal; `clocks.py` writes it and nobody else.

    `due_at` is there while the clock runs, and stays when it has ended; a clock that is paused is due no more, and `elapsed` is
    what had been worked of its `target` when it was paused. A missed clock runs on until somebody does what was promised.
    `look_at` is when somebody has to be told something next.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="+")
    goal = models.CharField(max_length=10, choices=[(goal.value, goal.value) for goal in Goal])
    # Counts the reopenings, where each of them starts a new clock.
    round = models.PositiveSmallIntegerField(default=0)
    target = models.DurationField()
    state = models.CharField(max_length=9, choices=[(state.value, state.value) for state in State])
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    elapsed = models.DurationField(default=timedelta(0))
    ended_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    # The event that says it was missed, and when people were told of it.
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+")
    told_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "goal", "round"], name="one_clock_of_a_goal")]
        indexes = [
            # What is due next, and what has been missed without anybody having said so.
            models.Index(fields=["look_at"], condition=models.Q(look_at__isnull=False), name="clock_to_look_at"),
            models.Index(fields=["ticket"], condition=models.Q(ended_at__isnull=True), name="clock_running"),
        ]

    def __str__(self) -> str:
        return f"{self.goal} of #{self.ticket_id}: {self.state}"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None
