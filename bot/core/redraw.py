"""Where the learner is, drawn once more: the card on screen, a question of the introduction, a rehearsal. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core import exam, rehearsal, words
from bot.core.desk import Desk, Outcome
from bot.core.model import Stage
from bot.core.reminder_model import PLATFORMS
from bot.core.reminder_screens import ask_consent
from bot.core.screens import card_screen
from bot.core.setup_screens import ask_city, ask_clock, welcome
from bot.core.sitting import elsewhere, nothing_open


def redraw(desk: Desk, toast: str) -> Outcome:
    """Where the learner is, with a sentence about what just did not happen; nothing changes."""
    session = desk.session
    if desk.open is None or session is None or session.closed:
        asked = introduction(desk)
        if asked is not None:
            return replace(asked, reply=replace(asked.reply, toast=toast))
        if rehearsal.under_way(desk):
            return rehearsal.redrawn(desk, toast)
        return Outcome(reply=nothing_open(toast or words.NO_SESSION))
    if session.account != desk.account:
        return Outcome(reply=elsewhere(session, toast))
    return Outcome(reply=card_screen(desk, desk.open, session, toast=toast))


def introduction(desk: Desk) -> Outcome | None:
    """The question the introduction is at, if it is not over."""
    match desk.learner.stage:
        case Stage.GOAL | Stage.MINUTES:
            return Outcome(reply=welcome(desk.catalogue))
        case Stage.CLOCK:
            return Outcome(reply=ask_clock(desk.now, desk.learner))
        case Stage.CITY:
            return Outcome(reply=ask_city(desk.now, None))
        case Stage.REMIND if desk.account.platform in PLATFORMS:
            return Outcome(reply=ask_consent())
        case Stage.EXAM:
            return exam.question(desk)
        case Stage.FIRST_CARDS | Stage.REMIND | Stage.DONE:
            return None
