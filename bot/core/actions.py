"""Everything a learner can do, as values. Adapters decode presses and texts into these and nothing else."""

from __future__ import annotations

from msgspec import Struct

from bot.core.model import Scope
from scheduler.model import Rating


class Begin(Struct, frozen=True, tag="b"):
    """First contact, or "where was I": the introduction, or the open card, or the offer of a session."""


class Start(Struct, frozen=True, tag="s"):
    """Start a session. `extra` adds that many new cards beyond the day's limit; `cram` schedules nothing."""

    scope: Scope = Scope()
    extra: int = 0
    cram: bool = False


class Reveal(Struct, frozen=True, tag="v"):
    """Show the answer."""

    attempt: str


class Choose(Struct, frozen=True, tag="c"):
    """Pick an option by its shown position; -1 is "not sure"."""

    attempt: str
    option: int


class Type(Struct, frozen=True, tag="y"):
    """Text sent while a card is open: an answer to it, whatever its kind. An empty attempt means the open one."""

    text: str
    attempt: str = ""


class Tick(Struct, frozen=True, tag="t"):
    """Tick or untick a key point, or tap the next step of an ordered list."""

    attempt: str
    item: int


class Rate(Struct, frozen=True, tag="r"):
    """Say how the card came."""

    attempt: str
    rating: Rating


class Know(Struct, frozen=True, tag="k"):
    """ "I know it": rated Easy without looking."""

    attempt: str


class Contest(Struct, frozen=True, tag="x"):
    """ "My answer is right": counts as Hard and reaches the deck's author."""

    attempt: str


class Undo(Struct, frozen=True, tag="u"):
    """Take back the last rating of this session; again for the one before.

    A button names the attempt whose rating it takes back, so that a second press of it takes back no other; empty
    takes back whichever is the last.
    """

    attempt: str = ""


class Bury(Struct, frozen=True, tag="n"):
    """Not today."""

    attempt: str


class Suspend(Struct, frozen=True, tag="z"):
    """Never show again (until released)."""

    attempt: str


class Release(Struct, frozen=True, tag="l"):
    """Let a held card come back."""

    card: str


class Hint(Struct, frozen=True, tag="h"):
    """Show the hint."""

    attempt: str


class More(Struct, frozen=True, tag="m"):
    """The second layer of buttons for the card on screen."""

    attempt: str


class Back(Struct, frozen=True, tag="a"):
    """Redraw the card on screen with its usual buttons."""

    attempt: str


class Grid(Struct, frozen=True, tag="g"):
    """A matrix card's column, with only the cells already known."""

    attempt: str


class Model(Struct, frozen=True, tag="d"):
    """An interview card's model answer."""

    attempt: str


class Report(Struct, frozen=True, tag="p"):
    """Ask why the card is being reported."""

    attempt: str


class Flag(Struct, frozen=True, tag="f"):
    """Report a card with a reason: "wrong", "unclear", "outdated", "typo"."""

    attempt: str
    reason: str


class Pair(Struct, frozen=True, tag="P"):
    """Learn a card that keeps slipping side by side with the one it is taken for."""

    attempt: str


class Understood(Struct, frozen=True, tag="G"):
    """ "Got it": a corrected answer was read."""

    attempt: str


class Stop(Struct, frozen=True, tag="q"):
    """End the session with its summary."""


class Browse(Struct, frozen=True, tag="w"):
    """The decks and tracks; pages count from zero."""

    page: int = 0


class ShowTrack(Struct, frozen=True, tag="T"):
    """One track: its goal, how far the learner is in its modules or decks; or in one module, counted from one."""

    slug: str
    module: int = 0


FINDING = "find"  # what text sent from the page of decks answers, in the place of an attempt's id


class ShowExam(Struct, frozen=True, tag="ex"):
    """How ready a track with an exam is. Empty: the booked one, or the goal's."""

    slug: str = ""


DATING = "exam"  # what text sent from a screen that asks for an exam's date answers, in the place of an attempt's id


class Book(Struct, frozen=True, tag="eb"):
    """When the exam of a track is. `day` is "2027-01-16"; less of it asks on: "2027-01-8" for the week from the 8th,
    "2027-01" for the month, "+6" for later months; "none" forgets the date, "not-yet" leaves the introduction."""

    slug: str
    day: str = ""


class ShowRehearsal(Struct, frozen=True, tag="er"):
    """What a rehearsal of a track's exam is; or the one under way; or how the last one went."""

    slug: str


class Rehearse(Struct, frozen=True, tag="eR"):
    """Begin a rehearsal of a track's exam, or go on with the one under way."""

    slug: str


class Ask(Struct, frozen=True, tag="eq"):
    """Show a question of a rehearsal; they count from zero, one past the last is the end."""

    rehearsal: str
    number: int


class Mark(Struct, frozen=True, tag="em"):
    """Answer a question of a rehearsal by an option's shown position; answered again, the later answer counts."""

    rehearsal: str
    number: int
    option: int


class HandIn(Struct, frozen=True, tag="eh"):
    """End a rehearsal; with questions open it is asked for once more."""

    rehearsal: str
    sure: bool = False


class ShowMiss(Struct, frozen=True, tag="ew"):
    """One of the questions that a rehearsal missed, explained; they count from zero."""

    rehearsal: str
    number: int


class DrillMisses(Struct, frozen=True, tag="ed"):
    """Drill what a rehearsal missed, now."""

    rehearsal: str


class Find(Struct, frozen=True, tag="F"):
    """Look for cards that hold these words."""

    text: str


class ShowDeck(Struct, frozen=True, tag="o"):
    """One deck: what it teaches, how far the learner is."""

    slug: str


class ShowStats(Struct, frozen=True, tag="i"):
    """The learner's own figures."""


class ShowCard(Struct, frozen=True, tag="j"):
    """One card's history. Empty: the card on screen, or the last one."""

    card: str = ""


class ShowSettings(Struct, frozen=True, tag="e"):
    """The settings and what each may become."""


class Set(Struct, frozen=True, tag="E"):
    """Change one setting, also a step of the introduction: `name` and the new value as text."""

    name: str
    value: str


class ShowHelp(Struct, frozen=True, tag="?"):
    """What can be typed and pressed."""


class Link(Struct, frozen=True, tag="L"):
    """Link another account. Without a code: get one, or see who asks; with one, typed or from a deep link: use it.

    `name` is how the platform calls whoever asks ("@ann"), shown to the other side and forgotten with the code.
    """

    code: str = ""
    name: str = ""


class ShowLink(Struct, frozen=True, tag="K"):
    """How far an offer to link has come. Its maker's button carries the token, so that the code can be shown again."""

    offer: str
    token: str = ""


class Agree(Struct, frozen=True, tag="A"):
    """ "Link them": said once on each side, to the offer and the account that were on screen."""

    offer: str


class Refuse(Struct, frozen=True, tag="R"):
    """ "Do not link": ends an offer."""

    offer: str


class Unlink(Struct, frozen=True, tag="U"):
    """The linked accounts; with one named (by `link.short_account`): ask whether it shall go its own way."""

    account: str = ""


class Part(Struct, frozen=True, tag="S"):
    """Let an account go: it becomes a learner of its own."""

    account: str


class Unmerge(Struct, frozen=True, tag="M"):
    """Take back a merge of two learners, within a day."""

    merge: str


class InQuiz(Struct, frozen=True, tag="Q"):
    """A button of a group quiz, which `bot.core.quiz.buttons` opens: it is for the quizzes' door, not the tutor's."""

    press: str


class Remind(Struct, frozen=True, tag="N"):
    """A button below a reminder: "later", "today", "month", "off", "on"."""

    what: str


PAUSING = "break"  # what text sent from the screen of breaks answers, in the place of an attempt's id


class Break(Struct, frozen=True, tag="br"):
    """Take a break until a date, as typed or as a button names it (ISO 8601); empty: ask how long, or tell of it."""

    until: str = ""


class EndBreak(Struct, frozen=True, tag="be"):
    """ "I am back": the break is over from today on."""


class Unbreak(Struct, frozen=True, tag="bu"):
    """Take back what was settled about a break today; the button names the log entry."""

    entry: str


class CatchUp(Struct, frozen=True, tag="cu"):
    """Catch up on what is overdue with so many cards a day, and begin, with `cards` of them if that is not 0.

    Nought a day is no plan: cards come as they always do.
    """

    per_day: int
    cards: int = 0


class ShowCatchUp(Struct, frozen=True, tag="cp"):
    """The plans there could be, each with the day it would be done."""


class ShowPrivacy(Struct, frozen=True, tag="pv"):
    """What is kept about the learner, and the ways to have it or be rid of it."""


class Export(Struct, frozen=True, tag="px"):
    """Everything kept about the learner, as files."""


class Erase(Struct, frozen=True, tag="pe"):
    """Delete everything about the learner; `asked` is when (ms) they were asked whether to, 0 for "ask me"."""

    asked: int = 0


class Unknown(Struct, frozen=True, tag="!"):
    """A payload nobody can read: explained, nothing changed."""


Action = (
    Begin
    | Start
    | Reveal
    | Choose
    | Type
    | Tick
    | Rate
    | Know
    | Contest
    | Undo
    | Bury
    | Suspend
    | Release
    | Hint
    | More
    | Back
    | Grid
    | Model
    | Report
    | Flag
    | Pair
    | Understood
    | Stop
    | Browse
    | Find
    | ShowTrack
    | ShowExam
    | Book
    | ShowRehearsal
    | Rehearse
    | Ask
    | Mark
    | HandIn
    | ShowMiss
    | DrillMisses
    | ShowDeck
    | ShowStats
    | ShowCard
    | ShowSettings
    | Set
    | ShowHelp
    | Link
    | ShowLink
    | Agree
    | Refuse
    | Unlink
    | Part
    | Unmerge
    | Break
    | EndBreak
    | Unbreak
    | CatchUp
    | ShowCatchUp
    | InQuiz
    | Remind
    | ShowPrivacy
    | Export
    | Erase
    | Unknown
)
