"""The statements by which a learner is deleted; `storage.sql` compiles them.

Every table is named here once: those with a `learner` column in `ERASED`, those with an account's columns and no
`learner` in `BY_ACCOUNT` or, where the columns mean something else, in `NOBODYS`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, and_, delete, or_, select, tuple_

from storage.pieces import add, own, put, value
from storage.quiz_tables import quiz_carried, quiz_hidden, quiz_players
from storage.tables import (
    accounts,
    attempts,
    days,
    erasures,
    holds,
    learners,
    link_misses,
    links,
    log,
    merges,
    outbox,
    progress,
    receipts,
    rehearsals,
    reminders,
    servers,
    sessions,
)

# In the order in which rows go: what may grow large last.
ERASED = (reminders, outbox, quiz_carried, receipts, merges, sessions, rehearsals, attempts, progress, holds, days, log)
LAST = (erasures, learners)  # once all of the above is gone
BY_ACCOUNT = (accounts, links, link_misses, quiz_players, quiz_hidden)
NOBODYS = (servers,)  # its `external` is a server's


def erase_statements(insert: Any) -> dict[str, Executable]:
    """All of them, for a dialect's insert."""
    span = and_(learners.c.learner > value("after"), learners.c.learner <= value("upto"))
    merged = and_(merges.c.learner > value("after"), merges.c.learner <= value("upto"))
    page = select(learners.c.learner).where(learners.c.learner > value("after")).order_by(learners.c.learner)
    of_account = {
        table: and_(table.c.platform == value("platform"), table.c.external == value("external"))
        for table in (accounts, links, link_misses, receipts, outbox)
    }
    return {
        **{f"erase_{table.name}": _some_rows(table) for table in ERASED},
        **{f"end_{table.name}": delete(table).where(own(table)) for table in LAST},
        "erasures": select(erasures.c.data).order_by(erasures.c.learner).with_for_update(),
        "add_erasure": add(insert, erasures).on_conflict_do_nothing(),
        "set_erasure": put(insert, erasures),
        "learners_after": page.limit(value("limit")).offset(value("none")),
        "gone_into": select(learners.c.learner).where(span, learners.c.data.contains(value("mention"))),
        "merges_with": select(merges.c.data).where(merged, merges.c.data.contains(value("mention"))),
        "drop_merge": delete(merges).where(own(merges), merges.c.merge == value("merge")),
        "drop_account": delete(accounts).where(of_account[accounts]),
        "drop_offers_of": delete(links).where(or_(of_account[links], links.c.data.contains(value("mention")))),
        "drop_misses_of": delete(link_misses).where(of_account[link_misses]),
        "drop_receipts_of": delete(receipts).where(
            receipts.c.learner > value("after"),
            receipts.c.learner <= value("upto"),
            receipts.c.at <= value("at"),
            of_account[receipts],
        ),
        "drop_letters_of": delete(outbox).where(
            outbox.c.learner > value("after"), outbox.c.learner <= value("upto"), of_account[outbox]
        ),
    }


def _some_rows(table: Any) -> Executable:
    """Delete at most `limit` of a learner's rows."""
    key = list(table.primary_key)
    some = select(*key).where(own(table)).limit(value("limit")).offset(value("none"))
    return delete(table).where(tuple_(*key).in_(some)) if len(key) > 1 else delete(table).where(own(table))
