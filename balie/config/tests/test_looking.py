"""Whoever may only look at a part of the settings sees its pages without forms."""

from __future__ import annotations

import pytest
from django.urls import reverse

from balie.administration.tests.test_settings import said, signed_in
from balie.config.looking import without_forms
from balie.config.tests.cast import Cast
from balie.people import roles
from balie.people.models import Area, Attribute, Credential, Level, Person
from balie.people.roles import Outline
from balie.tickets.models import Status

PAGES = {
    Area.TEAMS: ("teams", "team", "members", "categories", "team-assignment", "team-attributes", "team-hours", "team-sla"),
    Area.STATUSES: ("statuses", "status"),
    Area.ATTRIBUTES: ("attributes", "attribute"),
    Area.INTEGRATIONS: ("credentials", "credential"),
    Area.PLAN: ("plan",),
    Area.ORGANISATION: ("organisation",),
    Area.TROUBLES: ("troubles",),
}  # fmt: skip


def hold(person: Person, area: Area, level: Level, *, by: Person) -> Person:
    confirmed = list(Attribute.objects.values_list("pk", flat=True))
    role = roles.make(Outline(name=f"{area} {level}", areas={area: level}), by=by, confirmed=confirmed)
    roles.assign(role, person, by=by)
    held: Person = Person.objects.get(pk=person.pk)
    return held


def address(name: str, cast: Cast) -> str:
    if name in PAGES[Area.TEAMS][1:]:
        return reverse(f"administration:{name}", args=[cast.it.pk])
    numbers = {
        "status": Status.objects.create(key="parts", group="waiting", names={"en": "Parts"}).pk,
        "attribute": Attribute.objects.get(key="office").pk,
        "credential": Credential.objects.get(is_system=True).pk,
    }
    return reverse(f"administration:{name}", args=[numbers[name]] if name in numbers else [])


@pytest.mark.parametrize(("area", "name"), [(area, name) for area, names in PAGES.items() for name in names])
def test_who_may_only_look_sees_no_form_and_who_may_edit_does(cast: Cast, area: Area, name: str) -> None:
    page_of = address(name, cast)
    looker, editor = hold(cast.ada, area, Level.VIEW, by=cast.eva), hold(cast.cleo, area, Level.EDIT, by=cast.eva)
    content = said(signed_in(looker).get(page_of)).split("<main")[1].split("</main>")[0]
    assert 'method="post"' not in content
    assert "data-changes" not in content
    assert "Je kunt deze pagina bekijken" in content
    content = said(signed_in(editor).get(page_of)).split("<main")[1].split("</main>")[0]
    assert "You can look at this page" not in content
    if name not in ("troubles", "team-sla", "credentials", "plan"):
        assert 'method="post"' in content


def test_an_expert_looks_at_the_team_of_others_and_changes_their_own(cast: Cast) -> None:
    ben = signed_in(hold(cast.ben, Area.TEAMS, Level.VIEW, by=cast.eva))
    own = said(ben.get(reverse("administration:team", args=[cast.it.pk])))
    other = said(ben.get(reverse("administration:team", args=[cast.facilities.pk])))
    assert 'method="post"' in own.split("<main")[1]
    assert 'method="post"' not in other.split("<main")[1].split("</main>")[0]
    assert "Facilities" in other


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    page = (
        """<main><p>Ä &lt;form&gt;</p><FORM data-x='</form> method="get"' METHOD=POST><button value="</button>">Save</button>"""
        """<textarea name=a>\n&lt;/form&gt; é</textarea></FORM><form method="get" data-changes><button>Remove</button></form>"""
        """<svg viewBox="0 0 1 1"><use href="/i.svg#x"/></svg></main><footer>é</footer>"""
    )
    assert without_forms(page.encode()).decode() == (
        """<main><p>Ä &lt;form&gt;</p><fieldset class="form looking" disabled>"""
        """<textarea name="a">\n&lt;/form&gt; é</textarea></fieldset>"""
        """<svg viewbox="0 0 1 1"><use href="/i.svg#x"></use></svg></main><footer>é</footer>"""
    )
    for other in (b"", b"<p>No main</p>", b"</main><main>"):
        assert without_forms(other) == other


def test_fields_stay_readable_and_the_frame_stays_whole() -> None:
    page = (
        b'<form method="post" action="/out"><button>Leave</button></form><main><form class="form" method="post" action="/x">'
        b'<input type="hidden" name="token"><input name="name" value="IT"><button type="submit">Save</button></form>'
        b'<form method="post"><button>Archive</button></form><form method="get"><input name="q"></form></main>'
    )
    assert without_forms(page) == (
        b'<form method="post" action="/out"><button>Leave</button></form><main><fieldset class="form looking" disabled>'
        b'<input name="name" value="IT"></fieldset><form method="get"><input name="q"></form></main>'
    )
