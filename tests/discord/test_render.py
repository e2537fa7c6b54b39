"""The one renderer: layout as the screens ask, no foreign markup, every message within Discord's limits."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.actions import Begin, Browse, Choose, Rate, Release, Reveal, Set, ShowDeck, Tick
from bot.core.buttons import encode
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from bot.discord.components import form, wire
from bot.discord.markdown import printable
from bot.discord.render import Drawn, draw, sentence, texts
from bot.discord.rows import Door, Key, Menu, Pen, brief, rows
from decks.text import escape
from scheduler.model import Rating

from .limits import departures, utf16
from .people import BUTTON, TEXT, walk
from .reader import Refused, read

HOSTILE = (
    "@everyone", "<@1>", "<@&2>", "<#3>", "<:x:4>", "<t:0:R>", "# big", "- item", "1. one", "> quote", "-# small",
    ">>> all", "||secret||", "~~gone~~", "_x_", "__x__", "[x](javascript:alert(1))", "[x](http://y)", "```", "`",
    "``", "**", "*", "\\", "\\*", "\u202eRTL", "\u0000\u0008", "a\n# b", "```sql\nselect", "#!/bin/sh",
    "10. Oktober", "  - x",
)  # fmt: skip
ATTEMPT = "0123456789ABCDEFGHJKMNPQRS"
foreign = st.text() | st.sampled_from(HOSTILE) | st.text(alphabet="ab é👍🏽👩‍👩‍👧🇩🇪\u0301\n*_`[", max_size=9000)
written = st.text() | foreign.map(escape) | st.sampled_from(("**bold** `code`", "**a `b` c**", "**a****b**", "`` a"))
blocks = st.one_of(
    written.map(Line),
    written.map(Aside),
    st.builds(Listing, foreign, st.sampled_from(("", "sql", "python", "x y", "`"))),
    st.builds(Items, st.lists(written, max_size=5).map(tuple), st.sampled_from(Marker)),
    st.lists(st.tuples(foreign, foreign), max_size=4).map(lambda cells: Table(tuple(cells))),
)
actions = st.sampled_from(
    (
        Begin(),
        Browse(),
        Reveal(ATTEMPT),
        Choose(ATTEMPT, 1),
        Tick(ATTEMPT, 2),
        Set("minutes", "5"),
        ShowDeck("scd-types"),
    )
)
buttons = st.builds(Button, foreign, actions, st.sampled_from(("", "10m")), st.sampled_from(Weight))
replies = st.builds(
    Reply,
    screen=st.sampled_from(Screen),
    body=st.lists(blocks, max_size=4).map(tuple),
    rows=st.lists(st.lists(buttons, max_size=12).map(tuple), max_size=60).map(tuple),
    toast=foreign.map(lambda text: escape(text)[:200]),
    attempt=st.sampled_from(("", ATTEMPT)),
    answers=st.booleans(),
    typing=st.booleans(),
)


def screen(*body: Block) -> str:
    """The only message of a body."""
    (text,) = texts(body)
    return text


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", printable(text))


# --- layout ------------------------------------------------------------------------------------------------------


def test_a_choice_reads_as_on_the_screen_it_was_designed_for() -> None:
    body = (
        Line("**3 of 10** · Transactions"),
        Line("On **PostgreSQL** at REPEATABLE READ you run a range query twice. What does the second run show?"),
        Items(("The new row too", "The same rows as before"), Marker.LETTER),
    )
    assert screen(*body) == (
        "**3 of 10** · Transactions\n"
        "On **PostgreSQL** at REPEATABLE READ you run a range query twice. What does the second run show?\n\n"
        "**A**  The new row too\n**B**  The same rows as before"
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
        "**5 of 20** · Slowly changing dimensions\nWhich sales are absent?\n"
        "```sql\nSELECT 1\nWHERE a < b\n```\n\n"
        "**Those booked under a version that was closed later.**\n"
        "A fact keeps the surrogate key of its day.\n"
        "-# Kimball deep dive, facts and keys\n\nSuggested: Good"
    )


def test_a_grid_is_aligned_and_its_last_column_wraps() -> None:
    cells = (("addNewColumns", "stop, add, restart"), ("rescue", "keeps the schema, puts the value aside"))
    assert screen(Line("**Auto Loader**"), Table(cells), Line("2 of 4 known.")) == (
        "**Auto Loader**\n```\naddNewColumns  stop, add, restart\n"
        "rescue         keeps the schema, puts\n               the value aside\n```\n2 of 4 known."
    )


def test_a_code_block_in_a_language_discord_does_not_read_has_none() -> None:
    assert screen(Listing("x", "a b")) == "```\nx\n```"


def test_a_bold_word_does_not_make_a_heading() -> None:
    assert screen(Line("**Backfill** asks."), Line("What for?")) == "**Backfill** asks.\n\nWhat for?"


# --- content is never markup -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_content_reads_as_it_is(text: str) -> None:
    for body in (Line(escape(text)), Aside(escape(text)), Items((escape(text),))):
        assert squeezed(read(screen(body)).text).endswith(squeezed(text))
    assert squeezed(read(screen(Listing(text))).text) == squeezed(text) or not squeezed(text)


@settings(max_examples=400)
@given(foreign)
@example("a\n# b")
@example("1.")
@example("\\")
def test_any_foreign_text_reads_as_it_is(text: str) -> None:
    seen = "".join(read(part).text for part in texts((Line(escape(text)),)))
    assert squeezed(seen) == squeezed(text) or (seen == "–" and not squeezed(text))
    shown = "".join(read(part).text for part in texts((Listing(text, "sql"),)))
    assert squeezed(shown) == squeezed(text) or (shown == "–" and not squeezed(text))


def test_the_reader_refuses_what_was_not_escaped() -> None:
    for text in ("# big", "a *b", "<@1>", "x_y", "[x](y)", "**open", "- item", "@here", "1. x"):
        with pytest.raises(Refused):
            read(text)


def test_bold_runs_and_code_keep_their_styles() -> None:
    assert read(screen(Line("**a****b** then `x` and `` ` ``"))).bold == ("ab",)
    assert screen(Line("`a`")) == "`a`"


# --- within the limits -------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.lists(blocks, max_size=6))
@example([Listing("x" * 9000, "sql")])
@example([Line("*" * 9000)])
@example([Listing("`" * 9000)])
def test_every_text_fits_a_message(body: list[Block]) -> None:
    drawn = texts(body)
    assert drawn
    for text in drawn:
        assert 1 <= utf16(text) <= 4000
        assert text.strip()
        read(text)


@settings(max_examples=300, deadline=None)
@given(replies)
def test_every_reply_is_a_message_that_discord_takes(reply: Reply) -> None:
    drawn = draw(reply, elsewhere="https://t.me/backfill_bot?start=")
    assert departures(wire(drawn)) == []
    for text in drawn.texts[:-1]:
        assert departures(wire(Drawn((text,)))) == []


def test_no_button_is_lost_while_they_fit_menus() -> None:
    wide = tuple(tuple(Button(f"{row}.{at}", Rate(ATTEMPT, Rating.GOOD)) for at in range(7)) for row in range(12))
    drawn = draw(Reply(screen=Screen.MENU, body=(Line("x"),), rows=wide))
    components = wire(drawn)
    labels = [c["label"] for c in walk(components) if c["type"] == BUTTON]
    labels += [option["label"] for c in walk(components) for option in c.get("options", ())]
    assert labels == [button.label for row in wide for button in row]
    assert departures(components) == []


def test_the_checker_of_limits_sees_what_the_simulation_lets_pass() -> None:
    button = {"type": BUTTON, "style": 1, "label": "", "custom_id": "b0:x"}
    text = {"type": TEXT, "content": "x" * 2001}
    assert departures([{"type": 1, "components": [button]}]) == ["label '' of 0"]
    assert departures([text, text]) == ["4002 characters of text"]
    assert departures([{"type": 1, "components": [button | {"label": "x"}] * 2}]) == ["b0:x twice"]
    many = [{"label": "x", "value": str(number)} for number in range(26)]
    assert departures([{"type": 3, "custom_id": "s", "placeholder": "p", "options": many}]) == ["26 options"]


@given(foreign)
def test_labels_are_cut_at_their_limit_and_never_empty(text: str) -> None:
    label = brief(text, 80)
    assert label.strip()
    assert utf16(label) <= 80


# --- rows --------------------------------------------------------------------------------------------------------


def reply(*drawn: tuple[Button, ...], **more: object) -> Reply:
    return Reply(screen=Screen.QUESTION, body=(), rows=drawn, **more)  # type: ignore[arg-type]


def test_a_card_that_asks_for_text_opens_a_form_first() -> None:
    show = Button("Show answer", Reveal(ATTEMPT), weight=Weight.PRIMARY)
    (first,) = rows(reply((show,), attempt=ATTEMPT, answers=True, typing=True))
    assert first == (Pen("Type answer", ATTEMPT, False, Weight.PRIMARY), Key("Show answer", f"v.{ATTEMPT}"))


def test_any_other_card_offers_the_form_among_the_lesser_buttons() -> None:
    show, more = Button("Show answer", Reveal(ATTEMPT), weight=Weight.PRIMARY), Button("Decks", Browse())
    _, second = rows(reply((show,), (more,), attempt=ATTEMPT, answers=True))
    assert second == (Pen("Type it", ATTEMPT, True), Key("Decks", encode(Browse())))


@pytest.mark.parametrize("action", [Choose(ATTEMPT, 0), Tick(ATTEMPT, 0)])
def test_what_is_tapped_is_not_typed(action: Choose | Tick) -> None:
    drawn = rows(reply((Button("A", action),), (Button("Check", Reveal(ATTEMPT)),), attempt=ATTEMPT, answers=True))
    assert not any(isinstance(key, Pen) for row in drawn if not isinstance(row, Menu) for key in row)


def test_many_of_one_kind_become_a_menu_and_the_way_back_stays_a_button() -> None:
    held = tuple((Button(f"Bring back: {number}", Release(f"card{number}")),) for number in range(7))
    menu, back = rows(reply(*held, (Button("Back", Begin(), key=" "),)))
    assert isinstance(menu, Menu)
    assert [option.payload for option in menu.options] == [f"l.card{number}" for number in range(7)]
    assert back == (Key("Back", "b"),)


def test_few_of_one_kind_stay_buttons() -> None:
    drawn = rows(reply(*((Button(f"Deck {number}", ShowDeck(f"d{number}")),) for number in range(6))))
    assert len(drawn) == 6


def test_a_row_of_more_than_five_goes_on_below() -> None:
    drawn = rows(reply(tuple(Button(str(number), Tick(ATTEMPT, number)) for number in range(7))))
    assert [len(row) for row in drawn] == [5, 2]


def test_a_deep_link_is_a_button_where_it_leads_somewhere() -> None:
    asked = reply((Button("Back", Begin()),), link="l_abc")
    assert rows(asked)[0] == (Key("Back", "b"),)
    assert rows(asked, "https://t.me/b?start=")[0] == (Door("Open Telegram", "https://t.me/b?start=l_abc"),)


# --- forms -------------------------------------------------------------------------------------------------------


async def test_a_form_shows_its_question_and_says_whose_answer_it_takes() -> None:
    made = form(ATTEMPT, "**3 of 10**\nWhich table?", long=True).to_dict()
    assert made["custom_id"] == f"f:{ATTEMPT}"
    assert len(made["title"]) <= 45
    question, label = made["components"]
    assert question["content"].endswith("Which table?")
    assert label["component"]["max_length"] == 500
    assert len(form(ATTEMPT, "", long=False).to_dict()["components"]) == 1


def test_a_sentence_is_said_as_it_is() -> None:
    assert sentence("a *b* @here").texts == (r"a \*b\* \@here",)
