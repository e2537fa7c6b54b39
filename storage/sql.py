"""Every statement of a turn, written once in SQLAlchemy Core and compiled once per database.

A turn runs a dozen statements. Through `Connection.execute` each costs about as much as the whole turn may, so
they are compiled here to text with named parameters and run on the driver's cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from storage.erase_sql import erase_statements
from storage.news_sql import news_statements
from storage.outbox_sql import outbox_statements
from storage.pieces import add as _add
from storage.pieces import among as _among
from storage.pieces import constant as _constant
from storage.pieces import drop as _drop
from storage.pieces import held as _held
from storage.pieces import own as _own
from storage.pieces import put as _set
from storage.pieces import suspended as _suspended
from storage.pieces import value as _value
from storage.quiz_sql import QuizStatements, quiz_statements
from storage.tables import (
    accounts,
    attempts,
    days,
    holds,
    learners,
    link_misses,
    links,
    log,
    merges,
    policies,
    progress,
    receipts,
    rehearsals,
    reminders,
    revisions,
    servers,
    sessions,
)

HABIT = ("RestSet", "BreakSet", "CatchUpSet", "Undone")
"""Kinds of entries about no card that settle a learner's habit."""


@dataclass(frozen=True, slots=True)
class Statements(QuizStatements):
    """The text of every statement. Parameters are named after columns, lists are JSON arrays named in plural."""

    find_account: str
    add_account: str
    lock_learner: str
    add_learner: str
    set_learner: str
    opening: str
    set_session: str
    attempt: str
    set_attempt: str
    add_revision: str
    rehearsal: str
    set_rehearsal: str
    progress: str
    ready: str
    due: str
    forecast: str
    hardest: str
    set_progress: str
    drop_progress: str
    entries: str
    add_entry: str
    recall: str
    policies: str
    add_policy: str
    holds: str
    held: str
    set_hold: str
    drop_hold: str
    days: str
    set_day: str
    studied: str
    instants: str
    habit: str
    habit_rows: str
    set_receipt: str
    prune_receipts: str
    learner: str
    accounts: str
    give_account: str
    receipts: str
    tally: str
    offer: str
    offer_by: str
    offered: str
    set_offer: str
    drop_offer: str
    prune_offers: str
    misses: str
    add_miss: str
    prune_misses: str
    merge: str
    set_merge: str
    shown: str
    reports: str
    arrival: str
    arrivals: str
    add_arrival: str
    find_server: str
    set_server: str
    logged: str
    log_rows: str
    drop_entries: str
    set_reminders: str
    next_reminders: str
    far_reminders: str
    put_off_reminder: str
    add_letter: str
    letter: str
    letters_sending: str
    claim_letters: str
    claim_late: str
    take_letter: str
    settle_letter: str
    release_letters: str
    free_letters: str
    repeat_letters: str
    doubt_letters: str
    soonest_letter: str
    soonest_reminder: str
    prune_letters: str
    erase_reminders: str
    erase_outbox: str
    erase_receipts: str
    erase_merges: str
    erase_sessions: str
    erase_rehearsals: str
    erase_quiz_carried: str
    erase_attempts: str
    erase_progress: str
    erase_holds: str
    erase_days: str
    erase_log: str
    end_erasures: str
    end_learners: str
    erasures: str
    add_erasure: str
    set_erasure: str
    learners_after: str
    gone_into: str
    merges_with: str
    drop_merge: str
    drop_account: str
    drop_offers_of: str
    drop_misses_of: str
    drop_receipts_of: str
    drop_letters_of: str


@cache
def sqlite_statements() -> Statements:
    """For the standard library's driver: parameters read `:name`."""
    return _compiled(sqlite.dialect(paramstyle="named"), sqlite.insert)


@cache
def postgres_statements() -> Statements:
    """For psycopg: parameters read `%(name)s`, with their types."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    return _compiled(PGDialect_psycopg(), postgresql.insert)  # type: ignore[no-untyped-call]


def _compiled(dialect: Dialect, insert: Any) -> Statements:
    written: dict[str, Executable] = {
        **_people(insert),
        **_sittings(insert),
        **_progress(insert),
        **_log(insert),
        **_holds_and_days(insert),
        **_habit(),
        **_receipts(insert),
        **_links(insert),
        **_merges(insert),
        **_servers(insert),
        **outbox_statements(insert),
        **quiz_statements(insert),
        **news_statements(insert),
        **erase_statements(insert),
    }
    compiled = {
        name: written[name].compile(dialect=dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
        for name in (field.name for field in fields(Statements))
    }
    return Statements(**{name: str(statement) for name, statement in compiled.items()})


def _people(insert: Any) -> dict[str, Executable]:
    this = learners.c.learner == _value("learner")
    return {
        "find_account": select(accounts.c.learner).where(
            accounts.c.platform == _value("platform"), accounts.c.external == _value("external")
        ),
        "add_account": _add(insert, accounts),
        "lock_learner": select(learners.c.data).where(this).with_for_update(),
        "add_learner": _add(insert, learners).on_conflict_do_nothing(),
        "set_learner": update(learners).where(this).values(data=_value("data")),
        "policies": select(policies.c.policy, policies.c.data).where(_among(policies.c.policy, "policies")),
        "add_policy": _add(insert, policies).on_conflict_do_nothing(),
    }


def _sittings(insert: Any) -> dict[str, Executable]:
    return {
        "opening": _opening(),
        "set_session": _set(insert, sessions),
        "attempt": select(attempts.c.data, revisions.c.data)
        .join(revisions, revisions.c.revision == attempts.c.revision)
        .where(_own(attempts), attempts.c.attempt == _value("attempt")),
        "set_attempt": _set(insert, attempts, "step", "data"),  # the rest of an attempt never changes
        "add_revision": _add(insert, revisions).on_conflict_do_nothing(),
        "rehearsal": select(rehearsals.c.data).where(_own(rehearsals)),
        "set_rehearsal": _set(insert, rehearsals),
    }


def _opening() -> Select[Any]:
    """What nearly every turn begins with, in one statement: its receipt, the session, the attempt on screen, that
    attempt's card as it was shown, and what is settled about reminders, each null where there is none."""
    this_update = and_(_own(receipts), *(column == _value(column.name) for column in list(receipts.primary_key)[1:]))
    on_screen = and_(_own(attempts), attempts.c.attempt == sessions.c.attempt)
    return (
        select(receipts.c.reply, sessions.c.data, attempts.c.data, revisions.c.data, reminders.c.data)
        .select_from(learners)
        .outerjoin(receipts, this_update)
        .outerjoin(sessions, _own(sessions))
        .outerjoin(attempts, on_screen)
        .outerjoin(revisions, revisions.c.revision == attempts.c.revision)
        .outerjoin(reminders, _own(reminders))
        .where(_own(learners))
    )


def _progress(insert: Any) -> dict[str, Executable]:
    columns = [column for column in progress.c if column.name != "learner"]
    due_day = progress.c.due_day
    return {
        "progress": select(*columns).where(_own(progress), _among(progress.c.card, "cards")),
        "ready": select(*columns)
        .where(_own(progress), progress.c.due_at <= _value("until"), not_(_held(_suspended())))
        .order_by(progress.c.due_at)
        .limit(_value("limit"))
        .offset(_constant(0)),
        "due": select(*columns)
        .where(
            _own(progress),
            due_day <= _value("day"),
            not_(_held(or_(_suspended(), holds.c.until > _value("day")))),
        )
        .order_by(due_day)
        .limit(_value("limit"))
        .offset(_constant(0)),
        "forecast": select(due_day, func.count())
        .where(_own(progress), due_day.between(_value("first"), _value("last")), not_(_held(_suspended())))
        .group_by(due_day),
        "hardest": select(*columns)
        .where(_own(progress), progress.c.lapses > _constant(0))
        .order_by(progress.c.lapses.desc())
        .limit(_value("limit"))
        .offset(_constant(0)),
        "set_progress": _set(insert, progress),
        "drop_progress": _drop(progress, "card"),
    }


def _log(insert: Any) -> dict[str, Executable]:
    undone = log.alias("undone")
    kept = case((log.c.rating > _constant(1), _constant(1)), else_=_constant(0))
    return {
        "entries": select(log.c.data).where(_own(log), log.c.card == _value("card")),
        "add_entry": _add(insert, log),
        "recall": select(log.c.card, func.count(), func.sum(kept))
        .where(
            _own(log),
            log.c.phase == _constant("review"),
            log.c.study_day.between(_value("first"), _value("last")),
            not_(exists().where(undone.c.learner == _value("learner"), undone.c.undoes == log.c.entry)),
        )
        .group_by(log.c.card),
    }


def _holds_and_days(insert: Any) -> dict[str, Executable]:
    hold = (holds.c.card, holds.c.kind, holds.c.until)
    counters = [column for column in days.c if column.name != "learner"]
    return {
        "holds": select(*hold).where(_own(holds), _among(holds.c.card, "cards")),
        "held": select(*hold)
        .where(_own(holds))
        .order_by(holds.c.at.desc())
        .limit(_value("limit"))
        .offset(_constant(0)),
        "set_hold": _set(insert, holds),
        "drop_hold": _drop(holds, "card"),
        "days": select(*counters)
        .where(_own(days), days.c.study_day.between(_value("first"), _value("last")), days.c.reviews > _constant(0))
        .order_by(days.c.study_day),
        "set_day": _set(insert, days),
    }


def _habit() -> dict[str, Executable]:
    undone = log.alias("undone")
    taken_back = exists().where(undone.c.learner == _value("learner"), undone.c.undoes == log.c.entry)
    written = [column for column in log.c if column.name != "learner"]
    about_no_card = (_own(log), log.c.card.is_(None), log.c.kind.in_([_constant(kind) for kind in HABIT]))
    return {
        "studied": select(days.c.study_day)
        .where(_own(days), days.c.reviews > _constant(0))
        .order_by(days.c.study_day.desc())
        .limit(_value("limit"))
        .offset(_constant(0)),
        "instants": select(
            days.c.study_day, *(_rated_at(order, taken_back) for order in (log.c.at, log.c.at.desc()))
        ).where(_own(days), _among(days.c.study_day, "days"), days.c.reviews > _constant(0)),
        "habit": select(log.c.data).where(*about_no_card),
        "habit_rows": select(*written).where(*about_no_card),
    }


def _rated_at(order: ColumnElement[int], taken_back: ColumnElement[bool]) -> ColumnElement[Any]:
    """The instant of the first rating, in this order, that stands on a row's study day: one step in an index."""
    of_day = (_own(log), log.c.study_day == days.c.study_day, log.c.phase.is_not(None), not_(taken_back))
    first = select(log.c.at).where(*of_day).order_by(order).limit(_constant(1)).offset(_constant(0))
    return first.correlate(days).scalar_subquery()


def _receipts(insert: Any) -> dict[str, Executable]:
    key = list(receipts.primary_key)
    oldest = select(*key).where(receipts.c.at < _value("before")).order_by(receipts.c.at)
    oldest = oldest.limit(_value("limit")).offset(_constant(0))  # SQLite would bind an offset of its own
    return {
        "set_receipt": _set(insert, receipts),
        "prune_receipts": delete(receipts).where(tuple_(*key).in_(oldest)),
    }


def _links(insert: Any) -> dict[str, Executable]:
    maker = (links.c.platform == _value("platform"), links.c.external == _value("external"))
    secret = or_(links.c.code == _value("secret"), links.c.token == _value("secret"))
    latest = select(link_misses.c.platform, link_misses.c.external).where(link_misses.c.at >= _value("since"))
    return {
        "learner": select(learners.c.data).where(_own(learners)),
        "accounts": select(accounts.c.platform, accounts.c.external)
        .where(_own(accounts))
        .order_by(accounts.c.platform, accounts.c.external),
        "give_account": update(accounts)
        .where(accounts.c.platform == _value("platform"), accounts.c.external == _value("external"))
        .values(learner=_value("learner")),
        "offer": select(links.c.data).where(links.c.link == _value("link")),
        "offer_by": select(links.c.data).where(secret).with_for_update(),
        "offered": select(links.c.data)
        .where(*maker)
        .order_by(links.c.at.desc())
        .limit(_constant(1))
        .offset(_constant(0)),
        "set_offer": _set(insert, links),
        "drop_offer": delete(links).where(links.c.link == _value("link")),
        "prune_offers": delete(links).where(links.c.at < _value("before")),
        "misses": latest.order_by(link_misses.c.at.desc()).limit(_value("limit")).offset(_constant(0)),
        "add_miss": _add(insert, link_misses),
        "prune_misses": delete(link_misses).where(link_misses.c.at < _value("before")),
    }


def _merges(insert: Any) -> dict[str, Executable]:
    written = [column for column in log.c if column.name != "learner"]
    reviews = select(func.coalesce(func.sum(days.c.reviews), _constant(0))).where(_own(days)).scalar_subquery()
    cards = select(func.count()).select_from(progress).where(_own(progress)).scalar_subquery()
    used = exists().where(_own(log), log.c.card.is_not(None))
    return {
        "merge": select(merges.c.data)
        .where(_own(merges))
        .order_by(merges.c.at.desc())
        .limit(_constant(1))
        .offset(_constant(0)),
        "set_merge": _set(insert, merges),
        "tally": select(used, reviews, cards),
        "logged": select(log.c.card, func.count())
        .where(_own(log), log.c.card > _value("after"))
        .group_by(log.c.card)
        .order_by(log.c.card)
        .limit(_value("limit"))
        .offset(_constant(0)),
        "log_rows": select(*written).where(_own(log), _among(log.c.card, "cards")),
        "drop_entries": delete(log).where(_own(log), _among(log.c.entry, "entries")),
        "receipts": select(receipts.c.key, receipts.c.at, receipts.c.reply)
        .where(
            _own(receipts),
            receipts.c.platform == _value("platform"),
            receipts.c.external == _value("external"),
        )
        .order_by(receipts.c.at.desc())
        .limit(_value("limit"))
        .offset(_constant(0)),
    }


def _servers(insert: Any) -> dict[str, Executable]:
    return {
        "find_server": select(servers.c.data).where(
            servers.c.platform == _value("platform"), servers.c.external == _value("external")
        ),
        "set_server": _set(insert, servers),
    }
