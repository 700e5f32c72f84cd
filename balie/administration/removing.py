"""What removing a feature hides: counted before it is done, so that nobody is surprised. Nothing of it is deleted.

How many requests private teams have is told to their members only: for others it says that there may be some (product, rule 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import URLResolver, get_resolver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from balie.administration.reader import counted_for
from balie.channels import kinds
from balie.channels.email.models import Mailbox
from balie.channels.models import Delivery
from balie.channels.push.models import Browser
from balie.channels.slack.models import Link, Workspace
from balie.organisation.models import Organisation
from balie.organisation.plan import Feature, feature_of
from balie.people.models import ApiToken, Credential, Person
from balie.sla.models import Rule
from balie.teams.models import Team
from balie.tickets.models import Project, Rating
from balie.tickets.models.ticket import TicketQuerySet


@dataclass(frozen=True)
class Kind:
    """Things of one kind, and what is said of so many of them."""

    rows: QuerySet[Any]
    # Of `ngettext_lazy`, by "count".
    words: Any


def what_is_hidden(feature: Feature, *, reader: Person) -> list[str]:
    """A line for each kind of thing of which there is any, in the reader's language."""
    hidden = {feature, *feature.dependents}
    requests, is_partial = counted_for(reader)
    listed = [kind for one in Feature if one in hidden for kind in _KINDS.get(one, _nothing)(reader, requests)]
    counts = _counts([kind.rows for kind in listed])
    lines = [str(kind.words % {"count": count}) for kind, count in zip(listed, counts, strict=True) if count]
    if is_partial and Feature.CONVERSATIONS in hidden:
        lines.insert(1 if counts[0] else 0, _("Whatever private teams are asked"))
    pages = sum(feature_of(view) in hidden for view in _views(get_resolver().url_patterns))
    if pages:
        lines.append(ngettext("%(count)d page closes", "%(count)d pages close", pages) % {"count": pages})
    return lines


def _requests(_reader: Person, requests: TicketQuerySet) -> list[Kind]:
    return [Kind(requests.open(), ngettext_lazy("%(count)d open request", "%(count)d open requests", "count"))]


def _mail(_reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return [
        Kind(
            Team.objects.active(),
            ngettext_lazy(
                "The address of %(count)d team takes no mail any more",
                "The addresses of %(count)d teams take no mail any more", "count",
            ),
        ),
        Kind(
            Mailbox.objects.active(),
            ngettext_lazy("%(count)d mailbox is not read any more", "%(count)d mailboxes are not read any more", "count"),
        ),
        Kind(
            _on_their_way(kinds.EMAIL),
            ngettext_lazy(
                "%(count)d mail that is on its way is still delivered",
                "%(count)d mails that are on their way are still delivered", "count",
            ),
        ),
    ]  # fmt: skip


def _slack(_reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return [
        Kind(
            Workspace.objects.all(),
            ngettext_lazy(
                "%(count)d Slack workspace takes no requests any more", "%(count)d Slack workspaces take no requests any more",
                "count",
            ),
        ),
        Kind(Link.objects.all(), ngettext_lazy("%(count)d linked channel", "%(count)d linked channels", "count")),
        Kind(
            _on_their_way(kinds.SLACK),
            ngettext_lazy(
                "%(count)d message that is on its way to Slack is still delivered",
                "%(count)d messages that are on their way to Slack are still delivered", "count",
            ),
        ),
    ]  # fmt: skip


def _promises(_reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return [Kind(Rule.objects.all(), ngettext_lazy("%(count)d SLA rule", "%(count)d SLA rules", "count"))]


def _projects(reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return [Kind(Project.objects.seen_by(reader), ngettext_lazy("%(count)d project", "%(count)d projects", "count"))]


def _ratings(_reader: Person, requests: TicketQuerySet) -> list[Kind]:
    given = Rating.objects.given().filter(ticket__in=requests.order_by().values("pk"))
    return [Kind(given, ngettext_lazy("%(count)d rating", "%(count)d ratings", "count"))]


def _browsers(_reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return [
        Kind(
            Browser.objects.all(),
            ngettext_lazy(
                "%(count)d browser gets no notices any more", "%(count)d browsers get no notices any more", "count"
            ),
        )
    ]


def _keys(_reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return [
        Kind(
            Credential.objects.usable().filter(is_system=False),
            ngettext_lazy(
                "%(count)d integration with API credentials stops", "%(count)d integrations with API credentials stop", "count"
            ),
        ),
        Kind(
            ApiToken.objects.filter(revoked_at__isnull=True),
            ngettext_lazy(
                "%(count)d personal token opens nothing any more", "%(count)d personal tokens open nothing any more", "count"
            ),
        ),
    ]  # fmt: skip


def _nothing(_reader: Person, _requests: TicketQuerySet) -> list[Kind]:
    return []


_KINDS: Final[Mapping[Feature, Callable[[Person, TicketQuerySet], list[Kind]]]] = {
    Feature.CONVERSATIONS: _requests,
    Feature.EMAIL: _mail,
    Feature.SLACK: _slack,
    Feature.SLA: _promises,
    Feature.PROJECTS: _projects,
    Feature.RATINGS: _ratings,
    Feature.PUSH: _browsers,
    Feature.API: _keys,
}


def _on_their_way(kind: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(kind=kind, state__in=Delivery.PENDING)


def _counts(listed: Sequence[QuerySet[Any]]) -> list[int]:
    """How many rows each of these has, in one statement."""
    if not listed:
        return []
    counted = {
        f"count_{place}": Coalesce(
            Subquery(rows.order_by().annotate(together=Value(1)).values("together").annotate(count=Count("pk")).values("count")),
            0, output_field=IntegerField(),
        )
        for place, rows in enumerate(listed)
    }  # fmt: skip
    return list(Organisation.objects.order_by().annotate(**counted).values_list(*counted).get())


def _views(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield getattr(pattern.callback, "view_class", pattern.callback)
