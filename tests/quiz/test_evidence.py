"""What a quiz does to its players' own schedules: what is honest, once, and taken back when a question is void."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core import evidence as weighing
from bot.core.clock import study_day
from bot.core.evidence import Effect, Met, weigh
from bot.core.fold import fold_progress
from bot.core.model import Account, Evidence, Learner, Mode, Undone, Wanted
from bot.core.ports import StoreError, Turn
from bot.core.quiz import evidence as carrying
from bot.core.quiz.actions import DrillMisses, KeepSeparate, ToDrill, Void, Write
from bot.core.reply import Reply
from bot.quiz.settle import Settler
from scheduler.model import Phase, Policy
from storage.check import check

from .learners import evidence, known, studies
from .world import Night, Player

LAST_DAY = "decks:txn-isolation questions:2"


async def play(night: Night, players: list[Player], right: list[bool], text: str = LAST_DAY) -> tuple[str, list[str]]:
    """A game of two questions, everybody answering both alike; its id and cards."""
    await players[0].starts(text)
    for player in players:
        await player.presses("Join")
    await night.time.passes(16)
    for _ in range(2):
        for player, so in zip(players, right, strict=True):
            await player.answers(right=so)
        await night.time.passes(12)
    quiz = await night.quiz()
    return quiz.id, [past.card for past in quiz.past]


async def cards_of(night: Night) -> list[str]:
    return [card.id for card in night.catalogue.cards_by_deck["txn-isolation"]]


@pytest.mark.parametrize(
    ("mode", "correct", "met", "effect"),
    [
        (Mode.TYPED, True, Met.BEFORE, Effect.GOOD),
        (Mode.CHOICE, True, Met.BEFORE, Effect.NOTHING),
        (Mode.CHOICE, False, Met.BEFORE, Effect.DUE),
        (Mode.TYPED, False, Met.BEFORE, Effect.DUE),
        *((mode, correct, met, Effect.NOTHING) for mode in (Mode.TYPED, Mode.CHOICE) for correct in (True, False)
          for met in (Met.NEVER, Met.TODAY)),
    ],
)  # fmt: skip
def test_an_answer_weighs_what_it_honestly_can(mode: Mode, correct: bool, met: Met, effect: Effect) -> None:
    assert weigh(mode, correct, met) is effect


async def test_a_wrong_answer_makes_a_card_one_studies_due_without_a_lapse(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = night.players(["Ana", "Ben"])
        await studies(night, ana.account, await cards_of(night))
        _, cards = await play(night, [ana, ben], [False, False])
        progress, entries = await known(night, ana.account, cards[0])
        assert progress is not None
        assert progress.due_day == study_day(night.time.now, "UTC", 240)
        assert (progress.lapses, progress.reps) == (0, 1), "the drill decides what it costs"
        assert [entry.version for entry in entries if isinstance(entry, Evidence)] == [weighing.VERSION]
        assert await learner(night, ben.account) is None, "a stranger who plays stays a stranger"


async def learner(night: Night, account: Account) -> Learner | None:
    return await night.quizzes._book.as_(account, lambda turn: turn.learner(account))


async def test_a_right_choice_moves_nothing_and_a_right_text_counts_as_good(tmp_path: Path) -> None:
    async with Night(tmp_path, {"facts": FACTS}) as night:
        ana = night.player("Ana")
        await studies(night, ana.account, [card.id for card in night.catalogue.cards.values()])
        await ana.starts("questions:2 answers:typed")
        await ana.presses("Join")
        await night.time.passes(16)
        quiz = await night.quiz()
        assert quiz.question is not None
        card = quiz.question.card
        before, _ = await known(night, ana.account, card.id)
        await ana.does(Write(str(card.answer.text)))  # type: ignore[union-attr]
        await night.time.passes(60)
        after, _ = await known(night, ana.account, card.id)
        assert before is not None
        assert after is not None
        assert after.reps == before.reps + 1
        assert after.phase is Phase.REVIEW
        assert after.memory.stability > before.memory.stability


async def test_playing_adds_no_card_to_a_drill_and_asking_for_it_does(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana = night.player("Ana")
        await studies(night, ana.account, [])
        quiz, cards = await play(night, [ana, night.player("Ben")], [False, True])
        assert await known(night, ana.account, cards[0]) == (None, [])
        await ana.does(DrillMisses(quiz))
        assert "2 cards are now in your drill:" in ana.screen
        progress, entries = await known(night, ana.account, cards[0])
        assert progress is not None
        assert progress.phase is Phase.LEARNING
        assert [type(entry) for entry in entries] == [Wanted]
        await ana.does(ToDrill(quiz, 1))
        assert ana.reply.toast == "These cards are in your drill already; they come first now."
        assert len((await known(night, ana.account, cards[0]))[1]) == 1


async def test_kept_separate_a_quiz_leaves_the_drill_alone(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana = night.player("Ana")
        await studies(night, ana.account, await cards_of(night))
        await ana.does(KeepSeparate(True))
        _, cards = await play(night, [ana, night.player("Ben")], [False, False])
        assert await evidence(night, ana.account, cards[0]) == []
        await ana.does(KeepSeparate(False))
        _, cards = await play(night, [ana, night.player("Ben")], [False, False])
        assert len(await evidence(night, ana.account, cards[0])) == 1


async def test_a_question_voided_during_the_game_never_reaches_a_schedule(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana, ben = night.players(["Ana", "Ben"])
        await studies(night, ana.account, await cards_of(night))
        await ana.starts(LAST_DAY)
        await ana.presses("Join")
        await night.time.passes(16)
        await ana.answers(right=False)
        await night.time.passes(2)
        await ana.does(Void(night.here.quiz, 1))
        await night.time.passes(90)
        card = (await night.quiz()).past[0].card
        assert [type(entry).__name__ for entry in (await known(night, ana.account, card))[1]] == ["Reviewed"]
        assert ben.reply.body == ()


async def test_a_question_voided_after_the_end_is_taken_back_from_every_schedule(tmp_path: Path) -> None:
    async with Night(tmp_path) as night:
        ana = night.player("Ana", manages=True)
        await studies(night, ana.account, await cards_of(night))
        await night.time.passes(1)
        quiz, cards = await play(night, [ana, night.player("Ben")], [False, True])
        before = [entry for entry in (await known(night, ana.account, cards[0]))[1] if not isinstance(entry, Evidence)]
        for _ in range(2):
            await ana.does(Void(quiz, 1))
            await night.time.rest()
        progress, entries = await known(night, ana.account, cards[0])
        policy = Policy()
        assert progress == fold_progress(before, {policy.digest: policy}, cards[0]), "as if never asked"
        assert [type(entry) for entry in entries].count(Undone) == 1
        assert "*1 question, 2 players*" in night.here.screen


# --- exactly once ------------------------------------------------------------------------------------------------


class Crash(Exception):
    """The process is gone."""


class Crashing:
    """A store whose process dies at its n-th transaction, before it or right after its commit."""

    def __init__(self, night: Night, at: int, *, committed: bool) -> None:
        self._night = night
        self._left = at
        self._committed = committed
        self.crashed = False

    async def run(self, account: Account, key: str, decide: Callable[[Turn], Reply]) -> Reply:
        self._left -= 1
        if self._left:
            return await self._night.store.run(account, key, decide)
        self.crashed = True
        if self._committed:
            await self._night.store.run(account, key, decide)
        raise Crash


async def crashed_everywhere(folder: Path, *, committed: bool) -> tuple[int, list[int]]:
    """Settle a quiz with a crash at every transaction in turn, and again after each: (crashes, evidence by player)."""
    async with Night(folder) as night:
        players = night.players(["Ana", "Ben", "Chidi"])
        for player in players:
            await studies(night, player.account, await cards_of(night))
        settle, Settler.settle = Settler.settle, _nothing  # type: ignore[method-assign]
        try:
            quiz, cards = await play(night, players, [False, True, False])
        finally:
            Settler.settle = settle  # type: ignore[method-assign]
        book = night.quizzes._book
        crashes = 0
        for at in range(1, 40):
            crashing = Crashing(night, at, committed=committed)
            book._store = crashing  # type: ignore[assignment]
            try:
                await Settler(book).settle(quiz)
            except Crash:
                crashes += 1
            finally:
                book._store = night.store
            if not crashing.crashed:
                break
        await Settler(book).settle(quiz)
        assert isinstance(night.database, Path)
        assert check(night.database) == []
        return crashes, [len(await evidence(night, player.account, card)) for player in players for card in cards]


async def _nothing(_settler: Settler, _quiz: str) -> None:
    """A process that ended before it settled anything."""


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
async def test_evidence_arrives_exactly_once_wherever_the_process_dies(tmp_path: Path, committed: bool) -> None:
    crashes, found = await crashed_everywhere(tmp_path, committed=committed)
    assert crashes >= 6, "at every transaction of a settling"
    assert found == [1] * 6


async def test_the_crash_test_notices_a_delivery_that_does_not_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: each delivery is taken for the first, under a name of its own."""
    names = iter(range(10_000))
    monkeypatch.setattr(carrying.Given, "attempt", property(lambda given: f"{given.quiz}.{next(names)}"))
    monkeypatch.setattr(carrying, "_name", lambda *_: f"{next(names):020}")
    _, found = await crashed_everywhere(tmp_path, committed=True)
    assert max(found) > 1


async def test_what_could_not_be_settled_is_settled_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_settler: Settler, _quiz: str) -> None:
        raise StoreError("The disk is full.")

    async with Night(tmp_path) as night:
        ana = night.player("Ana")
        await studies(night, ana.account, await cards_of(night))
        with monkeypatch.context() as broken:
            broken.setattr(Settler, "settle", fails)
            _, cards = await play(night, [ana, night.player("Ben")], [False, False])
            assert await evidence(night, ana.account, cards[0]) == []
        await night.restart(60)
        assert len(await evidence(night, ana.account, cards[0])) == 1


FACTS = """---
deck: facts
title: Facts
about: What the stories ask.
level: beginner
source: general
---

Q: What is a dimension's own key called in a star schema?
A: Surrogate key
id: surrogate

Q: What is a table of measurements called in a star schema?
A: Fact table
id: fact
"""
