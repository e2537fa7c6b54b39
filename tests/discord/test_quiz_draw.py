"""What a quiz's message looks like to Discord: one within its limits, whatever a card or a name holds."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.quiz.actions import Join
from bot.core.quiz.buttons import button
from bot.core.quiz.command import read
from bot.core.quiz.model import Place
from bot.core.quiz.show import Show, Timing
from bot.core.reply import Aside, Block, Items, Line, Listing, Marker, Reply, Screen
from bot.discord.quiz_draw import FORM, PEN, answer_form, card, dispute_form, line_of, nonce, question_of
from bot.discord.quiz_options import LIST, PAGE

from .limits import departures
from .people import walk
from .quiz_night import shelf

QUIZ = "Q" * 26
TEXTS = st.one_of(st.text(max_size=300), st.text("ab *_`<@", min_size=1, max_size=40).map(lambda text: text * 120))
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Line, TEXTS),
    st.builds(Aside, TEXTS),
    st.builds(Listing, TEXTS, st.just("sql")),
    st.builds(lambda items: Items(tuple(items), Marker.LETTER), st.lists(TEXTS, max_size=5)),
)


def show(*body: Block, screen: Screen = Screen.QUESTION) -> Show:
    rows = ((button("Join", Join(QUIZ)),),)
    return Show(
        place=Place("discord", "1", "2"), quiz=QUIZ, slot="q3", reply=Reply(screen=screen, body=body, rows=rows)
    )


def text_of(found: Show) -> str:
    return next(part["content"] for part in walk(card(found)) if part["type"] == 10)


@settings(deadline=None)
@given(st.lists(BLOCKS, max_size=8), TEXTS, st.booleans(), st.booleans())
def test_a_message_is_one_within_the_limits(body: list[Block], crowd: str, typed: bool, mentions: bool) -> None:
    drawn = replace(
        show(*body),
        crowd=f"**In (3)** {crowd[:400]}",
        timing=Timing("Closes", 1_795_542_155_001),
        foot=(Aside("Mira started this."),),
        mention="12345" if mentions else "",
        typed=typed,
    )
    assert departures(card(drawn)) == []
    assert "<t:1795542156:R>" in text_of(drawn), "rounded up: not over before it says so"


def test_what_is_too_long_is_cut_and_the_rest_stays() -> None:
    drawn = text_of(show(Line("**3 of 10** · Transactions"), Line("long " * 2000), Line("**Right** Ana 2.9 s")))
    assert drawn.startswith("### 3 of 10 · Transactions")
    assert drawn.endswith("**Right** Ana 2.9 s")
    assert "…" in drawn


def test_each_message_has_a_nonce_of_its_own_that_stays_the_same() -> None:
    first = show()
    others = [replace(first, slot="q4"), replace(first, message="9"), replace(first, place=Place("discord", "3", "2"))]
    assert nonce(first) == nonce(replace(first, crowd="x"))
    assert len({nonce(one) for one in (first, *others)}) == 4
    assert all(len(nonce(one)) <= 25 for one in (first, *others))


def test_a_typed_question_has_a_button_that_opens_its_form() -> None:
    found = next(part for part in walk(card(replace(show(), typed=True))) if part.get("label") == "Answer")
    match = re.fullmatch(PEN, found["custom_id"])
    assert match
    assert (match["quiz"], match["question"]) == (QUIZ, "3")
    closed = card(replace(show(), typed=True, live=False))
    assert not any(part.get("label") == "Answer" for part in walk(closed))


def test_forms_and_lists_are_told_apart_by_their_ids() -> None:
    answer, dispute = answer_form(QUIZ, 3, "Which?"), dispute_form(QUIZ, 3)
    kinds = [(found := FORM.fullmatch(form.custom_id)) and found["kind"] for form in (answer, dispute)]
    assert kinds == ["W", "D"]
    assert not re.fullmatch(PEN, answer.custom_id)
    assert not any(re.fullmatch(one, answer.custom_id) for one in (LIST, PAGE))


def test_a_form_repeats_the_question_and_not_who_is_in() -> None:
    shown = "### 3 of 10\nWhich?\n\nCloses <t:1:R> · **In (1)** Ana\n-# Type your answer."
    assert question_of(shown) == "### 3 of 10\nWhich?"
    back = "Back after 9 seconds. Question 3 starts again; answers already in are kept.\n\n"
    assert question_of(back + shown) == "### 3 of 10\nWhich?"
    assert question_of("Which?\n\n**In (1)** Ana") == "Which?"


def test_the_options_of_the_command_are_the_line_the_core_reads() -> None:
    given = {"decks": "scd-types + txn-isolation", "questions": 5, "pace": "", "hints": "on", "skip": "off", "role": ""}
    line = line_of(given | {"limit": None})
    assert line == "decks:scd-types + txn-isolation questions:5 hints:on skip:off"
    options = read(line, shelf())
    assert (options.source, options.questions, options.hints, options.skipping) == (given["decks"], 5, True, False)
