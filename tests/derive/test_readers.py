"""Any shape of curriculum becomes the same tree, whatever its file is called."""

from __future__ import annotations

import pytest

from decks.derive.model import Code, Listing, Paragraph, Section, Table, heading, trail, walk
from decks.derive.readers import Blob, read
from tests.derive.texts import ARTICLE, ATOM, CDATA, FEED, MARKDOWN, OUTLINE, PAGE, ROWS, document, feed


def titles(root: Section) -> list[tuple[int, str]]:
    return [(section.level, section.title) for section in walk(root) if section.level]


def find(root: Section, title: str) -> Section:
    return next(section for section in walk(root) if section.title == title)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (OUTLINE, "outline"),
        (MARKDOWN, "markdown"),
        (PAGE, "html"),
        (ROWS, "rows"),
        (FEED, "feed item"),
        (ARTICLE, "html"),
    ],
)
def test_what_a_text_is_decides_how_it_is_read(text: str, kind: str) -> None:
    for name in ("a.txt", "a.xml", "a.csv", "a"):
        assert document(text, name).kind == kind


def test_an_outline_is_read_by_its_numbers_colons_and_shouting_not_by_its_indents() -> None:
    root = document(OUTLINE).root
    assert titles(root) == [
        (1, "LEVEL 1: POTTERY BASICS"),
        (2, "Clay Preparation"),
        (5, "Drying stages"),
        (2, "First Pieces"),
        (5, "Interview Questions at this level"),
        (1, "LEVEL 2: FIRING"),
        (2, "Kilns"),
        (6, "Studio Habits"),
    ]
    (entries,) = find(root, "First Pieces").blocks
    assert isinstance(entries, Listing)
    assert [item.text for item in entries.items] == ["Pinch pots", "Coil building"]
    assert (entries.span.first, entries.span.last) == (10, 11)


def test_markdown_keeps_tables_tasks_code_and_the_lines_they_stand_in() -> None:
    found = document(MARKDOWN)
    assert found.title == "Bread for beginners"
    doughs = find(found.root, "Doughs")
    paragraph, table, tasks, code = doughs.blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text.startswith("**Autolyse** \u2014 flour")
    assert isinstance(table, Table)
    assert table.header == ("Dough", "Water", "Rises for")
    assert (table.span.first, table.span.last) == (12, 15)
    assert isinstance(tasks, Listing)
    assert [item.done for item in tasks.items] == [True, False]
    assert [item.text for item in tasks.items[1].items] == ["with rye", "with wheat"]
    assert isinstance(code, Code)
    assert (code.language, code.text) == ("python", "print(2 + 3)")


def test_a_page_without_its_end_gives_its_readable_part() -> None:
    found = document(PAGE)
    assert found.title == "Weaving"
    blocks = find(found.root, "Weaving").blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert texts == ["Cloth from two threads.", "No end"]
    lists = [block for block in blocks if isinstance(block, Listing)]
    assert lists[0].items[0].text == "**Warp** \u2014 the threads held under tension on the loom"
    assert lists[1].items[0].items[0].text == "boat shuttle"


def test_a_feed_item_is_a_document_with_its_article_title_date_and_address() -> None:
    found = document(FEED)
    assert (found.key, found.title, found.date) == ("knots-1", "Knots & ropes", "2026-05-29")
    assert found.address == "https://knots.example/knots-1"
    knots = find(found.root, "Knots that hold")
    code = next(
        block for block in find(found.root, "Worked example \u2014 tie up a boat").blocks if isinstance(block, Code)
    )
    assert (code.language, code.text) == ("sql", "SELECT *\nFROM boats;")
    listing = [block for block in knots.blocks if isinstance(block, Listing)][1]
    assert listing.items[1].text.startswith("**Clove hitch** \u2014")  # bold in bold is one bold


def test_atom_with_xhtml_and_rss_with_cdata_hold_the_same_things() -> None:
    tea = document(ATOM)
    assert (tea.key, tea.author, tea.date, tea.address) == (
        "urn:tea:1",
        "Mei",
        "2026-03-04",
        "https://tea.example/green",
    )
    (brewing,) = find(tea.root, "Brewing").blocks
    assert isinstance(brewing, Paragraph)
    assert brewing.text == "Use **cool** water."
    (steeping,) = find(document(CDATA).root, "Steeping").blocks
    assert isinstance(steeping, Paragraph)
    assert steeping.text == "Two minutes & no more."


def test_items_without_guid_or_date_are_known_by_their_link_or_title() -> None:
    (found,) = read(Blob("f", "f", feed(("Knots", "", ARTICLE)).replace("pubDate", "nodate").encode()))
    assert (found.key, found.date) == ("https://knots.example/", "")
    item = "<item><title>On clay</title><description>&lt;p&gt;x&lt;/p&gt;</description></item>"
    bare = f"<rss><channel>{item}</channel></rss>"
    (found,) = read(Blob("f", "f", bare.encode()))
    assert found.key == "on-clay"


def test_an_item_that_comes_twice_is_read_once() -> None:
    assert len(read(Blob("f", "f", feed(("A", "1", ARTICLE), ("A again", "1", ARTICLE)).encode()))) == 1


def test_rows_of_terms_are_a_table_with_or_without_a_header() -> None:
    (table,) = document(ROWS).root.blocks
    assert isinstance(table, Table)
    assert table.header == ("term", "definition")
    assert len(table.rows) == 2
    (bare,) = document(ROWS.partition("\n")[2] + "heddle\tlifts a thread of the warp\n").root.blocks
    assert isinstance(bare, Table)
    assert bare.header == ("term", "definition")
    assert len(bare.rows) == 3


def test_prose_with_commas_is_no_table() -> None:
    prose = "Clay, water, and time.\nHands, wheels, and fire.\nPots, bowls, and cups.\n"
    assert document(prose).kind == "outline"


def test_paths_tell_equal_headings_apart_and_do_not_change_with_numbering() -> None:
    text = "# {0} Clay\n\na\n\n## Uses\n\nb\n\n## Uses\n\nc\n"
    paths = [section.path for section in walk(document(text.format("1.")).root)]
    assert paths == [(), ("clay",), ("clay", "uses"), ("clay", "uses-2")]
    assert paths == [section.path for section in walk(document(text.format("2.")).root)]
    assert trail(document(text.format("3.")).root, ("clay", "uses-2")) == ("Clay", "Uses")


def test_links_keep_their_words_and_images_go() -> None:
    text = '# A\n\nSee [the **wheel**](https://x.example/a_(b) "t") ![pot](p.png) and [kilns][1].\n\n[1]: https://y.example\n'
    (paragraph,) = find(document(text).root, "A").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "See the **wheel** and kilns."


def test_a_heading_loses_its_number_and_ornament_but_not_its_figures() -> None:
    assert heading("## 3. **Ovens** and `stones`:") == "Ovens and stones"
    assert heading("2.1 Kilns") == "Kilns"
    assert heading("30 small projects") == "30 small projects"
    assert heading("\U0001f3af GOALS") == "GOALS"


def test_a_page_that_a_script_puts_together_is_read_from_its_template() -> None:
    inner = (
        "<h1>Kilns</h1><p>A kiln is an oven for clay, and its heat is measured in cones.</p><table><tr><th>cone</th>"
    )
    inner += "<th>heat</th></tr><tr><td>06</td><td>earthenware</td></tr></table>"
    page = f'<!DOCTYPE html><html><body><p>Home</p><script type="text/x-template">{inner}</script></body>'
    root = document(page).root
    assert titles(root) == [(1, "Kilns")]
    assert [type(block) for block in find(root, "Kilns").blocks] == [Paragraph, Table]


def test_a_template_that_says_less_than_its_page_is_no_content() -> None:
    page = "<!DOCTYPE html><html><body><h1>Kilns</h1><p>A kiln is an oven for clay.</p>"
    page += '<script type="text/x-template"><p>Loading</p></script></body></html>'
    (paragraph,) = find(document(page).root, "Kilns").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "A kiln is an oven for clay."


def test_a_heading_that_was_never_closed_keeps_only_its_own_words() -> None:
    page = "<!DOCTYPE html><html><body><div><h1>Kilns<a href='#k'></a><p>An oven for clay.</p><h2>Cones</h2>"
    page += "<p>They bend at their heat.</p></div></body></html>"
    root = document(page).root
    assert titles(root) == [(1, "Kilns"), (2, "Cones")]
    (paragraph,) = find(root, "Kilns").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "An oven for clay."


def test_a_table_in_a_paragraph_that_was_never_closed_is_a_table() -> None:
    page = "<html><body><h1>Kilns</h1><p>Their heat:<table><tr><th>cone</th><th>heat</th></tr><tr><td>06</td>"
    page += "<td>earthenware</td></tr></table></body></html>"
    paragraph, table = find(document(page).root, "Kilns").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "Their heat:"
    assert isinstance(table, Table)


def test_a_table_counts_the_cells_that_only_link() -> None:
    for text in (
        "# Kilns\n\n| kiln | read | note |\n|---|---|---|\n"
        "| [raku](r.md) | [here](h.md), [there](t.md) | see [this](x.md) |\n",
        "<!DOCTYPE html><html><body><h1>Kilns</h1><table><tr><th>kiln</th><th>read</th><th>note</th></tr><tr><td>"
        "<a href='r'>raku</a></td><td><a href='h'>here</a>, <a href='t'>there</a></td><td>see <a href='x'>this</a></td>"
        "</tr></table></body></html>",
    ):
        (table,) = find(document(text).root, "Kilns").blocks
        assert isinstance(table, Table)
        assert table.links == 1
