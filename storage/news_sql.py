"""The statements behind what learners are told of changed decks; see `storage.sql`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, select

from storage.pieces import add, among, constant, own, value
from storage.tables import arrivals, log, revisions


def news_statements(insert: Any) -> dict[str, Executable]:
    """Revisions by hash, a learner's reports, and when cards came."""
    reported = log.c.kind.in_([constant("Flagged"), constant("Thanked")])
    return {
        "shown": select(revisions.c.revision, revisions.c.data).where(among(revisions.c.revision, "revisions")),
        "reports": select(log.c.data)
        .where(own(log), reported)
        .order_by(log.c.at.desc(), log.c.entry.desc())
        .limit(value("limit"))
        .offset(constant(0)),
        "arrival": select(arrivals.c.at).where(arrivals.c.card == value("card")),
        "arrivals": select(arrivals.c.card)
        .where(arrivals.c.at > value("after"))
        .order_by(arrivals.c.at.desc())
        .limit(value("limit"))
        .offset(constant(0)),
        "add_arrival": add(insert, arrivals).on_conflict_do_nothing(),
    }
