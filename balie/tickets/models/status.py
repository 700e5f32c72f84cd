"""Where a request stands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from balie.platform.gathering import remembered

PRESET_NAMES = {
    "todo": gettext_noop("To do"),
    "in_progress": gettext_noop("In progress"),
    "waiting": gettext_noop("Waiting"),
    "resolved": gettext_noop("Resolved"),
}


class Group(models.TextChoices):
    """The four groups that every status belongs to."""

    TODO = "todo", _("To do")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")


class Status(models.Model):
    """A preset status has a `key` and translated names; an own one has the names that its maker gave per language."""

    key = models.SlugField(max_length=40, unique=True)
    group = models.CharField(max_length=11, choices=Group)
    names = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the language of whoever reads."""
        own: dict[str, str] = self.names
        if own:
            return own.get(get_language() or "en") or own.get("en") or next(iter(own.values()))
        return gettext(PRESET_NAMES.get(self.key, self.key))

    @classmethod
    def preset(cls, group: Group) -> Status:
        """The preset status of a group; it has the group's name for its key."""
        return remembered((cls, group), lambda: cls.objects.get(key=group.value))
