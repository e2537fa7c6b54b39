"""The desk: all that one step may look at, and all that it changed. Laying it asks only what the action needs.

Every query is bounded: a window of the longest overdue cards instead of all of them, new cards found by walking the
scope in order until enough are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice

from msgspec import Struct
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
from bot.core.exam_desk import ExamDesk, always_looks, lay_exam, rehearsed
from bot.core.exam_pace import needed_new
from bot.core.habit_desk import lay_record
from bot.core.last_answer import LastAnswer, last_answer
from bot.core.link_desk import lay_link
from bot.core.link_model import TYPED, LinkChange, LinkDesk, Tally
from bot.core.model import (
    Account,
    Attempt,
    Change,
    Day,
    Fit,
    Hold,
    HoldKind,
    Learner,
    LogEntry,
    Scheduling,
    Scope,
    ScopeKind,
    Session,
    Stage,
    Step,
)
from bot.core.news import News, lay_news
from bot.core.ports import Turn
from bot.core.progress import confusion
from bot.core.reminder_desk import needs
from bot.core.reminder_model import Reminders
from bot.core.reply import Reply
from bot.core.streak import Record
from decks.model import Card, Catalogue, Importance, Track
from scheduler.model import Policy, Progress

DUE_WINDOW = 500  # longest overdue cards looked at when a sitting is planned
WALK = 20_000  # cards of a scope looked through for new ones
CHUNK = 400  # cards asked about in one query
READY = 12  # learning cards looked at in one turn
YEAR = 370  # study days of figures
PACE_DAYS = 14  # study days over which a learner's pace is measured
LATER = 24 * 60 * 60 * 1000  # ms: learning cards that return "later today"


# Actions that speak of the streak, of breaks or of catching up, whatever is on screen.
HABIT = (Begin, Start, Stop, Set, ShowStats, Break, EndBreak, Unbreak, CatchUp, ShowCatchUp)

# Actions that stay on the card: they look neither at what comes next nor at the day's counters.
ON_SCREEN = (Reveal, Choose, Type, Tick, Hint, More, Back, Grid, Model, Report, Flag)


# Actions after which a card may be answered: what it said the last time is looked up.
ANSWERING = (Reveal, Choose, Type, Tick, Know)
# Actions that may end a sitting when nothing is left of it; those on screen only where its card is retired.
ENDING = (Rate, Know, Contest, Understood, Bury, Suspend, Pair, *ON_SCREEN)


class Showing(Struct, frozen=True):
    """An attempt and its card as it was shown."""

    attempt: Attempt
    card: Card


class Supply(Struct, frozen=True, kw_only=True):
    """What a sitting may be planned from."""

    due: tuple[tuple[str, Progress], ...] = ()
    new: tuple[str, ...] = ()
    afresh: tuple[tuple[str, Progress], ...] = ()  # what is known of those among the new that are taught afresh
    met: tuple[tuple[str, Progress], ...] = ()  # for cramming: whatever has been met in the scope
    seen: frozenset[str] = frozenset()  # siblings of these already shown today
    carried: tuple[tuple[str, str, Progress], ...] = ()  # (id now, id before, progress)


class Figures(Struct, frozen=True, kw_only=True):
    """What the statistics are made of."""

    days: tuple[Day, ...] = ()
    forecast: Mapping[int, int] = {}
    recall: tuple[tuple[str, int, int], ...] = ()
    hardest: tuple[tuple[str, Progress], ...] = ()
    progress: Mapping[str, Progress] = {}


class Desk(Struct, frozen=True, kw_only=True):
    """All one step may look at. Instants are ms, days are study-day ordinals."""

    account: Account
    learner: Learner
    now: int
    today: int
    chance: str  # 32 hexadecimal digits of fresh randomness
    catalogue: Catalogue
    session: Session | None = None  # the latest, open or closed
    open: Showing | None = None  # the card on screen
    named: Showing | None = None  # the card the action speaks of
    progress: Mapping[str, Progress] = {}
    ready: tuple[tuple[str, Progress], ...] = ()  # learning cards, earliest first
    day: Day | None = None  # today's counters so far
    pace: tuple[Day, ...] = ()
    due_today: int = 0
    due_tomorrow: int = 0  # today's included
    entries: tuple[LogEntry, ...] = ()  # the log of the card in question
    policies: Mapping[str, Policy] = {}
    holds: Mapping[str, Hold] = {}
    supply: Supply | None = None
    figures: Figures | None = None
    linking: LinkDesk | None = None
    reminders: Reminders | None = None
    accounts: tuple[Account, ...] = ()  # the learner's, where reminders or a deletion are the matter
    tally: Tally = Tally(used=False)  # likewise for a deletion
    starts: tuple[int, ...] = ()  # minutes after midnight at which recent study days began
    last_answer: LastAnswer | None = None  # of the card being answered, where it read otherwise then
    news: News | None = None  # where the sitting may end
    record: Record = Record()
    backlog: Backlog | None = None  # where a plan to catch up is in force, or may be offered
    exam: ExamDesk | None = None

    @property
    def counters(self) -> Day:
        """Today's counters, zero if nothing happened yet."""
        return self.day or Day(study_day=self.today)

    @property
    def is_retired(self) -> bool:
        """Whether the card on screen left the decks before it was answered."""
        return self.open is not None and self.open.attempt.step is Step.ASKED and not self.is_there(self.open.card.id)

    def is_there(self, card: str) -> bool:
        """Whether a card is in the decks, under whatever id."""
        return card in self.catalogue.cards or card in self.catalogue.renamed


class Outcome(Struct, frozen=True, kw_only=True):
    """What one step answered and changed; `cards` are those its new attempts show."""

    reply: Reply
    change: Change = Change()
    cards: tuple[Card, ...] = ()
    link: LinkChange | None = None
    erases: bool = False  # the learner, with everything that is kept of them


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


def scope_cards(catalogue: Catalogue, scope: Scope, goal: str) -> tuple[str, ...]:
    """The cards of a scope in the order they are taught: decks in order, in each the core cards first."""
    if scope.kind is ScopeKind.DOMAIN:
        track, domain = _domain(catalogue, scope.slug)
        ordered = scope_cards(catalogue, Scope(ScopeKind.TRACK, track.slug), "") if track else ()
        return tuple(card for card in ordered if catalogue.cards[card].domain == domain)
    slugs = _scope_decks(catalogue, scope, goal)
    cards = (
        card.id
        for slug in slugs
        for wanted in Importance
        for card in catalogue.cards_by_deck.get(slug, ())
        if card.importance is wanted
    )
    return tuple(dict.fromkeys(cards))  # a deck may hold cards of others


def in_scope(catalogue: Catalogue, scope: Scope, card: str) -> bool:
    """Whether a card of the catalogue belongs to a scope."""
    found = catalogue.cards.get(card)
    if found is None:
        return False
    match scope.kind:
        case ScopeKind.EVERYTHING:
            return True
        case ScopeKind.DECK:
            return found.deck == scope.slug or card in catalogue.borrowed.get(scope.slug, ())
        case ScopeKind.TRACK:
            track = catalogue.tracks.get(scope.slug)
            return track is not None and found.deck in track.decks
        case ScopeKind.DOMAIN:
            track, domain = _domain(catalogue, scope.slug)
            return track is not None and found.deck in track.decks and found.domain == domain


def _domain(catalogue: Catalogue, slug: str) -> tuple[Track | None, str]:
    """The track and the domain of "track/2"; (None, "") when there is no such domain."""
    name, _, place = slug.partition("/")
    track = catalogue.tracks.get(name)
    weights = track.exam.weights if track and track.exam else ()
    if not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(weights)):
        return None, ""
    return track, weights[int(place) - 1][0]


def _scope_decks(catalogue: Catalogue, scope: Scope, goal: str) -> Iterable[str]:
    slug = goal if scope.kind is ScopeKind.EVERYTHING else scope.slug
    if slug in catalogue.tracks:
        return catalogue.tracks[slug].decks
    return (slug,) if slug in catalogue.decks else catalogue.decks if scope.kind is ScopeKind.EVERYTHING else ()


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
        held = _held_now(turn, [card for card, _ in waiting], desk.today)
        usable = [pair for pair in waiting if pair[0] not in held and in_scope(desk.catalogue, scope, pair[0])]
        if len(waiting) < limit or len(usable) >= READY or limit >= WALK:
            return tuple(usable)
        limit *= 4


def _held_now(turn: Turn, cards: Sequence[str], today: int) -> set[str]:
    return {card for card, hold in turn.holds(cards).items() if is_held(hold, today)}


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
    add: dict[str, object] = {}
    ends = _moves_on(desk, action) and not (desk.open and _goes_on(desk))
    if _may_end(desk, action) or isinstance(action, HABIT) or getattr(action, "attempt", "") == PAUSING:
        desk = replace(desk, record=lay_record(turn))
        if _looks_back(desk, action):
            desk = replace(desk, backlog=_backlog(turn, desk))
    match action:
        case Start() if _plans(desk, action):
            add["supply"] = _supply(turn, desk, action)
        case CatchUp():
            add["supply"] = _supply(turn, desk, Start())
        case Set(name="minutes") if desk.learner.stage is Stage.MINUTES:
            add["supply"] = _supply(turn, desk, Start())
        case Undo() if desk.named:
            add |= _log_of(turn, desk.named.card.id) | _held_too(turn, desk.named)
            add["day"] = _day_of(turn, desk.named) or desk.day
        case Suspend() if desk.named:
            add |= _log_of(turn, desk.named.card.id) | _held_too(turn, desk.named)
        case Pair() if desk.named:
            add |= _log_of(turn, desk.named.card.id) | _held_too(turn, desk.named)
            add["progress"] = {**desk.progress, **_taken_instead(turn, desk.named.card.id)}
        case Flag() if desk.named:
            add |= _log_of(turn, desk.named.card.id)
        case Rate() if desk.named and _may_leech(desk):
            add |= _log_of(turn, desk.named.card.id)
        case ShowCard(card=card):
            asked = card or last_card(desk)
            add |= _log_of(turn, asked)
            add["progress"] = {**desk.progress, **turn.progress([asked])}
            add["holds"] = turn.holds([asked])
        case ShowStats() | ShowDeck() | ShowTrack():
            add["figures"] = _figures(turn, desk, action)
        case ShowSettings() | Release() | Set():
            add["holds"] = dict(turn.held(20))
        case DrillMisses() if desk.exam and desk.exam.rehearsal:
            add["holds"] = turn.holds(rehearsed(desk.catalogue, desk.exam.rehearsal))
        case Link() | ShowLink() | Agree() | Refuse() | Unlink() | Part() | Unmerge():
            add["linking"] = lay_link(turn, desk.account, desk.learner, action, desk.now)
        case Erase():
            add["accounts"] = tuple(turn.links().accounts(desk.learner.id))
            add["tally"] = turn.links().tally(desk.learner.id)
        case Type(attempt=answered) if answered == TYPED:
            add["linking"] = lay_link(turn, desk.account, desk.learner, action, desk.now)
        case _:
            pass
    if isinstance(action, ANSWERING) and desk.named and desk.named.attempt.step is Step.ASKED:
        add["last_answer"] = last_answer(turn, desk.named.attempt) if not desk.named.attempt.new else None
    if _may_end(desk, action):
        rated = desk.named.card.id if isinstance(action, Rate | Know | Contest) and desk.named else ""
        add["news"] = lay_news(turn, desk.learner, desk.catalogue, rated)
    if ends or isinstance(action, Begin | Start | Stop | Set | CatchUp | ShowCatchUp):
        since = (desk.record.before(desk.today) or desk.today) - PACE_DAYS  # also of those who were away for longer
        add["pace"] = tuple(turn.days(since, desk.today))
        forecast = turn.forecast(0, desk.today + 1)
        add["due_tomorrow"] = sum(forecast.values())
        add["due_today"] = sum(count for day, count in forecast.items() if day <= desk.today)
    add |= needs(turn, desk.learner, desk.reminders, action, desk.today)
    return replace(desk, **add)


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
        overdue=tuple(pair for pair in known if _is_due(pair[1], desk.today)),
        ahead=tuple(pair for pair in known if not _is_due(pair[1], desk.today)),
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


def _held_too(turn: Turn, showing: Showing) -> dict[str, object]:
    return {"holds": turn.holds([showing.card.id])}


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


def _supply(turn: Turn, desk: Desk, action: Start) -> Supply:
    """Due cards of the scope, enough new ones, and what of their notes was seen today."""
    catalogue, learner = desk.catalogue, desk.learner
    cards = scope_cards(catalogue, action.scope, learner.goal)
    daily = max(learner.policy.new_per_day, needed_new(learner, desk.exam, action.scope, desk.today, desk.counters.new))
    wanted = max(action.extra, daily - desk.counters.new)
    new, met, carried, afresh = _walk(turn, desk, cards, 0 if action.cram else max(0, wanted), whole=_is_whole(action))
    if action.scope.kind is ScopeKind.DECK:
        due = [(card, progress) for card, progress in met if _is_due(progress, desk.today)]
    else:
        due, moved = _due_window(turn, desk, action.scope)
        carried = [*carried, *(move for move in moved if move not in carried)]
    kept = _held_now(turn, [card for card, _ in (*due, *met)][: 4 * DUE_WINDOW], desk.today)
    due = [pair for pair in due if pair[0] not in kept]
    afresh |= {card: progress for card, progress in due if starts_afresh(desk, card, progress)}
    new = [*(card for card, _ in due if card in afresh and card not in new), *new]
    return Supply(
        due=tuple(pair for pair in due if pair[0] not in afresh),
        new=tuple(new),
        afresh=tuple(afresh.items()),
        met=tuple(pair for pair in met if pair[0] not in kept),
        seen=_seen_today(turn, catalogue, [card for card, _ in due] + list(new), desk.today),
        carried=tuple(carried),
    )


def last_card(desk: Desk) -> str:
    """The card on screen, or the last one rated in the latest sitting; empty if there is neither."""
    if desk.named is not None:
        return desk.named.card.id
    return desk.session.seen[-1] if desk.session and desk.session.seen else ""


def starts_afresh(desk: Desk, card: str, progress: Progress) -> bool:
    """Whether an author wants a card taught anew (`relearn:`) that was last reviewed before that study day."""
    found = desk.catalogue.cards.get(card)
    if found is None or not found.relearn:
        return False
    return progress.reviewed_day < date.fromisoformat(found.relearn).toordinal() <= desk.today


def is_held(hold: Hold, today: int) -> bool:
    """Whether a hold still keeps its card back on a study day."""
    return hold.kind is HoldKind.SUSPENDED or today < hold.until


def _is_due(progress: Progress, today: int) -> bool:
    return progress.due_day is not None and progress.due_day <= today


Move = tuple[str, str, Progress]  # the id a card has now, an earlier one, and what is known under that


def _is_whole(action: Start) -> bool:
    """Whether all met cards of the scope are wanted, not only those that are due."""
    return action.cram or action.scope.kind is ScopeKind.DECK


def _walk(
    turn: Turn, desk: Desk, cards: Sequence[str], wanted: int, *, whole: bool
) -> tuple[list[str], list[tuple[str, Progress]], list[Move], dict[str, Progress]]:
    """Walk a scope in order: its first `wanted` new cards, the met ones passed on the way (all, if `whole`), those
    met under an earlier id, and what is known of those that are new because they are taught afresh. A card held
    under any of its ids is neither."""
    new: list[str] = []
    met: list[tuple[str, Progress]] = []
    carried: list[Move] = []
    afresh: dict[str, Progress] = {}
    former = _former(desk.catalogue)
    for start in range(0, min(len(cards), WALK), CHUNK):
        if len(new) >= 3 * wanted and not whole:
            break
        chunk = cards[start : start + CHUNK]
        ids = [*chunk, *(before for card in chunk for before in former.get(card, ()))]
        known, held = turn.progress(ids), _held_now(turn, ids, desk.today)
        for card in chunk:
            before = next((before for before in former.get(card, ()) if before in known), "")
            if not held.isdisjoint((card, *former.get(card, ()))):
                continue
            progress = known.get(card) or known.get(before)
            if card not in known and before:
                carried.append((card, before, known[before]))
            if progress is None:
                new.append(card)
            elif starts_afresh(desk, card, progress):
                new.append(card)
                afresh[card] = progress
            else:
                met.append((card, progress))
    return new[: 3 * wanted], met, carried, afresh  # three times: siblings of one another are left out by the plan


def _former(catalogue: Catalogue) -> dict[str, list[str]]:
    """Card id -> its earlier ids, newest first."""
    former: dict[str, list[str]] = {}
    for before, now in catalogue.renamed.items():
        former.setdefault(now, []).append(before)
    return former


def _due_window(turn: Turn, desk: Desk, scope: Scope) -> tuple[list[tuple[str, Progress]], list[Move]]:
    """The longest overdue cards of a scope, and those waiting under an earlier id. Asks for more while cards of
    other decks and of removed ones stand before them."""
    catalogue, limit = desk.catalogue, LOOKED_AT if desk.backlog else DUE_WINDOW
    while True:
        found = turn.due(desk.today, limit)
        due = [
            (card, progress)
            for before, progress in found
            if in_scope(catalogue, scope, card := catalogue.renamed.get(before, before))
        ]
        if len(found) < limit or len(due) >= DUE_WINDOW or limit >= WALK:
            break
        limit *= 4
    waiting = turn.ready(desk.now + LATER, DUE_WINDOW) if catalogue.renamed else ()
    moves = [
        (catalogue.renamed[card], card, progress)
        for card, progress in (*found, *waiting)
        if card in catalogue.renamed and in_scope(catalogue, scope, catalogue.renamed[card])
    ]
    known = turn.progress([card for card, _, _ in moves])  # nothing is carried over what is known already
    left = {before for card, before, _ in moves if card in known}
    due = [(card, progress) for card, progress in due if card not in known or (card, progress) in found]
    return due, [move for move in moves if move[1] not in left]


def _seen_today(turn: Turn, catalogue: Catalogue, cards: Sequence[str], today: int) -> frozenset[str]:
    """Siblings of the candidates that were already shown this study day."""
    siblings = {
        other
        for card in cards
        if card in catalogue.cards and catalogue.cards[card].siblings
        for other in catalogue.siblings[catalogue.cards[card].siblings]
        if other != card
    }
    known = turn.progress(sorted(siblings)) if siblings else {}
    return frozenset(card for card, progress in known.items() if progress.reviewed_day == today)


def _figures(turn: Turn, desk: Desk, action: ShowStats | ShowDeck | ShowTrack) -> Figures:
    if isinstance(action, ShowDeck | ShowTrack):
        kind = ScopeKind.DECK if isinstance(action, ShowDeck) else ScopeKind.TRACK
        cards = scope_cards(desk.catalogue, Scope(kind, action.slug), "")[:WALK]
        return Figures(progress=turn.progress(cards))
    hardest = tuple(turn.hardest(20))
    return Figures(
        days=tuple(turn.days(desk.today - YEAR, desk.today)),
        forecast=turn.forecast(0, desk.today + 30),
        recall=tuple(turn.recall(desk.today - 30, desk.today)),
        hardest=hardest,
    )
