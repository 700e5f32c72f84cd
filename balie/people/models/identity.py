"""How a channel knows a person: an address, a Slack user id, a Teams object id."""

from typing import ClassVar

from django.db import models


class Identity(models.Model):
    """One such name. For email the `external_id` is the address in lower case; a person may have several."""

    EMAIL: ClassVar = "email"
    # The external id is that of the workspace and of the member in it, as "T024BE7LD:U024BE7LH".
    SLACK: ClassVar = "slack"

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=320)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "external_id"], name="one_person_per_identity")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.external_id}"
