"""An account of Slack on a profile where it does not belong: asks, and separates it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from balie.channels.slack import separating
from balie.channels.slack.models import Member
from balie.directory.reader import opened, reader_of
from balie.organisation.plan import Feature, part_of
from balie.people.audience import Audience, for_
from balie.people.basics import Basic
from balie.people.models import Level
from balie.people.rights import Rights


@for_(Audience.PEOPLE)
@part_of(Feature.SLACK)
@require_http_methods(["GET", "HEAD", "POST"])
def separation(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """For whoever may edit the addresses of the profile, by which accounts come to it."""
    reader, person = reader_of(request), opened(request, pk)
    if Rights.of(reader).to(person).level_of(Basic.OTHER_ADDRESSES) < Level.EDIT:
        raise Http404
    found = get_object_or_404(Member.objects.select_related("workspace"), pk=member, person=person)
    if request.method != "POST":
        return render(request, "directory/separation.html", {"person": person, "account": found, "here": "people"})
    try:
        separating.separate(found, by=reader)
    except separating.NotTheirs as refused:
        messages.error(request, str(refused))
    else:
        said = _("“%(account)s” is no longer %(name)s in Slack.") % {"account": found, "name": person.name}
        messages.success(request, said)
    return redirect("directory:profile", pk)
