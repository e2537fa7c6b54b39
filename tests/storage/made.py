"""Learners, cards and entries made for the tests, and a catalogue to drill."""

from __future__ import annotations

from typing import Any

from bot.core.model import Account, Attempt, Learner, Mode, Reviewed, Scope, Session
from bot.core.reply import Line, Reply, Screen
from decks.model import Card, Catalogue, Deck, Kind, TextAnswer
from scheduler.model import Memory, Phase, Policy, Progress, Rating

ANN = Account("web", "ann")
BOB = Account("telegram", "1002")

NOON = 1_767_268_800_000  # 2026-01-01 12:00 UTC, in ms
DAY = 739_617  # the study day of NOON


def learner(name: str = "ann", **settings: Any) -> Learner:
    return Learner(id=f"learner-{name}", created_at=NOON, **settings)


def card(number: int = 1, **fields: Any) -> Card:
    name = f"t:n{number:04}"
    return Card(
        id=name,
        note=name,
        kind=Kind.QUESTION,
        front=f"What is fact {number}?",
        answer=TextAnswer(f"It is answer {number}."),
        deck="facts",
        topic="Facts",
        **fields,
    )


def catalogue(count: int) -> Catalogue:
    deck = Deck(slug="facts", title="Facts", about="Facts.", level="beginner", notes=())
    return Catalogue({"facts": deck}, {"facts": tuple(card(number) for number in range(1, count + 1))}, {})


def progress(**fields: Any) -> Progress:
    due = {"due_at": None, "due_day": DAY + 3} if "due_at" not in fields else {"due_day": None}
    base: dict[str, Any] = {
        "phase": Phase.REVIEW,
        "memory": Memory(3.173, 5.25),
        "step": None,
        "reviewed_at": NOON,
        "reviewed_day": DAY,
        "interval": 3,
        "reps": 2,
        "lapses": 0,
    }
    return Progress(**base | due | fields)


def attempt(number: int = 1, of: Card | None = None, **fields: Any) -> Attempt:
    shown = of or card(number)
    base: dict[str, Any] = {
        "id": f"attempt{number:04}",
        "session": "session1",
        "card": shown.id,
        "revision": shown.revision,
        "mode": Mode.REVEAL,
        "asked_at": NOON,
        "number": 1,
        "total": 5,
    }
    return Attempt(**base | fields)


def session(**fields: Any) -> Session:
    base: dict[str, Any] = {"id": "session1", "account": ANN, "scope": Scope(), "started_at": NOON, "touched_at": NOON}
    return Session(**base | fields)


def reviewed(number: int = 1, **fields: Any) -> Reviewed:
    base: dict[str, Any] = {
        "id": f"entry{number:04}",
        "at": NOON + number,
        "study_day": DAY,
        "account": ANN,
        "card": card(number).id,
        "attempt": f"attempt{number:04}",
        "rating": Rating.GOOD,
        "took": 4_000,
        "mode": Mode.REVEAL,
        "policy": Policy().digest,
        "phase": "new",
    }
    return Reviewed(**base | fields)


def said(text: str) -> Reply:
    return Reply(screen=Screen.NOTICE, body=(Line(text),))
