"""A card that changed under its learner: its answer corrected, or the card retired while its question stood. Pure.

A corrected answer is told once, after the card was answered, and is not rated: progress and counters stay, the card
rests until tomorrow and is then asked as ever. What was told is an entry of the log, so it is told on one surface only.
Taken back like any other hold, it is shown once more.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot.core import news_words as words
from bot.core.desk import Desk, Outcome, Showing
from bot.core.last_answer import correction
from bot.core.model import Attempt, Corrected, HoldKind, HoldSet, Session, Step
from bot.core.reply import Screen
from bot.core.sitting import advance_uncounted, entry_id
from decks.model import Card


def with_correction(desk: Desk, attempt: Attempt, card: Card) -> Attempt:
    """An attempt just answered, with what has to be told of its answer."""
    if attempt.step is not Step.ANSWERED or attempt.correction is not None:
        return attempt
    return replace(attempt, correction=correction(desk.last_answer, card))


def understood(desk: Desk, session: Session, showing: Showing) -> Outcome:
    """ "Got it": on to the next card; this one rests until tomorrow."""
    attempt, card = showing.attempt, showing.card.id
    told = Corrected(id=entry_id(desk), at=desk.now, study_day=desk.today, card=card, revision=attempt.revision)
    rest = HoldSet(
        id=entry_id(desk, 1), at=desk.now, study_day=desk.today, card=card, kind=HoldKind.BURIED, until=desk.today + 1
    )
    done = replace(attempt, step=Step.DROPPED, entry=rest.id)
    session = replace(session, history=(*session.history, done.id))
    outcome = advance_uncounted(replace(desk, open=None), session, showing, words.NOTED)
    change = outcome.change
    change = replace(change, entries=(told, rest, *change.entries), attempts=(done, *change.attempts))
    return replace(outcome, change=change)


def retire(desk: Desk, session: Session, showing: Showing) -> Outcome:
    """The card on screen is gone from the decks before it was answered: on to the next one."""
    outcome = advance_uncounted(desk, session, showing, words.RETIRED)
    if outcome.reply.screen is not Screen.QUESTION:
        return outcome
    return replace(outcome, reply=replace(outcome.reply, toast=f"{words.RETIRED} {words.HERE_IS_THE_NEXT}"))
