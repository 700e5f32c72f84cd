"""Small things that every page shows: icons, people, moments, sizes."""

from __future__ import annotations

from functools import cache, lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balie.config.looking import only_looks
from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform import avatars, moments
from balie.platform.folding import draws_the_same
from balie.sla import badges
from balie.sla.badges import Badge
from balie.tickets.models import Status

register = template.Library()


@register.simple_tag
@draws_the_same
@cache
def icon(name: str, kind: str = "icon") -> SafeString:
    """One of the shapes of `icons.svg`; it only repeats what is written beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', kind, static("balie/icons.svg"), name
    )  # fmt: skip


@register.simple_tag
def status_badge(status: Status) -> SafeString:
    """For those who work on requests: its shape, which repeats the name, and the name."""
    return _badge(status.look, status.mark, status.name)


@register.simple_tag
def status_for_requester(status: Status) -> SafeString:
    """The same for those who asked, who may have a wording of their own."""
    return _badge(status.look, status.mark, status.name_for_requester)


@lru_cache(maxsize=1024)
def _badge(look: str, mark: str, name: str) -> SafeString:
    return format_html('<span class="status {}">{}{}</span>', look, icon(mark), name)


@register.simple_tag
def avatar(person: Person | None, size: str = "") -> SafeString:
    """The initials of a person on their colour; the name stands beside it."""
    return _avatar(person.name if person else "", size)


@lru_cache(maxsize=4096)
def _avatar(name: str, size: str) -> SafeString:
    return format_html(
        '<span class="avatar hue-{}{}" aria-hidden="true">{}</span>',
        avatars.hue(name), f" {size}" if size else "", avatars.initials(name),
    )  # fmt: skip


@register.filter
def may_open(person: object, area: str) -> bool:
    """Whether this area of the settings is open to whoever reads."""
    return isinstance(person, Person) and Rights.of(person).may_open(Area(area))


@register.filter
def may_change(person: object, area: str) -> bool:
    """Whether they may change something in it; whoever may only look sees no forms."""
    return isinstance(person, Person) and Rights.of(person).may_open(Area(area), edit=True)


@register.simple_tag(takes_context=True)
def looking(context: Context) -> str:
    """Above a page without forms: why there are none."""
    request = context.get("request")
    if request is None or not only_looks(request):
        return ""
    return format_html(
        '<p class="remark">{}</p>', _("You can look at this page; your access rights change nothing here.")
    )


@register.simple_tag(takes_context=True)
def viewing_as(context: Context) -> str:
    """For an administrator who sees Balie as somebody else would: that they do, in their own language, and how to stop."""
    person = context.get("user")
    if not isinstance(person, Person) or person.viewed_by is None:
        return ""
    with translation.override(person.viewed_by.reads()):
        return render_to_string("components/viewing_as.html", {"viewed": person}, request=context["request"])


@register.simple_tag
def promise(one: Badge) -> SafeString:
    """Where an SLA stands, in a word."""
    return badges.drawn(one, static("balie/icons.svg"))


moment = register.simple_tag(moments.moment)
due = register.simple_tag(moments.due)


@register.filter
def size(count: int) -> str:
    """Bytes, as people say them."""
    if count < 1000:
        return _("%(count)s bytes") % {"count": count}
    if count < 1_000_000:
        return _("%(count)s kB") % {"count": formats.number_format(count / 1000, 0)}
    return _("%(count)s MB") % {"count": formats.number_format(count / 1_000_000, 1)}
