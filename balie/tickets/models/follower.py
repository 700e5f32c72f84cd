"""Who takes part in a request beside the one who asked."""

from django.db import models

from balie.people.models import Person


class Follower(models.Model):
    """One person following one request; a copied colleague is one."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="followings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="followings")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="follows_once")]

    def __str__(self) -> str:
        return f"{self.person} → {self.ticket_id}"
