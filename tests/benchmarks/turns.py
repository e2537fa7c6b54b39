"""Durable turns per second of the whole core: rate a card and get the next one, on SQLite with synchronous=FULL.

A turn is one press through `Tutor.handle`. Cards that are due for review are drilled in two ways: with one press each
("I know this" on the question, which is rate-and-next and nothing else), and with two, as most are (show the answer,
rate it). Beside them Anki's own backend, an optional extra: get the next due card and answer it, with FSRS memory
state, one learner being all it serves. Rounds take turns, and of each the best counts: noise only ever adds.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import itertools
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot.core.actions import Action, Know, Rate, Reveal, Set, Start
from bot.core.model import Account, Change
from bot.core.ports import Store, Turn
from bot.core.reply import Reply, Screen
from bot.core.tutor import Tutor
from decks.model import Card, Catalogue, Deck, Kind, TextAnswer
from scheduler.model import Memory, Phase, Progress, Rating
from storage.open import open_store

ROUNDS = 3
ALONE = 400  # cards of one learner
TOGETHER = 50  # cards of each of many
MANY = 64
SITTING = 50  # cards asked for at once
NOON = 1_795_521_600_000  # ms
TODAY = date(2026, 11, 24).toordinal()  # the study day of NOON


class Pace(Struct, frozen=True, kw_only=True, order=True):
    """How fast cards went, per second of the clock; `cpu` is seconds of all cores per turn."""

    cards: float
    turns: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.turns:8,.0f} turns/s {self.cards:8,.0f} cards/s {self.cpu * 1e6:6,.0f} us CPU a turn"


class Driller:
    """One learner with a keyboard: presses from reply to reply."""

    def __init__(self, tutor: Tutor, store: Store, name: str) -> None:
        self._tutor = tutor
        self._store = store
        self._account = Account("bench", name)
        self.turns = 0
        self.cards = 0

    async def enrol(self) -> None:
        """Past the introduction, with no limit in the way."""
        unhindered = (("goal", "facts"), ("minutes", "240"), ("skip", "clock"), ("choices", "no"), ("reviews", "9999"))
        for name, value in unhindered:
            await self._press(Set(name, value))

    async def remember(self, cards: Sequence[Card], chance: random.Random) -> None:
        """Every card is due, each with a memory of its own."""
        known = tuple((card.id, _progress(chance)) for card in cards)

        def decide(turn: Turn) -> Reply:
            turn.learner(self._account)
            turn.save(Change(progress=known), ())
            return Reply(screen=Screen.NOTICE, body=())

        await self._store.run(self._account, "", decide)

    async def know(self, cards: int) -> None:
        """One press a card."""
        await self._drill(cards, self._at_once)

    async def recall(self, cards: int) -> None:
        """Two presses a card: the answer, then how it came."""
        await self._drill(cards, self._answer_first)

    async def _drill(self, cards: int, one: Callable[[Reply], Awaitable[Reply]]) -> None:
        self.turns = self.cards = 0
        reply = await self._press(Start(extra=SITTING))
        while self.cards < cards:
            if reply.screen is Screen.QUESTION:
                reply = await one(reply)
                self.cards += 1
            else:  # a sitting is over
                reply = await self._press(Start(extra=SITTING))

    async def _at_once(self, reply: Reply) -> Reply:
        return await self._press(Know(reply.attempt))

    async def _answer_first(self, reply: Reply) -> Reply:
        shown = await self._press(Reveal(reply.attempt))
        return await self._press(Rate(shown.attempt, Rating.EASY))

    async def _press(self, action: Action) -> Reply:
        self.turns += 1
        return await self._tutor.handle(self._account, action, f"{time.monotonic_ns()}")


def run() -> None:
    paces = {f"{learners:2} learners, {way} a card": Pace(cards=0, turns=0, cpu=0) for learners, way in _ways()}
    theirs = Pace(cards=0, turns=0, cpu=0)
    for _ in range(ROUNDS):
        for (learners, way), name in zip(_ways(), paces, strict=True):
            paces[name] = max(paces[name], asyncio.run(measure(learners, way)))
        theirs = max(theirs, anki(ALONE * 4) or theirs)
    for name, pace in paces.items():
        beside = f"  {pace.cards / theirs.cards:5.2f} of Anki" if theirs.cards else ""
        print(f"{name:26}{pace}{beside}")
    print(f"{'Anki, next and answer':26}{theirs}" if theirs.cards else "Anki: skipped, `pip install anki` to compare")


def _ways() -> list[tuple[int, str]]:
    return list(itertools.product((1, MANY), ("1 press", "2 presses")))


async def measure(learners: int, way: str) -> Pace:
    """Drill side by side in a fresh database."""
    cards = ALONE if learners == 1 else TOGETHER
    facts = catalogue(cards)
    clock = itertools.count(NOON)
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bench.db")
        tutor = Tutor(store, lambda: facts, lambda: next(clock))
        people = [Driller(tutor, store, str(number)) for number in range(learners)]
        chance = random.Random(learners)
        await asyncio.gather(*(person.enrol() for person in people))
        await asyncio.gather(*(person.remember(facts.cards_by_deck["facts"], chance) for person in people))
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(p.know(cards) if way == "1 press" else p.recall(cards) for p in people))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        await store.close()
    turns, rated = sum(person.turns for person in people), sum(person.cards for person in people)
    return Pace(cards=rated / wall, turns=turns / wall, cpu=cpu / turns)


def catalogue(count: int) -> Catalogue:
    """A deck of plain cards with answers too long to type, of the size of an ordinary one."""
    deck = Deck(slug="facts", title="Facts", about="Facts.", level="beginner", notes=())
    return Catalogue({"facts": deck}, {"facts": tuple(map(_card, range(count)))}, {})


def _card(number: int) -> Card:
    name = f"bench:fact{number:06}"
    why = "Because a benchmark that asks for less than a real card does would flatter whoever wrote it."
    return Card(
        id=name,
        note=name,
        kind=Kind.QUESTION,
        front=f"What does a warehouse table number {number} keep for each business event it records?",
        answer=TextAnswer(f"One row per event at the declared grain, with {number} keys to its dimensions."),
        deck="facts",
        topic="Facts",
        why=why,
    )


def _progress(chance: random.Random) -> Progress:
    interval = chance.randint(3, 60)
    ago = interval + chance.randint(0, 3)
    return Progress(
        phase=Phase.REVIEW,
        memory=Memory(stability=chance.uniform(0.8, 1.2) * interval, difficulty=chance.uniform(1, 10)),
        step=None,
        due_at=None,
        due_day=TODAY - ago + interval,
        reviewed_at=NOON - ago * 86_400_000,
        reviewed_day=TODAY - ago,
        interval=interval,
        reps=chance.randint(2, 6),
        lapses=0,
    )


def anki(cards: int) -> Pace | None:
    """Anki's backend drilling as many due cards of one deck, all Easy; None where it is not installed."""
    if importlib.util.find_spec("anki") is None:
        return None
    collection_of = importlib.import_module("anki.collection").Collection
    with tempfile.TemporaryDirectory() as folder:
        collection = collection_of(str(Path(folder) / "bench.anki2"))
        _fill(collection, cards)
        _answer(collection, cards)
        everything = list(collection.find_cards(""))
        collection.sched.set_due_date(everything, "0")
        wall, cpu = time.perf_counter(), time.process_time()
        _answer(collection, cards)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        known = [collection.get_card(card) for card in everything]
        assert all(card.memory_state and card.reps == 2 for card in known), "not every card was reviewed under FSRS"
        collection.close()
    return Pace(cards=cards / wall, turns=cards / wall, cpu=cpu / cards)


def _answer(collection: Any, cards: int) -> None:
    easy = importlib.import_module("anki.scheduler.v3").CardAnswer.EASY
    for _ in range(cards):
        queued = collection.sched.get_queued_cards(fetch_limit=1).cards[0]
        card = collection.get_card(queued.card.id)
        card.start_timer()
        answer = collection.sched.build_answer(card=card, states=queued.states, rating=easy)
        collection.sched.answer_card(answer)


def _fill(collection: Any, cards: int) -> None:
    """A deck of new cards, all of them for today, scheduled by FSRS."""
    collection.set_config("fsrs", True)
    assert collection.db.scalar("PRAGMA synchronous") == 2, "Anki is expected to sync every commit, as we do"
    deck = collection.decks.id("facts")
    rules = collection.decks.config_dict_for_deck_id(deck)
    rules["new"]["perDay"] = rules["rev"]["perDay"] = 9_999
    collection.decks.update_config(rules)
    for number in range(cards):
        note = collection.new_note(collection.models.by_name("Basic"))
        note["Front"], note["Back"] = f"What is fact {number}?", f"It is answer {number}."
        collection.add_note(note, deck)
    collection.decks.select(deck)


if __name__ == "__main__":
    run()
