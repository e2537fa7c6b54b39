"""Does the database keep what it promises? The log is the truth: everything else must follow from it.

`backfill check` runs this, every crash test ends with it, and a restored copy has to pass it. Repairs never drop
a review: what disagrees with the log is computed from it again, what cannot be read is rebuilt or starts afresh.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.core.model import Learner, PolicySet
from scheduler.model import Policy
from storage import rows
from storage.backup import backup_before
from storage.check_learner import LearnerCheck
from storage.engine import address, reading_engine, sync_engine
from storage.errors import StoreError, told
from storage.findings import Findings, Fix, content_hash, readable
from storage.findings import Problem as Problem
from storage.habit_check import check_rest
from storage.link_check import check_merges, check_offers
from storage.migrate import require_head
from storage.outbox_check import check_letters, check_reminders
from storage.quiz_check import check_quizzes
from storage.rehearsal_check import check_rehearsal
from storage.tables import PER_LEARNER, accounts, attempts, erasures, learners, log, policies, revisions


def check(where: str | Path | URL, *, repair: bool = False) -> list[Problem]:
    """Every problem found; with `repair` what can be repaired has been, in one transaction and after a backup.

    Raises StoreError when the database cannot be opened or is of another version. A file that is itself damaged
    is reported and left alone: restore a backup.
    """
    url = address(where)
    path = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if path and not path.exists():
        raise StoreError(f"There is no database at {path}.")
    if path and repair:
        backup_before(path, "before-repair", datetime.now(UTC))
    engine = sync_engine(url) if repair else reading_engine(url)
    try:
        with engine.begin() as connection:
            require_head(connection)
            if repair and path is None:
                connection.execute(text("LOCK TABLE learners IN EXCLUSIVE MODE"))  # turns wait
            return _check(Findings(connection, repair=repair))
    except DBAPIError as error:
        raise told(error) from error
    finally:
        engine.dispose()


def _check(findings: Findings) -> list[Problem]:
    """In an order in which later parts build on what earlier ones have repaired."""
    _file(findings)
    if findings.problems:
        return findings.problems
    _orphans(findings)
    _accounts(findings)
    everybody = _learners(findings)
    known = _policies(findings, everybody)
    _revisions(findings)
    check_offers(findings)
    leaving = set(findings.db.scalars(select(erasures.c.learner)))  # what is left of them adds up to nothing
    for learner in (learner for learner in everybody if learner.id not in leaving):
        LearnerCheck(findings, learner, known).run()
        check_merges(findings, learner)
        check_rest(findings, learner)
        check_rehearsal(findings, learner)
        check_reminders(findings, learner)
        check_letters(findings, learner)
    check_quizzes(findings)
    return findings.problems


def _file(findings: Findings) -> None:
    """Pages and indexes of an SQLite file."""
    if findings.db.dialect.name == "sqlite":
        lines = findings.db.exec_driver_sql("PRAGMA quick_check(20)").scalars()
        damage = [line for line in lines if line != "ok"]
        findings.problems += [Problem(table="", learner="", text=f"The file is damaged: {line}.") for line in damage]


def _orphans(findings: Findings) -> None:
    """Rows of a learner who is not there: the settings are lost, the reviews are not."""
    for table in PER_LEARNER:
        owner = table.c.learner
        for learner in findings.db.scalars(select(owner).distinct().where(owner.not_in(select(learners.c.learner)))):
            sentence = "Rows belong to a learner who is not there; the settings start afresh."
            findings.add(table, learner, sentence, _afresh(findings, learner))


def _afresh(findings: Findings, learner: str) -> Fix:
    settings = rows.text(Learner(id=learner, created_at=0))

    def fix() -> None:
        if findings.db.execute(select(learners).where(learners.c.learner == learner)).first() is None:
            findings.db.execute(learners.insert().values(learner=learner, data=settings))
        findings.db.execute(learners.update().where(learners.c.learner == learner).values(data=settings))

    return fix


def _accounts(findings: Findings) -> None:
    for row in findings.db.execute(select(accounts).where(accounts.c.learner.not_in(select(learners.c.learner)))).all():
        fix = findings.rewrite(accounts, {"platform": row.platform, "external": row.external}, None)
        findings.add(accounts, row.learner, f"A {row.platform} account belongs to nobody.", fix)


def _learners(findings: Findings) -> list[Learner]:
    found: list[Learner] = []
    for row in findings.db.execute(select(learners)).all():
        learner = readable(rows.learner_of, row.data)
        if learner is None or learner.id != row.learner:
            sentence = "The settings cannot be read; they start afresh."
            findings.add(learners, row.learner, sentence, _afresh(findings, row.learner))
            learner = Learner(id=row.learner, created_at=0)
        found.append(learner)
    return found


def _policies(findings: Findings, everybody: Iterable[Learner]) -> dict[str, Policy]:
    """The policies by digest. They are named by what they say, so a spoilt one is recognised and looked for."""
    elsewhere = {policy.digest: policy for policy in _policies_elsewhere(findings, everybody)}
    known: dict[str, Policy] = {}
    stored = findings.db.execute(select(policies)).all()
    for row in stored:
        policy = rows.policy_of(row.data) if content_hash(row.data) == row.policy else elsewhere.get(row.policy)
        if content_hash(row.data) != row.policy:
            sentence = f"The policy {row.policy} is not what its name says."
            findings.add(policies, "", sentence, _policy_fix(findings, policy))
        if policy is not None:
            known[row.policy] = policy
    for digest in elsewhere.keys() - {row.policy for row in stored}:
        if _is_named(findings, digest):
            findings.add(policies, "", f"The policy {digest} is missing.", _policy_fix(findings, elsewhere[digest]))
            known[digest] = elsewhere[digest]
    return known


def _policies_elsewhere(findings: Findings, everybody: Iterable[Learner]) -> Iterator[Policy]:
    yield Policy()
    yield from (learner.policy for learner in everybody)
    for data in findings.db.scalars(select(log.c.data).where(log.c.kind == "PolicySet")):
        entry = readable(rows.entry_of, data)
        if isinstance(entry, PolicySet):
            yield entry.policy


def _policy_fix(findings: Findings, policy: Policy | None) -> Fix | None:
    if policy is None:
        return None
    row = {"policy": policy.digest, "data": rows.text(policy)}
    return findings.rewrite(policies, {"policy": policy.digest}, row)


def _is_named(findings: Findings, digest: str) -> bool:
    """Whether a review names the policy; a mere mention of the digest does no harm."""
    return findings.db.execute(select(log.c.entry).where(log.c.data.contains(digest)).limit(1)).first() is not None


def _revisions(findings: Findings) -> None:
    """Cards as they were shown. Attempts that showed a spoilt one can no longer be judged; reviews stay."""
    for row in findings.db.execute(select(revisions)).all():
        if content_hash(row.data) != row.revision:
            sentence = f"The card {row.card} cannot be read as it was shown; its showings are dropped."
            findings.add(revisions, "", sentence, _revision_fix(findings, row.revision))


def _revision_fix(findings: Findings, revision: str) -> Fix:
    def fix() -> None:
        findings.db.execute(delete(attempts).where(attempts.c.revision == revision))
        findings.db.execute(delete(revisions).where(revisions.c.revision == revision))

    return fix
