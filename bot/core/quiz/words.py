"""Every sentence people read in a group quiz. Pure, in the dialect of `decks.text`; names go through `escape`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.quiz.model import Ending
from bot.core.quiz.options import Answers, Options, Order, Play
from bot.core.quiz.results import Score
from bot.core.spoken import capital, joined, plural
from decks.text import escape

NAMES = 12  # shown of those who are in or were right
NAME_LENGTH = 32  # characters of a name: Telegram's and Discord's are at most that long
SOMEONE = "someone"

# --- buttons -----------------------------------------------------------------------------------------------------

JOIN = "Join"
START_NOW = "Start now"
OPTIONS = "Options"
PREVIEW = "Preview questions"
HINT = "Hint"
SKIP = "Skip"
NEXT = "Next"
SOURCE = "Source"
TO_DRILL = "To my drill"
DISPUTE = "Dispute"
DISPUTES = "See disputes"
VOID = "Void question"
KEEP = "Keep question"
MY_RESULT = "My result"
DRILL_MISSES = "Drill my misses"
REPLAY = "Replay misses"
AGAIN = "Same again"
FINE = "Fine"
COUNT_AGAIN = "Let them count"
SEPARATE = "Keep it separate"
GO_ON = "Go on"
QUIZ_IT = "Quiz it"
FULL_BOARD = "Full board"
BOARD_ON = "Post the week's board"
BOARD_OFF = "No weekly board"

# --- refusals ----------------------------------------------------------------------------------------------------

NONE_HERE = "No quiz is open here. /quiz starts one."
ONE_HERE = "A quiz is being played here already. Join it, or wait for its end."
NONE_OPENED = "The quiz planned for now did not start."
OVER = "That quiz is over."
OVER_GONE = "That quiz has ended, for I could not write here any more. Its scores are kept."
NOT_HOST = "Only whoever started the quiz and moderators can do that."
MAY_NOT_HOST = "Here only some people may start a quiz. Ask a moderator."
ADMINS_SET_UP = "Only admins can see and change what is set up here."
WRONG_CHANNEL = "Quizzes are played in other channels of this server."
NOT_STARTED = "The first question is still to come."
STARTED = "The quiz has started; its options stay as they are."
NOT_OPEN = "No question is open just now."
PAUSED = "The quiz is paused. Answers count again when it goes on."
STILL_COUNTS = "The quiz is paused. Nobody is ranked here, so answers count all the same."
NOT_PAUSED = "The quiz is not paused."
HELD_UP = "I was held up. Please look at the question again in a moment."
JUST_CLOSED = "The question had just closed, so this one does not count."
CLOSED_BEFORE = "That question is closed. Another one is open now."
OUT = "You are out of this one: a wrong or missing answer ends it. Watching is free."
NO_HINT = "This question has no hint."
NO_HINTS = "Hints are off in this quiz."
NO_SKIPPING = "Skipping is off in this quiz."
NOTHING_COUNTS = "You answered nothing here that counts."
NOT_PLAYING = "You are not in this quiz."
NO_SUCH_QUESTION = "That question is not part of this quiz."
ASKED = "That question has been asked. What comes after it can still be swapped."
NO_OTHER = "There is no other card to ask in its place."
VOID_ALREADY = "That question does not count any more."
NOT_ANSWERED_YET = "The answer is not out yet."
WRITE_IT = "This question is answered in text."
PICK_IT = "This question is answered by its buttons."
NOTHING_TYPED = "Nothing was typed."
UNREADABLE = "That button is from another version of Backfill. /quiz starts a new quiz."
NO_OPTION = "That option does not exist."

# --- private answers ---------------------------------------------------------------------------------------------

FIRST_ANSWER = (
    "Locked in. Quiz answers on cards you already study can also change your own drill; nobody else sees that. "
    "/privacy explains."
)
FIRST_SHORT = "Locked in. Quiz answers can also change your own drill, for cards you already study."
LEFT = "You left. What you scored stays, and you can come back any time."
VOTED = "Your vote to skip is counted."
SKIPPING = "Skipped."
DISPUTED = "Thank you. Whoever started the quiz can read it now."
HOW_TO_DISPUTE = "Say in a few words what is wrong with the question."
KEPT_SEPARATE = "Quiz answers stay out of your drill from now on. /settings lets them count again."
KEPT_TOGETHER = "Fine. Quiz answers on cards you already study can change your drill."
NO_DISPUTES = "Nobody disputes anything."
UPHELD = "The question stays as it is."
BEST = "More than in any quiz before."
NOTHING_MISSED = "You missed nothing here."
NOTHING_WEAK = "That week nothing was missed here: there is nothing to ask again."
NOBODY_MISSED = "Nobody missed anything: there is nothing to replay."
NO_CARDS_LEFT = "These cards are in no deck any more."
IN_DRILL_ALREADY = "These cards are in your drill already; they come first now."
BOARD_IS_POSTED = "Here the week's board is posted on Mondays, if there was a quiz."
BOARD_IS_NOT = "Here no weekly board is posted. /leaderboard shows it."
POSTED_FROM_NOW = "The week's board is posted here on Mondays."
NOT_POSTED = "No weekly board is posted here any more. /leaderboard still shows it."
HIDDEN = "You are off the leaderboards from now on."
SHOWN = "You are on the leaderboards again."


SET_UP = "**Quizzes in this group**"
EVERYBODY = "Everybody"
ADMINS_ONLY = "Admins only"
OTHER_DECKS = "For other decks: /setup scd-types + txn-isolation. For everything again: /setup everything"


def may_start(*, everybody: bool) -> str:
    """Who may start a quiz in a group."""
    return "Everybody may start a quiz." if everybody else "Only admins may start a quiz."


def settled(titles: Sequence[str]) -> str:
    """The decks of /quiz alone are others now."""
    return f"Saved. /quiz alone now asks from {decks(titles)}."


def decks(titles: Sequence[str]) -> str:
    """What a quiz draws from, by its titles; none: everything."""
    return joined([escape(title) for title in titles]) or "everything"


def locked_in(option: str, took: int) -> str:
    """A second press; the option is a letter, or what its button says."""
    return f"You locked in {option} after {seconds(took)}. One answer each."


def locked_text(text: str, took: int) -> str:
    """A second text."""
    return f"You answered “{escape(short(text, 60))}” after {seconds(took)}. One answer each."


def too_late(late: int) -> str:
    """A press after the close."""
    return f"The question closed {seconds(late)} earlier, so this one does not count."


def started_by(name: str) -> str:
    """Who may change the quiz."""
    return f"{capital(shown(name))} started this. {capital(shown(name))} and moderators can change or stop it."


def rules(options: Options) -> str:
    """ "10 questions, 20 seconds each, everyone scores."."""
    pace = (
        "at the host's pace" if options.host_paced else f"{options.window} seconds each" if options.window else NO_LIMIT
    )
    typed = ", typed" if options.answers is Answers.TYPED else ""
    limit = f", first to {options.score_limit}" if options.score_limit else ""
    return f"{plural(options.questions, 'question')}{typed}, {pace}, {_PLAY[options.play]}{limit}."


def join_first(drawn: str) -> str:
    """Why one joins before the start, where the questions depend on who plays."""
    return f"Join before it starts: {drawn[:1].lower()}{drawn[1:]}"


def drawn_from(options: Options, titles: Sequence[str]) -> str:
    """Where the questions come from."""
    of = f" from {joined([escape(title) for title in titles])}" if titles else ""
    return {
        Order.FORGETTING: f"Questions{of} are picked from what the players are about to forget.",
        Order.MISSED_HERE: f"Questions{of} that were missed in this channel before.",
        Order.MISSED_BY_ME: f"Questions{of} that the host missed before.",
        Order.CURRICULUM: f"Questions{of} in the order one learns them.",
        Order.RANDOM: f"Questions{of} at random.",
        Order.FIXED: "The same questions once more." if not titles else f"Questions{of}.",
    }[options.order]


NOT_MISSED = {
    Order.MISSED_HERE: "Nothing of this was missed in this channel lately, so there is nothing to ask.",
    Order.MISSED_BY_ME: "The host missed nothing of this lately, so there is nothing to ask.",
}
NO_LIMIT = "no time limit"
NO_ANSWERS = "Nobody answered."
TYPE_IT = "Type your answer."


def bold(text: str) -> str:
    """A text set strongly; one with marks of its own stays as it is."""
    return text if "**" in text or "`" in text or "\n" in text else f"**{text}**"


def in_now(names: Sequence[str]) -> str:
    """ "**In (3)** Ana, Ben, Chidi"."""
    return f"**In ({len(names)})** {listed(names)}" if names else ""


def heading(number: int, of: int, topic: str) -> str:
    """ "**3 of 10** · Transactions"."""
    return f"**{number} of {of}** · {topic}" if topic else f"**{number} of {of}**"


def tally(counts: Sequence[tuple[str, int]], right: int) -> str:
    """ "A 5 · **B 6** · C 1 · D 0"."""
    parts = [f"{letter} {count}" for letter, count in counts]
    return " · ".join(f"**{part}**" if place == right else part for place, part in enumerate(parts))


def who_was_right(names: Sequence[tuple[str, int]], *, timed: bool) -> str:
    """ "**Right** Ana 2.9 s, Farid 3.4 s, Ben, Dana": the first two with their time."""
    if not names:
        return "Nobody had it."
    told = [
        f"{shown(name)} {seconds(took)}" if timed and place < 2 else shown(name)
        for place, (name, took) in enumerate(names[:NAMES])
    ]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return f"**Right** {', '.join(told)}{more}"


def first_was(name: str, took: int) -> str:
    """Who scored, where only the first right answer does."""
    return f"**First** {shown(name)} {seconds(took)}"


def expected(right: int, answered: int, known: int, met: int) -> str:
    """How it went beside what was expected of those who had met the card; not judged where more than those answered."""
    expectation = f"{known} of the {met} who had met it were expected to know."
    if met < answered:
        return expectation
    share_right = right / answered
    if share_right < known / met - 0.1:
        return f"Harder than it looked: {expectation}"
    if share_right > known / met + 0.1:
        return f"Easier than it looked: {expectation}"
    return f"About as expected: {expectation}"


def back_after(away: int, question: int) -> str:
    """After a restart."""
    gone = plural(max(1, round(away / 1000)), "second") if away < 120_000 else plural(round(away / 60_000), "minute")
    if not question:
        return f"Back after {gone}. The quiz goes on."
    return f"Back after {gone}. Question {question} starts again; answers already in are kept."


def now_out(names: Sequence[str]) -> str:
    """Hardcore: who went out with this question."""
    return f"**Out** {listed(names)}"


def ended(ending: Ending, order: Order) -> str:
    """Why a quiz is over, where that needs saying."""
    if ending is Ending.NO_CARDS and order in NOT_MISSED:
        return NOT_MISSED[order]
    return {
        Ending.PLAYED: "",
        Ending.LIMIT: "The score limit is reached.",
        Ending.OUT: "Nobody is left.",
        Ending.STOPPED: "Stopped here.",
        Ending.NOBODY: "Nobody was there, so this ends here.",
        Ending.AWAY: "Backfill was away too long to go on. Scores stand as they were.",
        Ending.GONE: "",
        Ending.NO_CARDS: "There is no question that could be asked.",
    }[ending]


def result_title(questions: int, players: int) -> str:
    """ "**10 questions, 12 players**"."""
    return f"**{plural(questions, 'question')}, {plural(players, 'player')}**"


def place(number: int, names: Sequence[str], points: int) -> str:
    """ "**2** Ana, Ben 8"."""
    return f"**{number}** {listed(names)} {points}"


def turned_around(names: Sequence[tuple[str, int]]) -> str:
    """Who was right where they were wrong last week."""
    told = [f"{shown(name)}: {plural(count, 'card')}" for name, count in names]
    return f"**Turned around** {', '.join(told)} right now that went wrong last week"


HARDEST = "**Hardest**"


def so_many(brief: str, right: int, of: int) -> str:
    """ "3 of 12 · SCD Type 7 keys"."""
    return f"{right} of {of} · {escape(brief)}"


NOT_COUNTED = "This question does not count: it changes no score and no schedule."


def voided(question: int) -> str:
    """To the host."""
    return f"Question {question} is void: it changes no score and no schedule."


def left_out(questions: Sequence[int]) -> str:
    """ "Questions 2 and 5 count for nobody.": skipped, void, or still open at the end."""
    numbers = joined([str(number) for number in questions])
    return f"Question {numbers} counts for nobody." if len(questions) == 1 else f"Questions {numbers} count for nobody."


def dispute(name: str, question: int, reason: str) -> str:
    """ "Dana disputes question 3: “which version?”"."""
    return f"{shown(name)} disputes question {question}: “{escape(reason)}”"


def my_score(score: Score, place_: int, players: int, play: Play) -> str:
    """ "7 of 10 right, place 4 of 12.", or "7 of 10 right, first on 2, place 4 of 12."."""
    first = f", first on {score.points}" if play is Play.FIRST else ""
    where = f", place {place_} of {players}" if play is not Play.RELAXED and players > 1 else ""
    return f"**{score.right} of {score.answered} right{first}{where}.**"


def drilled(count: int) -> str:
    """Over the list of cards that were added."""
    return "1 card is now in your drill:" if count == 1 else f"{count} cards are now in your drill:"


HOW_TO_DRILL = "/drill asks them in private; /link brings your drill to other places."


def listed(names: Sequence[str], most: int = NAMES) -> str:
    """ "Ana, Ben and 3 more"."""
    told = ", ".join(shown(name) for name in names[:most])
    return f"{told} and {len(names) - most} more" if len(names) > most else told


def shown(name: str) -> str:
    """A name as it may stand in a text: one line, without marks that could make it read as something else."""
    kept = "".join(letter for letter in name if letter.isprintable())
    return escape(short(" ".join(kept.split()), NAME_LENGTH)) or SOMEONE


def short(text: str, most: int) -> str:
    """The text, cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def seconds(milliseconds: int) -> str:
    """ "4.2 s"; from a minute on "75 s"."""
    return f"{milliseconds / 1000:.1f} s" if milliseconds < 60_000 else f"{round(milliseconds / 1000)} s"


_PLAY = {
    Play.EVERYONE: "everyone scores",
    Play.FIRST: "the first right answer scores",
    Play.HARDCORE: "one miss and you are out",
    Play.RELAXED: "nobody is ranked",
}
