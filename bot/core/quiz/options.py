"""The options of a group quiz: what it draws from, how it is played and at what pace. Pure values.

`/quiz` alone is every option's default. `bot.core.quiz.command` reads options from a line of text and writes them back.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

MOST_QUESTIONS = 50
WINDOWS = (10, 15, 20, 30, 40, 60, 90, 120)  # seconds to answer that are offered


class Order(StrEnum):
    """Which of a source's cards come first."""

    FORGETTING = "forgetting"  # what these players are about to forget
    MISSED_HERE = "missed-here"  # what this channel got wrong before
    MISSED_BY_ME = "missed-by-me"  # what whoever started it got wrong in quizzes before
    CURRICULUM = "curriculum"
    RANDOM = "random"
    FIXED = "fixed"  # exactly the cards listed in `cards`: a saved quiz, or misses played again


class Answers(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"  # by buttons
    TYPED = "typed"  # by a form or a reply


class Play(StrEnum):
    """What an answer is worth."""

    EVERYONE = "everyone"  # everybody who is right scores
    FIRST = "first"  # the first right answer scores and closes the question
    HARDCORE = "hardcore"  # a wrong or missing answer ends the game for that player
    RELAXED = "relaxed"  # nothing is timed or ranked


class Options(Struct, frozen=True, kw_only=True):
    """How one quiz is played. Times are whole seconds."""

    source: str = ""  # as people write it: "scd-types + txn-isolation", "dbt 70% + sql 30%"; empty: everything
    order: Order = Order.FORGETTING
    questions: int = 10  # 1 to MOST_QUESTIONS
    window: int = 20  # to answer; 0: until everybody has answered or the host goes on
    host_paced: bool = False  # the host presses Next
    answers: Answers = Answers.CHOICE
    play: Play = Play.EVERYONE
    score_limit: int = 0  # right answers that end the quiz; 0: none
    hints: bool = False
    skipping: bool = True  # by vote of more than half of the players
    role: str = ""  # the platform's id of a role mentioned when the lobby opens
    cards: tuple[str, ...] = ()  # for Order.FIXED
    saved: str = ""  # the name by which a server saved these cards
