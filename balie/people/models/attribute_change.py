"""What became of one fact of a profile: the value before and after, when, by whom, and by which way. Only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models.attribute import Attribute
from balie.people.models.person import Person


class AttributeChange(models.Model):
    """A change of an attribute; or of a field that every person has, such as the name, whose `field` it names then."""

    class Way(models.TextChoices):
        PROFILE = "profile", _("on the profile")
        PROPOSAL = "proposal", _("by a proposal")
        IMPORT = "import", _("by an import")
        API = "api", _("by the API")
        SETTINGS = "settings", _("by a change of the attribute")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="attribute_changes")
    attribute = models.ForeignKey(Attribute, null=True, blank=True, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=40, blank=True, default="")
    # As `people/values.py` writes them; null for no value.
    old = models.JSONField(null=True, blank=True)
    new = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()
    # Nobody, for what a command or the program itself did.
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    way = models.CharField(max_length=8, choices=Way)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["person", "-at"], name="changes_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attribute__isnull=False, field="")
                | (models.Q(attribute__isnull=True) & ~models.Q(field="")),
                name="change_of_an_attribute_or_a_field",
            )
        ]
