"""Laying the desk: the store is asked for everything an action needs, and for nothing else.

Every query is bounded, however many cards and reviews there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice

from msgspec.structs import replace

from bot.core.actions import (
    PAUSING,
    Action,
    Agree,
    Back,
    Begin,
    Break,
    Bury,
    CatchUp,
    Choose,
    Contest,
    DrillMisses,
    EndBreak,
    Erase,
    Flag,
    Grid,
    Hint,
    Know,
    Link,
    Model,
    More,
    Pair,
    Part,
    Rate,
    Refuse,
    Release,
    Report,
    Reveal,
    Set,
    ShowCard,
    ShowCatchUp,
    ShowDeck,
    ShowLink,
    ShowSettings,
    ShowStats,
    ShowTrack,
    Start,
    Stop,
    Suspend,
    Tick,
    Type,
    Unbreak,
    Understood,
    Undo,
    Unlink,
    Unmerge,
)
from bot.core.backlog import AWAY, HORIZON, LOOKED_AT, Backlog
from bot.core.clock import study_day
from bot.core.desk import Desk, Figures, Showing, is_due, last_card
from bot.core.exam_desk import always_looks, lay_exam, rehearsed
from bot.core.habit_desk import lay_record
from bot.core.last_answer import last_answer
from bot.core.link_desk import lay_link
from bot.core.link_model import TYPED
from bot.core.model import Account, Attempt, Day, Fit, Learner, Scheduling, Scope, ScopeKind, Session, Stage, Step
from bot.core.news import lay_news
from bot.core.ports import Turn
from bot.core.progress import confusion
from bot.core.reminder_desk import needs
from bot.core.scope import in_scope, scope_cards
from bot.core.supply import LATER, WALK, held_now, supply_of
from decks.model import Catalogue
from scheduler.model import Progress

READY = 12  # learning cards looked at in one turn
YEAR = 370  # study days of figures
PACE_DAYS = 14  # study days over which a learner's pace is measured
LEARNING = 500  # learning cards that are counted among what falls due
HELD = 20  # held cards that the settings list

# Actions that speak of the streak, of breaks or of catching up, whatever is on screen.
HABIT = (Begin, Start, Stop, Set, ShowStats, Break, EndBreak, Unbreak, CatchUp, ShowCatchUp)

# Actions that stay on the card: they look neither at what comes next nor at the day's counters.
ON_SCREEN = (Reveal, Choose, Type, Tick, Hint, More, Back, Grid, Model, Report, Flag)

# Actions after which a card may be answered: what it said the last time is looked up.
ANSWERING = (Reveal, Choose, Type, Tick, Know)

# Actions that may end a sitting when nothing is left of it; those on screen only where its card is retired.
ENDING = (Rate, Know, Contest, Understood, Bury, Suspend, Pair, *ON_SCREEN)


def lay(
    turn: Turn, account: Account, learner: Learner, action: Action, now: int, chance: str, catalogue: Catalogue
) -> Desk:
    """Ask the store for everything an action needs, and nothing else."""
    session = turn.session()
    if session is not None:
        now = max(now, session.touched_at + 1)  # a learner's turns are strictly increasing, whatever the clock does
    today = study_day(now, learner.zone, learner.day_start)
    on_screen = _showing(turn, session.attempt) if session and session.attempt and not session.closed else None
    named = _named(turn, action, session, on_screen)
    desk = Desk(
        account=account,
        learner=learner,
        now=now,
        today=today,
        chance=chance,
        catalogue=catalogue,
        session=session,
        open=on_screen,
        named=named,
        reminders=turn.reminders(),
    )
    desk = replace(desk, progress=turn.progress(_of_interest(desk, action)))
    if _moves_on(desk, action):
        day = next(iter(turn.days(today, today)), None)
        desk = replace(desk, ready=_ready(turn, desk, action), day=day)
    if always_looks(action) or _looks_ahead(desk, action):
        exam = lay_exam(turn, catalogue, learner, action)
        asked = turn.progress(rehearsed(catalogue, exam.rehearsal)) if exam.rehearsal and exam.shown else {}
        desk = replace(desk, exam=exam, progress={**desk.progress, **asked})
    return _extended(desk, turn, action)


def _showing(turn: Turn, attempt: str) -> Showing | None:
    found = turn.attempt(attempt)
    return Showing(*found) if found else None


def _moves_on(desk: Desk, action: Action) -> bool:
    """Whether the next card, or none, may be looked for: not while an action stays on the open card."""
    return desk.open is None or desk.is_retired or not isinstance(action, ON_SCREEN)


def _ready(turn: Turn, desk: Desk, action: Action) -> tuple[tuple[str, Progress], ...]:
    """Learning cards of the sitting that return within a day and are not held. Asks for more while others, held
    ones and those of removed decks stand before them."""
    sitting = desk.session.scope if desk.session and not desk.session.closed else Scope()
    scope = action.scope if isinstance(action, Start) else sitting
    limit = READY
    while True:
        waiting = turn.ready(desk.now + LATER, limit)
        held = held_now(turn, [card for card, _ in waiting], desk.today)
        usable = [pair for pair in waiting if pair[0] not in held and in_scope(desk.catalogue, scope, pair[0])]
        if len(waiting) < limit or len(usable) >= READY or limit >= WALK:
            return tuple(usable)
        limit *= 4


def _named(turn: Turn, action: Action, session: Session | None, on_screen: Showing | None) -> Showing | None:
    wanted = getattr(action, "attempt", "")
    if isinstance(action, Undo):
        wanted = session.history[-1] if session and session.history else ""
        return _showing(turn, wanted) if wanted else None
    if not wanted or (on_screen and on_screen.attempt.id == wanted):
        return on_screen
    return _showing(turn, wanted)


def _of_interest(desk: Desk, action: Action) -> list[str]:
    """Cards whose progress the step may look at: those on screen, those that may come next, those they point at."""
    on_screen, named = desk.open, desk.named
    cards = {showing.card.id for showing in (on_screen, named) if showing}
    if desk.session is not None and _moves_on(desk, action):  # what comes next, unless a learning card does
        planned = (card for card in desk.session.plan if card in desk.catalogue.cards and card not in cards)
        cards.update(islice(planned, 1))
    if isinstance(action, Choose) and named:
        cards.update(option.card for option in named.attempt.options if option.card)
    if isinstance(action, Type) and on_screen:
        cards.update(distractor.card for distractor in on_screen.card.distractors if distractor.card)
    if isinstance(action, Grid) and named and named.card.place:
        cards.update(card for _, card in named.card.place.neighbours)
    cards.update(card for showing in (on_screen, named) if showing for card in _taken_for(showing.attempt))
    return sorted(cards)


def _taken_for(attempt: Attempt) -> list[str]:
    """The cards whose answer was given instead: the answer's screen says which, if they are known."""
    if attempt.verdict is None or attempt.verdict.fit is not Fit.WRONG:
        return []
    chosen = [option.card for option in attempt.options if option.text == attempt.given]
    return [card for card in (attempt.verdict.wrong, *chosen) if card]


def _extended(desk: Desk, turn: Turn, action: Action) -> Desk:
    """Add what only some actions look at."""
    if _may_end(desk, action) or isinstance(action, HABIT) or getattr(action, "attempt", "") == PAUSING:
        desk = replace(desk, record=lay_record(turn))
        if _looks_back(desk, action):
            desk = replace(desk, backlog=_backlog(turn, desk))
    add = _for_card(turn, desk, action) | _for_screen(turn, desk, action) | _for_end(turn, desk, action)
    if isinstance(action, ANSWERING) and desk.named and desk.named.attempt.step is Step.ASKED:
        add["last_answer"] = last_answer(turn, desk.named.attempt) if not desk.named.attempt.new else None
    return replace(desk, **add, **needs(turn, desk.learner, desk.reminders, action, desk.today))


def _for_card(turn: Turn, desk: Desk, action: Action) -> dict[str, object]:
    """What an action on one card looks at: its log, and whether it is set aside."""
    card = desk.named.card.id if desk.named else ""
    match action:
        case Undo() if desk.named:
            day = _day_of(turn, desk.named) or desk.day
            return {**_log_of(turn, card), "holds": turn.holds([card]), "day": day}
        case Suspend() if card:
            return {**_log_of(turn, card), "holds": turn.holds([card])}
        case Pair() if card:
            instead = {**desk.progress, **_taken_instead(turn, card)}
            return {**_log_of(turn, card), "holds": turn.holds([card]), "progress": instead}
        case Flag() if card:
            return _log_of(turn, card)
        case Rate() if card and _may_leech(desk):
            return _log_of(turn, card)
        case ShowCard(card=named):
            asked = named or last_card(desk)
            progress = {**desk.progress, **turn.progress([asked])}
            return {**_log_of(turn, asked), "holds": turn.holds([asked]), "progress": progress}
        case _:
            return {}


def _for_screen(turn: Turn, desk: Desk, action: Action) -> dict[str, object]:
    """What a sitting that is planned, or a screen of its own, is made of."""
    match action:
        case Start() if _plans(desk, action):
            return {"supply": supply_of(turn, desk, action)}
        case CatchUp():
            return {"supply": supply_of(turn, desk, Start())}
        case Set(name="minutes") if desk.learner.stage is Stage.MINUTES:
            return {"supply": supply_of(turn, desk, Start())}
        case ShowStats() | ShowDeck() | ShowTrack():
            return {"figures": _figures(turn, desk, action)}
        case ShowSettings() | Release() | Set():
            return {"holds": dict(turn.held(HELD))}
        case DrillMisses() if desk.exam and desk.exam.rehearsal:
            return {"holds": turn.holds(rehearsed(desk.catalogue, desk.exam.rehearsal))}
        case Link() | ShowLink() | Agree() | Refuse() | Unlink() | Part() | Unmerge():
            return {"linking": lay_link(turn, desk.account, desk.learner, action, desk.now)}
        case Type(attempt=answered) if answered == TYPED:
            return {"linking": lay_link(turn, desk.account, desk.learner, action, desk.now)}
        case Erase():
            links, learner = turn.links(), desk.learner.id
            return {"accounts": tuple(links.accounts(learner)), "tally": links.tally(learner)}
        case _:
            return {}


def _for_end(turn: Turn, desk: Desk, action: Action) -> dict[str, object]:
    """What the end of a sitting tells: news of its cards, the learner's pace, what is due today and tomorrow."""
    add: dict[str, object] = {}
    if _may_end(desk, action):
        rated = desk.named.card.id if isinstance(action, Rate | Know | Contest) and desk.named else ""
        add["news"] = lay_news(turn, desk.learner, desk.catalogue, rated)
    ends = _moves_on(desk, action) and not (desk.open and _goes_on(desk))
    if ends or isinstance(action, Begin | Start | Stop | Set | CatchUp | ShowCatchUp):
        since = (desk.record.before(desk.today) or desk.today) - PACE_DAYS  # also of those who were away for longer
        add["pace"] = tuple(turn.days(since, desk.today))
        forecast = turn.forecast(0, desk.today + 1)
        add["due_tomorrow"] = sum(forecast.values())
        add["due_today"] = sum(count for day, count in forecast.items() if day <= desk.today)
    return add


def _may_end(desk: Desk, action: Action) -> bool:
    """Whether an action may end the sitting, with a summary."""
    if isinstance(action, Start | Stop | CatchUp):
        return True
    return isinstance(action, ENDING) and _moves_on(desk, action) and not _goes_on(desk)


def _looks_ahead(desk: Desk, action: Action) -> bool:
    """Whether the answer may tell of tomorrow: the menu, the end of a sitting, the introduction."""
    if isinstance(action, Begin | Start | Stop | Set):
        return True
    return _moves_on(desk, action) and not (desk.open and _goes_on(desk))


def _looks_back(desk: Desk, action: Action) -> bool:
    """Whether what is overdue may be spoken of: under a plan to catch up on it, and after an absence."""
    return (
        desk.record.habit.per_day > 0
        or desk.record.away(desk.today) >= AWAY
        or isinstance(action, CatchUp | ShowCatchUp)
    )


def _backlog(turn: Turn, desk: Desk) -> Backlog:
    """Cards in review that are overdue, and those that fall due while they are caught up on."""
    found = turn.due(desk.today + HORIZON, LOOKED_AT)
    cards, renamed = desk.catalogue.cards, desk.catalogue.renamed
    known = [(now, progress) for card, progress in found if (now := renamed.get(card, card)) in cards]
    return Backlog(
        today=desk.today,
        policy=desk.learner.policy,
        overdue=tuple(pair for pair in known if is_due(pair[1], desk.today)),
        ahead=tuple(pair for pair in known if not is_due(pair[1], desk.today)),
        whole=len(found) < LOOKED_AT,
    )


def _goes_on(desk: Desk) -> bool:
    """Whether the sitting has planned cards left that still exist."""
    return desk.session is not None and any(card in desk.catalogue.cards for card in desk.session.plan)


def _plans(desk: Desk, action: Start) -> bool:
    """Whether a start plans a new sitting; "everything" without more goes on with whichever sitting is open today."""
    session, learner = desk.session, desk.learner
    if session is None or session.closed or action.extra or session.cram != action.cram:
        return True
    if study_day(session.started_at, learner.zone, learner.day_start) != desk.today:
        return True
    return action.scope.kind is not ScopeKind.EVERYTHING and session.scope != action.scope


def _may_leech(desk: Desk) -> bool:
    progress = desk.progress.get(desk.named.card.id) if desk.named else None
    after = desk.learner.policy.leech_after
    return progress is not None and after > 0 and progress.lapses + 1 >= after


def _day_of(turn: Turn, undone: Showing) -> Day | None:
    """The counters of the study day on which the attempt was rated."""
    rated = next((entry for entry in turn.entries(undone.card.id) if entry.id == undone.attempt.entry), None)
    return next(iter(turn.days(rated.study_day, rated.study_day)), None) if rated else None


def _taken_instead(turn: Turn, card: str) -> Mapping[str, Progress]:
    """What is known of the card that this one is taken for: it is asked next."""
    named = confusion(turn.entries(card))
    return turn.progress([named[0]]) if named else {}


def _log_of(turn: Turn, card: str) -> dict[str, object]:
    entries = tuple(turn.entries(card)) if card else ()
    used = {entry.policy for entry in entries if isinstance(entry, Scheduling)}
    return {"entries": entries, "policies": turn.policies(sorted(used))}


def _figures(turn: Turn, desk: Desk, action: ShowStats | ShowDeck | ShowTrack) -> Figures:
    if isinstance(action, ShowDeck | ShowTrack):
        kind = ScopeKind.DECK if isinstance(action, ShowDeck) else ScopeKind.TRACK
        cards = scope_cards(desk.catalogue, Scope(kind, action.slug), "")[:WALK]
        return Figures(progress=turn.progress(cards))
    hardest = tuple(turn.hardest(20))
    return Figures(
        days=tuple(turn.days(desk.today - YEAR, desk.today)),
        forecast=_forecast(turn, desk),
        recall=tuple(turn.recall(desk.today - 30, desk.today)),
        hardest=hardest,
    )


def _forecast(turn: Turn, desk: Desk) -> Mapping[int, int]:
    """Study day -> cards that fall due on it within 30 days, learning cards included."""
    falling = Counter(turn.forecast(0, desk.today + 30))
    for _, progress in turn.ready(desk.now + LATER, LEARNING):
        if progress.due_at is not None:
            falling[study_day(max(desk.now, progress.due_at), desk.learner.zone, desk.learner.day_start)] += 1
    return falling
