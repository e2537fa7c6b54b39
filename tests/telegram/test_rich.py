"""Rich messages: for tables too wide for a phone's text, where the server knows them; plain HTML everywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reply import Aside, Block, Items, Line, Listing, Marker, Table
from bot.telegram.rich import page
from decks.text import escape
from tests.stories.decks import facts

from .backfill import Backfill, backfill, catalogue
from .server import Answer, BotApiServer, Person, refusals
from .server.rich import blocks, shown
from .spec import assert_in_spec
from .test_render import blocks as any_block

WIDE = Table((("Recall", "a sentence that does not fit beside it on a phone"), ("Zone", "UTC")))


@pytest.fixture
async def running(server: BotApiServer, tmp_path: Path) -> AsyncIterator[Backfill]:
    folder = tmp_path / "decks"
    folder.mkdir()
    (folder / "jobs.md").write_text(facts("jobs", 12))
    (folder / "track.md").write_text("---\ntrack: all\ntitle: A title of many words\ngoal: Know.\ndecks: jobs\n---\n")
    async with backfill(server, tmp_path, catalogue(folder)) as made:
        yield made
        assert server.unanswered == []


async def opens_settings(server: BotApiServer) -> Person:
    ann = server.user(1, "Ann")
    await ann.says("/start t_all")
    await ann.presses("10 min")
    await ann.says("/settings")
    return ann


async def test_a_wide_table_is_a_table_where_the_server_knows_them(running: Backfill, server: BotApiServer) -> None:
    server.enable("sendRichMessage")
    ann = await opens_settings(server)
    assert ann.messages[-1].shown().startswith("Settings\nWorking towards | A title of many words\n")
    await ann.presses("New a day")
    assert "New cards a day | 20" in ann.messages[-1].shown()
    assert len(ann.messages) == 2, "the press edited it in place"
    assert not [call for call in server.calls if call.status != 200]
    assert_in_spec(server)


async def test_a_card_is_never_a_rich_message(running: Backfill, server: BotApiServer) -> None:
    server.enable("sendRichMessage")
    ann = await opens_settings(server)
    await ann.presses("Drill")
    await ann.presses("Show answer")
    assert [call.params["chat_id"] for call in server.called("sendRichMessage")] == [ann.id]
    assert "rich_message" not in server.called("editMessageText")[-1].params


async def test_an_older_server_is_asked_once_and_gets_plain_html(running: Backfill, server: BotApiServer) -> None:
    ann = await opens_settings(server)
    await ann.presses("New a day")
    await ann.says("/settings")
    assert [call.status for call in server.called("sendRichMessage")] == [404]
    assert "<pre>Working towards        A title of many" in ann.messages[-1].shown()


async def test_a_server_that_cannot_read_it_gets_plain_html(running: Backfill, server: BotApiServer) -> None:
    server.enable("sendRichMessage")
    server.faults.plan(Answer(lambda: refusals.cannot_parse("unsupported start tag table")), "sendRichMessage")
    ann = await opens_settings(server)
    await ann.presses("New a day")
    assert "<pre>Working towards        A title of many" in ann.messages[-1].shown()
    assert len(ann.messages) == 2


async def test_a_deleted_rich_message_is_sent_anew(running: Backfill, server: BotApiServer) -> None:
    server.enable("sendRichMessage")
    ann = await opens_settings(server)
    settings = ann.messages[-1]
    ann.deletes(settings)
    await ann.presses("New a day", on=settings)
    assert "New cards a day | 20" in ann.messages[-1].shown()


@pytest.mark.parametrize("body", [(Line("x"),), (Table((("a", "b"), ("c", "d"))),), (Listing("x" * 90, "sql"),)])
def test_what_plain_text_shows_as_well_stays_plain(body: tuple[Block, ...]) -> None:
    assert page(body) == ""


def test_every_kind_of_block_has_its_form() -> None:
    body = (
        Line("**Auto Loader** and `rescue` < 1"),
        WIDE,
        Listing("a < b\n  c", "sql"),
        Items(("one", "two"), Marker.NUMBER),
        Aside("Since May"),
    )
    assert page(body) == (
        "<p><b>Auto Loader</b> and <code>rescue</code> &lt; 1</p>"
        "<table><tr><td>Recall</td><td>a sentence that does not fit beside it on a phone</td></tr>"
        "<tr><td>Zone</td><td>UTC</td></tr></table>"
        '<pre><code class="language-sql">a &lt; b\n  c</code></pre>'
        "<p>1  one</p><p>2  two</p><p><i>Since May</i></p>"
    )


@given(st.lists(any_block, max_size=4))
def test_any_content_beside_a_wide_table_is_read_as_it_was_meant(body: list[Block]) -> None:
    html = page((*body, WIDE))
    if html:
        assert shown(blocks(html))[-2:] == [" | ".join(row) for row in WIDE.rows]


def test_a_page_larger_than_telegram_takes_stays_plain() -> None:
    assert page((WIDE, Line(escape("<" * 20_000)))) == ""
    assert page((Table(WIDE.rows * 251),)) == ""
    assert page((Table((("many words in a cell that is wide",) * 21,)),)) == ""
