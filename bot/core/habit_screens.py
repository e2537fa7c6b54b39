"""The screens of breaks and of what is settled about the streak. Pure."""

from __future__ import annotations

from datetime import date

from bot.core import habit_words as words
from bot.core.actions import PAUSING, Begin, Break, EndBreak, Set, ShowSettings, Start, Unbreak
from bot.core.habit_model import Break as Span
from bot.core.layout import rows_of, start_button
from bot.core.model import Learner
from bot.core.reply import Aside, Button, Line, Reply, Screen, Table
from bot.core.spoken import WEEKDAYS
from bot.core.words import BACK, DRILL

WEEKDAY_KEYS = tuple(name.lower() for name in WEEKDAYS)
"""How settings name the days of the week, from Monday on."""
NO_DAY = "none"


def streak_settings(learner: Learner, toast: str = "") -> Reply:
    """What keeps a run whole, and what can be changed about it."""
    settled = Table(
        (
            (words.REST_DAY, words.weekday(learner.rest)),
            (words.SHOWN, "yes" if learner.streaks else "no"),
        )
    )
    body = (
        Line(words.STREAK_TITLE),
        settled,
        Line(words.RULES),
        Aside(words.REST_RULE),
        Line(words.WHICH_REST),
    )
    days = [Button(name, Set("rest", key)) for name, key in zip(WEEKDAYS, WEEKDAY_KEYS, strict=True)]
    show = Button(words.HIDE, Set("streaks", "no")) if learner.streaks else Button(words.SHOW, Set("streaks", "yes"))
    rows = (
        *rows_of((*days, Button(words.NO_REST, Set("rest", NO_DAY)))),
        (show,),
        (Button(words.TAKE_A_BREAK, Break()), Button(words.TO_SETTINGS, ShowSettings(), key="Escape")),
    )
    return Reply(screen=Screen.SETTINGS, body=body, rows=rows, toast=toast)


def ask_break(today: int, now: Span | None, sorry: str = "") -> Reply:
    """For how long; or, during a break, until when it goes on, and how to end or move it. `sorry` is why nothing
    came of what was asked."""
    asks = words.UNTIL_WHEN if now is None else words.ANOTHER_DATE
    about = (words.BREAK_TITLE, words.BREAK_IS) if now is None else (words.break_set(now.until),)
    said = (sorry,) if sorry else about
    lengths = [Button(label, Break(_iso(today + days))) for days, label in words.BREAK_LENGTHS]
    back = Button(BACK, Begin(), key=" ") if now is None else Button(words.I_AM_BACK, EndBreak(), key=" ")
    return Reply(
        screen=Screen.NOTICE,
        body=tuple(map(Line, (*said, asks))),
        rows=(*rows_of(lengths), (back,)),
        attempt=PAUSING,
        answers=True,
    )


def break_told(sentence: str, entry: str) -> Reply:
    """What was settled about a break just now, and the way to take it back."""
    rows = ((Button(words.TAKE_BACK, Unbreak(entry)),), (start_button(DRILL, Start()),))
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), rows=rows)


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
