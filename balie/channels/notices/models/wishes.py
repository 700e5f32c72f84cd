"""How one person wishes to be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.channels.notices.kinds import Told, Way, usual
from balie.people.models import Person

# Mere notices by mail wait this long for company, so that several make one mail.
COMPANY = timedelta(minutes=1)


class Wishes(models.Model):
    """Of a person who has none of these, the usual holds. `kinds` has what was chosen otherwise: `{"note": ["listed", "push"]}`.

    Quiet are the hours between `quiet_from` and `quiet_until` of each day, which may lie on two days, and whole `quiet_days`
    (0 is Monday), all in the person's time zone.
    """

    class Rhythm(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        HOURLY = "hourly", _("Every hour, in one mail")
        DAILY = "daily", _("Once a day, in one mail")

    class Discretion(models.TextChoices):
        OPEN = "open", _("What happened")
        PRIVATE_TEAMS = "private_teams", _("What happened; of private teams only that there is something")
        ALWAYS = "always", _("Only that there is something")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="wishes")
    kinds = models.JSONField(default=dict)
    rhythm = models.CharField(_("Email comes"), max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE)
    daily_at = models.TimeField(_("Once a day at"), default=time(9))
    quiet_from = models.TimeField(_("Quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("until"), null=True, blank=True)
    quiet_days = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]), default=list, blank=True
    )
    discretion = models.CharField(
        _("A browser says"), max_length=13, choices=Discretion, default=Discretion.PRIVATE_TEAMS
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_has_two_ends",
            ),
            models.CheckConstraint(condition=models.Q(quiet_days__len__lte=6), name="one_day_is_not_quiet"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"

    def told(self, kind: str) -> Told:
        """How this person is told of this kind of thing."""
        chosen = self.kinds.get(kind)
        return Told(listed=chosen[0] == "listed", way=chosen[1]) if chosen else usual(kind)

    def choose(self, kind: str, told: Told) -> None:
        """So from now on. What is usual is not kept, and changes with the usual."""
        if told == usual(kind):
            self.kinds.pop(kind, None)
        else:
            self.kinds[kind] = ["listed" if told.listed else "unlisted", told.way]

    def due_at(self, now: datetime, *, way: str, zone: ZoneInfo) -> datetime:
        """When a notice of this moment is sent: in the rhythm of mails, and not in quiet hours."""
        return self._after_quiet(self._in_rhythm(now, zone) if way == Way.EMAIL else now, zone)

    def speaks_of(self, *, is_private: bool) -> bool:
        """Whether a browser may say what happened."""
        if self.discretion == self.Discretion.PRIVATE_TEAMS:
            return not is_private
        return self.discretion == self.Discretion.OPEN

    def _in_rhythm(self, now: datetime, zone: ZoneInfo) -> datetime:
        if self.rhythm == self.Rhythm.HOURLY:
            return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if self.rhythm == self.Rhythm.DAILY:
            today = now.astimezone(zone).date()
            at = _moment(today, self.daily_at, zone)
            return at if at > now else _moment(today + timedelta(days=1), self.daily_at, zone)
        return now + COMPANY

    def _after_quiet(self, at: datetime, zone: ZoneInfo) -> datetime:
        # A night and a weekend may follow each other; six days of a week at most are quiet.
        for _step in range(16):
            end = self._end_of_quiet(at, zone)
            if end is None or end <= at:
                break
            at = end
        return at

    def _end_of_quiet(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet ends in which this moment lies; None when it lies in none."""
        local = at.astimezone(zone)
        today, tomorrow = local.date(), local.date() + timedelta(days=1)
        if local.weekday() in self.quiet_days:
            return _moment(tomorrow, time(0), zone)
        begins, ends, hour = self.quiet_from, self.quiet_until, local.time()
        if begins is None or ends is None or begins == ends:
            return None
        if begins < ends:
            return _moment(today, ends, zone) if begins <= hour < ends else None
        if hour >= begins:
            return _moment(tomorrow, ends, zone)
        return _moment(today, ends, zone) if hour < ends else None


def _moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    # A time that the clocks skip in spring is the moment after.
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)
