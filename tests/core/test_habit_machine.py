"""A traveller at any pace: whatever is rated, taken back, moved and settled, the streak follows from the log.

A model keeps what happened as a list; after every step the streak the store tells is compared with one told from that
list, and with what a person may rely on.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import bot.core.streak
from bot.core import actions as act
from bot.core.actions import Action
from bot.core.clock import study_day
from bot.core.habit_desk import lay_record
from bot.core.model import Account
from bot.core.ports import Turn
from bot.core.reply import Reply, Screen
from bot.core.streak import Cover, Streak
from storage.check import check
from tests.stories.decks import facts
from tests.stories.driver import Story

Found = TypeVar("Found")

PAGE, PHONE = Account("web", "local"), Account("telegram", "77")
ZONES = (
    "Pacific/Kiritimati", "Pacific/Auckland", "Asia/Tokyo", "Asia/Kathmandu", "Africa/Cairo", "Europe/Berlin",
    "America/St_Johns", "America/Havana", "Pacific/Honolulu", "Pacific/Pago_Pago",
)  # fmt: skip
HOUR = 3_600_000
DAY = 24 * HOUR


class Travelling(RuleBasedStateMachine):
    """One learner, later perhaps made of two, under way."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="backfill-habit-"))
        self.story = Story(self.folder, {"jobs": facts("jobs", 30)})
        self.run(self.story.__aenter__())
        self.rated: dict[Account, list[tuple[int, int]]] = {PAGE: [], PHONE: []}  # (study day, instant) that stand
        self.linked = False
        self.steady = True  # has a rating stood every 24 hours so far
        self.before = 0  # study days in the run while that is so

    def run(self, work: Coroutine[Any, Any, Found]) -> Found:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.story.store.close())
        self.runner.close()
        problems = check(self.folder / "progress.db")
        shutil.rmtree(self.folder)
        assert problems == []

    def do(self, account: Account, action: Action) -> Reply:
        self.story.now += 1000
        return self.run(self.story.handle(account, action, self.story.key()))

    def look(self, account: Account, read: Callable[[Turn], Found]) -> Found:
        return self.run(self.story.look(account, read))

    def standing(self, account: Account = PAGE) -> Streak:
        """What the store tells."""

        def read(turn: Turn) -> Streak:
            learner = turn.learner(account)
            assert learner is not None
            return lay_record(turn).streak(study_day(self.story.now, learner.zone, learner.day_start), self.story.now)

        return self.look(account, read)

    @initialize()
    def arrives(self) -> None:
        for account in (PAGE, PHONE):
            self.do(account, act.Begin())
            self.do(account, act.Set("goal", "jobs"))
            self.do(account, act.Set("minutes", "20"))
            self.do(account, act.Set("skip", ""))
            self.do(account, act.Set("skip", ""))

    def rates(self, account: Account) -> None:
        """Start, or go on, and rate the card on screen without looking."""
        reply = self.do(account, act.Start())
        if reply.screen is not Screen.QUESTION:
            reply = self.do(account, act.Start(extra=5))
        if reply.screen is not Screen.QUESTION:
            return
        self.do(account, act.Know(reply.attempt))
        at = self.story.now
        learner = self.look(account, lambda turn: turn.learner(account))
        assert learner is not None
        self.of(account).append((study_day(at, learner.zone, learner.day_start), at))

    def of(self, account: Account) -> list[tuple[int, int]]:
        return self.rated[PAGE if self.linked else account]

    # --- what may happen -----------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from((0.1, 5, 20, 24, 26, 49, 80)))
    def studies_after_a_while(self, hours: float) -> None:
        """So many hours after the last rating at the latest, the seconds that pressing takes included."""
        last = max((at for _, at in self.of(PAGE)), default=self.story.now)
        self.story.now = max(self.story.now, last + round(hours * HOUR) - 10_000)
        self.rates(PAGE)
        self.steady = self.steady and self.story.now - last <= DAY

    @rule(zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=6))
    def studies_every_24_hours_under_way(self, zones: list[str]) -> None:
        for zone in zones:
            self.flies(zone)
            self.studies_after_a_while(24)

    @rule(zone=st.sampled_from(ZONES))
    def flies(self, zone: str) -> None:
        self.do(PAGE, act.Set("zone", zone))

    @rule(start=st.sampled_from((0, 240, 719)))
    def moves_the_start_of_the_day(self, start: int) -> None:
        self.do(PAGE, act.Set("day-start", str(start)))

    @rule()
    def takes_back(self) -> None:
        before = self.standing()
        history = self.look(PAGE, lambda turn: turn.session())
        undoable = history is not None and bool(history.history)
        self.do(PAGE, act.Undo())
        if undoable:
            self.of(PAGE).pop()
            self.steady = False
        else:
            assert self.standing().total == before.total

    @rule(account=st.sampled_from((PAGE, PHONE)))
    def studies_there(self, account: Account) -> None:
        self.rates(account)

    @rule(day=st.sampled_from(("mon", "wed", "sun", "none")))
    def chooses_a_day_of_rest(self, day: str) -> None:
        before = self.standing()
        self.do(PAGE, act.Set("rest", day))
        after = self.standing()
        assert after.over == before.over, "never backwards"

    @rule(how=st.sampled_from(("3 days", "two weeks", "ended")))
    def takes_a_break(self, how: str) -> None:
        before = self.standing()
        self.do(PAGE, act.EndBreak() if how == "ended" else act.Break(how))
        after = self.standing()
        assert (after.days, after.over) == (before.days, before.over)

    @precondition(lambda self: not self.linked)
    @rule()
    def links(self) -> None:
        offered = self.do(PAGE, act.Link())
        self.do(PHONE, act.Link(offered.link.removeprefix("l_")))
        offer = self.look(PAGE, lambda turn: turn.links().offered(PAGE))
        assert offer is not None
        self.do(PHONE, act.Agree(offer.id))
        self.do(PAGE, act.Agree(offer.id))
        self.linked = True
        self.rated[PAGE] += self.rated.pop(PHONE)
        self.steady = False

    # --- what holds ----------------------------------------------------------------------------------------------

    @invariant()
    def every_study_day_counts_once(self) -> None:
        found = self.standing()
        days = {day for day, _ in self.rated[PAGE]}
        assert found.total == len(days)
        runs = [*found.over, *([found.run] if found.run else [])]
        assert sum(run.days for run in runs) == len(days)

    @invariant()
    def a_changed_zone_doubles_no_day(self) -> None:
        """Local dates differ by 26 hours at most, so there are never two more of them than days that went by."""
        instants = [at for _, at in self.rated[PAGE]]
        if instants:
            elapsed = max(instants) - min(instants)
            assert self.standing().total <= elapsed // DAY + 3

    @invariant()
    def a_rating_every_24_hours_never_shortens_the_run(self) -> None:
        if self.steady and not self.linked:
            found = self.standing()
            assert found.days >= self.before
            assert found.over == ()
            assert all(cover in (Cover.REST, Cover.BREAK) for _, cover in found.covers), "nothing was missed"
            self.before = found.days


Travelling.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestTravelling = Travelling.TestCase


def test_by_the_calendar_alone_a_flight_would_cost_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine finds what it looks for: without the rule of 24 hours, dates that were skipped are missed."""
    monkeypatch.setattr(bot.core.streak, "_owed", lambda before, day, *_: range(before + 1, day))
    with pytest.raises(AssertionError, match="nothing was missed"):
        run_state_machine_as_test(
            Travelling,
            settings=settings(
                max_examples=60,
                deadline=None,
                phases=[Phase.generate],
                derandomize=True,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
