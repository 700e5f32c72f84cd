"""A list that somebody keeps under a name: filters, columns and an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.platform.alphabet import alphabetical
from balie.platform.arrays import array_of
from balie.platform.prepared import Prepared
from balie.teams.models import Team
from balie.tickets.models import Status
from balie.workspace.filters import Filters, Order

_SHOWN: Final = """
    (about_team_id IS NULL OR about_team_id = ANY(%s::bigint[]))
    AND (owner_id = %s OR shared_with = 'everybody' OR (shared_with = 'team' AND team_id = ANY(%s::bigint[])))
"""


def follow_replacements(views: Iterable[SavedView]) -> None:
    """A view of a status that was archived is one of what replaced it: its requests have that now."""
    of_status = [view for view in views if view.filters.get("status")]
    if not of_status:
        return
    replaced = dict(Status.objects.filter(replacement__isnull=False).values_list("pk", "replacement"))
    for view in of_status:
        status = Filters.read(view.filters).status
        # A replacement may have been replaced since.
        for _step in replaced:
            status = replaced.get(status, status) if status else status
        view.filters = {**view.filters, "status": status}


class SavedView(models.Model):
    """`filters` are those of an address, see `workspace/filters.py`; `q` among them is a search.

    It says what to look for, never what is found: whoever opens a shared view sees what they may see anyway.
    """

    class Sharing(models.TextChoices):
        NOBODY = "nobody", _("Only me")
        TEAM = "team", _("One team")
        EVERYBODY = "everybody", _("All experts")

    class Column(models.TextChoices):
        STATUS = "status", _("Status")
        TEAM = "team", _("Team and category")
        PRIORITY = "priority", _("Priority")
        ASSIGNEE = "assignee", _("Assignee")
        AGE = "age", _("Age")
        DUE = "due", _("Due date, or last word")

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    shared_with = models.CharField(_("shared with"), max_length=9, choices=Sharing, default=Sharing.NOBODY)
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.CASCADE, related_name="shared_views"
    )
    filters = models.JSONField(default=dict)
    # The team that the filters name, once more: so that one question tells who may know of the view.
    about_team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)
    order = models.CharField(_("order"), max_length=8, default=Order.WORD.value)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shared_with="team", team__isnull=False)
                | (~models.Q(shared_with="team") & models.Q(team__isnull=True)),
                name="shared_with_a_team_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def shown_to(cls, person: Person, *, teams: list[int]) -> list[SavedView]:
        """One's own and what is shared with them; never one that is about a team whose requests they do not work on."""
        views = _SHOWN_TO(person=person.pk, teams=array_of(teams))
        follow_replacements(views)
        return alphabetical(views, by=lambda view: view.name)

    def asks(self) -> Filters:
        """Its filters, as a list understands them."""
        return Filters.read(self.filters)


def _shown(person: int, teams: int) -> models.QuerySet[SavedView]:
    shown = RawSQL(_SHOWN, [teams, person, teams], output_field=models.BooleanField())  # noqa: S611  (a constant; values go as parameters)
    return SavedView.objects.filter(shown).order_by("pk")


# Every page of an expert asks this.
_SHOWN_TO: Final = Prepared(_shown, "person", "teams")
