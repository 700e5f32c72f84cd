"""What removing a feature hides: counted before it is done, so that nobody is surprised. Nothing of it is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.urls import URLResolver, get_resolver
from django.utils.translation import ngettext

from balie.channels.email.models import Mailbox
from balie.channels.models import Delivery
from balie.channels.push.models import Browser
from balie.organisation.plan import Feature, feature_of
from balie.people.models import ApiToken, Credential
from balie.teams.models import Team
from balie.tickets.models import Project, Rating, Ticket


def what_is_hidden(feature: Feature) -> list[str]:
    """A line for each kind of thing of which there is any, in the reader's language."""
    hidden = {feature, *feature.dependents}
    counted = [line for one in Feature if one in hidden for line in _COUNTED.get(one, _nothing)()]
    pages = sum(feature_of(view) in hidden for view in _views(get_resolver().url_patterns))
    if pages:
        counted.append(ngettext("%(count)d page closes", "%(count)d pages close", pages) % {"count": pages})
    return counted


def _requests() -> Iterator[str]:
    if count := Ticket.objects.present().open().count():
        yield ngettext("%(count)d open request", "%(count)d open requests", count) % {"count": count}


def _mail() -> Iterator[str]:
    if count := Team.objects.active().count():
        yield ngettext(
            "The address of %(count)d team takes no mail any more",
            "The addresses of %(count)d teams take no mail any more", count,
        ) % {"count": count}  # fmt: skip
    if count := Mailbox.objects.active().count():
        yield ngettext(
            "%(count)d mailbox is not read any more", "%(count)d mailboxes are not read any more", count
        ) % {"count": count}  # fmt: skip
    if count := Delivery.objects.filter(state__in=Delivery.PENDING).count():
        yield ngettext(
            "%(count)d mail that is on its way is still delivered", "%(count)d mails that are on their way are still delivered",
            count,
        ) % {"count": count}  # fmt: skip


def _projects() -> Iterator[str]:
    if count := Project.objects.count():
        yield ngettext("%(count)d project", "%(count)d projects", count) % {"count": count}


def _ratings() -> Iterator[str]:
    if count := Rating.objects.count():
        yield ngettext("%(count)d rating", "%(count)d ratings", count) % {"count": count}


def _browsers() -> Iterator[str]:
    if count := Browser.objects.count():
        yield ngettext(
            "%(count)d browser gets no notices any more", "%(count)d browsers get no notices any more", count
        ) % {"count": count}  # fmt: skip


def _keys() -> Iterator[str]:
    if count := Credential.objects.usable().filter(is_system=False).count():
        yield ngettext(
            "%(count)d integration with API credentials stops", "%(count)d integrations with API credentials stop", count
        ) % {"count": count}  # fmt: skip
    if count := ApiToken.objects.filter(revoked_at__isnull=True).count():
        yield ngettext(
            "%(count)d personal token opens nothing any more", "%(count)d personal tokens open nothing any more", count
        ) % {"count": count}  # fmt: skip


def _nothing() -> Iterator[str]:
    yield from ()


_COUNTED: Final[Mapping[Feature, Callable[[], Iterator[str]]]] = {
    Feature.CONVERSATIONS: _requests,
    Feature.EMAIL: _mail,
    Feature.PROJECTS: _projects,
    Feature.RATINGS: _ratings,
    Feature.PUSH: _browsers,
    Feature.API: _keys,
}


def _views(patterns: Any) -> Iterator[Any]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield getattr(pattern.callback, "view_class", pattern.callback)
