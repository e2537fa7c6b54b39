"""Every block and button of a reply is drawn, and nothing in it can become markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import exam_words, habit_words
from bot.core.actions import Rate, Reveal, ShowDeck, Undo
from bot.core.buttons import decode
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from bot.core.words import HELP_TEXT, HOW_TO_FIND
from bot.web import render, words
from decks.text import escape
from scheduler.model import Rating
from tests.web.visitor import Drawn

HOSTILE = (
    "<script>alert(1)</script>",
    "</p></section></main><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "&lt;b&gt; & &amp;#60;",
    "{{ ref('stg_orders') }} || `x` **y** _z_",
    "[x](javascript:alert(1))",
    "\u202eright to left\u202c \u2066isolate",
    "<!-- ]]> --> <?php",
    "a\x00b\x1bc",
)
PLACES: tuple[Callable[[str], Reply], ...] = (
    lambda text: shown(Line(escape(text))),
    lambda text: shown(Line(text)),
    lambda text: shown(Line(f"**{text}**")),
    lambda text: shown(Aside(text)),
    lambda text: shown(Listing(text, text)),
    lambda text: shown(Line(f"```sql\n{text}\n```")),
    lambda text: shown(Items((text, f"`{text}`"), Marker.LETTER, ticked=(1,))),
    lambda text: shown(Table(((text, text),))),
    lambda text: shown(rows=((Button(text, ShowDeck(text[:12]), wait=text, key=text),),)),
    lambda text: shown(toast=text, attempt=text, answers=True),
)


def shown(
    *body: Block, rows: tuple[tuple[Button, ...], ...] = (), toast: str = "", attempt: str = "", answers: bool = False
) -> Reply:
    return Reply(screen=Screen.QUESTION, body=body, rows=rows, toast=toast, attempt=attempt, answers=answers)


def text_of(reply: Reply) -> str:
    return Drawn(render.screen(reply, "key")).text


def structure(html: str) -> list[object]:
    """The tags and attribute names of a page: what no content may change."""
    found: list[object] = []

    class Outline(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, [name for name, _ in attrs]))

        def handle_endtag(self, tag: str) -> None:
            found.append(tag)

        def handle_comment(self, data: str) -> None:
            found.append("comment")

    Outline().feed(html)
    return found


# Marks of the dialect (backtick, asterisk, backslash, line breaks) rightly make spans and paragraphs: left out here.
FOREIGN = st.text(
    st.characters(codec="utf-8", exclude_characters="`*\\\n\r \t\x0b\x0c\x1c\x1d\x1e\x1f\x85"), min_size=1
)


@pytest.mark.parametrize("place", PLACES)
@given(text=FOREIGN)
def test_no_content_changes_the_markup(place: Callable[[str], Reply], text: str) -> None:
    assert structure(render.page(place(f"x{text}"), "key")) == structure(render.page(place("plain"), "key"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_content_stays_text(place: Callable[[str], Reply], text: str) -> None:
    tags = set(Drawn(render.screen(place(text), "key")).tags)
    assert not tags & {"script", "img", "iframe", "svg", "style", "link", "b"}
    attributes = {
        name for found in structure(render.screen(place(text), "key")) if isinstance(found, tuple) for name in found[1]
    }
    assert not {name for name in attributes if name.startswith("on")}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_as_it_was_written(text: str) -> None:
    assert text in text_of(shown(Line(escape(text))))
    assert text in text_of(shown(Listing(text)))
    assert text in text_of(shown(Table(((text,),))))


@pytest.mark.parametrize("sentence", HOSTILE)
def test_a_notice_is_text_too(sentence: str) -> None:
    assert sentence in Drawn(render.message(sentence)).text
    assert structure(render.notice(sentence)) == structure(render.notice("plain"))


def test_a_line_is_set_in_the_dialect() -> None:
    html = render.screen(shown(Line("**rescue** in `mode`, \\*not bold\\*\n\nnext")), "key")
    assert "<strong>rescue</strong> in <code>mode</code>, *not bold*" in html
    assert html.count("<p dir") == 2


def test_code_keeps_its_lines_and_says_what_it_is() -> None:
    html = render.screen(shown(Listing("SELECT 1\n  WHERE a < b", "sql")), "key")
    assert 'aria-label="Code, sql"' in html
    assert "SELECT 1\n  WHERE a &lt; b</code></pre>" in html


@pytest.mark.parametrize(("marker", "tag"), [(Marker.BULLET, "<ul"), (Marker.NUMBER, "<ol"), (Marker.LETTER, "<ol")])
def test_a_list_shows_its_markers_and_what_was_ticked(marker: Marker, tag: str) -> None:
    html = render.screen(shown(Items(("one", "two"), marker, ticked=(1,))), "key")
    assert f'{tag} class="{marker.value}"' in html
    assert html.count("<li") == 2
    assert html.index("one") < html.index('class="ticked"') < html.index("two")


def test_a_table_shows_every_cell() -> None:
    html = render.screen(shown(Table((("rescue", "back today"), ("none", "not met yet")))), "key")
    assert html.count("<tr>") == 2
    assert html.count("<td>") == 4


def test_a_button_says_its_wait_in_full_and_carries_its_action() -> None:
    good = Button("Good", Rate("a" * 26, Rating.GOOD), "10m", Weight.PRIMARY, "3")
    drawn = Drawn(render.screen(shown(rows=((good,),)), "the key"))
    fields = drawn.buttons["Good, back in 10 minutes"]
    assert decode(fields["payload"]) == good.action
    assert fields["key"] == "the key"


def test_keys_are_named_for_screen_readers() -> None:
    html = render.screen(shown(rows=((Button("Show", Reveal("a"), key=" "), Button("Undo", Undo(), key="u")),)), "key")
    assert 'data-key=" " aria-keyshortcuts="Space"' in html
    assert 'data-key="u" aria-keyshortcuts="u"' in html


@pytest.mark.parametrize(
    ("wait", "spoken"),
    [
        ("1m", "back in 1 minute"),
        ("10m", "back in 10 minutes"),
        ("3h", "back in 3 hours"),
        ("1d", "back in 1 day"),
        ("5mo", "back in 5 months"),
        ("2.1y", "back in 2.1 years"),
        ("soon", "back in soon"),
    ],
)
def test_waits_are_spoken_as_words(wait: str, spoken: str) -> None:
    assert words.spoken_wait(wait) == spoken


def test_text_can_be_sent_only_where_it_answers() -> None:
    assert "<textarea" in render.screen(shown(attempt="a", answers=True), "key")
    assert "<textarea" not in render.screen(shown(attempt="a"), "key")


def test_commands_of_other_surfaces_are_called_by_their_names_here() -> None:
    drawn = render.screen(
        shown(Line("**/drill** asks. No card is open: /settings, `/help`; etl/drill, /drill/x.")), "k"
    )
    assert "<strong>Drill</strong> asks. No card is open: Settings, <code>/help</code>; etl/drill, /drill/x." in drawn


@pytest.mark.parametrize(
    "sentence",
    [*HELP_TEXT, HOW_TO_FIND, habit_words.UNTIL_WHEN, habit_words.ANOTHER_DATE, exam_words.WHICH_MONTH],
)
def test_what_is_explained_here_can_be_done_here(sentence: str) -> None:
    """A command cannot be typed on the page, and the name of a button takes no day."""
    said = text_of(shown(Line(sentence)))
    assert "/" not in said
    assert not re.search(r"\) \d|Find late", said)


def test_options_stand_before_the_text_field_and_other_buttons_after_it() -> None:
    options = ((Button("A", Reveal("a"), key="1"),),)
    reveal = ((Button("Show answer", Reveal("a"), key=" "),),)
    html = render.screen(shown(rows=options, answers=True), "key")
    assert html.index('class="presses"') < html.index('class="answer"')
    html = render.screen(shown(rows=reveal, answers=True), "key")
    assert html.index('class="answer"') < html.index('class="presses"')


def test_a_deep_link_opens_telegram_where_its_address_is_known() -> None:
    reply = Reply(screen=Screen.NOTICE, body=(Line("Your code"),), link='l_"x')
    drawn = render.screen(reply, "key", elsewhere="https://t.me/some_bot?start=")
    assert 'href="https://t.me/some_bot?start=l_&quot;x" target="_blank" rel="noopener noreferrer"' in drawn
    assert "t.me" not in render.screen(reply, "key")
