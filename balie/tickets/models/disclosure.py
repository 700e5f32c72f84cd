"""An administrator's look into a private team's request, with the reason that the team is shown."""

from django.db import models

from balie.people.models import Person


class Disclosure(models.Model):
    """Opens one request to one administrator; nobody else gains anything by it."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="disclosures")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="disclosures")
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="opened_once")]

    def __str__(self) -> str:
        return self.reason
