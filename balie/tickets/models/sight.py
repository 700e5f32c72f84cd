"""When somebody last had a request open; what makes it new for them or not."""

from django.db import models

from balie.people.models import Person


class Sight(models.Model):
    """One person has seen one request, up to `seen_at`."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="sights")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sights")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "ticket"], name="one_sight_each")]

    def __str__(self) -> str:
        return f"{self.person} saw {self.ticket_id}"
