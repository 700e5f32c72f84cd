"""Loads the demo company into an empty desk, once."""

from django.db import transaction

from balie.channels.models import Delivery
from balie.operations.demo import company, conversations
from balie.organisation.models import Organisation


def load() -> bool:
    """Whether it was loaded; False when there is an organisation already."""
    if Organisation.objects.exists():
        return False
    with transaction.atomic():
        cast = company.found()
        conversations.hold(cast)
        # What the verbs promised belongs to a past that never was: nobody is sent anything (rule of silence).
        Delivery.objects.all().delete()
    return True
