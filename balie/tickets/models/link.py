"""Two requests that belong together."""

from django.db import models


class Link(models.Model):
    """Kept once, the lower number first."""

    lower = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links_up")
    higher = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links_down")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lower", "higher"], name="linked_once"),
            models.CheckConstraint(condition=models.Q(lower__lt=models.F("higher")), name="lower_number_first"),
        ]

    def __str__(self) -> str:
        return f"{self.lower_id} – {self.higher_id}"
