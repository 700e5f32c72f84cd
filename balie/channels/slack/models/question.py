"""What somebody wrote to the bot, while they are asked which team it is for."""

from __future__ import annotations

from django.db import models

from balie.channels.models import Thread
from balie.people.models import Person
from balie.teams.models import Team


class Question(models.Model):
    """`said` are the messages so far, each with `ts`, `text`, `html` and `files` as Slack describes them."""

    thread = models.OneToOneField(Thread, on_delete=models.CASCADE, related_name="question")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    said = models.JSONField(default=list)
    # Chosen, when its category is still asked for.
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_said_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-last_said_at"], name="question_of_person")]

    def __str__(self) -> str:
        return f"question {self.pk}"
