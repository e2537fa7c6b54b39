"""The words of the tutor: accounts, learners, sessions, attempts and the log. Pure values."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from bot.core.rehearsal_model import Rehearsal
from bot.core.reminder_model import Letter, Reminders
from scheduler.model import Policy, Progress, Rating


class TutorError(Exception):
    """Something the learner should hear, as a sentence they can act on; nothing has changed."""


class Account(Struct, frozen=True):
    """Who is speaking, as a platform knows them."""

    platform: str  # "web", "terminal", "telegram", "discord"
    external: str  # the platform's own id, as text


class Stage(StrEnum):
    """How far a learner's introduction has come. The clock is asked after the fifth card."""

    GOAL = "goal"
    MINUTES = "minutes"
    FIRST_CARDS = "first-cards"
    CLOCK = "clock"
    CITY = "city"
    REMIND = "remind"  # may the tutor write? Asked where it can
    EXAM = "exam"  # is it booked? Asked who learns for one
    DONE = "done"


class Booking(Struct, frozen=True):
    """When the exam of a track is: a day of the learner's calendar, as a proleptic Gregorian ordinal."""

    track: str
    day: int


class Learner(Struct, frozen=True, kw_only=True):
    """One person's settings. The id is a random UUID that is never rewritten."""

    id: str
    created_at: int  # ms
    zone: str = "UTC"  # IANA name
    day_start: int = 240  # minutes after midnight at which a study day begins
    policy: Policy = Policy()
    goal: str = ""  # slug of a track, or of a deck; empty: everything
    minutes: int = 10  # on an ordinary day
    two_buttons: bool = False
    choices: bool = True  # may new cards be asked as multiple choice
    rest: int | None = None  # weekday of rest now, 0-6 from Monday; which held when, the log's RestSet entries say
    streaks: bool = True  # is the streak shown
    stage: Stage = Stage.GOAL
    placing: bool = False  # the settings have just asked for a city: a text is one, whichever card is open
    separate: bool = False  # quiz answers stay out of the drill
    booking: Booking | None = None
    merging: str = ""  # a merge (or the taking back of one) whose cards are still being brought together
    told_at: int = 0  # ms; when they were last told of cards that had come into their decks
    into: str = ""  # the learner who has had this one's accounts since they were linked; empty for the living


# --- a sitting ---------------------------------------------------------------------------------------------------


class ScopeKind(StrEnum):
    """What a session draws its cards from."""

    EVERYTHING = "all"
    DECK = "deck"
    TRACK = "track"
    DOMAIN = "domain"  # of a track's exam


class Scope(Struct, frozen=True):
    """The cards of a session: everything, one deck or one track. A domain's slug is "track/2", the second weighed."""

    kind: ScopeKind = ScopeKind.EVERYTHING
    slug: str = ""


class Session(Struct, frozen=True, kw_only=True):
    """One sitting, whole: any worker can go on with it. At most one is open per learner."""

    id: str
    account: Account  # where it is shown now
    scope: Scope
    started_at: int  # ms
    touched_at: int  # ms of the last turn; a learner's turns are strictly increasing
    cram: bool = False  # logged, never scheduled
    closed: bool = False
    total: int = 0  # cards planned at the start, for "3 of 20"
    due: int = 0  # how many of them were due, for the first line
    plan: tuple[str, ...] = ()  # cards still to come
    attempt: str = ""  # the one on screen
    history: tuple[str, ...] = ()  # attempts rated and not taken back, oldest first
    done: int = 0  # cards finished, not counting repeats of learning cards
    seen: tuple[str, ...] = ()  # cards rated in this session, in order of first rating
    missed: tuple[str, ...] = ()  # cards that did not come the first time
    took: int = 0  # ms spent answering
    news: tuple[str, ...] = ()  # what its summary tells once


class Mode(StrEnum):
    """How a card is asked."""

    REVEAL = "reveal"
    CHOICE = "choice"
    TYPED = "typed"
    CLOZE = "cloze"
    STEPS = "steps"
    INTERVIEW = "interview"


class Step(StrEnum):
    """Where an attempt stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    RATED = "rated"
    DROPPED = "dropped"  # buried, suspended or taken back: no longer rateable


class Option(Struct, frozen=True):
    """One option of a choice, as it was shown. Right when `card` is the attempt's own card."""

    text: str
    right: bool
    card: str = ""  # whose answer it is
    label: str = ""  # what it would have been right for


class Fit(StrEnum):
    """How well an answer matches the card."""

    RIGHT = "right"
    CLOSE = "close"  # right but for a typo or a part
    PARTLY = "partly"
    WRONG = "wrong"


class Verdict(Struct, frozen=True, kw_only=True):
    """What checking a typed answer found. `reason` is a sentence for the learner (in the dialect), or empty."""

    fit: Fit
    reason: str = ""
    suggested: Rating
    ticks: tuple[int, ...] = ()  # key points recognised, zero-based
    foreseen: str = ""  # the author's reply to a foreseen wrong answer
    wrong: str = ""  # what was confused, as `Reviewed.wrong` keeps it; empty unless the fit is wrong
    label: str = ""  # what the wrong answer would have been right for; tell it only to those who met that card


class Correction(Struct, frozen=True):
    """The answer a card had when the learner last answered it, and on which study day that was."""

    before: str
    day: int


class Attempt(Struct, frozen=True, kw_only=True):
    """One showing of one card, frozen: grading judges what the learner saw."""

    id: str  # 128 random bits, 26 characters of base32
    session: str
    card: str
    revision: str
    mode: Mode
    asked_at: int  # ms
    number: int  # "12 of 20"
    total: int
    step: Step = Step.ASKED
    answered_at: int = 0
    new: bool = False  # the learner had never met the card
    options: tuple[Option, ...] = ()
    order: tuple[int, ...] = ()  # steps card: shown position -> true position
    ticks: tuple[int, ...] = ()  # interview: points ticked; steps: shown positions tapped, in order
    given: str = ""  # typed text, or the chosen option's text; at most 500 characters
    verdict: Verdict | None = None
    allowed: tuple[Rating, ...] = tuple(Rating)
    suggested: Rating | None = None
    hinted: bool = False
    contested: bool = False
    correction: Correction | None = None  # set when answered: it is told instead of being rated
    back: bool = False  # shown again because its rating was taken back
    rating: Rating | None = None  # set when rated
    entry: str = ""  # id of its Reviewed
    joined: str = ""  # the card that came into the sitting to be learnt side by side with this one


# --- the log -----------------------------------------------------------------------------------------------------


class Entry(Struct, frozen=True, kw_only=True):
    """What every log entry carries. Entries are ordered by (at, id) and never changed."""

    id: str
    at: int  # ms
    study_day: int  # the learner's study day then, a proleptic Gregorian ordinal


class Reviewed(Entry, frozen=True, kw_only=True, tag=True):
    """A card was rated. `policy` is the content hash of the policy in force."""

    account: Account
    card: str
    attempt: str
    rating: Rating
    took: int  # ms from asked to answered, capped at five minutes
    mode: Mode
    policy: str
    phase: str  # the card's phase before this rating: "new", "learning", "review", "relearning"
    revision: str = ""  # of the card as it was shown
    given: str = ""
    wrong: str = ""  # what was confused: the card whose answer was chosen, or the normalised wrong text


class Practised(Entry, frozen=True, kw_only=True, tag=True):
    """A card was rated while cramming: kept, never scheduled."""

    account: Account
    card: str
    attempt: str
    rating: Rating
    took: int
    mode: Mode
    revision: str = ""  # of the card as it was shown
    given: str = ""


class Undone(Entry, frozen=True, kw_only=True, tag=True):
    """The entry `entry` was taken back; `card` is empty if it was about none."""

    card: str = ""
    entry: str


class Reset(Entry, frozen=True, kw_only=True, tag=True):
    """The card is taught afresh: what was learnt of it before the study day `before` no longer counts; 0: all of it."""

    card: str
    before: int = 0


class PolicySet(Entry, frozen=True, kw_only=True, tag=True):
    """The learner's rules changed."""

    policy: Policy


class HoldKind(StrEnum):
    """Why a card is kept from the queue."""

    SUSPENDED = "suspended"
    BURIED = "buried"


class HoldSet(Entry, frozen=True, kw_only=True, tag=True):
    """A card was suspended, buried until a study day, or (kind None) released."""

    card: str
    kind: HoldKind | None
    until: int = 0  # first study day on which a buried card may be shown again


class Flagged(Entry, frozen=True, kw_only=True, tag=True):
    """A learner reported a card, or contested its checking; the deck author reads it."""

    card: str
    revision: str
    reason: str  # "wrong", "unclear", "outdated", "typo", "contested"
    given: str = ""


class Carried(Entry, frozen=True, kw_only=True, tag=True):
    """The card's id changed (`was:`): its progress goes on under the new one, from this value."""

    card: str
    was: str
    progress: Progress


class RestSet(Entry, frozen=True, kw_only=True, tag=True):
    """The weekday of rest from this study day on: 0-6 from Monday, or none."""

    weekday: int | None


class BreakSet(Entry, frozen=True, kw_only=True, tag=True):
    """Nothing is owed from this study day up to, not including, `until`; any earlier break is over by this day."""

    until: int


class CatchUpSet(Entry, frozen=True, kw_only=True, tag=True):
    """What is overdue is caught up on with so many cards a day, and no new ones; 0 ends it.

    `by` is the study day on which it was foreseen to be done; 0 if none could be foreseen.
    """

    per_day: int
    by: int = 0


class Evidence(Entry, frozen=True, kw_only=True, tag=True):
    """An answer given outside the drill. What it does is `bot.core.evidence`'s to say, by its `version`.

    `attempt` is quiz, question and seat: of one learner's answers to one question only one is ever kept.
    """

    account: Account
    card: str
    attempt: str
    mode: Mode
    correct: bool
    took: int  # ms
    policy: str
    version: int
    given: str = ""


class Wanted(Entry, frozen=True, kw_only=True, tag=True):
    """The learner asked for a card to be in their drill: a new one begins as just missed, a met one is due now."""

    card: str
    policy: str


class Corrected(Entry, frozen=True, kw_only=True, tag=True):
    """The learner was told that the card's answer is another now than when they last answered it."""

    card: str
    revision: str  # as it was shown then


class Thanked(Entry, frozen=True, kw_only=True, tag=True):
    """The learner was told that the card, which they had reported, has been corrected."""

    card: str


LogEntry = (
    Reviewed
    | Practised
    | Undone
    | Reset
    | PolicySet
    | HoldSet
    | Flagged
    | Carried
    | Corrected
    | Thanked
    | RestSet
    | BreakSet
    | CatchUpSet
    | Evidence
    | Wanted
)
Scheduling = Reviewed | Evidence | Wanted
"""Entries that name the policy by which they move a card."""


class Hold(Struct, frozen=True):
    """A card kept from the queue; `until` is a study day for buried cards, 0 for suspended ones."""

    kind: HoldKind
    until: int = 0


class Day(Struct, frozen=True, kw_only=True):
    """Counters of one study day: a fold of the log, kept as a cache."""

    study_day: int
    reviews: int = 0  # ratings
    new: int = 0  # cards met for the first time
    due: int = 0  # first ratings of review-phase cards
    kept: int = 0  # of those, not Again: true retention is kept / due
    took: int = 0  # ms


class Change(Struct, frozen=True, kw_only=True):
    """Everything one turn changed, saved in one transaction. A progress of None means: new again."""

    entries: tuple[LogEntry, ...] = ()
    progress: tuple[tuple[str, Progress | None], ...] = ()
    attempts: tuple[Attempt, ...] = ()
    session: Session | None = None
    learner: Learner | None = None
    days: tuple[Day, ...] = ()
    reminders: Reminders | None = None
    letters: tuple[Letter, ...] = ()  # to be sent; one whose key is there already is not added again
    rehearsal: Rehearsal | None = None
