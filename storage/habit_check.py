"""The check of what the settings repeat of the log about a learner's habit."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import select

from bot.core.habit_model import fold_habit
from bot.core.model import Learner
from storage import rows
from storage.findings import Findings, readable
from storage.link_check import settings_fix
from storage.tables import learners, log


def check_rest(findings: Findings, learner: Learner) -> None:
    """The day of rest in the settings is the one the log names last; a merge under way sets it when it is done."""
    if learner.merging:
        return
    mine = select(log.c.data).where(log.c.learner == learner.id, log.c.card.is_(None))
    entries = [readable(rows.entry_of, data) for data in findings.db.scalars(mine)]
    rest = fold_habit(entry for entry in entries if entry is not None).rest
    if rest != learner.rest:
        fix = settings_fix(findings, replace(learner, rest=rest))
        findings.add(learners, learner.id, "The day of rest in the settings is not the one of the log.", fix)
