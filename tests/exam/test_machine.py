"""Every stage of a rehearsal and every action on it; and any walk through them, restarts included."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import actions as act
from bot.core import rehearsal_words as words
from bot.core.actions import Action
from bot.core.buttons import decode, encode
from bot.core.desk import Outcome
from bot.core.drill import step
from bot.core.lay import lay
from bot.core.model import Change, Evidence
from bot.core.ports import Turn
from bot.core.rehearsal_model import Rehearsal
from bot.core.rehearsal_sample import options_of
from bot.core.reply import Reply
from tests.core.refusals import is_refusal
from tests.exam.made import decks, knows_all_of_today, prepared
from tests.stories.driver import Person, Story

REFUSED = (words.HANDED_IN, words.NOT_THIS, words.NO_OPTION, words.PRESS_A_LETTER, words.GONE, words.NOTHING_MISSED)
Bring = Callable[[Person], Awaitable[object]]


async def nothing_yet(ann: Person) -> None:
    """No rehearsal."""


async def begun(ann: Person) -> None:
    await ann.does(act.Rehearse("pipes"))


async def halfway(ann: Person) -> None:
    await begun(ann)
    for letter in "ABC":
        await ann.presses(letter)


async def looking_back(ann: Person) -> None:
    await halfway(ann)
    await ann.presses("Earlier")


async def all_answered(ann: Person) -> None:
    await halfway(ann)
    for letter in "DAB":
        await ann.presses(letter)


async def handing_in_early(ann: Person) -> None:
    await halfway(ann)
    await ann.presses("Hand in")


async def drilling_meanwhile(ann: Person) -> None:
    await halfway(ann)
    await ann.does(act.Start())


async def out_of_time(ann: Person) -> None:
    await halfway(ann)
    ann.story.passes(minutes=13)


async def handed_in(ann: Person) -> None:
    await all_answered(ann)
    await ann.presses("Hand in")


async def misses_drilled(ann: Person) -> None:
    await handed_in(ann)
    await ann.presses("Drill the misses")


async def another_begun(ann: Person) -> None:
    await handed_in(ann)
    await begun(ann)


STAGES: list[Bring] = [
    *(nothing_yet, begun, halfway, looking_back, all_answered, handing_in_early, drilling_meanwhile, out_of_time),
    *(handed_in, misses_drilled, another_begun),
]


def every_action(rehearsal: str) -> list[Action]:
    """At least one of every kind, on a rehearsal."""
    return [
        *(act.Ask(rehearsal, number) for number in (-1, 0, 3, 6, 99)),
        *(act.Mark(rehearsal, number, option) for number in (-1, 0, 3, 6) for option in (-1, 0, 3, 4)),
        *(act.HandIn(rehearsal, sure) for sure in (False, True)),
        *(act.ShowMiss(rehearsal, number) for number in (-1, 0, 1, 99)),
        act.DrillMisses(rehearsal),
        *(kind(slug) for kind in (act.ShowRehearsal, act.Rehearse) for slug in ("pipes", "gone", "")),
        *(act.Begin(), act.ShowExam(), act.Type("B"), act.Type("words"), act.Type(""), act.Unknown(), act.Stop()),
    ]


@pytest.mark.parametrize("bring", STAGES)
async def test_every_action_gets_a_reply_and_what_is_refused_changes_nothing(tmp_path: Path, bring: Bring) -> None:
    async with Story(tmp_path, decks()) as story:
        ann = await prepared(story)
        await knows_all_of_today(ann)
        story.passes(days=1)
        await bring(ann)
        now = await story.look(ann.account, lambda turn: turn.rehearsal())
        for named in {now.id if now else "0" * 26, "0" * 26, "", "x.y"}:
            for action in every_action(named):
                outcome = await _tried(ann, action)
                assert outcome.reply.body, f"{action} says nothing"
                _legal(now, action, outcome, story.now + 1)
                for row in outcome.reply.rows:
                    for button in row:
                        assert decode(encode(button.action)) == button.action
        for row in ann.reply.rows if now is None or story.now < now.ends_at else ():
            for button in row:
                answer = (await _tried(ann, button.action)).reply
                assert not _is_refusal(answer), f"{button.label!r} is drawn but refused: {answer.toast}"


def _legal(before: Rehearsal | None, action: Action, outcome: Outcome, now: int) -> None:
    change = outcome.change
    if _is_refusal(outcome.reply):
        assert change == Change(), f"{action} is refused and yet changes something"
    if change.rehearsal is None:
        return
    if before is None or not before.is_open:
        new = isinstance(action, act.Rehearse) and change.rehearsal.is_open
        assert new or (isinstance(action, act.DrillMisses) and change.rehearsal.drilled)
    elif now >= before.ends_at:
        assert not change.rehearsal.is_open, "time is up, whatever was pressed"
        assert change.rehearsal.asked == before.asked, "and nothing more counts"
    else:
        changed = [at for at, (a, b) in enumerate(zip(before.asked, change.rehearsal.asked, strict=True)) if a != b]
        at = action.number if isinstance(action, act.Mark) else before.at  # a letter typed answers what is on screen
        assert changed in ([], [at])


def _is_refusal(reply: Reply) -> bool:
    return reply.toast in REFUSED or is_refusal(reply)


async def _tried(ann: Person, action: Action) -> Outcome:
    """What a step would answer and change, without saving it."""
    story = ann.story

    def read(turn: Turn) -> Outcome:
        learner = turn.learner(ann.account)
        assert learner is not None
        desk = lay(turn, ann.account, learner, action, story.now + 1, "5" * 32, story.library.current)
        return step(desk, action)

    return await story.look(ann.account, read)


# --- any walk ----------------------------------------------------------------------------------------------------

MOVES = st.one_of(
    st.tuples(st.just("mark"), st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.sampled_from(("ask", "miss")), st.integers(-1, 7)),
    st.tuples(st.sampled_from(("hand-in", "sure", "restart", "begin", "rehearse", "drill", "misses", "again"))),
    st.tuples(st.just("wait"), st.integers(1, 400)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MOVES, min_size=4, max_size=30))
def test_whatever_happens_the_marks_follow_from_the_answers(moves: list[tuple[str, *tuple[int, ...]]]) -> None:
    asyncio.run(_walked(moves))


async def _walked(moves: list[tuple[str, *tuple[int, ...]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Story(Path(folder), decks()) as story:
            ann = await prepared(story)
            await knows_all_of_today(ann)
            story.passes(days=1)
            await ann.does(act.Rehearse("pipes"))
            done: dict[str, Rehearsal] = {}
            for move, *numbers in moves:
                await _moved(ann, move, numbers)
                await _holds(ann, done)


async def _moved(ann: Person, move: str, numbers: list[int]) -> None:
    now = await ann.story.look(ann.account, lambda turn: turn.rehearsal())
    assert now is not None
    match move:
        case "restart":
            await ann.story.restart()
        case "wait":
            ann.story.passes(minutes=numbers[0] / 20)
        case "again" if ann.pressed is not None:
            await ann.presses_again(redelivered=False)
        case _:
            chosen: dict[str, Action] = {
                "mark": act.Mark(now.id, *numbers[:2]) if len(numbers) > 1 else act.Begin(),
                "ask": act.Ask(now.id, *numbers[:1]) if numbers else act.Begin(),
                "miss": act.ShowMiss(now.id, *numbers[:1]) if numbers else act.Begin(),
                "hand-in": act.HandIn(now.id),
                "sure": act.HandIn(now.id, True),
                "rehearse": act.Rehearse("pipes"),
                "drill": act.Start(),
                "misses": act.DrillMisses(now.id),
            }
            await ann.does(chosen.get(move, act.Begin()))


async def _holds(ann: Person, done: dict[str, Rehearsal]) -> None:
    """What is marked stays, says of each answer whether it was right, and is evidence once."""
    now = await ann.story.look(ann.account, lambda turn: turn.rehearsal())
    assert now is not None
    assert 0 <= now.at <= len(now.asked)
    if now.is_open:
        assert now.right == ()
        return
    before = done.setdefault(now.id, now)
    assert (before.asked, before.right) == (now.asked, now.right)
    shown = await ann.story.look(ann.account, lambda turn: turn.shown([asked.revision for asked in now.asked]))
    for asked, right in zip(now.asked, now.right, strict=True):
        options = options_of(shown[asked.revision], now.id)
        assert right == (asked.picked >= 0 and options[asked.picked].right)
        found = [e for e in await ann.log(asked.card) if isinstance(e, Evidence) and e.attempt.startswith(now.id)]
        assert len(found) <= (asked.picked >= 0)
        assert all(entry.correct == right for entry in found)
