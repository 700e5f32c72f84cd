"""A template loader that writes what is the same on every page once for each language, and keeps it.

Most of a page is its frame: words, addresses and shapes that no reader and no request changes, each a node that Django would
render anew for every page. Templates are written as ever; after one is compiled, neighbouring nodes that depend on nothing but
the language become one, and of the others those that have a short way take it (`nodes.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from django.template import Context, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType, Variable, VariableNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode

from balie.platform import nodes
from balie.platform.nodes import Address, Included, Named, Said, Told

_Tag = TypeVar("_Tag", bound=Callable[..., Any])
_MARK: Final = "draws_the_same"


def draws_the_same(tag: _Tag) -> _Tag:
    """Says of a simple tag that what it draws depends on its arguments and the language only."""
    setattr(tag, _MARK, True)
    return tag


class Loader(cached.Loader):
    """Django's own, which keeps each template, folded."""

    def __init__(self, engine: Any, loaders: list[Any]) -> None:
        super().__init__(engine, loaders)
        self._folded: set[Template] = set()

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Folded before anybody renders it; one that is asked for while it is being folded includes itself."""
        template: Template = super().get_template(template_name, skip)
        if template not in self._folded:
            self._folded.add(template)
            self._fold(template.nodelist)
        return template

    def reset(self) -> None:
        super().reset()
        self._folded.clear()

    def _fold(self, those: NodeList) -> None:
        folded: list[Node] = []
        run: list[Node] = []
        for node in those:
            for inner in _inside(node):
                self._fold(inner)
            if self._is_fixed(node):
                run.append(node)
            else:
                folded += [*_joined(run), self._shortened(node)]
                run = []
        those[:] = [*folded, *_joined(run)]

    def _shortened(self, node: Node) -> Node:
        if type(node) is VariableNode:
            short: Node = Said(node)
        elif type(node) is URLNode and not node.kwargs and _is_literal(node.view_name):
            short = Address(node)
        elif type(node) is IncludeNode and not node.isolated_context and _is_literal(node.template):
            if nodes.has_blocks(self.get_template(node.template.var)):
                return node
            short = Included(node, self.get_template)
        elif (
            type(node) is TranslateNode
            and node.asvar
            and not node.message_context
            and _is_literal(node.filter_expression)
        ):
            short = Named(node)
        elif type(node) is BlockTranslateNode and Told.can_say(node):
            short = Told(node)
        else:
            return node
        # Where it stands, for what Django says of mistakes.
        short.token, short.origin = node.token, node.origin
        return short

    def _is_fixed(self, node: Node) -> bool:
        match node:
            case TextNode() | LoadNode() | CommentNode() | _Fixed():
                return True
            case TranslateNode():
                return not node.asvar and not node.message_context and _is_literal(node.filter_expression)
            case BlockTranslateNode():
                is_plain = all(token.token_type == TokenType.TEXT for token in node.singular)
                return is_plain and not (node.plural or node.extra_context or node.message_context or node.asvar)
            case StaticNode():
                return node.varname is None and _is_literal(node.path)
            case URLNode():
                return not node.asvar and not node.args and not node.kwargs and _is_literal(node.view_name)
            case SimpleNode():
                return (
                    hasattr(node.func, _MARK) and node.target_var is None
                    and all(_is_literal(one) for one in [*node.args, *node.kwargs.values()])
                )  # fmt: skip
            case IncludeNode() if not node.extra_context and _is_literal(node.template):
                included = self.get_template(node.template.var)
                return all(self._is_fixed(one) for one in included.nodelist)
        return False


class _Fixed(Node):
    """Some nodes that stood beside each other, as they were rendered the first time in each language."""

    child_nodelists = ()

    def __init__(self, those: list[Node]) -> None:
        self._nodes = NodeList(those)
        self._written: dict[tuple[str | None, bool], str] = {}

    def render(self, context: Context) -> str:
        key = nodes.language_of(context), context.autoescape
        try:
            return self._written[key]
        except KeyError:
            written = self._written[key] = self._nodes.render(context)
            return written

    render_annotated = render


def _joined(run: list[Node]) -> Iterator[Node]:
    """One node for them all; text that stands alone stays what it is."""
    if len(run) == 1 and isinstance(run[0], TextNode):
        yield run[0]
    elif run:
        yield _Fixed(run)


def _inside(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        # Its `nodelist` is put together anew for whoever asks.
        return [nodes for _condition, nodes in node.conditions_nodelists]
    lists = [getattr(node, name, None) for name in node.child_nodelists]
    return [nodes for nodes in lists if nodes]


def _is_literal(written: FilterExpression) -> bool:
    if written.filters:
        return False
    return written.var.literal is not None if isinstance(written.var, Variable) else isinstance(written.var, str)
