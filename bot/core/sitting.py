"""One sitting: planning it, going on to its next card, and its end. Pure.

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

from bot.core import habit_words, words
from bot.core.actions import Browse, Start, Stop
from bot.core.ask import pose
from bot.core.desk import Desk, Outcome, Showing, Supply, in_scope, starts_afresh
from bot.core.exam_outlook import exam_button, outlook
from bot.core.exam_pace import needed_new
from bot.core.habit_lines import (
    back_rows,
    is_catching_up,
    is_caught_up,
    left_today,
    plan_lines,
    plan_rows,
    streak_lines,
)
from bot.core.model import (
    Attempt,
    Carried,
    CatchUpSet,
    Change,
    Day,
    LogEntry,
    Reset,
    Scope,
    Session,
    Stage,
    Step,
)
from bot.core.news import News
from bot.core.reply import Block, Button, Items, Line, Reply, Screen
from bot.core.screens import card_screen, packed, start_button
from bot.core.setup_screens import ask_clock
from decks.model import Card
from decks.text import brief
from scheduler.model import Progress
from scheduler.overdue import worth
from scheduler.queue import Learning, Limits, Pool, Show, due_next, plan

PACE = 20_000  # ms a card takes until a learner's own pace is known
PACE_FLOOR = 20  # reviews before it is
MISSED_SHOWN = 5
MISSED_WIDTH = 80  # characters of a front
CRAM_CARDS = 30
MOST_EXTRA = 50  # cards asked for beyond the day's limit at once
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


def pace(days: tuple[Day, ...]) -> int:
    """Milliseconds a card takes this learner, measured over recent study days."""
    reviews = sum(day.reviews for day in days)
    return PACE if reviews < PACE_FLOOR else max(1000, sum(day.took for day in days) // reviews)


def ordinary_day(desk: Desk) -> int:
    """Cards that the learner's ordinary day has room for."""
    return max(5, desk.learner.minutes * 60_000 // pace(desk.pace))


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
    chosen = _plan(desk, action, most)
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
        outcome = replace(outcome, reply=_nothing_to_ask(desk, action, outcome.reply))
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
    learning = () if session.cram else _learning(desk, session, known)
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


def summary(desk: Desk, session: Session, known: Mapping[str, Progress], toast: str = "") -> Reply:
    """What a sitting came to, what did not come, and what tomorrow holds."""
    if is_catching_up(desk, session):
        return _caught_up(desk, session, known, toast)
    cards = len(session.seen)
    body: list[Block] = []
    if cards:
        body.append(Line(words.session_done(cards, session.took)))
        body.append(Line(words.first_time(cards - len(session.missed), cards)))
        body += _missed(desk, session)
    else:
        body.append(Line(words.NOTHING_ANSWERED if session.plan else words.NOTHING_DUE))
    body += [*_ahead(desk, session, known), *streak_lines(desk, session), *outlook(desk, known)]
    body += [Line(line) for line in session.news]
    rows = (*_summary_rows(desk, session), *back_rows(desk))
    return Reply(screen=Screen.SUMMARY, body=tuple(body), rows=rows, toast=toast)


def _caught_up(desk: Desk, session: Session, known: Mapping[str, Progress], toast: str) -> Reply:
    """The summary under a plan to catch up: how many came back, and where the plan stands."""
    cards = len(session.seen)
    said = habit_words.came_back(cards - len(session.missed), cards) if cards else _none_left(desk)
    body: list[Block] = [Line(said)]
    body += [*plan_lines(desk, session, known), *_missed(desk, session)]
    body += [*_returning(desk, session, known), *streak_lines(desk, session)]
    body += [Line(line) for line in session.news]
    rows = _summary_rows(desk, session) if is_caught_up(desk, known) else plan_rows(desk)
    return Reply(screen=Screen.SUMMARY, body=tuple(body), rows=(*rows, *back_rows(desk)), toast=toast)


def _none_left(desk: Desk) -> str:
    """Under a plan: why no card was asked."""
    left = left_today(desk)
    return words.NOTHING_DUE if left else habit_words.plan_stands(0, desk.record.habit.per_day)


def _with_returning(desk: Desk, session: Session, known: Mapping[str, Progress]) -> Session:
    """The sitting with the learning cards that are ready at its start counted among what is due."""
    ready = sum(card.due_at <= desk.now for card in _learning(desk, session, known))
    return replace(session, total=session.total + ready, due=session.due + ready)


def _opening(desk: Desk, session: Session) -> tuple[Block, ...]:
    """What is ahead, over the first card."""
    if session.cram or not session.total:
        return ()
    return (Line(words.session_start(session.due, session.total - session.due, session.total * pace(desk.pace))),)


# --- planning ----------------------------------------------------------------------------------------------------


def _plan(desk: Desk, action: Start, most: int) -> tuple[str, ...]:
    supply, learner = desk.supply, desk.learner
    if supply is None:
        return ()
    extra = min(max(0, action.extra), MOST_EXTRA)
    catching_up = desk.record.habit.per_day > 0
    if catching_up and not (extra or action.cram or action.scope.slug):
        return plan(_overdue(desk, supply, most or left_today(desk)))
    room = extra or ordinary_day(desk)
    exam_new = needed_new(learner, desk.exam, action.scope, desk.today, desk.counters.new) - desk.counters.new
    exam_new = 0 if catching_up else exam_new
    new_left = max(extra, exam_new, 0 if catching_up else learner.policy.new_per_day - desk.counters.new)
    reviews_left = max(0, learner.policy.reviews_per_day - desk.counters.due)
    due = supply.met if action.cram else supply.due
    reviews = CRAM_CARDS if action.cram else min(reviews_left, room)
    pool = Pool(
        day=desk.today,
        policy=learner.policy,
        limits=Limits(
            new=0 if action.cram else max(0, exam_new, min(new_left, room - min(len(due), reviews))),
            reviews=reviews,
        ),
        due=[pair for pair in due if pair[0] in desk.catalogue.cards],
        new=supply.new,
        siblings=desk.catalogue.sibling_of,
        related=desk.catalogue.related_to,
        seen=() if action.cram else supply.seen,
    )
    return plan(pool)


def _overdue(desk: Desk, supply: Supply, most: int) -> Pool:
    """Under a plan to catch up: what is worth most, and nothing new."""
    return Pool(
        day=desk.today,
        policy=desk.learner.policy,
        limits=Limits(new=0, reviews=most),
        due=[pair for pair in supply.due if pair[0] in desk.catalogue.cards],
        siblings=desk.catalogue.sibling_of,
        related=desk.catalogue.related_to,
        seen=supply.seen,
        rank=lambda progress, day, policy: -worth(progress, day, policy),
    )


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


def _learning(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Learning]:
    """Learning cards of the session's scope, as this turn leaves them."""
    waiting = dict(desk.ready)
    waiting |= {card: progress for card, progress in known.items() if card in waiting or card in session.seen}
    return [
        Learning(card, progress.due_at)
        for card, progress in waiting.items()
        if progress.due_at is not None and in_scope(desk.catalogue, session.scope, card)
    ]


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
    soon = len(_learning(desk, session, known))
    reply = ask_clock(desk.now, learner, before=(Line(words.five_done(soon)),), toast=toast)
    return Outcome(reply=reply, change=Change(session=session, learner=learner))


# --- the summary -------------------------------------------------------------------------------------------------


def _missed(desk: Desk, session: Session) -> list[Block]:
    """The cards that did not come, by topic and front."""
    missed = (desk.catalogue.cards.get(card) for card in session.missed)
    titles = [words.A_RETIRED_CARD if card is None else brief(card.front, MISSED_WIDTH) for card in missed]
    shown = titles[:MISSED_SHOWN]
    if len(titles) > MISSED_SHOWN:
        shown.append(words.and_more(len(titles) - MISSED_SHOWN))
    return [Items(tuple(shown))] if shown else []


def _ahead(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Block]:
    lines = _returning(desk, session, known)
    tomorrow = desk.due_tomorrow + _newly_due(desk, known)
    lines.append(Line(words.tomorrow(tomorrow, tomorrow * pace(desk.pace))))
    return lines


def _returning(desk: Desk, session: Session, known: Mapping[str, Progress]) -> list[Block]:
    """Learning cards that come back later today."""
    waiting = 0 if session.cram else len(_learning(desk, session, known))
    return [Line(words.returning_soon(waiting))] if waiting else []


def _newly_due(desk: Desk, known: Mapping[str, Progress]) -> int:
    """By how many this turn changed the cards due tomorrow, which the store's forecast does not know yet."""

    def due(progress: Progress | None) -> bool:
        return progress is not None and progress.due_day is not None and progress.due_day <= desk.today + 1

    before = {**dict(desk.ready), **desk.progress}
    return sum(due(progress) - due(before.get(card)) for card, progress in known.items())


def _summary_rows(desk: Desk, session: Session) -> tuple[tuple[Button, ...], ...]:
    more = Start(session.scope, extra=5)
    first = start_button(words.more_cards(5), more)
    rest = [*exam_button(desk), Button(words.DECKS, Browse())]
    if session.scope.slug:
        cram = Button(words.CRAM, Start(session.scope, cram=True))
        return ((first,), (cram,), tuple(rest))
    return tuple(packed((first, *rest)))


def _nothing_to_ask(desk: Desk, action: Start, reply: Reply) -> Reply:
    """The end of a sitting that found no card: why, and only buttons that lead somewhere."""
    if desk.supply is None or desk.supply.new or action.cram or desk.record.habit.per_day:
        return reply
    if not action.extra and desk.counters.new >= desk.learner.policy.new_per_day:
        return replace(reply, body=(*reply.body[:1], Line(words.LIMIT_REACHED), *reply.body[1:]))
    rows = tuple(
        row
        for buttons in reply.rows
        if (row := tuple(b for b in buttons if not (isinstance(b.action, Start) and b.action.extra)))
    )
    return replace(reply, body=(*reply.body[:1], Line(words.ALL_MET), *reply.body[1:]), rows=rows)


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
