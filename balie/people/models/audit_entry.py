"""One thing that somebody did to access rights, or with them: only ever added, the database refuses everything else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """`kind` is one of `people/auditing.py`, which puts it into words; `facts` holds names as they were then."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    # Nobody when the program itself did it.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    facts: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["kind", "-id"], name="audit_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
