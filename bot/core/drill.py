"""The state machine of a personal session: everything that changes drill state goes through `step`. Pure.

No clock, no chance, no waiting: time and randomness lie on the desk. What is done to a card is in `on_card`.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot.core import (
    actions,
    catchup,
    exam,
    habit,
    link,
    link_model,
    my_data,
    on_card,
    rehearsal,
    reminder_steps,
    setup,
    views,
    words,
)
from bot.core.actions import (
    Action,
    Agree,
    Ask,
    Begin,
    Book,
    Break,
    Browse,
    CatchUp,
    DrillMisses,
    EndBreak,
    Erase,
    Export,
    Find,
    HandIn,
    InQuiz,
    Link,
    Mark,
    Pair,
    Part,
    Refuse,
    Rehearse,
    Release,
    Remind,
    Set,
    ShowCard,
    ShowCatchUp,
    ShowDeck,
    ShowExam,
    ShowHelp,
    ShowLink,
    ShowMiss,
    ShowPrivacy,
    ShowRehearsal,
    ShowSettings,
    ShowStats,
    ShowTrack,
    Start,
    Stop,
    Type,
    Unbreak,
    Undo,
    Unknown,
    Unlink,
    Unmerge,
)
from bot.core.desk import Desk, Outcome
from bot.core.model import Stage
from bot.core.rating import pair, undo
from bot.core.redraw import introduction, redraw
from bot.core.setup_screens import settings, welcome
from bot.core.sitting import elsewhere, resume, start, stop


def step(desk: Desk, action: Action) -> Outcome:
    """What an action answers and changes."""
    if desk.learner.placing and not (isinstance(action, Type) and not action.attempt):
        return _passed_over(desk, action)
    outcome = reminder_steps.follow(desk, _step(desk, action))
    if outcome.change.entries and outcome.change.session is None and desk.session is not None:
        # Entries are ordered by their instants: no later turn may be given an earlier one.
        touched = replace(desk.session, touched_at=desk.now)
        return replace(outcome, change=replace(outcome.change, session=touched))
    return outcome


def _passed_over(desk: Desk, action: Action) -> Outcome:
    """The settings asked for a city, and something else was done: texts are answers again."""
    learner = replace(desk.learner, placing=False)
    outcome = step(replace(desk, learner=learner), action)
    if outcome.change.learner is not None or outcome.link is not None or outcome.erases:
        return outcome
    return replace(outcome, change=replace(outcome.change, learner=learner))


def _step(desk: Desk, action: Action) -> Outcome:
    match action:
        case Begin():
            return _begin(desk)
        case Start(scope=scope) if scope.slug and desk.learner.stage in (Stage.GOAL, Stage.MINUTES):
            return setup.change(desk, Set("goal", scope.slug))  # a newcomer who came by a link to a deck has a goal
        case Start():
            asked = introduction(desk) if desk.open is None else None
            return asked or catchup.welcome_back(desk, action) or start(desk, action)
        case Break() | EndBreak() | Unbreak():
            return habit.step(desk, action)
        case CatchUp() | ShowCatchUp():
            return catchup.step(desk, action)
        case ShowPrivacy() | Export() | Erase():
            return my_data.step(desk, action)
        case Link() | ShowLink() | Agree() | Refuse() | Unlink() | Part() | Unmerge():
            return link.step(desk, action)
        case ShowExam() | Book():
            return exam.step(desk, action)
        case ShowRehearsal() | Rehearse() | Ask() | Mark() | HandIn() | ShowMiss() | DrillMisses():
            return rehearsal.step(desk, action)
        case Type():
            return _type(desk, action)
        case Undo(attempt=rated):
            stale = rated and desk.session is not None and rated not in desk.session.history[-1:]
            return redraw(desk, words.NOT_THE_LAST) if stale else undo(desk)
        case Stop():
            return stop(desk, action)
        case Set(name="minutes", value=minutes) if desk.learner.stage is Stage.MINUTES:
            return _first_sitting(desk, minutes)
        case Set():
            return setup.change(desk, action)
        case Remind():
            return reminder_steps.step(desk, action)
        case Release():
            return setup.release(desk, action)
        case Pair():
            return pair(desk)
        case Browse() | ShowTrack() | ShowDeck() | Find() | ShowStats() | ShowCard() | ShowHelp():
            return views.view(desk, action)
        case ShowSettings():
            return Outcome(reply=settings(desk.learner, desk.catalogue, desk.holds))
        case InQuiz():
            return redraw(desk, words.IN_A_QUIZ)
        case Unknown():
            return redraw(desk, words.UNREADABLE)
        case _:
            return on_card.act(desk, action)


def _begin(desk: Desk) -> Outcome:
    asked = introduction(desk) if desk.open is None else None
    session = desk.session
    asked = asked or catchup.welcome_back(desk, Begin())
    if asked is not None:
        return asked
    if session is None or session.closed:
        return rehearsal.go_on(desk) if rehearsal.under_way(desk) else Outcome(reply=views.menu(desk))
    if session.account != desk.account:
        return Outcome(reply=elsewhere(session))
    return resume(desk, session)


def _first_sitting(desk: Desk, minutes: str) -> Outcome:
    """The second answer of the introduction brings the first card."""
    if not minutes.isascii() or not minutes.isdigit() or not 1 <= int(minutes) <= 240:
        return Outcome(reply=welcome(desk.catalogue, words.no_such_setting("minutes")))
    learner = replace(desk.learner, minutes=int(minutes), stage=Stage.FIRST_CARDS)
    outcome = start(replace(desk, learner=learner), Start())
    return replace(outcome, change=replace(outcome.change, learner=outcome.change.learner or learner))


def _type(desk: Desk, action: Type) -> Outcome:
    """A text: to whatever asked for it, else to the card on screen."""
    match action.attempt:
        case actions.PAUSING:
            return habit.step(desk, Break(action.text))
        case actions.FINDING:
            return views.view(desk, Find(action.text))
        case actions.DATING:
            return exam.step(desk, action)
        case link_model.TYPED:
            return link.step(desk, action)
    asking = desk.learner.stage in (Stage.CLOCK, Stage.CITY, Stage.REMIND) and desk.open is None
    if asking or (desk.learner.placing and not action.attempt):
        return setup.typed_place(desk, action.text)
    if desk.learner.stage is Stage.EXAM and desk.open is None:
        return exam.step(desk, action)
    if rehearsal.under_way(desk) and desk.open is None:
        return rehearsal.go_on(desk, action.text)
    return on_card.answer(desk, action)
