"""One sitting: starting it, going on to its next card, and its end. Pure.

Rules kept here:
- At most one session is open per learner; a start with the same scope goes on with it, any other replaces it.
- A sitting holds about what an ordinary day allows; due cards come before new ones when there is not room for both.
- Learning cards come back within the sitting; once nothing else is left, up to 20 minutes early.
- A card that its author wants taught afresh is forgotten in the moment it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from bot.core import words
from bot.core.actions import Browse, Start, Stop
from bot.core.ask import pose
from bot.core.desk import Desk, Outcome, Showing, starts_afresh
from bot.core.habit_lines import (
    is_catching_up,
    is_caught_up,
)
from bot.core.layout import start_button
from bot.core.model import (
    Attempt,
    Carried,
    CatchUpSet,
    Change,
    LogEntry,
    Reset,
    Scope,
    Session,
    Stage,
    Step,
)
from bot.core.news import News
from bot.core.planning import learning_cards, pace, plan_of
from bot.core.reply import Block, Button, Line, Reply, Screen
from bot.core.screens import card_screen
from bot.core.setup_screens import ask_clock
from bot.core.summary import nothing_to_ask, summary
from decks.model import Card
from scheduler.model import Progress
from scheduler.queue import Show, due_next

HEAD = 2  # planned cards that the next turn may show
INTRODUCTION = 5  # cards before the clock is asked


def entry_id(desk: Desk, number: int = 0) -> str:
    """A log entry's id: sorts by time, then by order within the turn, and cannot be guessed."""
    return f"{desk.now:012x}{number:02x}{desk.chance[:18]}"


def last_entry_id(desk: Desk) -> str:
    """The id of an entry that comes behind every other of its turn."""
    return f"{desk.now:012x}zz{desk.chance[:18]}"


def attempt_id(desk: Desk) -> str:
    """128 random bits in 26 characters of Crockford's base32."""
    number, letters = int(desk.chance, 16), ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        letters += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit]
    return letters


def start(desk: Desk, action: Start, *, most: int = 0) -> Outcome:
    """Begin a sitting, or go on with the open one, on the surface that asked.

    `most` is how many cards it holds under a plan to catch up; 0 is today's share of it.
    """
    if not desk.catalogue.cards:
        return Outcome(reply=Reply(screen=Screen.NOTICE, body=(Line(words.NO_DECKS),)))
    if desk.supply is None and desk.session is not None:
        return resume(desk, desk.session)
    supplied = dict((*desk.supply.due, *desk.supply.met)) if desk.supply else {}
    desk = replace(desk, progress={**supplied, **desk.progress})
    moves, entries = carry(desk)
    known = {**desk.progress, **dict(desk.supply.afresh if desk.supply else ())}
    known |= {card: progress for card, progress in moves if progress is not None}
    learning = [(card, known[card]) for card, _ in moves if card in known and known[card].due_at is not None]
    desk = replace(desk, ready=(*desk.ready, *learning))
    chosen = plan_of(desk, action, most)
    session = Session(
        id=entry_id(desk),
        account=desk.account,
        scope=action.scope,
        started_at=desk.now,
        touched_at=desk.now,
        cram=action.cram,
        total=len(chosen),
        due=sum(card in _due_ids(desk) for card in chosen),
        plan=chosen,
    )
    if not action.cram:
        session = _with_returning(desk, session, known)
    outcome = advance(desk, session, known=known, before=_opening(desk, session))
    if outcome.reply.screen is Screen.SUMMARY:
        outcome = replace(outcome, reply=nothing_to_ask(desk, action, outcome.reply))
    change = replace(
        outcome.change,
        entries=(*entries, *outcome.change.entries),
        progress=(*moves, *outcome.change.progress),
        attempts=(*dropped(desk), *outcome.change.attempts),
    )
    return replace(outcome, change=change)


def begin_with(desk: Desk, cards: tuple[str, ...], scope: Scope, toast: str) -> Outcome:
    """Begin a sitting of just these cards, due or not; it takes the place of the one that is open."""
    session = Session(
        id=entry_id(desk),
        account=desk.account,
        scope=scope,
        started_at=desk.now,
        touched_at=desk.now,
        total=len(cards),
        plan=cards,
    )
    outcome = advance(desk, session, toast=toast)
    change = outcome.change
    return replace(outcome, change=replace(change, attempts=(*dropped(desk), *change.attempts)))


def resume(desk: Desk, session: Session, toast: str = "") -> Outcome:
    """Show the open card again; on another surface under a fresh attempt, so that the old screen knows it moved."""
    if desk.open is None:
        return advance(desk, replace(session, account=desk.account), toast=toast)
    if desk.is_retired:
        return advance_uncounted(desk, replace(session, account=desk.account), desk.open, toast)
    if session.account == desk.account:
        return Outcome(reply=card_screen(desk, desk.open, session, toast=toast))
    moved = replace(desk.open.attempt, id=attempt_id(desk))
    session = replace(session, account=desk.account, attempt=moved.id, touched_at=desk.now)
    change = Change(attempts=(*dropped(desk), moved), session=session)
    showing = Showing(moved, desk.open.card)
    return Outcome(reply=card_screen(desk, showing, session), change=change, cards=(showing.card,))


def advance(
    desk: Desk,
    session: Session,
    *,
    known: Mapping[str, Progress] | None = None,
    last: str = "",
    before: tuple[Block, ...] = (),
    toast: str = "",
) -> Outcome:
    """Go on to the next card, or end the sitting. `known` is progress as this turn leaves it."""
    known = {**dict(desk.ready), **(desk.progress if known is None else known)}
    session = replace(_without_gone(desk, session), touched_at=desk.now)
    asked = desk.learner.stage in (Stage.CLOCK, Stage.CITY)  # and a rating was taken back instead of answering
    if (desk.learner.stage is Stage.FIRST_CARDS and len(session.seen) >= INTRODUCTION) or asked:
        return _introduce(desk, session, known, toast)
    learning = () if session.cram else learning_cards(desk, session, known)
    match due_next(learning, session.plan, desk.now, last or None):
        case Show(card=chosen):
            return _show(desk, session, desk.catalogue.cards[chosen], known.get(chosen), before, toast)
        case _:
            return finish(desk, session, known=known, toast=toast)


def advance_without(desk: Desk, session: Session, card: str, toast: str) -> Outcome:
    """Go on with a sitting from which a card is set aside; it leaves the screen too, if it is the one there."""
    off = dropped(desk)
    ready = tuple(pair for pair in desk.ready if pair[0] != card)
    known = {other: progress for other, progress in desk.progress.items() if other != card}
    outcome = advance(replace(desk, ready=ready, open=None), session, known=known, last=card, toast=toast)
    change = outcome.change
    return replace(outcome, change=replace(change, attempts=(*off, *change.attempts)))


def advance_uncounted(desk: Desk, session: Session, showing: Showing, toast: str) -> Outcome:
    """Go on with a sitting whose open card is set aside and does not count; one that returned within the sitting was
    counted before."""
    uncounted = 1 if showing.attempt.number else 0
    return advance_without(desk, replace(session, total=session.total - uncounted), showing.card.id, toast)


def finish(desk: Desk, session: Session, *, known: Mapping[str, Progress] | None = None, toast: str = "") -> Outcome:
    """End the sitting with a summary worth reading."""
    known = desk.progress if known is None else known
    news = desk.news or News()
    told = (*session.news, *(line for line in news.lines() if line not in session.news))
    closed = replace(session, closed=True, attempt="", touched_at=desk.now, news=told)
    entries: tuple[LogEntry, ...] = news.thanks(desk.now, desk.today, desk.chance)
    if is_caught_up(desk, known) and is_catching_up(desk, session):
        done = CatchUpSet(id=last_entry_id(desk), at=desk.now, study_day=desk.today, per_day=0)
        entries = (*entries, done)
    change = Change(
        entries=entries,
        session=closed,
        attempts=dropped(desk),
        learner=replace(desk.learner, told_at=desk.now) if news.arrived else None,
    )
    return Outcome(reply=summary(desk, closed, known, toast), change=change)


def _with_returning(desk: Desk, session: Session, known: Mapping[str, Progress]) -> Session:
    """The sitting with the learning cards that are ready at its start counted among what is due."""
    ready = sum(card.due_at <= desk.now for card in learning_cards(desk, session, known))
    return replace(session, total=session.total + ready, due=session.due + ready)


def _opening(desk: Desk, session: Session) -> tuple[Block, ...]:
    """What is ahead, over the first card."""
    if session.cram or not session.total:
        return ()
    return (Line(words.session_start(session.due, session.total - session.due, session.total * pace(desk.pace))),)


def _due_ids(desk: Desk) -> set[str]:
    return {card for card, _ in desk.supply.due} if desk.supply else set()


def carry(desk: Desk) -> tuple[tuple[tuple[str, Progress | None], ...], tuple[LogEntry, ...]]:
    """Progress of cards whose id changed goes on under the new id; the old one starts from nothing."""
    moves: list[tuple[str, Progress | None]] = []
    entries: list[LogEntry] = []
    for card, was, progress in desk.supply.carried if desk.supply else ():
        moves += [(card, progress), (was, None)]
        at, day = desk.now, desk.today
        number = len(entries)
        entries.append(Carried(id=entry_id(desk, number), at=at, study_day=day, card=card, was=was, progress=progress))
        entries.append(Reset(id=entry_id(desk, number + 1), at=at, study_day=day, card=was))
    return tuple(moves), tuple(entries)


def _without_gone(desk: Desk, session: Session) -> Session:
    """The sitting without planned cards that were removed or renamed since; renamed ones come with the next start."""
    if all(card in desk.catalogue.cards for card in session.plan[:HEAD]):
        return session
    plan = tuple(card for card in session.plan if card in desk.catalogue.cards)
    return replace(session, plan=plan, total=session.total - len(session.plan) + len(plan))


def _show(
    desk: Desk, session: Session, card: Card, progress: Progress | None, before: tuple[Block, ...], toast: str
) -> Outcome:
    entries: tuple[Reset, ...] = ()
    if progress is not None and not session.cram and starts_afresh(desk, card.id, progress):
        entries = (forgotten(desk, card),)
        progress = None
    attempt = pose(card, progress, desk.learner, session, attempt=attempt_id(desk), now=desk.now)
    plan = tuple(planned for planned in session.plan if planned != card.id)
    planned = attempt.number + len(plan) if attempt.number else session.done + len(plan)
    session = replace(session, plan=plan, attempt=attempt.id, total=max(session.total, planned))
    attempt = replace(attempt, total=session.total)
    reply = card_screen(desk, Showing(attempt, card), session, before=before, toast=toast)
    reset = tuple((entry.card, None) for entry in entries)
    change = Change(entries=entries, progress=reset, attempts=(attempt,), session=session)
    return Outcome(reply=reply, change=change, cards=(card,))


def forgotten(desk: Desk, card: Card) -> Reset:
    """What was learnt before the day its author names counts no more."""
    before = date.fromisoformat(card.relearn).toordinal()
    return Reset(id=last_entry_id(desk), at=desk.now, study_day=desk.today, card=card.id, before=before)


def dropped(desk: Desk) -> tuple[Attempt, ...]:
    """The card on screen, no longer to be rated there."""
    if desk.open is None or desk.open.attempt.step in (Step.RATED, Step.DROPPED):
        return ()
    return (replace(desk.open.attempt, step=Step.DROPPED),)


def _introduce(desk: Desk, session: Session, known: Mapping[str, Progress], toast: str) -> Outcome:
    """After the fifth card, once: ask what the clock shows. The sitting stays open behind the question."""
    learner = replace(desk.learner, stage=Stage.CLOCK)
    session = replace(session, attempt="")
    soon = len(learning_cards(desk, session, known))
    reply = ask_clock(desk.now, learner, before=(Line(words.five_done(soon)),), toast=toast)
    return Outcome(reply=reply, change=Change(session=session, learner=learner))


def stop(desk: Desk, action: Stop) -> Outcome:
    """End the open sitting early."""
    session = desk.session
    if session is None or session.closed:
        return Outcome(reply=nothing_open())
    if session.account != desk.account:
        return Outcome(reply=elsewhere(session))
    return finish(desk, session, toast=words.STOPPED_EARLY if session.plan else "")


def elsewhere(session: Session, toast: str = "") -> Reply:
    """On a screen the session has left: where it went, and the way to bring it here."""
    here = start_button(words.CONTINUE_HERE, Start(session.scope, cram=session.cram))
    body = (Line(words.moved_to(session.account.platform)),)
    return Reply(screen=Screen.NOTICE, body=body, rows=((here,),), toast=toast)


def nothing_open(sentence: str = words.NO_SESSION, toast: str = "") -> Reply:
    """Where a learner without an open card stands."""
    rows = ((start_button(words.DRILL, Start()),), (Button(words.DECKS, Browse()),))
    return Reply(screen=Screen.MENU, body=(Line(sentence),), rows=rows, toast=toast)
