"""The check of what linking keeps: offers, merges, and learners whose accounts went to another."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import select

from bot.core.model import Learner
from storage import rows
from storage.findings import Findings, Fix, readable
from storage.tables import accounts, learners, links, merges


def check_offers(findings: Findings) -> None:
    """An offer that cannot be read opens nothing; it is dropped."""
    for row in findings.db.execute(select(links)).all():
        if readable(rows.offer_of, row.data) is None:
            findings.add(
                links, "", "An offer to link cannot be read.", findings.rewrite(links, {"link": row.link}, None)
            )


def check_merges(findings: Findings, learner: Learner) -> None:
    """Merges can be read, and a learner is in one only while it is being carried out."""
    found = findings.db.execute(select(merges).where(merges.c.learner == learner.id)).all()
    known = {row.merge: readable(rows.merge_of, row.data) for row in found}
    for name in (name for name, merge in known.items() if merge is None):
        key = {"learner": learner.id, "merge": name}
        sentence = f"The merge {name} cannot be read; what it brought stays."
        findings.add(merges, learner.id, sentence, findings.rewrite(merges, key, None))
    under_way = known.get(learner.merging)
    if learner.merging and (under_way is None or under_way.done):
        sentence = "The settings name a merge that is not under way."
        findings.add(learners, learner.id, sentence, settings_fix(findings, replace(learner, merging="")))
    if learner.into and _has_accounts(findings, learner):
        sentence = "The settings say that the accounts went to another learner; they did not."
        findings.add(learners, learner.id, sentence, settings_fix(findings, replace(learner, into="")))


def _has_accounts(findings: Findings, learner: Learner) -> bool:
    return findings.db.execute(select(accounts).where(accounts.c.learner == learner.id)).first() is not None


def settings_fix(findings: Findings, learner: Learner) -> Fix:
    """Write a learner's settings."""

    def fix() -> None:
        this = learners.c.learner == learner.id
        findings.db.execute(learners.update().where(this).values(data=rows.text(learner)))

    return fix
