"""What each kind of block looks like at 40 and at 80 columns."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from bot.core.actions import Begin, Browse, Choose, Grid, Hint, More, Rate, Reveal, ShowStats, Tick
from bot.core.reply import Aside, Block, Button, Items, Line, Listing, Marker, Reply, Screen, Table, Weight
from bot.terminal.render import show, tell
from scheduler.model import Rating

from .made import console, printed

WORDY = Line("`dim_customer` is **SCD Type 2**. Which sales are absent from this total, and why do they not count?")
SQL = Listing("SELECT sum(f.revenue)\nFROM fact_sales f\n\nWHERE d.is_current  -- the open version, today", "sql")
OPTIONS = Items(
    ("The stream stops, adds the column, works after a restart", "The schema stays", "Code:\n```\na = 1\n```"),
    Marker.LETTER,
    ticked=(1,),
)
GRID = Table((("", "recall", "effort"), ("7 days", "–", "1 review"), ("30 days", "91%", "412 reviews in all of them")))


def drawn(width: int, *blocks: Block) -> str:
    to = console(width)
    tell(to, Reply(screen=Screen.QUESTION, body=blocks))
    return printed(to)


AT_80 = {
    WORDY: """\
`dim_customer` is SCD Type 2. Which sales are absent from this total, and why do
they not count?
""",
    SQL: """\
  SELECT sum(f.revenue)
  FROM fact_sales f

  WHERE d.is_current  -- the open version, today
""",
    OPTIONS: """\
A   The stream stops, adds the column, works after a restart
B ✓ The schema stays
C   Code:
      a = 1
""",
    GRID: """\
         recall  effort
7 days        –  1 review
30 days     91%  412 reviews in all of them
""",
    Aside("Delta Lake guide · as of May 2026"): "Delta Lake guide · as of May 2026\n",
    Items(("one", "two")): "· one\n· two\n",
    Items(("one", "two"), Marker.NUMBER): "1  one\n2  two\n",
}
AT_40 = {
    WORDY: """\
`dim_customer` is SCD Type 2. Which
sales are absent from this total, and
why do they not count?
""",
    SQL: """\
SELECT sum(f.revenue)
FROM fact_sales f

WHERE d.is_current  -- the open version,
 today
""",
    OPTIONS: """\
A   The stream stops, adds the column,
    works after a restart
B ✓ The schema stays
C   Code:
      a = 1
""",
    GRID: """\
         recall  effort
7 days        –  1 review
30 days     91%  412 reviews in all of
                 them
""",
}


@pytest.mark.parametrize(("block", "text"), AT_80.items())
def test_a_block_at_80_columns(block: Block, text: str) -> None:
    assert drawn(80, block) == text


@pytest.mark.parametrize(("block", "text"), AT_40.items())
def test_a_block_at_40_columns(block: Block, text: str) -> None:
    assert drawn(40, block) == text


def test_a_wide_terminal_keeps_lines_short() -> None:
    assert drawn(200, WORDY) == AT_80[WORDY]


def test_blocks_stand_apart_but_for_what_belongs_together() -> None:
    body = (Line("**Decks**"), Items(("one",)), Line("Then:"), Items(("two",)), Aside("a"), Aside("b"), Line("End."))
    assert drawn(40, *body) == "Decks\n· one\n\nThen:\n· two\n\na\nb\n\nEnd.\n"


def test_nothing_in_a_text_steers_the_terminal() -> None:
    body = (Line("a\x1b[2Jb\x07"), Listing("c\x1b]0;d\x9b"), Items(("e\x1b",)), Table((("f\x08",),)))
    text = drawn(40, *body)
    assert text == "a[2Jb\n\n  c]0;d\n\n· e\n\nf\n"


# --- choices -----------------------------------------------------------------------------------------------------

RATINGS = tuple(
    Button(
        rating.name.capitalize(),
        Rate("one", rating),
        wait,
        Weight.PRIMARY if rating is Rating.GOOD else Weight.PLAIN,
        str(int(rating)),
    )
    for rating, wait in zip(Rating, ("1m", "6m", "10m", "8d"), strict=True)
)
MORE = Button("More", More("one"), key="m")


def offered(width: int, *rows: tuple[Button, ...], attempt: str = "one") -> str:
    to = console(width)
    show(to, Reply(screen=Screen.ANSWER, body=(), rows=rows, attempt=attempt))
    return printed(to)


def test_the_suggested_rating_is_the_one_that_enter_presses() -> None:
    rows = (RATINGS, (Button("My grid", Grid("one"), key="g"), MORE))
    assert offered(80, *rows) == (
        "[1] Again 1m  [2] Hard 6m  [3, Enter] Good 10m  [4] Easy 8d\n[g] My grid  [m] More\n"
    )
    assert offered(40, *rows) == (
        "[1] Again 1m  [2] Hard 6m\n[3, Enter] Good 10m  [4] Easy 8d\n[g] My grid  [m] More\n"
    )


def test_what_is_not_a_number_flows_on_one_line() -> None:
    show_answer = (Button("Show answer", Reveal("one"), weight=Weight.PRIMARY, key=" "),)
    assert offered(80, show_answer, (MORE,)) == "[Enter] Show answer  [m] More\n"
    assert offered(80, show_answer, (Button("Hint", Hint("one"), key="h"), MORE)) == (
        "[Enter] Show answer  [h] Hint  [m] More\n"
    )


def test_long_options_stand_one_below_the_other() -> None:
    rows = (*((Button(f"The option number {n}", Choose("one", n), key=str(n + 1)),) for n in range(3)), (MORE,))
    assert offered(80, *rows) == (
        "[1] The option number 0\n[2] The option number 1\n[3] The option number 2\n[m] More\n"
    )


def test_letters_and_points_are_their_own_labels() -> None:
    letters = tuple(Button(f"{letter} ✓"[: 3 - n], Tick("one", n), key=str(n + 1)) for n, letter in enumerate("AB"))
    assert offered(80, letters, (MORE,)) == "[a] ✓  [b]  [m] More\n"
    points = (Button("1 ✓", Tick("one", 0)), Button("2", Tick("one", 1)))
    assert offered(80, points, RATINGS[:2], (MORE,)) == "[t1] ✓  [t2]\n[1] Again 1m  [2] Hard 6m\n[m] More\n"


def test_a_label_wider_than_the_terminal_is_wrapped() -> None:
    text = offered(40, (Button("A very long name of a track " * 2, Browse()), Button("Stats", ShowStats())), attempt="")
    assert text == "[1] A very long name of a track A very\nlong name of a track\n[2] Stats\n"


# --- a conversation ----------------------------------------------------------------------------------------------


def test_an_answer_follows_its_question_without_repeating_it() -> None:
    question = Reply(screen=Screen.QUESTION, body=(Line("Today: 2."), Line("**1 of 2**"), Line("Why?")), attempt="one")
    answer = Reply(screen=Screen.ANSWER, body=(Line("**1 of 2**"), Line("Why?"), Line("**So.**")), attempt="one")
    to = console()
    tell(to, answer, question)
    assert printed(to) == "So.\n"


def test_another_card_is_shown_whole() -> None:
    one = Reply(screen=Screen.QUESTION, body=(Line("**1 of 2**"), Line("Why?")), attempt="one")
    two = Reply(screen=Screen.QUESTION, body=(Line("**1 of 2**"), Line("Why?")), attempt="two", toast="Good.")
    to = console()
    tell(to, two, one)
    assert printed(to) == "Good.\n\n1 of 2\n\nWhy?\n"


def test_a_screen_with_nothing_new_only_offers_its_choices() -> None:
    reply = Reply(
        screen=Screen.QUESTION, body=(Line("Why?"),), attempt="one", rows=((Button("Back", Begin(), key=" "),),)
    )
    to = console()
    show(to, reply, reply)
    assert printed(to) == "[Enter] Back\n"


def coloured(**environment: str) -> str:
    to = Console(
        file=StringIO(), width=80, force_terminal=True, color_system="standard", highlight=False, _environ=environment
    )
    body = (Line("`a` **b**"), Aside("c"), Listing("SELECT 1", "sql"), Items(("d",)))
    show(to, Reply(screen=Screen.QUESTION, body=body, rows=(RATINGS[1:3],), attempt="one"))
    return printed(to)


def test_a_terminal_shows_code_in_colour_and_asides_dim() -> None:
    text = coloured(TERM="xterm")
    assert "\x1b[36ma\x1b[0m \x1b[1mb\x1b[0m" in text
    assert "\x1b[2mc\x1b[0m" in text
    assert "\x1b[94;49mSELECT\x1b[0m" in text
    assert "\x1b[1m· \x1b[0md\n" in text


def test_a_terminal_sets_the_suggestion_strongly_and_nothing_else() -> None:
    text = coloured(TERM="xterm")
    assert "\x1b[36m[2]\x1b[0m Hard\x1b[2m 6m\x1b[0m" in text
    assert "\x1b[36m[3, Enter]\x1b[0m\x1b[1m Good\x1b[0m\x1b[2m 10m\x1b[0m" in text


def test_no_color_keeps_the_marks_of_code() -> None:
    text = coloured(TERM="xterm", NO_COLOR="1")
    assert "`a`" in text
    assert "\x1b[3" not in text
    assert "\x1b[9" not in text
