"""Any sequence of presses, moves and waits: legal, replayable, and refused without a trace."""

from __future__ import annotations

from collections import Counter
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from bot.core.layout import LETTERS
from bot.core.model import Account, TutorError
from bot.core.quiz import actions as act
from bot.core.quiz.clock import GRACE, due_at
from bot.core.quiz.desk import Upcoming
from bot.core.quiz.fold import begin, gather, move_id, replay, seat_of
from bot.core.quiz.lay import Stepped, take
from bot.core.quiz.model import (
    Answered,
    Asked,
    Closed,
    Ending,
    Move,
    Opened,
    Person,
    Place,
    Player,
    Quiz,
    Stage,
    Voided,
)
from bot.core.quiz.moves import SET_BACK, longest
from bot.core.quiz.options import Answers, Options, Play
from bot.core.quiz.ports import Quizzes
from bot.core.quiz.results import open_disputes, scores
from decks.model import Card, Catalogue, Deck, Distractor, Kind, TextAnswer

from .memory import Memory

PLACE = Place("discord", "1", "2")
NAMES = ("Mira", "Ana", "Ben", "Cleo")
QUIZ = "Q" * 26
START = 1_800_000_000_000
AFTER = {
    Stage.LOBBY: {Stage.LOBBY, Stage.QUESTION, Stage.FINISHED},
    Stage.QUESTION: {Stage.QUESTION, Stage.CLOSED, Stage.FINISHED},
    Stage.CLOSED: {Stage.CLOSED, Stage.QUESTION, Stage.FINISHED},
    Stage.FINISHED: {Stage.FINISHED},
}


def card(number: int) -> Card:
    return Card(
        id=f"t:n{number}",
        note=f"t:n{number}",
        kind=Kind.QUESTION,
        front=f"What is fact {number}?",
        answer=TextAnswer(f"right {number}"),
        deck="facts",
        topic="Facts",
        hint="Think.",
        distractors=tuple(Distractor(f"wrong {number} {other}") for other in range(3)),
    )


CARDS = tuple(card(number) for number in range(8))
CATALOGUE = Catalogue({"facts": Deck(slug="facts", title="Facts", about="", level="", notes=())}, {"facts": CARDS}, {})
UPCOMING = tuple(Upcoming(one, met=2, expected=1.5) for one in CARDS)


class Deed(Struct, frozen=True):
    """Somebody does something (the last does nothing but wait), some ms after what was before."""

    who: int
    action: Stepped
    wait: int
    again: bool  # delivered twice


OPTIONS = st.builds(
    Options,
    questions=st.integers(1, 4),
    window=st.sampled_from((0, 10, 20)),
    host_paced=st.booleans(),
    answers=st.sampled_from(Answers),
    play=st.sampled_from(Play),
    score_limit=st.sampled_from((0, 0, 1, 2)),
    hints=st.booleans(),
    skipping=st.booleans(),
)
NUMBERS = st.integers(0, 5)
ACTIONS = st.one_of(
    st.builds(act.Pick, st.just(QUIZ), st.integers(1, 4), st.integers(-1, 4)),
    st.builds(act.Pick, st.just(QUIZ), st.integers(1, 2), st.integers(0, 3)),
    st.builds(act.Write, st.sampled_from(("right 1", "wrong", "", "right 0")), st.just(QUIZ), NUMBERS),
    st.builds(act.Join, st.just(QUIZ)),
    st.builds(act.Leave, st.just(QUIZ)),
    st.builds(act.Skip, st.just(QUIZ), NUMBERS),
    st.builds(act.Next, st.just(QUIZ), NUMBERS, st.booleans()),
    st.builds(act.Void, st.just(QUIZ), NUMBERS),
    st.builds(act.Uphold, st.just(QUIZ), NUMBERS),
    st.builds(act.Dispute, st.just(QUIZ), NUMBERS, st.sampled_from(("", "why?"))),
    st.builds(act.Swap, st.just(QUIZ), st.integers(0, 5)),
    st.sampled_from(
        (
            act.StartNow(QUIZ),
            act.Pause(QUIZ),
            act.Unpause(QUIZ),
            act.Stop(QUIZ),
            act.Preview(QUIZ),
            act.ShowOptions(QUIZ),
            act.ShowDisputes(QUIZ),
            act.SetOption(QUIZ, "questions", "2"),
            act.SetOption(QUIZ, "play", "chess"),
            act.Wake(4000),
            act.Wake(4_000_000),
        )
    ),
    st.just(act.Tick()),
    st.just(act.Tick()),
)
WAITS = st.sampled_from((0, 1, 900, 5000, 15_000, 21_000, -1, -4000, -90_000))  # ms; the clock may be set back
DEEDS = st.lists(
    st.builds(Deed, st.integers(0, 3), ACTIONS, WAITS, st.booleans()),
    max_size=40,
)


class Played:
    """A quiz under way, checked after every deed."""

    def __init__(self, options: Options) -> None:
        self.memory = Memory()
        self.now = START
        self.set_back = False
        host = seat_of(QUIZ, Account("discord", "0"))
        opened = Opened(
            id=move_id(1),
            number=1,
            at=START,
            place=PLACE,
            host=host,
            options=options,
            deadline=START + 15_000,
        )
        player = Player(seat=host, account=Account("discord", "0"), name="Mira")
        self.memory.save(QUIZ, (opened,), begin(QUIZ, opened), player, 0)

    @property
    def quiz(self) -> Quiz:
        return self.memory.quizzes[QUIZ]

    def waits(self, wait: int) -> None:
        """Time passes, or the clock is set back."""
        self.now += wait
        self.set_back = self.set_back or wait < 0

    def does(self, who: int, action: Stepped, key: str) -> bool:
        """Whether it was taken; what is refused leaves nothing behind."""
        clock = isinstance(action, act.Tick | act.Wake)
        person = None if clock else Person(account=Account("discord", str(who)), name=NAMES[who])
        before, rows = self.quiz, dict(self.memory.logs[QUIZ])
        refusal = ""
        try:
            take(
                cast(Quizzes, self.memory),
                PLACE,
                person,
                action,
                quiz=QUIZ,
                key=key,
                now=self.now,
                catalogue=CATALOGUE,
                upcoming=UPCOMING,
            )
        except TutorError as told:
            refusal = str(told)
        assert self.quiz.stage in AFTER[before.stage]
        assert not before.paused_at or self.quiz.stage in (before.stage, Stage.FINISHED), (
            "a pause asks and closes nothing"
        )
        believed = before.moved_at - self.now > SET_BACK
        assert self.quiz.moved_at > before.moved_at or self.quiz == before or believed, "moves go forward"
        if refusal:
            assert refusal.endswith((".", "?"))
            assert self.quiz == before
            assert self.memory.logs[QUIZ] == rows
        return not refusal

    def check(self) -> None:
        log = self.memory.log(QUIZ)
        assert replay(QUIZ, log) == self.quiz
        assert replay(QUIZ, reversed(log)) == self.quiz, "the order in which rows are read does not matter"
        assert due_at(self.quiz) > 0 or not self.quiz.is_open, "an open quiz always ends by itself"
        assert len({past.card for past in self.quiz.past}) == len(self.quiz.past), "no card is asked twice"
        out = {seat for past in self.quiz.past if not past.void for seat in past.out}
        assert set(self.quiz.out) == out, "a question that does not count puts nobody out"
        assert set(self.quiz.plan).isdisjoint({*self.quiz.asked, *self.quiz.barred})
        self._answers_are_in_time()
        assert _recounted(log, self.quiz) == {score.seat: score.right for score in scores(self.quiz, gather(log))}

    def _answers_are_in_time(self) -> None:
        asked, closed = {}, {}
        for row in self.memory.log(QUIZ):
            if isinstance(row, Asked):
                asked[row.question.number] = row
        for number, row in enumerate(
            sorted((row for row in self.memory.log(QUIZ) if isinstance(row, Closed)), key=lambda row: row.number), 1
        ):
            closed[number] = row
        for row in self.memory.log(QUIZ):
            if isinstance(row, Answered):
                assert self.set_back or asked[row.question].question.asked_at <= row.at
                assert row.took >= 0
                assert self.set_back or row.question not in closed or row.at <= closed[row.question].at
                assert row.card == asked[row.question].question.card.id


def _recounted(log: list[object], quiz: Quiz) -> dict[str, int]:
    """Right answers by seat, counted from the rows alone."""
    void = {row.question for row in log if isinstance(row, Voided)}
    numbers = [row.question.number for row in log if isinstance(row, Asked)]
    closed = sorted((row for row in log if isinstance(row, Closed)), key=lambda row: row.number)
    void |= {number for number, row in zip(sorted(numbers), closed, strict=False) if row.skipped}
    open_ = set(sorted(numbers)[len(closed) :])
    counted: Counter[str] = Counter()
    for row in log:
        if isinstance(row, Answered) and row.question not in void | open_:
            counted[row.seat] += row.right
    return dict(counted)


@settings(max_examples=150, deadline=None)
@given(OPTIONS, DEEDS)
def test_every_game_is_legal_and_follows_from_its_log(options: Options, deeds: list[Deed]) -> None:
    played = Played(options)
    for number, deed in enumerate(deeds):
        played.waits(deed.wait)
        key = f"k{number}"
        taken = played.does(deed.who, deed.action, key)
        if deed.again and taken and not isinstance(deed.action, act.Tick | act.Wake):
            rows = len(played.memory.logs[QUIZ])
            moves = played.quiz.moves
            played.does(deed.who, deed.action, key)
            if isinstance(deed.action, act.Pick | act.Write | act.Join | act.Leave | act.Dispute):
                assert len(played.memory.logs[QUIZ]) == rows, "delivered twice is one row"
            assert played.quiz.moves <= moves + 1
        played.check()


@settings(max_examples=60, deadline=None)
@given(OPTIONS, DEEDS)
def test_every_game_ends_when_nobody_does_anything_any_more(options: Options, deeds: list[Deed]) -> None:
    played = Played(options)
    for number, deed in enumerate(deeds):
        played.waits(deed.wait)
        played.does(deed.who, deed.action, f"k{number}")
    for _ in range(2 * len(CARDS) + 4):
        if not played.quiz.is_open:
            break
        before = played.quiz.moves
        played.now = max(played.now, due_at(played.quiz))
        played.does(0, act.Tick(), "")
        assert played.quiz.moves > before, "what is due is done"
    assert not played.quiz.is_open


@given(
    st.permutations([(who, option, at) for who, (option, at) in enumerate(((0, 10), (1, 500), (0, 9000), (2, 9000)))])
)
def test_the_order_of_delivery_does_not_change_what_was_answered(presses: list[tuple[int, int, int]]) -> None:
    """Answers carry the instant of their receipt; rows may be written in any order."""
    played = Played(Options(questions=1))
    played.now = START + 15_000
    played.does(0, act.Tick(), "")
    start = played.now
    for who, option, at in presses:
        played.now = start + at
        assert played.does(who, act.Pick(QUIZ, 1, option), f"k{who}")
    answers = [(answer.at - start, answer.given) for answer in gather(played.memory.log(QUIZ)).answers]
    assert sorted(answers) == sorted((at, LETTERS[option]) for _, option, at in presses)
    assert [at for at, _ in answers] == sorted(at for at, _ in answers)


@pytest.mark.parametrize("late", [-1, 0, 1, GRACE, GRACE + 1])
def test_a_press_counts_up_to_the_deadline_to_the_millisecond(late: int) -> None:
    played = Played(Options(questions=1))
    played.now = START + 15_000
    played.does(0, act.Tick(), "")
    asked = played.quiz.question
    assert asked is not None
    played.now = asked.closes_at + late
    assert played.does(1, act.Pick(QUIZ, 1, 0), "k") is (late <= 0)


def test_what_is_disputed_after_a_question_was_kept_is_read_although_the_clock_was_set_back() -> None:
    played = Played(Options(questions=1))
    played.now = START + 15_000
    played.does(0, act.Tick(), "")
    played.does(0, act.Next(QUIZ), "next")
    played.does(1, act.Dispute(QUIZ, 1, "which version?"), "k1")
    played.does(0, act.Uphold(QUIZ, 1), "k2")
    played.now -= 3_600_000
    played.does(2, act.Dispute(QUIZ, 1, "still"), "k3")
    assert [one.reason for one in open_disputes(played.quiz, gather(played.memory.log(QUIZ)))] == ["still"]


@settings(max_examples=100, deadline=None)
@given(OPTIONS, DEEDS, st.integers(0, 400 * 86_400_000))
def test_no_deadline_lies_further_ahead_than_its_stage_is_long(options: Options, deeds: list[Deed], back: int) -> None:
    played = Played(options)
    for number, deed in enumerate(deeds):
        played.waits(deed.wait)
        played.does(deed.who, deed.action, f"k{number}")
    played.waits(-back)
    for _ in range(2):
        played.does(0, act.Tick(), "")
        played.check()
        if played.quiz.is_open and not played.quiz.paused_at:
            assert due_at(played.quiz) - played.now <= longest(played.quiz) + SET_BACK + GRACE


JUMPS = st.one_of(st.integers(-400 * 86_400, -6), st.integers(100, 800))  # seconds that the clock is set by


class Evening:
    """Two players of a quiz whose clock is looked at as `bot.quiz.running` does: by time that goes on by itself."""

    def __init__(self, options: Options) -> None:
        self.played = Played(options)
        self.passed = 0  # ms
        self.presses = 0
        for who in (1, 2):
            assert self.press(who, act.Join(QUIZ))

    def press(self, who: int, action: Stepped) -> bool:
        self.presses += 1
        taken = self.played.does(who, action, f"p{self.presses}")
        self.look()
        return taken

    def look(self) -> None:
        while True:
            before = self.played.quiz.moves
            self.played.does(0, act.Tick(), "")
            self.wakes = self.passed + max(1, due_at(self.played.quiz) - self.played.now)
            if self.played.quiz.moves == before:
                return

    def passes(self, milliseconds: int) -> None:
        until = self.passed + milliseconds
        while self.played.quiz.is_open and self.wakes <= until:
            self._go(self.wakes)
            self.look()
        self._go(until)

    def _go(self, until: int) -> None:
        self.played.now += until - self.passed
        self.passed = until


@settings(max_examples=100, deadline=None)
@given(JUMPS, st.integers(0, 60_000), st.sampled_from((0, 10, 20)))
def test_a_clock_that_is_set_costs_nobody_an_answer(jump: int, at: int, window: int) -> None:
    evening = Evening(Options(questions=3, window=window))
    answered: set[tuple[int, int]] = set()
    jumped = False
    for _ in range(1000):
        evening.passes(500)
        if not jumped and evening.passed >= at:
            jumped = True
            evening.played.waits(jump * 1000)
        quiz = evening.played.quiz
        if quiz.stage is Stage.QUESTION and quiz.question is not None:
            number = quiz.question.number
            seconds = (evening.played.now - quiz.question.asked_at) / 1000
            left = [who for who in (1, 2) if (number, who) not in answered]
            if left and not 0 <= seconds < 2 * left[0] and evening.press(left[0], act.Pick(QUIZ, number, 0)):
                answered.add((number, left[0]))
    assert len(answered) == 6
    assert evening.played.quiz.ending is Ending.PLAYED
    assert len(gather(evening.played.memory.log(QUIZ)).answers) == 6


def test_moves_follow_each_other_in_the_log() -> None:
    played = Played(Options(questions=2))
    for _ in range(8):
        played.now = max(played.now, due_at(played.quiz))
        played.does(0, act.Tick(), "")
    moves = sorted((row for row in played.memory.log(QUIZ) if isinstance(row, Move)), key=lambda row: row.number)
    assert [row.number for row in moves] == list(range(1, len(moves) + 1))
    assert [row.at for row in moves] == sorted({row.at for row in moves})
