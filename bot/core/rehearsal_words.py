"""The sentences of a rehearsal. Pure, in the dialect of `decks.text`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.exam_words import MEASURES
from bot.core.spoken import capital, day_name, joined, plural

BEGIN = "Begin"
GO_ON = "Go on"
EARLIER = "Earlier"
LATER = "Later"
HAND_IN = "Hand in"
HAND_IN_ANYWAY = "Hand in as it is"
TO_THE_OPEN = "To the open ones"
LOOK_AGAIN = "Look again"
SEE_MISSES = "See the misses"
DRILL_MISSES = "Drill the misses"
RESULT = "Result"
ANOTHER = "Another rehearsal"

HANDED_IN = "That rehearsal is handed in; its answers stand."
NOT_THIS = "That rehearsal is over. Here is where you are."
NO_OPTION = "That option is not on this question."
PRESS_A_LETTER = "A rehearsal is under way: press a letter, or type one."
TIME_IS_UP = "Time is up. What was answered until then counts."
NO_QUESTIONS = "This track has no cards that can be asked by choice yet."
NOTHING_MISSED = "Nothing was missed."
LAST_MINUTE = "less than a minute left"
LEFT_OPEN = "Left open."
GONE = "The cards that were missed have been retired or set aside since."


def title(track: str) -> str:
    """The heading of its first screen."""
    return f"**Rehearsal: {track}**"


def explained(questions: int, minutes: int, whole: int) -> str:
    """What a rehearsal is; `whole` is how many questions the exam itself has."""
    few = "" if questions == whole else f", of the exam's {whole}: there are cards for no more"
    return (
        f"{plural(questions, 'question')}{few}, {plural(minutes, 'minute')}, spread over the domains as the exam "
        "weighs them. You see no answers until the end. The clock runs on when you leave, and you can come back until "
        "it is over."
    )


EVIDENCE = "Cards you are learning and get wrong come back today; nothing else in your drill changes until you ask."


def last_time(right: int, questions: int, day: int) -> str:
    """How the one before went."""
    return f"Last time: {right} of {questions}, on {day_name(day)}."


def heading(number: int, questions: int, minutes: int) -> str:
    """ "**7 of 45** · 81 min left"."""
    left = f"{minutes} min left" if minutes else LAST_MINUTE
    return f"**{number} of {questions}** · {left}"


def your_answer(letter: str) -> str:
    """A question that was answered before."""
    return f"You answered {letter}."


def all_answered(questions: int, minutes: int) -> str:
    """Past the last question."""
    return f"All {questions} are answered. {_left(minutes)}"


def still_open(numbers: Sequence[int], minutes: int) -> str:
    """Past the last question with some left open."""
    shown = [str(number) for number in numbers[:12]]
    more = f" and {len(numbers) - 12} more" if len(numbers) > 12 else ""
    listed = f"{', '.join(shown)}{more}" if more else joined(shown)
    return f"{plural(len(numbers), 'question')} left open: {listed}. {_left(minutes)}"


def _left(minutes: int) -> str:
    return capital(f"{plural(minutes, 'minute')} left." if minutes else f"{LAST_MINUTE}.")


def marked(right: int, questions: int, minutes: int) -> str:
    """ "**31 of 45, in 62 minutes.**"."""
    return f"**{right} of {questions}, in {plural(minutes, 'minute')}.**"


def of(right: int, asked: int) -> str:
    """ "7 of 11"."""
    return f"{right} of {asked}"


ALL_RIGHT = f"Every one was right. {MEASURES}"


def missed(count: int) -> str:
    """After the table of domains."""
    return f"{plural(count, 'question')} missed. {MEASURES}"


def miss_heading(number: int, misses: int, domain: str) -> str:
    """ "**Miss 3 of 14** · Data Governance"."""
    return f"**Miss {number} of {misses}**" + (f" · {domain}" if domain else "")


def chose(text: str, label: str) -> str:
    """What was picked, and what it would have been right for."""
    chosen = f"“{text.rstrip('.')}”"
    return f"You chose {chosen}, which goes with “{label}”." if label else f"You chose {chosen}."


def in_drill(count: int) -> str:
    """The toast of a drill of misses."""
    return f"{plural(count, 'card')} you missed, one after the other."
