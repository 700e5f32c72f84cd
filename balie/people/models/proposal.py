"""A change of a profile that waits for somebody who may make it."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models.attribute import Attribute


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Questions about many proposals. Who may decide them is said by `people/proposing.py`."""

    def waiting(self) -> Self:
        return self.filter(state=Proposal.State.WAITING)


class Proposal(models.Model):
    """One attribute of one person, or one of their `Basic` facts, which `field` names then, as somebody would have it.

    A newer one of the same person for it replaces an older one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="proposals")
    attribute = models.ForeignKey(Attribute, null=True, on_delete=models.CASCADE, related_name="proposals")
    field = models.CharField(max_length=16, blank=True, default="")
    # As `Person.attributes` holds them, and as `people/changing_basics.py` takes them; null stands for none.
    # What was there when it was proposed is shown beside it.
    value: Any = models.JSONField(null=True)
    was: Any = models.JSONField(null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "attribute", "field", "proposed_by"],
                condition=models.Q(state="waiting"),
                nulls_distinct=False,
                name="one_proposal_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(attribute__isnull=False, field="")
                | (models.Q(attribute__isnull=True) & ~models.Q(field="")),
                name="proposal_of_an_attribute_or_a_field",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(state="waiting"), name="proposals_waiting")]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.attribute_id} {self.person_id}"
