"""The statements of reminders and of the outbox; compiled with all others in `storage.sql`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, delete, func, literal_column, select, tuple_, update

from bot.core.reminder_model import Kind
from storage.pieces import add, among, constant, own, put, value
from storage.tables import outbox, reminders

KEY = (outbox.c.learner, outbox.c.key)
LETTER = tuple(outbox.c)


def outbox_statements(insert: Any) -> dict[str, Executable]:
    """By name."""
    return {**_reminders(insert), **_own_letters(insert), **_all_letters()}


def _reminders(insert: Any) -> dict[str, Executable]:
    wanted = reminders.c.next_at
    some = select(reminders.c.learner).order_by(wanted).limit(value("limit")).offset(constant(0))
    return {
        "set_reminders": put(insert, reminders),
        "next_reminders": some.where(wanted.is_not(None), wanted <= value("now")),
        # So far ahead lies only what was planned by a clock that was wrong.
        "far_reminders": some.where(wanted.is_not(None), wanted > value("now")),
        "put_off_reminder": update(reminders).where(own(reminders)).values(next_at=value("when")),
        "soonest_reminder": select(func.min(wanted)).where(wanted.is_not(None)),
    }


def _own_letters(insert: Any) -> dict[str, Executable]:
    this = and_(own(outbox), outbox.c.key == value("key"))
    held = and_(this, outbox.c.worker == value("holder"))
    return {
        "add_letter": add(insert, outbox).on_conflict_do_nothing(),
        "letter": select(*LETTER).where(this),
        "letters_sending": select(outbox.c.key).where(own(outbox), _is("sending")),
        "take_letter": update(outbox)
        .where(held, _is("claimed"))
        .values(
            state=constant("sending"),
            lease=value("until"),
            tries=outbox.c.tries + constant(1),
            left_at=func.coalesce(func.nullif(outbox.c.left_at, constant(0)), value("now")),
        ),
        # What was already given up as uncertain may still be heard of by whoever sent it.
        "settle_letter": update(outbox)
        .where(held, _is("claimed", "sending", "uncertain"))
        .values(
            state=value("to"),
            at=value("when"),
            lease=constant(0),
            left_at=value("left"),
            reason=value("because"),
        ),
    }


def _all_letters() -> dict[str, Executable]:
    """What a worker does about letters, whoever's they are."""
    held = _is("claimed", "sending")  # said as well, since SQLite does not see that one state is among two
    mine = and_(held, outbox.c.lease > constant(0), outbox.c.worker == value("holder"))
    lapsed = and_(held, outbox.c.lease <= value("now"))
    here = among(outbox.c.platform, "platforms")
    known = outbox.c.kind.in_([literal_column(f"'{kind.value}'") for kind in Kind])  # others wait for a newer worker
    come = select(*KEY).where(_is("due"), outbox.c.at <= value("now"), known).order_by(outbox.c.at)
    come = come.limit(value("limit")).offset(constant(0)).with_for_update(skip_locked=True)
    claim = update(outbox).values(state=constant("claimed"), worker=value("holder"), lease=value("until"))
    settled = (
        select(*KEY).where(_is("sent", "uncertain", "failed"), outbox.c.at < value("before")).order_by(outbox.c.at)
    )
    settled = settled.limit(value("limit")).offset(constant(0))
    return {
        "claim_letters": claim.where(tuple_(*KEY).in_(come.where(here))).returning(*LETTER),
        "claim_late": claim.where(tuple_(*KEY).in_(come.where(outbox.c.expires_at < value("now")))).returning(*LETTER),
        "release_letters": update(outbox).where(_is("claimed"), mine).values(state=constant("due"), lease=constant(0)),
        "free_letters": update(outbox).where(_is("claimed"), lapsed).values(state=constant("due"), lease=constant(0)),
        "repeat_letters": update(outbox)
        .where(_is("sending"), lapsed, among(outbox.c.platform, "platforms"), outbox.c.left_at > value("since"))
        .values(state=constant("due"), lease=constant(0)),
        "doubt_letters": update(outbox)
        .where(_is("sending"), lapsed)
        .values(state=constant("uncertain"), lease=constant(0), reason=value("because"))
        .returning(*LETTER),
        "soonest_letter": select(outbox.c.at)
        .where(_is("due"), outbox.c.at > constant(0), here, known)
        .order_by(outbox.c.at)
        .limit(constant(1))
        .offset(constant(0)),
        "prune_letters": delete(outbox).where(tuple_(*KEY).in_(settled)),
    }


def _is(*states: str) -> ColumnElement[bool]:
    """Written as in the tables' partial indexes, so that the planner finds them."""
    if len(states) == 1:
        return outbox.c.state == constant(states[0])
    return outbox.c.state.in_([literal_column(f"'{state}'") for state in states])
