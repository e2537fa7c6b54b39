"""The server reads HTML as Telegram does: the same entities, the same refusals, the same byte offsets."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .server import Refusal, parse_html, utf16
from .server.texts import as_markup, formatted


def shapes(markup: str) -> list[tuple[str, int, int]]:
    """(type, offset, length) of each entity."""
    return [(e["type"], e["offset"], e["length"]) for e in parse_html(markup)[1]]


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b><i>b</i>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<B>a</b>", "a", [("bold", 0, 1)]),
        ("<strong><em>x</em></strong>", "x", [("bold", 0, 1), ("italic", 0, 1)]),
        ("<i><b>x</b></i>", "x", [("bold", 0, 1), ("italic", 0, 1)]),
        ("😀<b>😀</b>", "😀😀", [("bold", 2, 2)]),
        ("a &lt; b &amp;&amp; c &gt; d &quot;", 'a < b && c > d "', []),
        ("&nbsp; & &unknown; &#65;&#x42;", "&nbsp; & &unknown; AB", []),
        ("&lt no semicolon", "< no semicolon", []),
        ('<a href="https://x.dev/?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1)]),
        ("<a>https://x.dev</a>", "https://x.dev", [("text_link", 0, 13)]),
        ('<a href="no link">x</a>', "x", []),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [("bold", 0, 1)]),
        ("<b >x</b  >", "x", [("bold", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-sql">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<code>a &lt; b</code>", "a < b", [("code", 0, 5)]),
    ],
)
def test_good_markup_is_read(markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    assert parse_html(markup)[0] == text
    assert shapes(markup) == entities


def test_the_language_of_a_code_block_is_kept() -> None:
    assert parse_html('<pre><code class="language-sql">x</code></pre>')[1][0]["language"] == "sql"


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("x <= y", 'Unsupported start tag "=" at byte offset 2'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("a<br/>b", 'Unsupported start tag "br/" at byte offset 1'),
        ("é<table>", 'Unsupported start tag "table" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ("<tg-emoji emoji-id=a>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xd800;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
            "code units",
        ),
    ],
)
def test_bad_markup_is_refused_in_telegrams_words(markup: str, problem: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_html(markup)
    assert caught.value.description == f"Bad Request: can't parse entities: {problem}"


def test_a_comparison_with_a_space_after_it_is_still_a_tag_to_telegram() -> None:
    with pytest.raises(Refusal):
        parse_html("WHERE a < 3 AND b > 2")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_escaped_text_comes_back_unchanged(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])


@given(st.text(alphabet='<>/&;#"= abiu', max_size=40))
def test_any_markup_is_read_or_refused_and_never_crashes(markup: str) -> None:
    try:
        text, entities = parse_html(markup)
    except Refusal:
        return
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= utf16(text) for e in entities)


def test_marks_inside_code_are_dropped_and_remembered() -> None:
    made = formatted({"text": "<code>a <b>b</b></code>", "parse_mode": "HTML"})
    assert [e["type"] for e in made.entities] == ["code"]
    assert [e["type"] for e in made.lost] == ["bold"]


def test_a_quote_in_a_quote_is_dropped_and_remembered() -> None:
    made = formatted({"text": "<blockquote>a<blockquote>b</blockquote></blockquote>", "parse_mode": "HTML"})
    assert [(e["type"], e["length"]) for e in made.entities] == [("blockquote", 2)]
    assert len(made.lost) == 1


def test_more_than_a_hundred_marks_are_dropped_and_remembered() -> None:
    made = formatted({"text": "<b>a</b> " * 101, "parse_mode": "html"})
    assert (len(made.entities), len(made.lost)) == (100, 1)


def test_space_around_a_text_is_cut_and_entities_move_along() -> None:
    made = formatted({"text": "\n  a <b>b </b> \n", "parse_mode": "HTML"})
    assert (made.text, made.entities) == ("a b", [{"type": "bold", "offset": 2, "length": 1}])


def test_a_mark_over_space_keeps_the_space_before_it() -> None:
    assert formatted({"text": "<u> a</u>", "parse_mode": "HTML"}).text == " a"


@pytest.mark.parametrize(
    "markup",
    [
        "<b>1 of 20</b> · <i>Auto Loader 😀</i>",
        "<b><i>x</i> y</b>",
        '<pre><code class="language-sql">SELECT 1</code></pre> and <code>x</code>',
        '<a href="https://x.dev">x</a> <tg-spoiler>y</tg-spoiler>',
    ],
)
def test_a_transcript_writes_the_tags_back(markup: str) -> None:
    assert as_markup(*parse_html(markup)) == markup
