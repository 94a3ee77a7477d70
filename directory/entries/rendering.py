"""Markdown to safe HTML, once per revision.

Raw HTML never passes: the parser does not know it, so it is shown as text, and the sanitiser
afterwards keeps a short list of tags. Change `SANITISER_VERSION` with either: what was rendered
before is then rendered again.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

SANITISER_VERSION = 1

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd"),
    *("strong", "em", "blockquote", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


class _DeepenHeadings(Treeprocessor):
    """The page's own title is its only h1: a # heading becomes h2, anything below h4 h4."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if re.fullmatch(r"h[156]", element.tag):
                element.tag = "h2" if element.tag == "h1" else "h4"


def render(markdown: str) -> str:
    """Safe HTML of `markdown`: no raw HTML, script, style, image, id, class or foreign scheme."""
    parser = Markdown(extensions=["tables", "sane_lists", "def_list"], output_format="html")
    parser.preprocessors.deregister("html_block")
    parser.inlinePatterns.deregister("html")
    parser.inlinePatterns.deregister("image_link")
    parser.inlinePatterns.deregister("image_reference")
    parser.treeprocessors.register(_DeepenHeadings(parser), "deepen", 1)
    return nh3.clean(
        parser.convert(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
        strip_comments=True,
    )


def plain(html: str) -> str:
    """The words of rendered HTML, one space between them."""
    import html as entities

    return " ".join(entities.unescape(re.sub(r"<[^>]+>", " ", html)).split())
