"""The check of rehearsals: each can be read, and its questions are there as they were asked."""

from __future__ import annotations

from sqlalchemy import select

from bot.core.model import Learner
from storage import rows
from storage.findings import Findings, readable
from storage.tables import rehearsals, revisions


def check_rehearsal(findings: Findings, learner: Learner) -> None:
    """A rehearsal that can no longer be shown is dropped: its learner could do nothing else while it is open. What it
    left in the log stays."""
    data = findings.db.scalar(select(rehearsals.c.data).where(rehearsals.c.learner == learner.id))
    if data is None:
        return
    drop = findings.rewrite(rehearsals, {"learner": learner.id}, None)
    rehearsal = readable(rows.rehearsal_of, data)
    if rehearsal is None:
        findings.add(rehearsals, learner.id, "The rehearsal cannot be read; it is dropped.", drop)
        return
    asked = {question.revision for question in rehearsal.asked}
    there = set(findings.db.scalars(select(revisions.c.revision).where(revisions.c.revision.in_(asked))))
    if asked - there:
        findings.add(rehearsals, learner.id, "Some of the rehearsal's questions are not there; it is dropped.", drop)
