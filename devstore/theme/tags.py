"""Shopify's tags that python-liquid lacks: form, style, section. (Schema, javascript and stylesheet are cut out when a file is read.)"""

import html
import sys
from collections.abc import Mapping
from io import StringIO
from typing import TextIO

from liquid import Environment, RenderContext
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import KeywordArgument, parse_primitive
from liquid.builtin.tags import render_tag
from liquid.expression import Expression
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_COLON, TOKEN_COMMA, TOKEN_EOF, TOKEN_TAG, Token

from devstore.theme.page import page_of

_ACTIONS = {
    "product": "/cart/add",
    "cart": "/cart",
    "customer_login": "/account/login",
    "customer_logout": "/account/logout",
    "localization": "/localization",
    "customer": "/contact",
    "contact": "/contact",
}


class StyleNode(Node):
    __slots__ = ("block",)

    def __init__(self, token: Token, block: BlockNode) -> None:
        super().__init__(token)
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        buffer.write("<style data-shopify>")
        self.block.render(context, buffer)
        buffer.write("</style>")
        return True


class StyleTag(Tag):
    """`style`: Liquid inside CSS."""

    name, end = sys.intern("style"), sys.intern("endstyle")

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        block = get_parser(self.env).parse_block(stream, (self.end, TOKEN_EOF))
        stream.expect(TOKEN_TAG, value=self.end)
        return StyleNode(token, block)


class FormNode(Node):
    """`{% form 'product', product, class: 'x' %}`: the element, its hidden fields, and `form` inside."""

    __slots__ = ("kind", "arguments", "block")

    def __init__(self, token: Token, kind: Expression, arguments: list[KeywordArgument], block: BlockNode) -> None:
        super().__init__(token)
        self.kind, self.arguments, self.block = kind, arguments, block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        kind = str(self.kind.evaluate(context))
        attributes = {argument.name: argument.value.evaluate(context) for argument in self.arguments}
        page = page_of(context.globals)
        back = attributes.pop("return_to", None)
        shown = {"method": "post", "action": page.path(_ACTIONS.get(kind, "/")), "accept-charset": "UTF-8"} | attributes
        buffer.write("<form" + "".join(f' {name}="{html.escape(str(value))}"' for name, value in shown.items()) + ">")
        buffer.write(f'<input type="hidden" name="form_type" value="{html.escape(kind)}"><input type="hidden" name="utf8" value="✓">')
        if back:
            buffer.write(f'<input type="hidden" name="return_to" value="{html.escape(str(back))}">')
        inside = {"form": {"errors": context.resolve("form_errors", default=None), "posted_successfully?": False}}
        with context.extend(inside):
            self.block.render(context, buffer)
        buffer.write("</form>")
        return True


class FormTag(Tag):
    name, end = sys.intern("form"), sys.intern("endform")

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        inner = stream.into_inner(tag=token)
        kind = parse_primitive(self.env, inner)
        _skip_object(self.env, inner)
        arguments = KeywordArgument.parse(self.env, inner)
        block = get_parser(self.env).parse_block(stream, (self.end, TOKEN_EOF))
        stream.expect(TOKEN_TAG, value=self.end)
        return FormNode(token, kind, arguments, block)


def _skip_object(env: Environment, inner: TokenStream) -> None:
    """The second argument of `form` is the object that it is about; only named arguments become attributes."""
    after_name = inner.tokens[inner.pos + 2 : inner.pos + 3]
    if inner.current.kind != TOKEN_COMMA or (after_name and after_name[0].kind == TOKEN_COLON):
        return
    next(inner)
    parse_primitive(env, inner)


class SectionNode(Node):
    __slots__ = ("section",)

    def __init__(self, token: Token, section: Expression) -> None:
        super().__init__(token)
        self.section = section
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        name = str(self.section.evaluate(context))
        template = context.env.get_template(f"sections/{name}.liquid")
        inside = StringIO()
        with context.extend({"section": {"id": name, "settings": {}, "blocks": _blocks(context, name)}}, template=template):
            template.render_with_context(context, inside, partial=True)
        buffer.write(f'<div id="shopify-section-{name}" class="shopify-section">{inside.getvalue()}</div>')
        return True


def _blocks(context: RenderContext, section: str) -> list[object]:
    """App blocks placed in this section by the store's theme editor."""
    placed = context.resolve("_app_blocks", default={})
    found = placed.get(section, []) if isinstance(placed, Mapping) else []
    return list(found)


class AppBlockNode(Node):
    """`{% render block %}`: an app block of the section, rendered before by its own extension."""

    __slots__ = ("block",)

    def __init__(self, token: Token, block: Expression) -> None:
        super().__init__(token)
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        block = self.block.evaluate(context)
        buffer.write(str(block.get("html", "")) if isinstance(block, Mapping) else "")
        return True


class RenderTag(render_tag.RenderTag):
    """python-liquid's `render`, and Shopify's form of it that takes an app block."""

    def parse(self, stream: TokenStream) -> Node:
        if stream.peek.value.lstrip()[:1] in ("'", '"'):
            return super().parse(stream)
        token = stream.eat(TOKEN_TAG)
        return AppBlockNode(token, parse_primitive(self.env, stream.into_inner(tag=token, eat=False)))


class SectionTag(Tag):
    name = sys.intern("section")
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        return SectionNode(token, parse_primitive(self.env, stream.into_inner(tag=token, eat=False)))


def add_to(env: Environment) -> None:
    for tag in (StyleTag, FormTag, SectionTag, RenderTag):
        env.add_tag(tag)
