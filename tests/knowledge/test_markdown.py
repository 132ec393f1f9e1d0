"""What an author can write, and what never becomes HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.knowledge.markdown import plain, rendered


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,hello)",
        "[x](//elsewhere.example/)",
        "<javascript:alert(1)>",
        "![x](https://elsewhere.example/pixel.png)\n\n![y](javascript:1)",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_of_the_authors_runs_or_is_fetched(text):
    html = rendered(text).lower()
    for forbidden in ("<script", "<img", 'href="javascript', 'href="data', 'href="//'):
        assert forbidden not in html


@given(st.text(alphabet="<>[]()!\"'`*_#|-:\n abjs/script&;=\\", max_size=200))
def test_every_tag_is_one_of_ours(text):
    html = rendered(text)
    for part in html.split("<")[1:]:
        name = part.lstrip("/").split(">")[0].split(" ")[0]
        assert name in {
            *("p", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br", "s"),
            *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "hr", "br"),
        }
        assert "style=" not in part


def test_links_lead_to_pages_of_the_web_and_of_the_product():
    html = rendered("[a](https://example.com) [b](/knowledge/key/closing) [c](#below)")
    assert '<a href="https://example.com" rel="noopener noreferrer">a</a>' in html
    assert '<a href="/knowledge/key/closing">b</a>' in html
    assert '<a href="#below">c</a>' in html


def test_headings_begin_below_the_pages_own_and_tables_carry_no_style():
    assert rendered("# One\n\n###### Six") == "<h2>One</h2>\n<h6>Six</h6>\n"
    assert "<th>a</th>" in rendered("| a | b |\n|:-:|--:|\n| 1 | 2 |")


def test_the_words_alone():
    assert plain("# Цель\n\nПри**вет** всем\nи `вам`\n\n- раз\n- два") == "Цель Привет всем и вам раз два"
