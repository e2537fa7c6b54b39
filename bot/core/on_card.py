"""What is done to a card: answers, ratings, hints, reports, setting it aside. Pure.

Rules kept here:
- An attempt goes ASKED -> ANSWERED -> RATED and never back; taken back, it is shown again under a fresh id.
- Only the card on screen can be acted on. A second or late press changes nothing, is explained, and redraws.
- A rating is one log entry, one progress, one counter and the next card, all in one change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from msgspec.structs import replace

from bot.core import ask, news_words, words
from bot.core.actions import (
    Action,
    Back,
    Bury,
    Choose,
    Contest,
    Flag,
    Grid,
    Hint,
    Know,
    Model,
    More,
    Rate,
    Report,
    Reveal,
    Suspend,
    Tick,
    Type,
    Understood,
)
from bot.core.changed import retire, understood, with_correction
from bot.core.check import check
from bot.core.desk import Desk, Outcome, Showing, is_held
from bot.core.last_answer import correction
from bot.core.model import Attempt, Change, Flagged, HoldKind, HoldSet, Mode, Step
from bot.core.rating import rate
from bot.core.redraw import redraw
from bot.core.screens import card_screen, grid_screen, may_contest, model_screen, more_screen, report_screen
from bot.core.sitting import advance_without, elsewhere, entry_id
from bot.core.summary import summary
from decks.model import StepsAnswer
from scheduler.model import Rating

# What an action on a card needs its attempt to be: legal transitions as data.
LEGAL: Mapping[type[Action], tuple[Step, ...]] = {
    Reveal: (Step.ASKED,),
    Choose: (Step.ASKED,),
    Type: (Step.ASKED,),
    Know: (Step.ASKED,),
    Hint: (Step.ASKED,),
    Rate: (Step.ANSWERED,),
    Contest: (Step.ANSWERED,),
    Grid: (Step.ANSWERED,),
    Model: (Step.ANSWERED,),
    Tick: (Step.ASKED, Step.ANSWERED),
    Bury: (Step.ASKED, Step.ANSWERED),
    Understood: (Step.ANSWERED,),
    Suspend: (Step.ASKED, Step.ANSWERED, Step.RATED),  # a leech is set aside after its rating
    More: (Step.ASKED, Step.ANSWERED),
    Back: (Step.ASKED, Step.ANSWERED, Step.RATED),  # a leech is kept: on with what comes next
    Report: (Step.ASKED, Step.ANSWERED),
    Flag: (Step.ASKED, Step.ANSWERED),
}

OnCard = (
    Reveal
    | Choose
    | Tick
    | Rate
    | Know
    | Contest
    | Understood
    | Bury
    | Suspend
    | Hint
    | More
    | Back
    | Grid
    | Model
    | Report
    | Flag
)


def act(desk: Desk, action: OnCard) -> Outcome:
    """What a press on a card answers and changes; one that comes late, twice or from elsewhere is explained."""
    session, showing = desk.session, desk.named if action.attempt else None  # only text may leave its card unnamed
    refused = _refusal(desk, showing, action)
    if refused is not None or session is None or showing is None:
        return redraw(desk, "" if _moved(desk) else refused or words.NOT_YOURS)
    if desk.is_retired and showing == desk.open:
        return retire(desk, session, showing)
    match action:
        case Reveal():
            return _kept(desk, _revealed(desk, showing))
        case Choose(option=option):
            return _choose(desk, showing, option)
        case Tick(item=item):
            return _tick(desk, showing, item)
        case Rate(rating=rating):
            return rate(desk, showing, rating)
        case Know() if correction(desk.last_answer, showing.card) is not None:
            return _kept(desk, ask.reveal(showing.attempt, desk.learner, desk.now))
        case Know():
            return rate(desk, showing, Rating.EASY if not desk.learner.two_buttons else Rating.GOOD)
        case Understood():
            return understood(desk, session, showing)
        case Contest():
            return _contest(desk, showing)
        case Bury():
            return _hold(desk, showing, HoldKind.BURIED, words.BURIED)
        case Suspend():
            return _hold(desk, showing, HoldKind.SUSPENDED, words.SUSPENDED)
        case Hint():
            return _hint(desk, showing)
        case More():
            return Outcome(reply=more_screen(desk, showing, session))
        case Back():
            return _after_notice(desk, "")
        case Grid():
            return _grid(desk, showing)
        case Model():
            return Outcome(reply=model_screen(desk, showing, session))
        case Report():
            return Outcome(reply=report_screen(desk, showing, session))
        case Flag(reason=reason):
            return _flag(desk, showing, reason)
        case _:
            assert_never(action)


def answer(desk: Desk, action: Type) -> Outcome:
    """A typed answer to the card on screen."""
    if desk.session is None or desk.session.closed or desk.open is None:
        return redraw(desk, "")
    if desk.session.account != desk.account:
        return Outcome(reply=elsewhere(desk.session))
    refused = _refusal(desk, desk.named, action)
    if refused is not None or desk.named is None:
        return redraw(desk, refused or words.NOT_YOURS)
    if desk.is_retired:
        return retire(desk, desk.session, desk.named)
    if not action.text.strip():
        return redraw(desk, words.EMPTY_TEXT)
    return _kept(desk, _judged(desk, desk.named, action.text))


def _judged(desk: Desk, showing: Showing, text: str) -> Attempt:
    """A typed answer, whatever the card's kind: letters for options and steps, words for the rest."""
    attempt, card = showing.attempt, showing.card
    if attempt.mode is Mode.CHOICE and len(text.strip()) == 1 and not ask.several_right(attempt):
        letter = ord(text.strip().upper()) - 65
        if 0 <= letter < len(attempt.options):
            return ask.choose(attempt, letter, desk.learner, desk.now)
    if isinstance(card.answer, StepsAnswer):
        order = ask.order_in(text, attempt)
        if order:
            return ask.check_order(replace(attempt, ticks=order), card, desk.learner, desk.now)
    return ask.typed(attempt, text, check(card, text), desk.learner, desk.now)


def _refusal(desk: Desk, showing: Showing | None, action: Action) -> str | None:
    """Why an action on a card does nothing now, as the sentence to say; None when it may proceed."""
    if showing is None:
        return words.NOT_YOURS
    attempt = showing.attempt
    if attempt.step is Step.RATED and attempt.rating is not None:
        if Step.RATED in LEGAL[type(action)]:
            return words.HELD_ALREADY if isinstance(action, Suspend) and _is_held(desk, showing) else None
        return _late(desk, words.already_rated(attempt.rating, desk.learner.two_buttons))
    if desk.open is None or attempt.id != desk.open.attempt.id or attempt.step is Step.DROPPED:
        return _late(desk, words.CARD_SET_ASIDE if desk.is_there(showing.card.id) else news_words.RETIRED_BEFORE)
    if attempt.step not in LEGAL[type(action)]:
        return words.LOOK_FIRST if attempt.step is Step.ASKED else words.ALREADY_ANSWERED
    if isinstance(action, Rate) and (attempt.correction is not None or action.rating not in attempt.allowed):
        return words.NOT_OFFERED
    if isinstance(action, Understood) and attempt.correction is None:
        return words.NOT_OFFERED
    return None


def _late(desk: Desk, sentence: str) -> str:
    return sentence if desk.open is None else f"{sentence} {words.BELOW}"


def _is_held(desk: Desk, showing: Showing) -> bool:
    hold = desk.holds.get(showing.card.id)
    return hold is not None and is_held(hold, desk.today)


def _moved(desk: Desk) -> bool:
    """Whether the press came from the screen a session has left for another surface."""
    showing, session = desk.named, desk.session
    return (
        showing is not None
        and session is not None
        and not session.closed
        and showing.attempt.step is Step.DROPPED
        and showing.attempt.session == session.id
        and session.account != desk.account
    )


def _kept(desk: Desk, attempt: Attempt, toast: str = "") -> Outcome:
    """Save the attempt on screen and draw it."""
    session, showing = desk.session, desk.named
    assert session is not None  # noqa: S101 - refused earlier otherwise
    assert showing is not None  # noqa: S101 - likewise
    attempt = with_correction(desk, attempt, showing.card)
    session = replace(session, touched_at=desk.now)
    reply = card_screen(desk, Showing(attempt, showing.card), session, toast=toast)
    return Outcome(reply=reply, change=Change(attempts=(attempt,), session=session))


def _revealed(desk: Desk, showing: Showing) -> Attempt:
    if showing.attempt.mode is Mode.CHOICE and ask.several_right(showing.attempt) and showing.attempt.ticks:
        return ask.check_ticked(showing.attempt, desk.learner, desk.now)
    return ask.reveal(showing.attempt, desk.learner, desk.now)


def _choose(desk: Desk, showing: Showing, option: int) -> Outcome:
    attempt = showing.attempt
    several = ask.several_right(attempt)  # ticked, then checked
    if attempt.mode is not Mode.CHOICE or several or not -1 <= option < len(attempt.options):
        return redraw(desk, words.NO_OPTION)
    return _kept(desk, ask.choose(showing.attempt, option, desk.learner, desk.now))


def _tick(desk: Desk, showing: Showing, item: int) -> Outcome:
    """A key point after the answer; an option or the next step before it."""
    attempt, card = showing.attempt, showing.card
    if not 0 <= item < _tickable(showing):
        return redraw(desk, words.NO_OPTION)
    if attempt.mode is not Mode.STEPS:
        return _kept(desk, ask.tick(attempt, item))
    if item in attempt.ticks:
        return redraw(desk, "")
    attempt = replace(attempt, ticks=(*attempt.ticks, item))
    if len(attempt.ticks) == len(attempt.order):
        return _kept(desk, ask.check_order(attempt, card, desk.learner, desk.now))
    return _kept(desk, attempt)


def _tickable(showing: Showing) -> int:
    """How many things can be ticked at this point of the attempt."""
    attempt, answer = showing.attempt, showing.card.answer
    if attempt.step is Step.ANSWERED:
        return len(answer.points) if attempt.mode is Mode.INTERVIEW and hasattr(answer, "points") else 0
    if attempt.mode is Mode.STEPS:
        return len(attempt.order)
    return len(attempt.options) if ask.several_right(attempt) else 0


def _contest(desk: Desk, showing: Showing) -> Outcome:
    """ "My answer is right": Hard, whatever buttons the learner uses, and a report to the author."""
    if not may_contest(showing.attempt):
        return redraw(desk, words.NOT_OFFERED)
    contested = Showing(replace(showing.attempt, contested=True), showing.card)
    flagged = _report(desk, contested, "contested", number=1)
    return rate(desk, contested, Rating.HARD, also=(flagged,), toast=words.CONTESTED)


def _report(desk: Desk, showing: Showing, reason: str, number: int = 0) -> Flagged:
    attempt = showing.attempt
    return Flagged(
        id=entry_id(desk, number),
        at=desk.now,
        study_day=desk.today,
        card=showing.card.id,
        revision=attempt.revision,
        reason=reason,
        given=attempt.given,
    )


def _flag(desk: Desk, showing: Showing, reason: str) -> Outcome:
    if reason not in {known for known, _ in words.REASONS}:
        return redraw(desk, words.UNREADABLE)
    outcome = redraw(desk, words.REPORTED)
    if any(isinstance(e, Flagged) and e.reason == reason and e.at >= showing.attempt.asked_at for e in desk.entries):
        return outcome  # pressed twice
    return replace(outcome, change=Change(entries=(_report(desk, showing, reason),)))


def _hold(desk: Desk, showing: Showing, kind: HoldKind, toast: str) -> Outcome:
    """Set the card aside and go on; undo brings it back."""
    session = desk.session
    assert session is not None  # noqa: S101 - refused earlier otherwise
    until = desk.today + 1 if kind is HoldKind.BURIED else 0
    entry = HoldSet(id=entry_id(desk), at=desk.now, study_day=desk.today, card=showing.card.id, kind=kind, until=until)
    if showing.attempt.step is Step.RATED and (desk.open is None or desk.open.card.id != showing.card.id):
        return replace(_after_notice(desk, toast), change=Change(entries=(entry,)))
    if showing.attempt.step is Step.RATED:  # a leech that was the last card of the sitting is on screen once more
        outcome = advance_without(desk, session, showing.card.id, toast)
        return replace(outcome, change=replace(outcome.change, entries=(entry, *outcome.change.entries)))
    held = replace(showing.attempt, step=Step.DROPPED, entry=entry.id)
    uncounted = 1 if held.number else 0  # a card that returned within the sitting was counted before
    session = replace(session, history=(*session.history, held.id), total=session.total - uncounted)
    outcome = advance_without(replace(desk, open=None), session, showing.card.id, toast)
    change = outcome.change
    return replace(outcome, change=replace(change, entries=(entry, *change.entries), attempts=(held, *change.attempts)))


def _after_notice(desk: Desk, toast: str) -> Outcome:
    """What stood behind a leech's notice: the next card, or the summary."""
    session = desk.session
    if session is not None and session.closed and session.seen:
        return Outcome(reply=summary(desk, session, desk.progress, toast))
    return redraw(desk, toast)


def _hint(desk: Desk, showing: Showing) -> Outcome:
    if not showing.card.hint:
        return redraw(desk, words.NO_HINT)
    return _kept(desk, replace(showing.attempt, hinted=True))


def _grid(desk: Desk, showing: Showing) -> Outcome:
    place = showing.card.place
    if place is None:
        return redraw(desk, words.NOT_OFFERED)
    values = {
        neighbour: ask.answer_of(desk.catalogue.cards[neighbour])
        for _, neighbour in place.neighbours
        if neighbour in desk.catalogue.cards
    }
    return Outcome(reply=grid_screen(showing, desk.progress, values))
