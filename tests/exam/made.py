"""A small track with an exam, as an author writes it, and a learner who prepares for it."""

from __future__ import annotations

from bot.core.actions import Book, Know, Set, Start, Stop
from bot.core.model import Scope, ScopeKind
from bot.core.reply import Screen
from tests.stories.decks import deck
from tests.stories.driver import Person, Story

DOMAINS = ("Storage", "Loading", "Rules")
TOOLS = ("a queue", "a ledger", "a lock", "a snapshot", "an index")
TRACK = """---
track: pipes
title: Pipes exam
goal: Pass the exam of pipes.
decks: pipes
guide: the guide of pipes
guide date: 2026-05
questions: {questions}
minutes: {minutes}
weight: Storage | 50 %
weight: Loading | 30 %
weight: Rules | 20 %
---
"""


def questions(count: int) -> str:
    """Choice cards, one domain after the other, and one card that cannot be asked by choice."""
    notes = []
    for number in range(count):
        right, *wrong = (TOOLS[(number + step) % len(TOOLS)] for step in range(4))
        notes.append(
            f"Choice: In the pipeline of team {number}, what keeps two runs of job {number} apart?\n+ {right}\n"
            + "".join(f"- {text}\n" for text in wrong)
            + f"why: Team {number} chose {right} for it.\ndomain: {DOMAINS[number % 3]}\nid: q-{number}"
        )
    notes.append(
        "Q: Who reads the report of pipes first?\nA: Whoever is awake when the night's jobs are over.\nid: who"
    )
    return "\n\n".join(notes)


def decks(count: int = 12, asked: int = 6, minutes: int = 12) -> dict[str, str]:
    """The deck and its track as files."""
    return {
        "pipes": deck("pipes", "Pipes", questions(count)),
        "track-pipes": TRACK.format(questions=asked, minutes=minutes),
    }


async def prepared(story: Story, *, date: str = "") -> Person:
    """A learner of the track whose introduction is over, before the first card; with the exam's date, if given."""
    ann = await story.learner()
    await ann.does(Set("goal", "pipes"))
    await ann.does(Set("minutes", "10"))
    await ann.does(Set("skip", ""))
    await ann.does(Book("pipes", date or "not-yet"))
    await ann.does(Stop())
    story.transcript.clear()
    return ann


async def knows_all_of_today(ann: Person, *, extra: int = 0) -> int:
    """Every card of a sitting, known at sight; how many there were."""
    await ann.does(Start(Scope(ScopeKind.TRACK, "pipes"), extra=extra))
    count = 0
    while ann.is_at(Screen.QUESTION):
        await ann.does(Know(ann.reply.attempt))
        count += 1
    return count
