"""Markdown as HTML that is safe to show: no HTML of the author's, no pictures, links to pages only."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

LONGEST = 50_000  # signs; twenty-five pages, rendered within a second whatever they hold
_LINK = re.compile(r"https?://|/(?!/)|#", re.IGNORECASE)  # a page of the web, of this product, of the article


class _Renderer(RendererHTML):
    """Headings begin one level below the page's own; links to other sites do not tell them where we are."""

    def heading_open(self, tokens: Sequence[Token], number: int, options: OptionsDict, env: EnvType) -> str:
        tokens[number].tag = _lower(tokens[number].tag)
        return self.renderToken(tokens, number, options, env)

    def heading_close(self, tokens: Sequence[Token], number: int, options: OptionsDict, env: EnvType) -> str:
        tokens[number].tag = _lower(tokens[number].tag)
        return self.renderToken(tokens, number, options, env)

    def link_open(self, tokens: Sequence[Token], number: int, options: OptionsDict, env: EnvType) -> str:
        if str(tokens[number].attrGet("href")).lower().startswith("http"):
            tokens[number].attrSet("rel", "noopener noreferrer")
        return self.renderToken(tokens, number, options, env)

    @staticmethod
    def renderAttrs(token: Token) -> str:  # noqa: N802 (the library's name)
        token.attrs.pop("style", None)  # how a column is aligned: the policy of content refuses styles
        return RendererHTML.renderAttrs(token)


def _lower(heading: str) -> str:
    return f"h{min(int(heading[1:]) + 1, 6)}"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])
    parser.validateLink = lambda url: bool(_LINK.match(url))  # type: ignore[method-assign]
    return parser


_MARKDOWN = _parser()


def rendered(text: str) -> Markup:
    """The text as HTML."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 (HTML of the author's is off)


def plain(text: str) -> str:
    """The words of the text alone, for searching and excerpts."""
    return " ".join(_words(token.children or []) for token in _MARKDOWN.parse(text) if token.type == "inline")


def _words(children: Sequence[Any]) -> str:
    breaks = ("softbreak", "hardbreak")
    return "".join(" " if child.type in breaks else child.content for child in children)
