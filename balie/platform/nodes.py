"""Nodes of templates that take the short way in the ordinary case, and Django's own in every other.

`folding.py` puts them in the place of Django's. What they draw is the same to the letter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template import Context, Template
from django.template.base import Node, VariableNode, render_value_in_context
from django.template.defaulttags import URLNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from balie.platform import addresses
from balie.platform.escaping import escape

Loaded = Callable[[str], Template]


def written(value: Any, context: Context) -> str:
    """A value as a page shows it."""
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[no-any-return]  # its type was asked
    if kind is str and context.autoescape:
        return escape(value)
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    return render_value_in_context(value, context)


def language_of(context: Context) -> str | None:
    """Asked once for all that is rendered with a context: Django takes it from far."""
    language: str | None = getattr(context, "language", None)
    if language is None:
        language = context.language = get_language()  # type: ignore[attr-defined]  # ours
    return language


class Said(VariableNode):
    """`{{ name }}`: text needs to be escaped and nothing else, and what is safe not even that."""

    def __init__(self, node: VariableNode) -> None:
        super().__init__(node.filter_expression)

    def render(self, context: Context) -> str:
        return written(self.filter_expression.resolve(context), context)

    # Django's says where a mistake was, for pages that only show with DEBUG.
    render_annotated = render


class Address(URLNode):
    """`{% url 'name' number %}`: only numbers differ, see `addresses.py`."""

    def __init__(self, node: URLNode) -> None:
        super().__init__(node.view_name, node.args, node.kwargs, node.asvar)
        self._name = str(node.view_name.var)

    def render(self, context: Context) -> str:
        numbers = [arg.resolve(context) for arg in self.args]
        for number in numbers:
            if type(number) is not int or number < 0:
                return super().render(context)
        try:
            address = addresses.address(self._name, *numbers)
        except NoReverseMatch:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = address
            return ""
        return escape(address) if context.autoescape else address


class Named(Node):
    """`{% translate "words" as name %}`: the same words for each language."""

    child_nodelists = ()

    def __init__(self, node: TranslateNode) -> None:
        self._node, self._name = node, node.asvar or ""
        self._words: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        key = language_of(context), context.autoescape
        if key not in self._words:
            self._node.render(context)
            self._words[key] = context[self._name]
        context[self._name] = self._words[key]
        return ""


class Told(BlockTranslateNode):
    """`{% blocktranslate with name=value %}`: the sentence is looked up once for each language. Where something that it names is
    not there, Django says what then."""

    def __init__(self, node: BlockTranslateNode) -> None:
        super().__init__(node.extra_context, node.singular, trimmed=node.trimmed)
        self._message, self._names = self.render_token_list(node.singular)
        self._sentences: dict[str | None, str] = {}

    def render(self, context: Context, nested: bool = False) -> str:
        language = language_of(context)
        sentence = self._sentences.get(language)
        if sentence is None:
            sentence = self._sentences[language] = gettext(self._message)
        values = {}
        try:
            for name in self._names:
                given = self.extra_context.get(name)
                values[name] = written(context[name] if given is None else given.resolve(context), context)
            return sentence % values
        except (KeyError, ValueError):
            return super().render(context, nested)

    @staticmethod
    def can_say(node: BlockTranslateNode) -> bool:
        """One sentence, without a context of its own and shown where it stands."""
        return not (node.plural or node.message_context or node.asvar)


class Included(IncludeNode):
    """`{% include "name" %}`: the template is known, and what it sets is gone after it. One with blocks is left to Django."""

    def __init__(self, node: IncludeNode, load: Loaded) -> None:
        super().__init__(node.template, extra_context=node.extra_context)
        self._name = str(node.template.var)
        self._load = load
        self._template: Template | None = None

    def render(self, context: Context) -> SafeString:
        # Not when this is made: a template may include itself.
        if self._template is None:
            self._template = self._load(self._name)
        context.dicts.append({name: value.resolve(context) for name, value in self.extra_context.items()})
        try:
            return self._template.nodelist.render(context)
        finally:
            context.dicts.pop()


def has_blocks(template: Template) -> bool:
    """Whether a page that includes it could fill its blocks."""
    return bool(template.nodelist.get_nodes_by_type(ExtendsNode) or template.nodelist.get_nodes_by_type(BlockNode))
