"""Merging one category of a team into another: the requests of the first have the second from then on."""

from __future__ import annotations

from django.db import transaction

from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Category
from balie.teams.refusals import CategoriesOfOneTeam
from balie.teams.shaping import refuse_unless_theirs
from balie.tickets import changing_over
from balie.tickets.models import Changeover


def merge(category: Category, *, into: Category, by: Person) -> Changeover:
    """The first is archived, and the other is found by its words too. Raises `TeamRefused`."""
    with transaction.atomic():
        refuse_unless_theirs(category.team, by)
        # Always the lower number first, so that two merges at once cannot wait for each other.
        rows = {
            one.pk: one
            for one in Category.objects.select_for_update().filter(pk__in=(category.pk, into.pk)).order_by("pk")
        }
        source, target = rows[category.pk], rows[into.pk]
        if source.pk == target.pk or source.team_id != target.team_id or target.archived_at or source.archived_at:
            raise CategoriesOfOneTeam
        source.archived_at = clock.now()
        source.save(update_fields=["archived_at"])
        target.words = _joined(target, source)
        target.save(update_fields=["words"])
        changeover = changing_over.begin(Changeover.Kind.MERGED, category=source, new_category=target, by=by)
    if changeover.total <= changing_over.AT_ONCE:
        changing_over.carry_on(changeover.pk)
    changeover.refresh_from_db()
    return changeover


def _joined(target: Category, source: Category) -> str:
    """Whoever searched by the former name still finds it; what does not fit is left out."""
    words = dict.fromkeys([*target.words.split(), *source.name.split(), *source.words.split()])
    longest = Category._meta.get_field("words").max_length or 0
    kept = ""
    for word in words:
        longer = f"{kept} {word}".strip()
        if len(longer) <= longest:
            kept = longer
    return kept
