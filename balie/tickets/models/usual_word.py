"""Words that people use when they ask, and where their requests went."""

from django.db import models

from balie.teams.models import Category, Team


class UsualWord(models.Model):
    """A word, stemmed in its askers' language, in requests of one team about one category. Made anew by `tickets/learning.py`.

    Only words that several people used, and none of private teams: nobody learns from it what one person asked.
    """

    word = models.CharField(max_length=60)
    language = models.CharField(max_length=2)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    people = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["language", "word"], name="usual_word")]

    def __str__(self) -> str:
        return self.word
