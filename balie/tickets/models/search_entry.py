"""What search reads: one narrow row for each message. The database keeps it, see docs/search.md."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from balie.teams.models import Team
from balie.tickets.models.message import Message


class SearchEntry(models.Model):
    """The words of a message beside its request's subject and its files' names, and marks of who may find it.

    The words are plain (`balie_plain`: small letters, no accents) and in the stems of the text's language. The marks hold a
    colon, which no word has: `t:12` the team, `t:12/2026-11` the team in a month, `m:2026-11`, `k:note`, and by person
    `r:` requester, `a:` author, `f:` follower. Triggers of migration 0007 write them in the transaction of what they follow.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="search_entry")
    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="search_entries", db_constraint=False, db_index=False
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    at = models.DateTimeField()
    is_note = models.BooleanField()
    words = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["ticket"], name="search_entry_of_ticket"),
            # A long list of what is yet to be sorted in would be read by each search.
            GinIndex(fields=["words"], name="search_words", gin_pending_list_limit=512),
        ]

    def __str__(self) -> str:
        return f"search entry {self.message_id}"
