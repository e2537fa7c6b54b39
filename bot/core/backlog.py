"""What has become overdue, and the plans for catching up on it. Pure.

A plan is a number of cards a day, those worth most first and no new ones. When it will be done is played through
afresh each time it is told, with whatever fell due or was missed meanwhile: nothing is owed for a missed day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from scheduler.model import Policy, Progress
from scheduler.overdue import caught_up, known

AWAY = 5  # study days without a rating after which a plan is offered
SITTINGS = 2  # ordinary sittings that may be overdue before it is
HORIZON = 120  # study days looked ahead
LOOKED_AT = 3000  # cards due or falling due within the horizon
STEP = 5  # cards a day are offered in fives
FEWEST = 10  # cards a day
SOON = 42  # study days in which the plan suggested is done, where an ordinary day's cards can manage that
FIRST = 10  # cards to begin with


class Plan(Struct, frozen=True):
    """So many cards a day, and the study day on which nothing is overdue any more; 0 if that is too far to foresee."""

    per_day: int
    done: int


class Backlog(Struct, frozen=True, kw_only=True):
    """Cards in review that are overdue on `today`, and those that fall due within the horizon."""

    today: int
    policy: Policy
    overdue: tuple[tuple[str, Progress], ...] = ()
    ahead: tuple[tuple[str, Progress], ...] = ()
    whole: bool = True  # whether these are all of them

    @property
    def known(self) -> int:
        """How many of the overdue cards are probably still known."""
        return round(known(self.overdue, self.today, self.policy))

    def plan(self, per_day: int, left: int | None = None) -> Plan:
        """What so many cards a day come to; `left` are those of today still to come, all of them if None."""
        done = None
        if self.whole:
            cards = (*self.overdue, *self.ahead)
            done = caught_up(cards, per_day=per_day, day=self.today, horizon=HORIZON, policy=self.policy, first=left)
        return Plan(per_day, done or 0)

    def after(self, changed: Mapping[str, Progress]) -> Backlog:
        """The backlog with some cards' progress as a turn leaves it."""
        now = [(card, changed.get(card, progress)) for card, progress in (*self.overdue, *self.ahead)]
        review = [(card, progress) for card, progress in now if progress.due_day is not None]
        return Backlog(
            today=self.today,
            policy=self.policy,
            overdue=tuple(pair for pair in review if (pair[1].due_day or 0) <= self.today),
            ahead=tuple(pair for pair in review if (pair[1].due_day or 0) > self.today),
            whole=self.whole,
        )

    def plans(self, ordinary: int) -> tuple[Plan, ...]:
        """Up to four plans to choose from, fewest cards a day first. `ordinary` are the cards of an ordinary day."""
        return tuple(_distinct(self.plan(count) for count in _counts(ordinary)))

    def suggested(self, ordinary: int, *, before: int = 0) -> Plan:
        """An ordinary day's cards if they are done soon, and before an exam on the study day `before`; else the fewest
        cards a day that are, or the most offered."""
        latest = min(self.today + SOON, before - 1) if before else self.today + SOON
        plan = self.plan(_rounded(ordinary))
        if plan.done and plan.done <= latest:
            return plan
        soon = (other for other in self.plans(ordinary) if other.done and other.done <= latest)
        return next(soon, self.plan(_counts(ordinary)[-1]))


def _counts(ordinary: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_rounded(ordinary * share / 2) for share in (1, 2, 3, 4)))


def _rounded(count: float) -> int:
    return max(FEWEST, round(count / STEP) * STEP)


def _distinct(plans: Iterator[Plan]) -> Iterator[Plan]:
    """Of plans done on one day only the one with the fewest cards; those that cannot be foreseen are left out."""
    seen: set[int] = {0}
    for plan in plans:
        if plan.done not in seen:
            seen.add(plan.done)
            yield plan
