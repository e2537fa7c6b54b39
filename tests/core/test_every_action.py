"""Every stage of the drill and every action: a reply, or one polite sentence and nothing changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import get_args

import pytest

from bot.core import actions as act
from bot.core.actions import Action
from bot.core.desk import Outcome
from bot.core.drill import step
from bot.core.lay import lay
from bot.core.model import Change, Scope, ScopeKind
from bot.core.on_card import LEGAL
from bot.core.ports import Turn
from scheduler.model import Rating
from tests.core.refusals import is_refusal
from tests.stories.decks import FIRST, KINDS, facts
from tests.stories.driver import Person, Story

SCOPE = Scope(ScopeKind.DECK, "first-steps")
Bring = Callable[[Person], Awaitable[object]]


async def _introduced(ann: Person) -> None:
    for name, value in (("goal", "first-steps"), ("minutes", "20"), ("skip", "")):
        await ann.does(act.Set(name, value))


async def newcomer(ann: Person) -> None:
    """Nothing yet."""


async def asked_minutes(ann: Person) -> None:
    await ann.does(act.Set("goal", "first-steps"))


async def asked_the_clock(ann: Person) -> None:
    await asked_minutes(ann)
    await ann.does(act.Set("minutes", "10"))
    for _ in range(5):
        await ann.does(act.Know(ann.reply.attempt))


async def asked_the_city(ann: Person) -> None:
    await asked_the_clock(ann)
    await ann.does(act.Set("clock", "18:00"))


async def nothing_open(ann: Person) -> None:
    await _introduced(ann)
    await ann.does(act.Stop())


async def asked(ann: Person) -> None:
    await _introduced(ann)
    await ann.does(act.Start(SCOPE))


async def answered(ann: Person) -> None:
    await asked(ann)
    await ann.presses("Show answer")


async def answered_wrongly(ann: Person) -> None:
    await asked(ann)
    await ann.does(act.Know(ann.reply.attempt))
    await ann.types("business key")


async def rated(ann: Person) -> None:
    await answered(ann)
    await ann.presses("Good")


async def taken_back(ann: Person) -> None:
    await rated(ann)
    await ann.does(act.Undo())


async def asked_to_choose(ann: Person) -> None:
    await asked(ann)
    while "Not sure" not in ann.labels:
        await ann.does(act.Know(ann.reply.attempt))


async def asked_for_steps(ann: Person) -> None:
    await _introduced(ann)
    await ann.does(act.Start(Scope(ScopeKind.DECK, "kinds"), extra=40))
    while "in order" not in ann.screen:
        await ann.does(act.Know(ann.reply.attempt))


async def key_points_on_show(ann: Person) -> None:
    await asked_for_steps(ann)
    while "Show key points" not in ann.labels:
        await ann.does(act.Know(ann.reply.attempt))
    await ann.presses("Show key points")


async def cramming(ann: Person) -> None:
    await asked(ann)
    await ann.does(act.Know(ann.reply.attempt))
    await ann.does(act.Start(SCOPE, cram=True))


async def moved_away(ann: Person) -> None:
    await rated(ann)
    other = Person(ann.story, type(ann.account)("terminal", "local"))
    await other.drills()


async def reminded(ann: Person) -> None:
    await ann.does(act.Set("remind-at", "750"))
    await ann.does(act.Set("remind-ready", "yes"))
    await asked(ann)


async def at_the_end(ann: Person) -> None:
    await _introduced(ann)
    await ann.does(act.Start(Scope(ScopeKind.DECK, "jobs")))
    await ann.does(act.Know(ann.reply.attempt))


async def told_of_a_correction(ann: Person) -> None:
    await at_the_end(ann)
    ann.story.edits("jobs", facts("jobs", 1).replace("report 1 reads", "report 1 deletes"))
    await ann.does(act.Start(Scope(ScopeKind.DECK, "jobs"), cram=True))
    await ann.presses("Show answer")
    assert ann.labels == ["Got it"]


async def asked_a_card_that_is_retired(ann: Person) -> None:
    await _introduced(ann)
    await ann.does(act.Start(Scope(ScopeKind.DECK, "jobs")))
    ann.story.edits("jobs", facts("jobs", 1).replace("id: jobs-1", "id: jobs-2"))


STAGES: list[Bring] = [
    newcomer,
    asked_minutes,
    asked_the_clock,
    asked_the_city,
    nothing_open,
    asked,
    answered,
    answered_wrongly,
    rated,
    taken_back,
    asked_to_choose,
    asked_for_steps,
    key_points_on_show,
    cramming,
    moved_away,
    reminded,
    at_the_end,
    told_of_a_correction,
    asked_a_card_that_is_retired,
]


def every_action(attempt: str) -> list[Action]:
    """At least one of every kind, on an attempt."""
    on_card: list[Action] = [
        *(act.Choose(attempt, option) for option in (-2, -1, 0, 3, 99)),
        *(act.Tick(attempt, item) for item in (-1, 0, 2, 99)),
        *(act.Rate(attempt, rating) for rating in Rating),
        *(act.Type(text, attempt) for text in ("", "B", "an answer", "x" * 5000, "\u202e<b>&`**[")),
        *(act.Flag(attempt, reason) for reason in ("typo", "nonsense")),
    ]
    plain: list[Action] = [kind(attempt) for kind in get_args(Action) if kind.__struct_fields__ == ("attempt",)]
    anywhere: list[Action] = [
        *(kind() for kind in get_args(Action) if not kind.__struct_fields__),
        *(
            act.Start(scope, extra, cram)
            for scope in (Scope(), SCOPE, _GONE)
            for extra, cram in ((0, False), (9, True))
        ),
        *(act.ShowDeck(slug) for slug in ("first-steps", "gone")),
        *(act.ShowCard(card) for card in ("", "own:first-plain", "own:gone")),
        *(act.Set(*pair) for pair in _SETTINGS),
        *(act.Release(card) for card in ("own:first-plain", "gone")),
        *(act.Remind(what) for what in ("later", "today", "month", "off", "on", "gone")),
        act.Type("words out of the blue"),
        act.Type("two weeks", act.PAUSING),
        *(
            act.Break(until)
            for until in ("", "2026-12-07", "a week", "yesterday", "1 Jan 2020", "ten years", "7 Dec 2036")
        ),
        act.Unbreak("0" * 32),
        *(act.CatchUp(*plan) for plan in ((25, 10), (25, 0), (0, 0), (-1, 0), (10**9, 3))),
    ]
    return [*on_card, *plain, *anywhere]


_GONE = Scope(ScopeKind.TRACK, "gone")
_SETTINGS = (
    *(("goal", ""), ("goal", "jobs"), ("goal", "gone"), ("minutes", "20"), ("minutes", "-1"), ("minutes", "٣")),
    *(("clock", "18:00"), ("clock", "99:99"), ("clock-shift", "3"), ("clock-shift", "1e9"), ("city", "")),
    *(("zone", "Europe/Berlin"), ("zone", "../etc/passwd"), ("skip", ""), ("enough", ""), ("buttons", "three")),
    *(("streak", ""), ("streaks", "no"), ("streaks", "maybe"), ("rest", "sun"), ("rest", "none"), ("rest", "funday")),
    *(("retention", "nan"), ("retention", "0.8"), ("new", "10"), ("reviews", "0"), ("day-start", "720"), ("", "")),
    *(("reminders", ""), ("remind", "on"), ("remind", "off"), ("remind-at", ""), ("remind-at", "1440")),
    *(("remind-at", "usual"), ("remind-where", "discord"), ("remind-quiet", "1-9999"), ("remind-weekly", "yes")),
)


@pytest.mark.parametrize("bring", STAGES)
async def test_every_action_gets_a_reply_and_what_is_refused_changes_nothing(tmp_path: Path, bring: Bring) -> None:
    async with Story(tmp_path, {"first": FIRST, "kinds": KINDS, "jobs": facts("jobs", 1)}) as story:
        ann = await story.learner()
        await bring(ann)
        session = await story.look(ann.account, lambda turn: turn.session())
        known = {ann.reply.attempt, *(session.history if session else ()), "0" * 26, ""}
        for attempt in sorted(known):
            actions = every_action(attempt)
            for action, outcome in zip(actions, await _tried(ann, actions), strict=True):
                assert outcome.reply.body, f"{action} says nothing"
                assert len(outcome.reply.toast) <= 200
                if is_refusal(outcome.reply):
                    assert outcome.change == Change(), f"{action} is refused and yet changes something"
                else:
                    await _legal(ann, action, outcome)


async def _tried(ann: Person, actions: list[Action]) -> list[Outcome]:
    """What each step would answer and change, without saving it."""
    story = ann.story

    def read(turn: Turn) -> list[Outcome]:
        learner = turn.learner(ann.account)
        assert learner is not None
        catalogue = story.library.current
        desks = (lay(turn, ann.account, learner, action, story.now + 1, "5" * 32, catalogue) for action in actions)
        return [step(desk, action) for desk, action in zip(desks, actions, strict=True)]

    return await story.look(ann.account, read)


async def _legal(ann: Person, action: Action, outcome: Outcome) -> None:
    """An action on a card that is not refused finds it at a step where the table of transitions allows it.

    Or it changed nothing of any card: text in the introduction, a press on a screen that the sitting has left.
    """
    steps = LEGAL.get(type(action))
    if steps is None or not (outcome.change.attempts or outcome.change.entries):
        return
    named = getattr(action, "attempt", "") or ann.reply.attempt
    if named == act.PAUSING:
        return  # text for the screen of breaks is about no card
    found = await ann.story.look(ann.account, lambda turn: turn.attempt(named))
    assert found is not None, f"{action} changes something on the word of an unknown attempt"
    assert found[0].step in steps, f"{action} is no transition from {found[0].step}"
