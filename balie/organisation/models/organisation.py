"""The one organisation that this database belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.organisation.plan import Feature, Plan
from balie.platform import clock
from balie.platform.gathering import remembered
from balie.platform.languages import LANGUAGES
from balie.platform.prepared import Prepared


class NotSetUp(Exception):
    """There is no organisation yet: `balie setup` has not run."""


# What a page has read of it already, in a list of one; empty before it asks.
_held: ContextVar[list[Organisation] | None] = ContextVar("organisation", default=None)


class PlanIsFixed(Exception):
    """Whoever runs Balie decides what the plan contains."""


class Organisation(models.Model):
    """Its name, its language, its plan, and what it decided about requests as a whole.

    The plan is kept as what it lacks: whatever a new version of Balie brings is included. `activated_at` is when Conversations
    was set up, see administration/activating.py; `country` is ISO 3166-1 alpha-2, "" when nobody said.
    """

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Amsterdam")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    reopen_within_days = models.PositiveSmallIntegerField(
        _("days in which a reply reopens a resolved request"), default=14, validators=[MaxValueValidator(365)]
    )
    largest_departure = models.PositiveSmallIntegerField(
        _("how many in a hundred an import may make inactive without being asked again"),
        default=10,
        validators=[MaxValueValidator(100)],
    )
    trusted_mail_servers = ArrayField(
        models.CharField(max_length=253),
        verbose_name=_("mail servers whose Authentication-Results are trusted"),
        default=list,
        blank=True,
    )
    plan_lacks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    is_plan_fixed = models.BooleanField(default=False)
    account_manager = models.EmailField(_("account manager"), blank=True, default="")
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    is_the_one = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_the_one"], name="one_organisation"),
            models.CheckConstraint(condition=models.Q(is_the_one=True), name="only_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> Plan:
        return Plan(lacks=frozenset(self.plan_lacks), is_activated=self.activated_at is not None)

    def add(self, feature: Feature) -> None:
        """The plan has it from now on, with what it needs; raises `PlanIsFixed`. Called on the locked row, as `remove` is."""
        self._refuse_if_fixed()
        self.include_all_but({*self.plan_lacks} - {feature.value, feature.needs and feature.needs.value})

    def remove(self, feature: Feature) -> None:
        """The plan lacks it from now on. Everything that was made with it stays, and is there again when it is added."""
        self._refuse_if_fixed()
        self.include_all_but({*self.plan_lacks, feature.value})

    def include_all_but(self, lacking: Collection[str | None]) -> None:
        """For whoever runs Balie, whom a fixed plan does not bind."""
        self.plan_lacks = [name for name in sorted(Feature.values) if name in lacking]
        self.save(update_fields=["plan_lacks"])

    def fix_plan(self, *, account_manager: str) -> None:
        """Administrators cannot change the plan from now on; they can write to this address, if there is one."""
        self.is_plan_fixed, self.account_manager = True, account_manager
        self.save(update_fields=["is_plan_fixed", "account_manager"])

    def free_plan(self) -> None:
        """Administrators decide again."""
        self.is_plan_fixed = False
        self.save(update_fields=["is_plan_fixed"])

    def activate(self) -> None:
        """Conversations has been set up."""
        self.activated_at = clock.now()
        self.save(update_fields=["activated_at"])

    def _refuse_if_fixed(self) -> None:
        if self.is_plan_fixed:
            raise PlanIsFixed

    @classmethod
    def current(cls) -> Organisation:
        """The organisation; raises `NotSetUp`."""
        held = _held.get()
        if held:
            return held[0]
        found = remembered(cls, _there_is.first)
        if found is None:
            raise NotSetUp
        if held is not None:
            held.append(found)
        return found

    @classmethod
    def locked(cls) -> Organisation:
        """The same, for whoever changes what follows from it; raises `NotSetUp`."""
        try:
            return cls.objects.select_for_update().get()
        except cls.DoesNotExist:
            raise NotSetUp from None


# Asked by every page and every message.
_there_is = Prepared(Organisation.objects.all)


@contextmanager
def held_once() -> Iterator[None]:
    """While one page is made, the organisation is read once."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)
