"""Markdown becomes safe HTML: what people may write, and what never passes."""

from __future__ import annotations

from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.entries.rendering import plain, render

TAGS = "p br hr h2 h3 h4 ul ol li dl dt dd strong em blockquote code pre a".split()


def test_headings_lists_links_and_tables_are_kept():
    html = render("## How\n\n- one\n- two\n\n[a page](https://example.org)\n\n|a|b|\n|-|-|\n|1|2|")

    for piece in ("<h2>How</h2>", "<li>one</li>", 'href="https://example.org"', "<td>1</td>"):
        assert piece in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<div hx-get="/x" hx-trigger="load">x</div>',
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        '<https://example.org/"onmouseover=alert(1)>',
        "![x](https://example.org/track.gif)",
        "<style>body{display:none}</style>",
        '<iframe src="https://example.org"></iframe>',
        "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<form action=/x><input name=a></form>",
        "para\n\n<div id=x class=y style='color:red'>\n\nhx-on:click\n\n</div>",
        "[x][1]\n\n[1]: javascript:alert(1)",
        "`<b>`<b onclick=x>",
    ],
)
def test_nothing_that_acts_passes(attack):
    for element in html5lib.parseFragment(render(attack), namespaceHTMLElements=False).iter():
        assert element.tag in {"DOCUMENT_FRAGMENT", *TAGS}
        assert set(element.attrib) <= {"href", "rel", "title"}
        address = element.get("href", "https://example.org")
        assert urlsplit(address).scheme in {"http", "https"}


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("<>ab\"'=/:;&#!- hx-on[]()`*_\n"), max_size=120))
def test_no_tag_but_ours_ever_comes_out(text):
    for element in html5lib.parseFragment(render(text), namespaceHTMLElements=False).iter():
        assert element.tag in {"DOCUMENT_FRAGMENT", *TAGS}


def test_a_page_keeps_one_h1():
    assert render("# Title") == "<h2>Title</h2>"


def test_plain_gives_the_words_only():
    assert plain(render("Tea & *cake*\n\nand more")) == "Tea & cake and more"
