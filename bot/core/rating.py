"""Rating a card, taking a rating back, and what is said when a card keeps slipping. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core import spoken, words
from bot.core.actions import Back, Pair, Suspend
from bot.core.ask import answer_of
from bot.core.desk import Desk, Outcome, Showing, is_held
from bot.core.fold import fold_progress
from bot.core.layout import texts
from bot.core.model import (
    Attempt,
    Change,
    Day,
    Fit,
    Flagged,
    HoldKind,
    HoldSet,
    LogEntry,
    Practised,
    Reviewed,
    Session,
    Step,
    Undone,
)
from bot.core.progress import confusion
from bot.core.reply import Button, Line, Reply, Screen, Weight
from bot.core.screens import card_screen
from bot.core.sitting import advance, advance_without, attempt_id, elsewhere, entry_id, nothing_open
from bot.core.wording import normalised
from decks.text import plain
from scheduler.model import Phase, Progress, Rating
from scheduler.schedule import Moment, is_leech, review, wait

LONGEST_ANSWER = 300_000  # ms: a card left open over lunch was not thought about all that time


def rate(desk: Desk, showing: Showing, rating: Rating, *, also: tuple[LogEntry, ...] = (), toast: str = "") -> Outcome:
    """One rating: log, progress, counters, session and the next card."""
    session, attempt = desk.session, showing.attempt
    assert session is not None  # noqa: S101 - a card on screen has a session
    took = _took(desk, attempt)
    rated = replace(attempt, step=Step.RATED, rating=rating, entry=entry_id(desk))
    before = desk.progress.get(showing.card.id)
    days: tuple[Day, ...] = ()
    if session.cram:
        entry: LogEntry = _practised(desk, rated, took)
        after, said = before, words.practised(rating, desk.learner.two_buttons)
    else:
        entry = _reviewed(desk, rated, showing, took, before)
        moment = Moment(desk.now, desk.today)
        after = review(before, showing.card.id, rating, moment, desk.learner.policy)
        days = (_counted(desk.counters, before, rating, took),)
        said = words.rated(rating, spoken.return_time(wait(after, moment), desk.today), desk.learner.two_buttons)
        desk = replace(desk, record=desk.record.rated(desk.today, desk.now))
    known = {**desk.progress, **({showing.card.id: after} if after else {})}
    going_on = advance(
        replace(desk, open=None),
        _scored(session, rated, took),
        known=known,
        last=showing.card.id,
        toast=toast or said,
    )
    progress = () if session.cram else ((showing.card.id, after),)
    change = replace(
        going_on.change,
        entries=(entry, *also, *going_on.change.entries),
        progress=(*progress, *going_on.change.progress),
        attempts=(rated, *going_on.change.attempts),
        days=days,
    )
    outcome = replace(going_on, change=change)
    return _with_leech(desk, outcome, Showing(rated, showing.card), before, after)


def undo(desk: Desk) -> Outcome:
    """Take back the last rating or hold of the sitting; its card is shown again, answer up, ticks kept."""
    session, showing = desk.session, desk.named
    if session is None or showing is None or not session.history:
        return Outcome(reply=_where(desk, words.NOTHING_TO_UNDO))
    undone, card = showing.attempt, showing.card
    entry, restored, days = _taken_back(desk, showing)
    again = _shown_again(desk, undone)
    session = replace(
        _unscored(desk, session, undone, _entry(desk, undone)),
        attempt=again.id,
        touched_at=desk.now,
        closed=False,
        account=desk.account,
    )
    dropped = [undone] if desk.open is None else [undone, desk.open.attempt]
    change = Change(
        entries=(entry, *_released(desk, undone), *_uncontested(desk, undone)),
        progress=((card.id, restored),) if isinstance(entry, Undone) and not session.cram else (),
        attempts=(*(replace(attempt, step=Step.DROPPED) for attempt in dropped), again),
        session=session,
        days=days,
    )
    known = {other: progress for other, progress in desk.progress.items() if other != card.id}
    if restored is not None:
        known[card.id] = restored
    rating, two = undone.rating, desk.learner.two_buttons
    said = words.unrated(rating, two) if rating is not None else words.HELD_AGAIN
    reply = card_screen(replace(desk, progress=known, session=session), Showing(again, card), session, toast=said)
    return Outcome(reply=reply, change=change, cards=(card,))


def pair(desk: Desk) -> Outcome:
    """Learn the two cards that are taken for one another: the other joins the sitting, this one rests a day."""
    session, showing = desk.session, desk.named
    named = confusion(desk.entries)
    found = desk.catalogue.cards.get(named[0]) if named else None
    if session is None or showing is None or found is None or showing.attempt.step is not Step.RATED:
        return Outcome(reply=_where(desk, words.CARD_SET_ASIDE))
    if not session.closed and session.account != desk.account:
        return Outcome(reply=elsewhere(session))
    if showing.card.id in desk.holds and is_held(desk.holds[showing.card.id], desk.today):
        return Outcome(reply=_where(desk, words.HELD_ALREADY))
    hold = HoldSet(
        id=entry_id(desk),
        at=desk.now,
        study_day=desk.today,
        card=showing.card.id,
        kind=HoldKind.BURIED,
        until=desk.today + 1,
    )
    joins = found.id not in session.plan and (desk.open is None or desk.open.card.id != found.id)
    plan = (found.id, *(card for card in session.plan if card not in (found.id, showing.card.id)))
    paired = replace(showing.attempt, joined=found.id if joins else "")
    session = replace(session, plan=plan, closed=False, touched_at=desk.now, account=desk.account)
    if desk.open is None or desk.open.card.id == showing.card.id:  # the leech was the last card of the sitting
        going_on = advance_without(desk, session, showing.card.id, words.PAIR_JOINS)
        entries, attempts = (hold, *going_on.change.entries), (paired, *going_on.change.attempts)
        return replace(going_on, change=replace(going_on.change, entries=entries, attempts=attempts))
    reply = card_screen(desk, desk.open, session, toast=words.PAIR_JOINS)
    return Outcome(reply=reply, change=Change(entries=(hold,), attempts=(paired,), session=session))


# --- rating ------------------------------------------------------------------------------------------------------


def _took(desk: Desk, attempt: Attempt) -> int:
    """Milliseconds from asked to answered (to rated for a card rated unseen), at most five minutes."""
    return min(LONGEST_ANSWER, max(0, (attempt.answered_at or desk.now) - attempt.asked_at))


def _reviewed(desk: Desk, rated: Attempt, showing: Showing, took: int, before: Progress | None) -> Reviewed:
    assert rated.rating is not None  # noqa: S101 - a rated attempt
    return Reviewed(
        id=rated.entry,
        at=desk.now,
        study_day=desk.today,
        account=desk.account,
        card=showing.card.id,
        attempt=rated.id,
        rating=rated.rating,
        took=took,
        mode=rated.mode,
        policy=desk.learner.policy.digest,
        phase=before.phase.value if before else "new",
        revision=rated.revision,
        given=rated.given,
        wrong=_confused_with(rated),
    )


def _practised(desk: Desk, rated: Attempt, took: int) -> Practised:
    assert rated.rating is not None  # noqa: S101 - a rated attempt
    return Practised(
        id=rated.entry,
        at=desk.now,
        study_day=desk.today,
        account=desk.account,
        card=rated.card,
        attempt=rated.id,
        rating=rated.rating,
        took=took,
        mode=rated.mode,
        revision=rated.revision,
        given=rated.given,
    )


def _confused_with(attempt: Attempt) -> str:
    """What was taken for the answer: the card whose answer was chosen, or the wrong words that were typed."""
    if attempt.verdict is None or attempt.verdict.fit is not Fit.WRONG or not attempt.given:
        return ""
    chosen = next((option.card for option in attempt.options if option.text == attempt.given), "")
    return attempt.verdict.wrong or chosen or normalised(attempt.given)


def _counted(day: Day, before: Progress | None, rating: Rating, took: int) -> Day:
    met = before is not None and before.phase is Phase.REVIEW
    return replace(
        day,
        reviews=day.reviews + 1,
        new=day.new + (before is None),
        due=day.due + met,
        kept=day.kept + (met and rating > Rating.AGAIN),
        took=day.took + took,
    )


def _scored(session: Session, rated: Attempt, took: int) -> Session:
    first = rated.card not in session.seen
    missed = first and rated.rating is Rating.AGAIN
    return replace(
        session,
        history=(*session.history, rated.id),
        done=session.done + first,
        seen=(*session.seen, rated.card) if first else session.seen,
        missed=(*session.missed, rated.card) if missed else session.missed,
        took=session.took + took,
    )


def _with_leech(
    desk: Desk, outcome: Outcome, showing: Showing, before: Progress | None, after: Progress | None
) -> Outcome:
    """A card that keeps slipping says so, once, before the next one."""
    lapsed = before is not None and after is not None and after.lapses > before.lapses
    if not lapsed or after is None or not is_leech(after, desk.learner.policy):
        return outcome
    rated, card = showing.attempt.id, showing.card
    named = confusion((*desk.entries, *outcome.change.entries[:1]))
    other = desk.catalogue.cards.get(named[0]) if named else None
    confused, times = ("", 0) if named is None else (plain(answer_of(other)) if other else named[0], named[1])
    may_pair = other is not None and times > 1
    buttons = [Button(words.PAIR, Pair(rated))] if may_pair else []
    buttons.append(Button(words.SET_ASIDE, Suspend(rated)))
    buttons.append(Button(words.KEEP, Back(rated), weight=Weight.PRIMARY, key=" "))
    body = (
        *texts(card.front),
        *texts(words.the_answer(answer_of(card))),
        Line(words.leech(after.lapses, confused, times)),
        Line(words.PAIR_ADVICE if may_pair else words.LEECH_ADVICE),
    )
    rows = tuple((button,) for button in buttons)
    notice = Reply(screen=Screen.NOTICE, body=body, rows=rows, toast=outcome.reply.toast, attempt=outcome.reply.attempt)
    return replace(outcome, reply=notice)


# --- taking back -------------------------------------------------------------------------------------------------


def _taken_back(desk: Desk, showing: Showing) -> tuple[Undone | HoldSet, Progress | None, tuple[Day, ...]]:
    """The entry that takes it back, the progress the log then adds up to, and the counters of its day."""
    card, undone = showing.card.id, showing.attempt
    known = desk.progress.get(card)
    if undone.rating is None:
        released = HoldSet(id=entry_id(desk), at=desk.now, study_day=desk.today, card=card, kind=None)
        return released, known, ()
    entry = Undone(id=entry_id(desk), at=desk.now, study_day=desk.today, card=card, entry=undone.entry)
    rated = _entry(desk, undone)
    if not isinstance(rated, Reviewed):
        return entry, known, ()
    return entry, fold_progress((*desk.entries, entry), desk.policies, card), _uncounted(desk, rated)


def _entry(desk: Desk, undone: Attempt) -> LogEntry | None:
    """What the log says of the attempt."""
    return next((entry for entry in desk.entries if entry.id == undone.entry), None)


def _released(desk: Desk, undone: Attempt) -> tuple[HoldSet, ...]:
    """A leech that was set aside after its rating comes back with the rating."""
    if undone.rating is None or undone.card not in desk.holds:
        return ()
    return (HoldSet(id=entry_id(desk, 1), at=desk.now, study_day=desk.today, card=undone.card, kind=None),)


def _uncontested(desk: Desk, undone: Attempt) -> tuple[Undone, ...]:
    """ "My answer is right" was taken back with its rating: the author need not see the answer."""
    rated = _entry(desk, undone)
    if not undone.contested or rated is None:
        return ()
    made = (entry for entry in desk.entries if isinstance(entry, Flagged) and entry.at == rated.at)
    return tuple(
        Undone(id=entry_id(desk, 2), at=desk.now, study_day=desk.today, card=undone.card, entry=entry.id)
        for entry in made
        if entry.reason == "contested"
    )


def _shown_again(desk: Desk, undone: Attempt) -> Attempt:
    """The same showing under a fresh id, as it stood before its rating."""
    return replace(
        undone,
        joined="",
        id=attempt_id(desk),
        step=Step.ANSWERED if undone.answered_at else Step.ASKED,
        rating=None,
        entry="",
        contested=False,
        back=undone.rating is not None,
        asked_at=desk.now - max(0, undone.answered_at - undone.asked_at),
        answered_at=desk.now if undone.answered_at else 0,
    )


def _uncounted(desk: Desk, rated: Reviewed) -> tuple[Day, ...]:
    day = next((day for day in (desk.day, *desk.pace) if day and day.study_day == rated.study_day), None)
    if day is None:
        return ()
    met = rated.phase == Phase.REVIEW
    return (
        replace(
            day,
            reviews=day.reviews - 1,
            new=day.new - (rated.phase == "new"),
            due=day.due - met,
            kept=day.kept - (met and rated.rating > Rating.AGAIN),
            took=day.took - rated.took,
        ),
    )


def _unscored(desk: Desk, session: Session, undone: Attempt, entry: LogEntry | None) -> Session:
    """The session as it was before: a card is un-seen when this was its first rating."""
    history = session.history[:-1]
    plan = session.plan
    shown = desk.open
    if shown is not None and shown.attempt.number and shown.card.id != undone.card:
        plan = (shown.card.id, *plan)
    plan = tuple(card for card in plan if card != undone.joined)
    if undone.rating is None:
        return replace(session, history=history, plan=plan, total=session.total + (undone.number > 0))
    took = session.took - (entry.took if isinstance(entry, Reviewed | Practised) else 0)
    if undone.number == 0 or session.seen[-1:] != (undone.card,):
        return replace(session, history=history, plan=plan, took=took)
    return replace(
        session,
        history=history,
        plan=plan,
        took=took,
        done=session.done - 1,
        seen=session.seen[:-1],
        missed=tuple(card for card in session.missed if card != undone.card),
    )


def _where(desk: Desk, toast: str) -> Reply:
    if desk.open is not None and desk.session is not None and not desk.session.closed:
        return card_screen(desk, desk.open, desk.session, toast=toast)
    return nothing_open(toast, toast)
