"""The store could be spread over machines by learner: keys and statements name the learner."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.core.ports import Turn
from storage.open import open_store
from storage.sql import Statements, postgres_statements, sqlite_statements
from storage.tables import PER_LEARNER, PER_QUIZ, SHARED, metadata
from tests.databases import migrated

# Across learners, by design: what lapsed is deleted wherever it is, and letters are found and claimed whoever's they
# are, which keeps the outbox in one database until it is spread another way. A deletion cut off is found again by any
# start, and looks through spans of learners for what names the one who goes.
ACROSS = {
    "erasures",
    "learners_after",
    "gone_into",
    "merges_with",
    "drop_receipts_of",
    "drop_letters_of",
    "prune_receipts",
    "next_reminders",
    "far_reminders",
    "soonest_reminder",
    "soonest_letter",
    "claim_letters",
    "claim_late",
    "release_letters",
    "free_letters",
    "repeat_letters",
    "doubt_letters",
    "prune_letters",
}
BY_TIME = {"ix_receipts_at", "ix_reminders_next", "ix_outbox_due", "ix_outbox_held", "ix_outbox_settled"}
NAMES = "|".join(table.name for table in PER_LEARNER)


def test_every_table_is_either_shared_or_a_learners() -> None:
    shared = {"accounts", "revisions", "policies", "links", "link_misses", "servers", "arrivals"}
    assert {table.name for table in SHARED} == shared | {
        "quiz_saved",
        "quiz_timetables",
        "quiz_hidden",
        "quiz_boards",
        "quiz_boards_off",
    }
    assert {*PER_LEARNER, *PER_QUIZ, *SHARED} == set(metadata.tables.values())


@pytest.mark.parametrize("table", PER_QUIZ, ids=lambda table: table.name)
def test_the_keys_of_a_quizzes_table_lead_with_the_quiz(table) -> None:
    keys = [table.primary_key, *(rule for rule in table.constraints if rule.__visit_name__ == "unique_constraint")]
    for key in keys:
        assert next(iter(key.columns)).name == "quiz", key


@pytest.mark.parametrize("table", PER_LEARNER, ids=lambda table: table.name)
def test_keys_and_indexes_lead_with_the_learner(table) -> None:
    keys = [table.primary_key, *(rule for rule in table.constraints if rule.__visit_name__ == "unique_constraint")]
    lookups = [index for index in table.indexes if index.name not in BY_TIME]
    for key in (*keys, *lookups):
        assert next(iter(key.columns)).name == "learner", key


def test_postgresql_partitions_every_learners_table_by_learner(postgres: str) -> None:
    """Stock PostgreSQL refuses under PARTITION BY HASH the very keys that distributing by learner would break."""
    dialect = postgresql.dialect()
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(b"CREATE SCHEMA sharded")
        server.execute(b"SET search_path = sharded")
        for table in metadata.sorted_tables:
            statement = str(CreateTable(table).compile(dialect=dialect)).rstrip()
            if table in PER_LEARNER:
                statement += " PARTITION BY HASH (learner)"
            server.execute(statement.encode())
            for index in table.indexes:
                server.execute(str(CreateIndex(index).compile(dialect=dialect)).encode())


def test_the_partition_test_would_notice_a_key_without_the_learner(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(b"CREATE SCHEMA sharded")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            server.execute(b"CREATE TABLE sharded.bad (learner text, id text PRIMARY KEY) PARTITION BY HASH (learner)")


@pytest.mark.parametrize("statements", [sqlite_statements(), postgres_statements()], ids=["sqlite", "postgres"])
def test_every_statement_on_a_learners_table_names_the_learner(statements: Statements) -> None:
    looked_at = 0
    for name, statement in asdict(statements).items():
        aliases = set(re.findall(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+((?:{NAMES})(?:\s+AS\s+\w+)?)\b", statement))
        for mention in aliases if name not in ACROSS else ():
            alias = mention.split()[-1]
            bound = rf"\b{alias}\.learner = [:%]\(?learner\b"
            inserted = rf"INTO {alias} \(learner, "
            assert re.search(bound, statement) or re.search(inserted, statement), (name, alias)
            looked_at += 1
    assert looked_at > 25


async def test_only_these_statements_reach_the_database(tmp_path: Path) -> None:
    """A turn has no other way to the database than the statements looked at above."""
    known = set(asdict(sqlite_statements()).values())
    store = await open_store(migrated(tmp_path / "backfill.db"))
    seen: list[str] = []
    store._connection.set_trace_callback(seen.append)  # type: ignore[attr-defined]

    def look(turn: Turn):
        from .made import ANN, learner, said

        turn.enrol(ANN, learner())
        turn.ready(0, 1)
        return said("ok")

    from .made import ANN

    await store.run(ANN, "k", look)
    await store.close()
    kinds = {" ".join(statement.split()[:3]) for statement in seen}
    expected = {" ".join(statement.split()[:3]) for statement in known}
    assert kinds <= expected | {"BEGIN IMMEDIATE", "COMMIT", "PRAGMA wal_checkpoint(PASSIVE)"}
