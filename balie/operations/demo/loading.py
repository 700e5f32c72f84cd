"""Loads the demo company into an empty desk, once."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from balie.channels.models import Delivery
from balie.channels.notices.models import Notice
from balie.operations.demo import company, conversations, promises, surroundings
from balie.organisation.models import Organisation
from balie.platform import clock
from balie.tickets import expecting, learning
from balie.tickets.models import Sight


def load() -> bool:
    """Whether it was loaded; False when there is an organisation already."""
    if Organisation.objects.exists():
        return False
    with transaction.atomic():
        cast = company.found()
        promises.make(cast)
        conversations.hold(cast)
        promises.let_time_have_passed(now=clock.now())
        surroundings.arrange(cast, now=clock.now())
        learning.learn()
        expecting.learn_usual_answers()
        _let_the_post_have_gone()
    return True


def _let_the_post_have_gone() -> None:
    """What the verbs promised belongs to a past that never was: answers count as sent then, and nobody is sent anything now."""
    Delivery.objects.exclude(purpose=Delivery.Purpose.REPLY).delete()
    Delivery.objects.update(
        state=Delivery.State.SENT, attempts=1, sent_at=F("created_at"), next_attempt_at=None, held_by=None
    )
    # Whoever had a request open has read what they were told of it; of what is older, everybody has.
    seen = Sight.objects.filter(person=OuterRef("person"), ticket=OuterRef("ticket"), seen_at__gte=OuterRef("at"))
    Notice.objects.filter(Exists(seen) | Q(at__lt=clock.now() - timedelta(days=2))).update(read_at=F("at"))
