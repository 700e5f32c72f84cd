"""What is the same on every page is written once, and reads as if Django had written it each time."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Engine, Library
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from balie.platform.folding import _Fixed, draws_the_same

_LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
_PAGES = {
    "frame": "{% load i18n %}<b>{% translate 'Close' %}</b>{% block body %}<i>{% translate 'Search' %}</i>{% endblock %}",
    "page": "{% extends 'frame' %}{% load i18n %}{% block body %}{{ block.super }}{% include 'words' %}{{ name }}{% endblock %}",
    "words": "{% load i18n %}{% blocktranslate %}Search{% endblocktranslate %} {% url 'home' %}",
    "chosen": "{% load i18n %}{% if name %}{% translate 'Close' %}!{% else %}{% translate 'Search' %}{% endif %}",
    "kept": "{% load i18n %}{% translate 'Close' as close %}{{ close }} {% translate name %} {% include part %}",
    "plain": "{% load i18n %}{% autoescape off %}{% translate 'Close' %}{% endautoescape %}{% translate 'Close' %}",
    "named": "{% load i18n %}{% translate 'Close' as close %}{% include 'shows' with close=name more=1 %}{{ close }}",
    "shows": "{% load i18n %}{{ close }}{{ more }}{{ many }}{{ part|upper }}{% translate 'Search' as part %}{{ part }}",
    "after": "{% include 'shows' %}{{ part }}{% include 'frame' %}",
    "told": "{% load i18n %}{% blocktranslate with name=name %}to {{ name }}{% endblocktranslate %}"
    "{% blocktranslate with name=safe %}to {{ name }}{% endblocktranslate %}"
    "{% blocktranslate %}to {{ name }}{% endblocktranslate %}"
    "{% blocktranslate with many=name %}{{ many }}, {{ safe }}, {{ missing }}, 100%{% endblocktranslate %}"
    "{% blocktranslate count number=many %}{{ number }} change{% plural %}{{ number }} changes{% endblocktranslate %}",
    "values": "{{ many }} {{ yes }} {{ none }} {{ missing }} {{ lazy }} {{ safe }} {{ half }} {{ at }}"
    "{% autoescape off %}{{ name }}{{ many }}{% endautoescape %}",
    "ways": "{% url 'workspace:request' many %} {% url 'workspace:request' many as way %}{{ way }}"
    "{% url 'nowhere' many as lost %}{{ lost }} {% url 'workspace:messages' number=many %}"
    "{% url 'file' many name|default:'a.txt' %}",
    "tree": "{% load i18n %}{% translate 'Close' %}{% if more %}{% include 'tree' with more=False %}{% endif %}",
}


def _engine(loader: str) -> Engine:
    return Engine(loaders=[(loader, [("django.template.loaders.locmem.Loader", _PAGES)])], libraries=_LIBRARIES)


@pytest.mark.parametrize("page", _PAGES)
@pytest.mark.parametrize("language", ["en", "de", "nl"])
def test_a_folded_template_says_what_django_says(page: str, language: str) -> None:
    folding, django = (
        _engine("balie.platform.folding.Loader"), _engine("django.template.loaders.cached.Loader")
    )  # fmt: skip
    facts = {
        "part": "words", "more": True, "many": 1_234_567, "yes": True, "none": None, "half": 0.5, "lazy": gettext_lazy("Search"),
        "safe": mark_safe("<i>&</i>"), "at": datetime(2026, 11, 29, 12, 30, tzinfo=UTC),
    }  # fmt: skip
    with translation.override("fr"):
        folding.get_template(page).render(Context({**facts, "name": "<Ada>"}))
    with translation.override(language):
        for name in ("<Ada>", ""):
            expected = django.get_template(page).render(Context({**facts, "name": name}))
            assert folding.get_template(page).render(Context({**facts, "name": name})) == expected


def test_neighbours_that_nothing_changes_become_one() -> None:
    words = _engine("balie.platform.folding.Loader").get_template("words")
    assert [type(node) for node in words.nodelist] == [_Fixed]


def test_what_an_included_template_sets_is_gone_after_it_and_blocks_stay_those_of_the_page() -> None:
    engine = _engine("balie.platform.folding.Loader")
    engine.template_loaders[0].loaders[0].templates_dict |= {
        "within": "{% extends 'frame' %}{% block body %}{% include 'frame' %}{% include 'shows' %}[{{ part }}]{% endblock %}",
    }
    drawn = engine.get_template("within").render(Context({"part": "here"}))
    assert drawn == "<b>Close</b><b>Close</b><i>Search</i>HERESearch[here]"


def test_a_tag_is_drawn_once_only_when_it_says_so() -> None:
    drawn: list[str] = []

    @draws_the_same
    def always(name: str) -> str:
        drawn.append(name)
        return f"<{name}>"

    engine = _engine("balie.platform.folding.Loader")
    library = Library()
    library.simple_tag(always)
    library.simple_tag(lambda name: always(name), name="sometimes")
    engine.template_builtins.append(library)
    engine.template_loaders[0].loaders[0].templates_dict |= {
        "once": "{% always 'a' %}",
        "anew": "{% sometimes 'b' %}{% always name %}",
    }
    for _page in range(3):
        assert engine.get_template("once").render(Context()) == "&lt;a&gt;"
        assert engine.get_template("anew").render(Context({"name": "c"})) == "&lt;b&gt;&lt;c&gt;"
    assert drawn == ["a", *["b", "c"] * 3]
