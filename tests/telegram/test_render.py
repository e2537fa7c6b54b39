"""The one renderer: layout as the screens ask, everything escaped, every text within Telegram's limits."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.actions import Browse, Rate, Set
from bot.core.columns import aligned, columns
from bot.core.graphemes import cut, units
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from bot.telegram.locate import offer_zones
from bot.telegram.places import nearest_zones
from bot.telegram.render import brief, draw, keyboard, texts, toast
from decks.text import escape
from scheduler.model import Rating

from .server import parse_html, utf16
from .server.texts import formatted

HOSTILE = (
    "<b", "</b>", "&lt;", "&", "a < b && c > d", "{{ jinja }}", "||secret||", "_x_", "[x](javascript:alert(1))",
    "<script>alert(1)</script>", "\u202eRTL", "\u0000\u0008", "```", "`", "**", "\\", "<pre>", '<a href="tg://user?id=1">',
)  # fmt: skip
foreign = st.text() | st.sampled_from(HOSTILE) | st.text(alphabet="ab é👍🏽👩‍👩‍👧🇩🇪\u0301\n", max_size=9000)
written = st.text() | foreign.map(escape) | st.sampled_from(("**bold** `code`", "**a `b` c**", "one\n\ntwo"))
blocks = st.one_of(
    written.map(Line),
    written.map(Aside),
    st.builds(Listing, foreign, st.sampled_from(("", "sql", "python", 'x"><b>'))),
    st.builds(Items, st.lists(written, max_size=5).map(tuple), st.sampled_from(Marker)),
    st.lists(st.tuples(foreign, foreign), max_size=4).map(lambda rows: Table(tuple(rows))),
)


def screen(*body: Block) -> str:
    """The only message of a body."""
    (text,) = texts(body)
    return text


# --- layout ------------------------------------------------------------------------------------------------------


def test_a_choice_reads_as_on_the_screen_it_was_designed_for() -> None:
    body = (
        Line("20 today: 16 due, 4 new. About 7 minutes."),
        Line("**1 of 20** · Auto Loader"),
        Line("schemaEvolutionMode is **rescue** and a file brings an unknown column. What happens?"),
        Items(("The stream stops", "The schema stays"), Marker.LETTER),
    )
    assert screen(*body) == (
        "20 today: 16 due, 4 new. About 7 minutes.\n\n"
        "<b>1 of 20</b> · Auto Loader\n"
        "schemaEvolutionMode is <b>rescue</b> and a file brings an unknown column. What happens?\n\n"
        "A  The stream stops\nB  The schema stays"
    )


def test_code_and_answer_read_as_on_the_screen_they_were_designed_for() -> None:
    body = (
        Line("**5 of 20** · Slowly changing dimensions"),
        Line("Which sales are absent?"),
        Listing("SELECT 1\nWHERE a < b", "sql"),
        Line("**Those booked under a version that was closed later.**"),
        Line("A fact keeps the surrogate key of its day."),
        Aside("Kimball deep dive, facts and keys"),
        Line("Suggested: Good"),
    )
    assert screen(*body) == (
        "<b>5 of 20</b> · Slowly changing dimensions\nWhich sales are absent?\n"
        '<pre><code class="language-sql">SELECT 1\nWHERE a &lt; b</code></pre>\n\n'
        "<b>Those booked under a version that was closed later.</b>\n"
        "A fact keeps the surrogate key of its day.\n"
        "<i>Kimball deep dive, facts and keys</i>\n\nSuggested: Good"
    )


def test_a_grid_is_aligned_and_its_last_column_wraps() -> None:
    rows = (("addNewColumns", "stop, add, restart"), ("rescue", "keeps the schema, puts the value aside"))
    assert screen(Line("**Auto Loader**"), Table(rows), Line("2 of 4 known.")) == (
        "<b>Auto Loader</b>\n<pre>addNewColumns  stop, add, restart\n"
        "rescue         keeps the schema, puts\n               the value aside</pre>\n2 of 4 known."
    )


def test_a_table_whose_first_columns_fill_the_screen_is_stacked() -> None:
    rows = (("a label that alone is nearly as wide as a phone", "value of the first"), ("short", "other"))
    assert aligned(rows) == ("a label that alone is nearly as wide as\na phone\n  value of the first\nshort\n  other")


@given(st.lists(st.lists(st.text(alphabet="abc 12", max_size=60), min_size=2, max_size=2), min_size=1, max_size=6))
def test_no_table_is_wider_than_a_phone(rows: list[list[str]]) -> None:
    drawn = aligned(rows)
    assert max(map(columns, drawn.split("\n"))) <= 40
    assert sorted("".join(drawn.split())) == sorted("".join("".join(cell.split()) for row in rows for cell in row))


def test_buttons_carry_their_wait_their_weight_and_at_most_64_bytes() -> None:
    attempt = "0123456789ABCDEFGHJKMNPQRS"
    good = Button("Good", Rate(attempt, Rating.GOOD), wait="10m", weight=Weight.PRIMARY)
    drawn = keyboard([(Button("Again", Rate(attempt, Rating.AGAIN), wait="1m"), good)])
    assert drawn is not None
    assert drawn["inline_keyboard"] == [
        [
            {"text": "Again 1m", "callback_data": f"r.{attempt}.1"},
            {"text": "Good 10m", "callback_data": f"r.{attempt}.3", "style": "primary"},
        ]
    ]


def test_a_row_of_more_than_eight_goes_on_below() -> None:
    drawn = keyboard(
        [[Button(str(number), Set("minutes", str(number))) for number in range(10)], [Button("x", Browse())]]
    )
    assert drawn is not None
    assert [len(row) for row in drawn["inline_keyboard"]] == [8, 2, 1]


def test_a_screen_without_buttons_has_no_keyboard() -> None:
    assert draw(Reply(screen=Screen.NOTICE, body=(Line("x"),))).keyboard is None


# --- any content -------------------------------------------------------------------------------------------------


def shown(block: Block) -> str:
    """Every character a reader should see, white space aside."""
    return "".join(text for part in texts((Line("|"), block)) for text in parse_html(part)[0].split())


@given(st.lists(blocks, max_size=6).map(tuple))
@example((Line(escape("<" * 9000)),))
@example((Listing("🇩🇪" * 5000, "sql"),))
@example((Listing("a" + "\n" * 9000 + "b"), Line(" "), Items(())))
@example(())
@example(tuple(Line("**b** `c`") for _ in range(200)))
def test_every_message_is_whole_and_within_the_limits(body: tuple[Block, ...]) -> None:
    for text in texts(body):
        kept = formatted({"text": text, "parse_mode": "HTML"})
        assert 0 < utf16(kept.text) <= 4096
        assert kept.lost == []
        assert len(text.encode()) <= 1 << 15


@given(foreign)
@example("a" * 10_000)
@example("x\n" * 5000)
@example("👩‍👩‍👧" * 3000)
def test_nothing_of_a_long_text_is_lost_in_the_cut(text: str) -> None:
    printable = "".join(
        c for c in text if c == "\n" or c == "\t" or unicodedata.category(c) not in ("Cc", "Cs") or c >= "\x80"
    )
    assert shown(Line(escape(text))) == "|" + "".join(printable.split())
    assert shown(Listing(text)) == "|" + "".join(printable.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_shown_as_it_was_written(text: str) -> None:
    visible = "".join(character for character in text if character >= " ")
    for block in (
        Line(escape(text)),
        Aside(escape(text)),
        Listing(text),
        Items((escape(text),)),
        Table(((text, "x"),)),
    ):
        (message,) = texts((block,))
        plain, entities = parse_html(message)
        assert visible in plain
        assert not [entity for entity in entities if entity["type"] in ("text_link", "bold", "spoiler")]


@given(st.text(alphabet="ab 👍🏽👩‍🇩🇪\u0301\n\u200d", max_size=300), st.integers(1, 50))
def test_a_cut_loses_nothing_and_fits(text: str, most: int) -> None:
    first, rest = cut(text, most)
    assert first + rest == text
    assert units(first) <= most
    assert units(first) == utf16(first)


@pytest.mark.parametrize("cluster", ["é́", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️"])
def test_what_is_one_character_on_the_screen_stays_together(cluster: str) -> None:
    for before in range(40, 60):
        text = "x" * before + cluster * 20
        first, _ = cut(text, 64)
        tail = first.lstrip("x")
        assert len(tail) % len(cluster) == 0


def test_a_toast_fits_and_is_plain() -> None:
    assert toast(Reply(screen=Screen.NOTICE, body=(), toast="**Good.** Back `soon`.")) == "Good. Back soon."
    assert utf16(brief("👍" * 300)) <= 200
    assert brief("x" * 200) == "x" * 200
    assert brief("x" * 201) == "x" * 199 + "…"


# --- places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (52.52, 13.40, "Europe/Berlin"),
        (-33.87, 151.21, "Australia/Sydney"),
        (40.71, -74.01, "America/New_York"),
        (6.45, 3.39, "Africa/Lagos"),
        (-17.8, 177.4, "Pacific/Fiji"),
        (27.7, 85.3, "Asia/Kathmandu"),
    ],
)
def test_the_nearest_city_is_offered_first(latitude: float, longitude: float, zone: str) -> None:
    assert nearest_zones(latitude, longitude)[0] == zone


def test_any_point_on_earth_has_zones() -> None:
    chance = random.Random(1)
    points = [(90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0)]
    points += [(chance.uniform(-90, 90), chance.uniform(-180, 180)) for _ in range(50)]
    for point in points:
        assert len(offer_zones(*point).rows) >= 2
