"""How somebody likes to look at lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person


class Habit(models.Model):
    """Remembered per person, on every device."""

    class Layout(models.TextChoices):
        LIST = "list", _("List")
        SPLIT = "split", _("Split")
        BOARD = "board", _("Board")

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="habit")
    layout = models.CharField(max_length=5, choices=Layout, default=Layout.LIST)

    def __str__(self) -> str:
        return self.layout
