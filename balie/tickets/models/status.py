"""Where a request stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from django.db import connection, models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from balie.platform.gathering import remembered
from balie.platform.languages import LANGUAGES, in_readers_language
from balie.teams.models import Team

PRESET_NAMES = {
    "todo": gettext_noop("To do"),
    "in_progress": gettext_noop("In progress"),
    "waiting": gettext_noop("Waiting"),
    "resolved": gettext_noop("Resolved"),
}
# The name that whoever has no name in their own language reads; its maker wrote it in the organisation's.
FALLBACK = ""


class Group(models.TextChoices):
    """The four groups that every status belongs to."""

    TODO = "todo", _("To do")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")


class Shade(models.TextChoices):
    """Colours that keep their contrast on light and on dark ground, each with a shape of its own."""

    GROUP = "", _("As its group")
    SEA = "sea", _("Sea green, a square")
    SKY = "sky", _("Blue, a diamond")
    PLUM = "plum", _("Purple, a hexagon")
    ROSE = "rose", _("Pink, a shield")
    RUST = "rust", _("Orange, a triangle")
    MOSS = "moss", _("Olive, a leaf")
    SLATE = "slate", _("Grey, a pentagon")


class StatusQuerySet(models.QuerySet["Status"]):
    """Questions about many statuses."""

    def active(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def used_in(self, team: int | Team) -> Self:
        """Those that requests of this team can have: made for every team, or for this one."""
        return self.active().filter(models.Q(teams__isnull=True) | models.Q(teams=team)).distinct()

    def with_former_group(self) -> Self:
        """Each with `former_group` while its requests still follow it from that group to another."""
        regrouped = models.Q(changeovers__kind="regrouped", changeovers__ended_at__isnull=True)
        return self.annotate(former_group=models.Max("changeovers__old_group", filter=regrouped))

    def on_boards(self) -> Self:
        """Those that can be chosen, and those that some requests are still on their way out of."""
        leaving = models.Q(changeovers__ended_at__isnull=True, changeovers__isnull=False)
        return self.filter(models.Q(archived_at__isnull=True) | leaving).distinct()


class Status(models.Model):
    """A preset status has translated names, which own ones replace; an own status has those that its maker gave.

    `names` and `requester_names` are by code of language, the latter for those who asked. It is for the teams named, for all
    teams when none is.
    """

    key = models.SlugField(max_length=40, unique=True)
    group = models.CharField(_("group"), max_length=11, choices=Group)
    names = models.JSONField(default=dict, blank=True)
    requester_names = models.JSONField(default=dict, blank=True)
    shade = models.CharField(_("colour"), max_length=5, choices=Shade, default=Shade.GROUP, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="statuses")
    archived_at = models.DateTimeField(null=True, blank=True)
    replacement = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # Raised by each change, so that two who change it at once do not undo each other.
    version = models.PositiveIntegerField(default=1)

    objects = StatusQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """For those who work on requests, in the language of whoever reads."""
        return in_readers_language(self.names) or self._without_the_readers_language()

    @property
    def name_for_requester(self) -> str:
        """For those who asked: a wording of their own, else the name."""
        return in_readers_language(self.requester_names) or self.requester_names.get(FALLBACK) or self.name

    @property
    def is_preset(self) -> bool:
        return self.key in PRESET_NAMES

    @property
    def mark(self) -> str:
        """The shape in `icons.svg`: whose outline says which status, and whose inside says which group."""
        return mark_of(self.group, self.shade)

    @property
    def look(self) -> str:
        """The classes of its badge."""
        return look_of(self.group, self.shade)

    def is_used_in(self, team: int) -> bool:
        """Whether requests of this team can have it."""
        if self.is_preset or self.archived_at is not None:
            return self.is_preset
        chosen = set(self.teams.values_list("pk", flat=True))
        return not chosen or team in chosen

    @classmethod
    def held(cls, pk: int) -> Status:
        """As it is now, and as it stays until the transaction ends: whoever changes its group or archives it waits for that, so
        that no request takes what is no longer so. Many may hold it at once, unlike with `select_for_update`."""
        with connection.cursor() as asked:
            asked.execute("SELECT 1 FROM tickets_status WHERE id = %s FOR KEY SHARE", [pk])
        return cls.objects.get(pk=pk)

    @classmethod
    def preset(cls, group: Group) -> Status:
        """The preset status of a group; it has the group's name for its key."""
        return remembered((cls, group), lambda: cls.objects.get(key=group.value))

    def _without_the_readers_language(self) -> str:
        own: Mapping[str, str] = self.names
        if self.key in PRESET_NAMES:
            return gettext(PRESET_NAMES[self.key])
        written = (own.get(code) for code in (FALLBACK, "en", *(code for code, _language in LANGUAGES)))
        return next(filter(None, written), self.key)


def mark_of(group: str, shade: str) -> str:
    return f"{shade}-{group}" if shade else group


def look_of(group: str, shade: str) -> str:
    return f"{group} shade-{shade}" if shade else group
