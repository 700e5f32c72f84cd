"""The plan: what the organisation has of Balie. What it lacks is closed by one question, asked in three places.

Whatever belongs to a feature says so (`part_of`), or stands in a package that does (`_PACKAGES`). The gate of the pages, the
door of the API and the runner of jobs ask `is_open` of it, and nothing else does: data stays as it is, and what is owed is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Declared = TypeVar("Declared", bound=Callable[..., Any])


class Module(models.TextChoices):
    """What features are bought and shown by."""

    PEOPLE = "people", _("People")
    CONVERSATIONS = "conversations", _("Conversations")
    CONNECTIONS = "connections", _("Connections")


class Feature(models.TextChoices):
    """One thing that a plan has or lacks. People are in every plan: without them nobody could sign in."""

    CONVERSATIONS = "conversations", _("Conversations")
    EMAIL = "email", _("Email")
    SLACK = "slack", _("Slack")
    SLA = "sla", _("SLAs")
    SEARCH = "search", _("Search")
    PROJECTS = "projects", _("Projects")
    RATINGS = "ratings", _("Ratings")
    PUSH = "push", _("Notices in the browser")
    API = "api", _("API")

    @property
    def module(self) -> Module:
        return Module.CONNECTIONS if self is Feature.API else Module.CONVERSATIONS

    @property
    def gives(self) -> Promise:
        """What one has of it, in a sentence."""
        return _GIVES[self]

    @property
    def needs(self) -> Feature | None:
        """The feature without which this one is closed as well."""
        return None if self in (Feature.CONVERSATIONS, Feature.API) else Feature.CONVERSATIONS

    @property
    def dependents(self) -> tuple[Feature, ...]:
        """Those that close with this one."""
        return tuple(one for one in Feature if one.needs is self)


_GIVES: Final[Mapping[Feature, Promise]] = {
    Feature.CONVERSATIONS: _(
        "Employees ask, teams answer: requests, the inbox of experts and everybody's own requests."
    ),
    Feature.EMAIL: _("Each team has an address. A mail becomes a request, and answers go out by mail."),
    Feature.SLACK: _("Employees ask and read answers in Slack."),
    Feature.SLA: _("Teams promise how soon they answer, and see what is due."),
    Feature.SEARCH: _("Experts search in everything that was said."),
    Feature.PROJECTS: _("Requests that belong together have a page of their own."),
    Feature.RATINGS: _("Those who asked say how it went."),
    Feature.PUSH: _("Notices also come when Balie is not open."),
    Feature.API: _("Programs of your own read and change what their credentials allow."),
}

_FEATURES: Final[Mapping[str, Feature]] = {feature.value: feature for feature in Feature}

# Beside what is declared with `part_of`: whatever stands in these, by the longest name that fits.
_PACKAGES: Final[Mapping[str, Feature]] = {
    "balie.workspace": Feature.CONVERSATIONS,
    "balie.workspace.searching": Feature.SEARCH,
    "balie.workspace.projects": Feature.PROJECTS,
    "balie.portal": Feature.CONVERSATIONS,
    "balie.portal.rating": Feature.RATINGS,
    "balie.channels": Feature.CONVERSATIONS,
    "balie.channels.email": Feature.EMAIL,
    "balie.channels.push": Feature.PUSH,
    "balie.channels.slack": Feature.SLACK,
    "balie.tickets": Feature.CONVERSATIONS,
    "balie.tickets.rating": Feature.RATINGS,
    "balie.sla": Feature.SLA,
    "balie.sla.due_dates": Feature.CONVERSATIONS,
    "balie.administration.sla": Feature.SLA,
    "balie.api.sla_rules": Feature.SLA,
    "balie.config.files": Feature.CONVERSATIONS,
    "balie.administration.statuses": Feature.CONVERSATIONS,
    "balie.administration.team_attributes": Feature.CONVERSATIONS,
    "balie.administration.team_categories": Feature.CONVERSATIONS,
    "balie.administration.team_channels": Feature.CONVERSATIONS,
    "balie.administration.team_members": Feature.CONVERSATIONS,
    "balie.administration.team_requests": Feature.CONVERSATIONS,
    "balie.administration.team_words": Feature.CONVERSATIONS,
    "balie.administration.teams": Feature.CONVERSATIONS,
    "balie.administration.working_hours": Feature.CONVERSATIONS,
    "balie.administration.requests": Feature.CONVERSATIONS,
    "balie.api.requests": Feature.CONVERSATIONS,
    "balie.api.messages": Feature.CONVERSATIONS,
    "balie.api.events": Feature.CONVERSATIONS,
    "balie.api.team_changes": Feature.CONVERSATIONS,
    "balie.api.teams": Feature.CONVERSATIONS,
    "balie.api.statuses": Feature.CONVERSATIONS,
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What there is. In a template `plan.projects` says whether projects are open."""

    lacks: frozenset[str] = frozenset()
    is_activated: bool = True

    def __getitem__(self, name: str) -> bool:
        return self.is_open(_FEATURES[name])

    @property
    def is_awaited(self) -> bool:
        """Whether Conversations is there to be set up."""
        return not self.is_activated and self.includes(Feature.CONVERSATIONS)

    def includes(self, feature: Feature) -> bool:
        """Whether the plan has it, and what it needs."""
        return feature.value not in self.lacks and (feature.needs is None or self.includes(feature.needs))

    def is_open(self, feature: Feature) -> bool:
        """The same, and Conversations has been set up where it is part of that."""
        is_set_up = self.is_activated or Feature.CONVERSATIONS not in (feature, feature.needs)
        return is_set_up and self.includes(feature)


def part_of(feature: Feature) -> Callable[[Declared], Declared]:
    """Declare which feature a view, an operation, a door or a job belongs to."""

    def declared(thing: Declared) -> Declared:
        thing.feature = feature  # type: ignore[attr-defined]  # an attribute on the function, as `for_` does it
        return thing

    return declared


def feature_of(thing: Any) -> Feature | None:
    """Which feature it belongs to; None when it is there in every plan."""
    declared = getattr(thing, "feature", None)
    if isinstance(declared, Feature):
        return declared
    module = getattr(thing, "__module__", "") or ""
    names = [name for name in _PACKAGES if module == name or module.startswith(f"{name}.")]
    return _PACKAGES[max(names, key=len)] if names else None
