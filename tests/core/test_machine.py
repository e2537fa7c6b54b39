"""Whatever happens, in any order: the log explains what is kept, and what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from sqlite3 import IntegrityError
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec.structs import replace

from bot.core import on_card, rating, screens
from bot.core.actions import Action, Rate
from bot.core.desk import Desk, Outcome
from bot.core.model import Account, Change, Step
from bot.core.reply import Reply
from scheduler import schedule
from tests.core.machine import Drilling
from tests.stories.driver import Story


@pytest.mark.parametrize("runs", [10, pytest.param(300, marks=[pytest.mark.chaos, pytest.mark.timeout(900)])])
def test_whatever_happens_the_log_explains_what_is_kept(runs: int) -> None:
    run_state_machine_as_test(Drilling, settings=_lasting(runs))


# --- and with a bug put back, it does not pass -------------------------------------------------------------------

Patch = Callable[[pytest.MonkeyPatch], None]


def a_second_press_rates_again(patch: pytest.MonkeyPatch) -> None:
    refusal = on_card._refusal

    def lax(desk: Desk, showing: Any, action: Action) -> str | None:
        rated = showing is not None and showing.attempt.step is Step.RATED
        return None if rated and isinstance(action, Rate) else refusal(desk, showing, action)

    patch.setattr(on_card, "_refusal", lax)


def a_refused_press_leaves_a_trace(patch: pytest.MonkeyPatch) -> None:
    redraw = on_card.redraw

    def marked(desk: Desk, toast: str) -> Outcome:
        outcome = redraw(desk, toast)
        session = desk.session and replace(desk.session, took=desk.session.took + 1)
        return replace(outcome, change=Change(session=session))

    patch.setattr(on_card, "redraw", marked)


def undo_forgets_the_counters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rating, "_uncounted", lambda desk, rated: ())


def undo_starts_the_card_afresh(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rating, "fold_progress", lambda entries, policies, card: None)


def labels_promise_another_retention(patch: pytest.MonkeyPatch) -> None:
    def eager(progress: Any, card: str, moment: Any, policy: Any) -> Any:
        return schedule.preview(progress, card, moment, replace(policy, retention=0.75))

    patch.setattr(screens, "preview", eager)


def a_redelivered_update_counts_twice(patch: pytest.MonkeyPatch) -> None:
    handle = Story.handle

    async def keyless(story: Story, account: Account, action: Action, key: str) -> Reply:
        return await handle(story, account, action, story.key())

    patch.setattr(Story, "handle", keyless)


@pytest.mark.parametrize(
    "bug",
    [
        a_second_press_rates_again,
        a_refused_press_leaves_a_trace,
        undo_forgets_the_counters,
        undo_starts_the_card_afresh,
        labels_promise_another_retention,
        a_redelivered_update_counts_twice,
    ],
)
def test_a_bug_put_back_is_found(bug: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError)):
        run_state_machine_as_test(
            Drilling, settings=_lasting(60, phases=[Phase.generate], derandomize=True, report_multiple_bugs=False)
        )


def _lasting(runs: int, **more: Any) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
