"""What people write after the commands of a quiz."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.quiz.actions import (
    Board,
    Dispute,
    Hide,
    MyResult,
    Open,
    QuizAction,
    Save,
    Schedule,
    SetDecks,
    ShowSetup,
    Stop,
)
from bot.core.quiz.show import Ballot, Show, Timing
from bot.core.reply import Line, Reply, Screen
from bot.telegram import quiz_words
from bot.telegram.quiz_commands import Other, read
from bot.telegram.quiz_draw import Post, message, place_in, poll, post_of

from .server import utf16
from .server.polls import poll_from


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("quiz", Open("")),
        ("quiz dbt 70% + sql 30%  questions:5", Open("dbt 70% + sql 30% questions:5")),
        ("quiz stop", Stop()),
        ("stopquiz", Stop()),
        ("quiz stop words and lists", Open("stop words and lists")),
        ("quiz result", MyResult()),
        ("quiz save monday", Save("monday")),
        ("savequiz monday", Save("monday")),
        ("leaderboard", Board()),
        ("leaderboard last", Board(back=1)),
        ("leaderboard hide", Hide(True)),
        ("dispute which version?", Dispute("", 0, "which version?")),
        ("dispute 3 which version?", Dispute("", 3, "which version?")),
        ("dispute 3NF is meant", Dispute("", 0, "3NF is meant")),
        ("dispute", Dispute("", 0, "")),
        ("schedulequiz weekdays 09:00", Schedule("weekdays 09:00")),
        ("schedulequiz mon wed 18:30 zone:Europe/Berlin dbt", Schedule("mon wed 18:30", "dbt", "Europe/Berlin")),
        ("schedulequiz whenever", Schedule("whenever")),
        ("setup", ShowSetup()),
        ("setup scd-types + txn-isolation", SetDecks("scd-types + txn-isolation")),
        ("quiz setup decks:", SetDecks("decks:")),
        ("exportquiz", Other.EXPORT),
        ("help", Other.HELP),
        ("drill", None),
    ],
)
def test_a_command_reads_as_what_it_asks(written: str, asked: QuizAction | Other | None) -> None:
    name, _, argument = written.partition(" ")
    assert read(name, argument) == asked


@pytest.mark.parametrize("name", [name for name, _ in quiz_words.COMMANDS])
def test_every_command_of_the_menu_asks_for_something(name: str) -> None:
    assert read(name, "") is not None


@given(st.text(max_size=80))
def test_nothing_that_is_written_breaks_the_reading(text: str) -> None:
    for name in ("quiz", "dispute", "schedulequiz", "leaderboard", "savequiz"):
        assert read(name, text) is not None


@given(
    question=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=320),
    options=st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=110), min_size=2, max_size=13),
    why=st.text(st.sampled_from("ab\n😀 "), max_size=210),
)
def test_what_is_sent_as_a_poll_is_one_that_telegram_takes(question: str, options: list[str], why: str) -> None:
    ballot = Ballot(f"1 of 2\n{question}", tuple(options), 0, why)
    reply = Reply(screen=Screen.QUESTION, body=())
    drawn = poll(Show(place=place_in(-5, None), quiz="q", slot="q1", reply=reply, ballot=ballot))
    fits = utf16(ballot.question) <= 300 and utf16(why) <= 200 and why.count("\n") <= 2
    if drawn is not None:
        assert fits
        assert poll_from(drawn, 0).correct == [0]


def test_a_name_is_never_taken_for_the_countdown() -> None:
    reply = Reply(screen=Screen.QUESTION, body=(Line("Which?"),))
    timing, crowd = Timing("Closes", 20_000), "**In (1)** Closes in 20 seconds"
    show = Show(place=place_in(-5, None), quiz="q", slot="q1", reply=reply, timing=timing, crowd=crowd)
    line = message(show, 0.0, timed=True)["text"].splitlines()[-1]
    assert line.startswith('Closes <tg-time unix="20" format="r">in 20 seconds</tg-time> · ')
    assert line.endswith("Closes in 20 seconds")


def test_a_message_is_known_by_its_chat_and_number() -> None:
    polled = Post(-5, 1, "5000000000000000001")
    for post in (Post(-1001234567890, 7), polled, polled._replace(below=2)):
        assert post_of(str(post)) == post
    assert [post_of(kept) for kept in ("", "12", "x/1", "-5/1/")] == [None] * 4
