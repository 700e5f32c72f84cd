"""What is the same on every page is written once, and reads as if Django had written it each time."""

import pytest
from django.template import Context, Engine, Library
from django.utils import translation

from balie.platform.folding import _Fixed, draws_the_same

_LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
_PAGES = {
    "frame": "{% load i18n %}<b>{% translate 'Close' %}</b>{% block body %}<i>{% translate 'Search' %}</i>{% endblock %}",
    "page": "{% extends 'frame' %}{% load i18n %}{% block body %}{{ block.super }}{% include 'words' %}{{ name }}{% endblock %}",
    "words": "{% load i18n %}{% blocktranslate %}Search{% endblocktranslate %} {% url 'home' %}",
    "chosen": "{% load i18n %}{% if name %}{% translate 'Close' %}!{% else %}{% translate 'Search' %}{% endif %}",
    "kept": "{% load i18n %}{% translate 'Close' as close %}{{ close }} {% translate name %} {% include part %}",
    "plain": "{% load i18n %}{% autoescape off %}{% translate 'Close' %}{% endautoescape %}{% translate 'Close' %}",
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
    with translation.override("fr"):
        folding.get_template(page).render(Context({"name": "<Ada>", "part": "words"}))
    with translation.override(language):
        for name in ("<Ada>", ""):
            context = {"name": name, "part": "words", "more": True}
            expected = django.get_template(page).render(Context(context))
            assert folding.get_template(page).render(Context(context)) == expected


def test_neighbours_that_nothing_changes_become_one() -> None:
    words = _engine("balie.platform.folding.Loader").get_template("words")
    assert [type(node) for node in words.nodelist] == [_Fixed]


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
