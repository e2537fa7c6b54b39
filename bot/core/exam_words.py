"""The sentences about an exam: its date, the pace towards it, expected recall. Pure, in the dialect of `decks.text`."""

from __future__ import annotations

from datetime import date

from bot.core.spoken import MONTHS, WEEKDAYS, capital, day_name, month, plural

EXAM_VIEW = "Exam view"
REHEARSAL = "Rehearsal"
OPTION_LENGTH = 30  # characters that fit a button over a phone's whole width
LEADING_ON = ("and", "with", "of", "for", "in", "the", "on")
PICK_DATE = "Pick a date"
CHANGE_DATE = "Change the date"
FORGET_DATE = "Forget the date"
NOT_YET = "Not yet"
LATER_MONTHS = "Later"
OTHER_MONTH = "Other month"
OTHER_WEEK = "Other week"

NO_EXAM = "No track here ends with an exam. /decks shows what there is."
WHICH_EXAM = "Which exam?"
IS_BOOKED = "Is the exam booked?"
WHICH_MONTH = "When is the exam? Pick the month, or write the day: /exam 16 Jan"
WHICH_WEEK = "Which week?"
WHICH_DAY = "Which day?"
FORGOTTEN = "The date is forgotten; new cards come at your own pace again."
NOTHING_BOOKED = "No date was set."
NONE_MET = "None of its cards is met yet, so there is nothing to expect so far."
CATCHING_UP = "While you catch up no new cards come of themselves."
OTHER_GOAL = "You work towards something else now; new cards of this exam come when you drill its track."
MEASURES = "This measures these cards, not the exam."
NO_DOMAIN = "Beside the guide"
ALL_CARDS = "All cards"
UNREADABLE = "I cannot read that as a date. Write it like 16 Jan or 2027-01-16."


def on_day(day: int, today: int) -> str:
    """ "Sat 16 Jan"; with its year once that is another one."""
    when = date.fromordinal(day)
    return day_name(day) if when.year == date.fromordinal(today).year else f"{day_name(day)} {when.year}"


def until_exam(day: int, today: int) -> str:
    """ "Sat 16 Jan, 53 days."."""
    ahead = day - today
    told = "today" if ahead == 0 else "tomorrow" if ahead == 1 else plural(ahead, "day")
    return f"{on_day(day, today)}, {told}."


def passed(day: int, today: int) -> str:
    """An exam that has been."""
    return f"Your exam was on {on_day(day, today)}. However it went, what you learnt for it keeps."


IF_ASKED = "If asked today, of the cards you have met you would recall:"


def share(recall: float | None) -> str:
    """ "88%"."""
    return "–" if recall is None else f"{recall:.0%}"


def met(count: int, cards: int) -> str:
    """ "41 of 44"."""
    return f"{count} of {cards}"


def most_to_gain(domain: str) -> str:
    """The domain in which more cards would help most."""
    return f"Most to gain: {domain}."


def weights(guide: str, as_of: str) -> str:
    """Where the weights come from, and what is not promised."""
    return f"Weights: {guide} ({month(as_of)}). {MEASURES}"


def guided(guide: str, as_of: str) -> str:
    """The guide of an exam without weights."""
    return f"Guide: {guide} ({month(as_of)}). {MEASURES}"


def all_met(aside: int) -> str:
    """No card is left to meet, but those set aside for good."""
    but = f" but {'one' if aside == 1 else aside} that you set aside" if aside else ""
    return f"You have met every card of it{but}."


def drill_domain(domain: str) -> str:
    """ "Drill Incremental": as many of the domain's words as a button has room for."""
    return shortened(f"Drill {domain}", OPTION_LENGTH)


def shortened(name: str, room: int) -> str:
    """The first words of a name that fit, at least one of them, none of those at its end that only lead on."""
    first, *rest = name.split()
    said = [first]
    for word in rest:
        if len(" ".join((*said, word))) > room:
            break
        said.append(word)
    while len(said) > 1 and len(said) <= len(rest) and said[-1] in LEADING_ON:
        said.pop()
    return " ".join(said)


# --- the pace ----------------------------------------------------------------------------------------------------


def booked(day: int, today: int) -> str:
    """The toast of a date that is set."""
    return f"The exam is on {on_day(day, today)}."


def also_goal(title: str) -> str:
    """A date makes its track the goal."""
    return f"{title} is what you work towards now."


def faster(needed: int, until: int, own: int, today: int, *, later: bool) -> str:
    """More new cards a day than the settings say; `later`: from the end of a break on."""
    since = "After your break, until" if later else "Until"
    return (
        f"{since} {on_day(until, today)} a day has {plural(needed, 'new card')}, so that you meet all of them in time; "
        f"your setting alone says {own}."
    )


def as_set(own: int, by: int, today: int) -> str:
    """The learner's own limit is enough."""
    return f"At {plural(own, 'new card')} a day you meet the last of them by {on_day(by, today)}."


def as_set_around(own: int, by: int, today: int) -> str:
    """The same, with a break before the exam."""
    return f"At {plural(own, 'new card')} a day, and your break, you meet the last of them by {on_day(by, today)}."


def too_many(most: int, unmet: int) -> str:
    """More than is within reason."""
    return f"A day has {most} new cards, as many as stick; about {unmet:,} would stay unmet."


def met_by(day: int, today: int, exam: int | None) -> str:
    """The summary's line: when every card of the exam will have been met."""
    late = ", after the exam" if exam is not None and day > exam else ""
    return f"At this pace you will have met every exam card by {on_day(day, today)}{late}."


# --- dates that cannot be ----------------------------------------------------------------------------------------


def in_the_past(day: int, today: int) -> str:
    """A date before today."""
    return f"{on_day(day, today)} has passed."


def too_far(day: int) -> str:
    """A date no exam is booked for yet."""
    return f"{date.fromordinal(day).year} is more than two years away. Set the date once it is nearer."


def month_label(year: int, number: int) -> str:
    """ "Jan 2027"."""
    return f"{MONTHS[number - 1]} {year}"


def week_label(first: int, last: int, number: int) -> str:
    """ "8–14 Jan"."""
    return f"{first}–{last} {MONTHS[number - 1]}" if first != last else f"{first} {MONTHS[number - 1]}"


def day_label(day: int) -> str:
    """ "Sat 16"."""
    when = date.fromordinal(day)
    return f"{WEEKDAYS[when.weekday()]} {when.day}"


def day_title(title: str) -> str:
    """The heading of an exam's screens."""
    return f"**{capital(title)}**"
