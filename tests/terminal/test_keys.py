"""Which line presses which button, and what is an answer."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.actions import (
    DATING,
    Action,
    Back,
    Begin,
    Bury,
    Choose,
    Hint,
    Rate,
    Reveal,
    ShowExam,
    ShowHelp,
    ShowStats,
    Tick,
    Type,
    Undo,
)
from bot.core.reply import Button, Reply, Screen, Weight
from bot.terminal.keys import COMMANDS, ESCAPE, LEAVE, Leave, Press, Unclear, choices, understand
from scheduler.model import Rating

QUESTION = Reply(
    screen=Screen.QUESTION,
    body=(),
    rows=(
        (Button("Show answer", Reveal("one"), weight=Weight.PRIMARY, key=" "),),
        (Button("Hint", Hint("one"), key="h"), Button("Undo", Undo(), key="u")),
    ),
    attempt="one",
    answers=True,
)
OPTIONS = Reply(
    screen=Screen.QUESTION,
    body=(),
    rows=(
        tuple(Button(letter, Choose("one", place), key=str(place + 1)) for place, letter in enumerate("ABCD")),
        (Button("Not sure", Choose("one", -1), key=" "),),
    ),
    attempt="one",
    answers=True,
)
POINTS = Reply(
    screen=Screen.ANSWER,
    body=(),
    rows=(
        (Button("1 ✓", Tick("one", 0)), Button("2", Tick("one", 1))),
        tuple(
            Button(
                rating.name,
                Rate("one", rating),
                weight=Weight.PRIMARY if rating is Rating.HARD else Weight.PLAIN,
                key=str(int(rating)),
            )
            for rating in Rating
        ),
    ),
    attempt="one",
)
MORE = Reply(
    screen=Screen.QUESTION,
    body=(),
    rows=((Button("Not today", Bury("one")), Button("Back", Back("one"), key="Escape")),),
    attempt="one",
    answers=True,
)


def shown(reply: Reply) -> list[str]:
    return [choice.keys[0] for row in choices(reply) for choice in row]


@pytest.mark.parametrize(
    ("line", "reply", "action"),
    [
        ("", QUESTION, Reveal("one")),
        ("   ", QUESTION, Reveal("one")),
        ("h", QUESTION, Hint("one")),
        ("H ", QUESTION, Hint("one")),
        (" h", QUESTION, Type("h", "one")),
        (" /stats", QUESTION, Type("/stats", "one")),
        (" 1", OPTIONS, Type("1", "one")),
        ("hash join", QUESTION, Type("hash join", "one")),
        ("/var/log", QUESTION, Type("/var/log", "one")),
        ("%", QUESTION, Type("%", "one")),
        ("b", OPTIONS, Choose("one", 1)),
        ("2", OPTIONS, Choose("one", 1)),
        ("", OPTIONS, Choose("one", -1)),
        ("t2", POINTS, Tick("one", 1)),
        ("2", POINTS, Rate("one", Rating.HARD)),
        ("", POINTS, Rate("one", Rating.HARD)),
        ("b", MORE, Back("one")),
        (ESCAPE, MORE, Back("one")),
        ("n", MORE, Bury("one")),
        ("?", QUESTION, ShowHelp()),
        ("/Stats", QUESTION, ShowStats()),
        ("/exam", QUESTION, ShowExam()),
        ("/exam 16 Jan", QUESTION, Type("16 Jan", DATING)),
        ("", Reply(screen=Screen.NOTICE, body=()), Begin()),
    ],
)
def test_a_line_presses_or_answers(line: str, reply: Reply, action: Action) -> None:
    assert understand(line, reply) == Press(action)


@pytest.mark.parametrize("line", LEAVE)
def test_q_leaves_from_every_screen(line: str) -> None:
    for reply in (QUESTION, OPTIONS, POINTS, MORE):
        assert understand(line, reply) == Leave()


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("anything", POINTS),
        ("3", QUESTION),  # a rating before the answer: not taken for an answer
        ("g", QUESTION),
        ("/nothing", QUESTION),
        (ESCAPE, QUESTION),
        ("", MORE),
    ],
)
def test_what_means_nothing_here_is_explained_and_never_judged(line: str, reply: Reply) -> None:
    meant = understand(line, reply)
    assert isinstance(meant, Unclear)
    assert meant.sentence.endswith(".")


def test_a_key_wanted_twice_goes_to_the_first_and_reserved_keys_to_nobody() -> None:
    rows = ((Button("One", Undo(), key="u"), Button("Two", Begin(), key="u"), Button("Quit", ShowStats(), key="q")),)
    reply = Reply(screen=Screen.MENU, body=(), rows=rows)
    assert shown(reply) == ["u", "1", "2"]


def test_an_option_that_reads_like_another_key_keeps_its_number() -> None:
    rows = (
        (Button("h", Choose("one", 0), key="1"), Button("x", Choose("one", 1), key="2")),
        (Button("Hint", Hint("one"), key="h"),),
    )
    assert shown(Reply(screen=Screen.QUESTION, body=(), rows=rows, attempt="one")) == ["1", "x", "h"]


def test_screens_without_a_card_count_beyond_nine() -> None:
    rows = tuple((Button(f"Deck {place}", Begin()),) for place in range(12))
    assert shown(Reply(screen=Screen.DECKS, body=(), rows=rows)) == [str(place) for place in range(1, 13)]


actions = st.one_of(
    st.builds(Tick, st.just("one"), st.integers(0, 9)), st.builds(Choose, st.just("one"), st.integers(-1, 9))
)
buttons = st.builds(
    Button,
    st.one_of(st.sampled_from(["A", "B ✓", "Q", "1", "2 ✓", "Hint", "Back", "…"]), st.text(min_size=1, max_size=12)),
    actions,
    weight=st.sampled_from(Weight),
    key=st.one_of(st.just(""), st.sampled_from([" ", "1", "2", "b", "B", "h", "q", "?", "Escape", "u"])),
)
replies = st.builds(
    Reply,
    screen=st.sampled_from(Screen),
    body=st.just(()),
    rows=st.lists(st.lists(buttons, max_size=6).map(tuple), max_size=6).map(tuple),
    attempt=st.sampled_from(["", "one"]),
    answers=st.booleans(),
)


@given(replies)
def test_every_button_has_keys_of_its_own_that_press_it(reply: Reply) -> None:
    drawn = choices(reply)
    assert tuple(tuple(choice.button for choice in row) for row in drawn) == reply.rows
    keys = list(chain.from_iterable(choice.keys for row in drawn for choice in row))
    assert len(keys) == len(set(keys))
    assert not set(keys) & {*LEAVE, *COMMANDS}
    for choice in chain.from_iterable(drawn):
        assert choice.keys
        for key in choice.keys:
            assert understand(key, reply) == Press(choice.button.action)


@given(st.text(max_size=20), replies)
def test_any_line_means_something(line: str, reply: Reply) -> None:
    meant = understand(line, reply)
    if isinstance(meant, Press) and isinstance(meant.action, Type):
        assert reply.answers
        assert meant.action.text.strip() == meant.action.text != ""
