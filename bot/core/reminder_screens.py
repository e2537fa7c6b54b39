"""The screens about reminders: consent, the settings, one sentence and a button. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core import reminder_words as words
from bot.core.actions import Set, ShowSettings
from bot.core.layout import rows_of
from bot.core.model import Account
from bot.core.reminder_model import PLATFORMS, USUAL, Reminders
from bot.core.reply import Block, Button, Line, Reply, Screen, Table
from bot.core.setup_screens import clock_face
from bot.core.spoken import capital

OFFERED = (450, 750, 1110)  # minutes after midnight
TIMES = (360, 420, 480, 540, 720, 780, 900, 1020, 1080, 1140, 1200, 1260)
QUIETS = ("1320-420", "1260-480", "1380-360", "0-0")

Rows = tuple[tuple[Button, ...], ...]


# --- consent and settings ----------------------------------------------------------------------------------------


def ask_consent(toast: str = "") -> Reply:
    """Asked once, at the end of the introduction."""
    rows = (
        tuple(_times(OFFERED)),
        (Button(words.ANOTHER_TIME, Set("remind-at", "")), Button(words.NO_MESSAGES, Set("remind", "off"))),
    )
    return Reply(screen=Screen.SETUP, body=(Line(words.MAY_I),), rows=rows, toast=toast, answers=True)


def ask_time(*, typing: bool, sorry: str = "") -> Reply:
    """Any time of day; `typing` says that one may be typed."""
    body: list[Block] = [Line(sorry)] if sorry else []
    rows = (*rows_of(_times(TIMES)), (Button(words.WHEN_I_DRILL, Set("remind-at", "usual")),))
    question = Line(words.WHAT_TIME if typing else words.WHICH_TIME)
    return Reply(screen=Screen.SETUP, body=(*body, question), rows=rows, answers=typing)


def reminder_settings(reminders: Reminders, accounts: Sequence[Account], toast: str = "") -> Reply:
    """What is settled, and a button to what each would become next."""
    reached = reachable(accounts)
    if not reached:
        back = (Button("Settings", ShowSettings()),)
        return Reply(screen=Screen.SETTINGS, body=(Line(words.TITLE), Line(words.NOWHERE)), rows=(back,), toast=toast)
    table = Table(
        (
            ("Messages", _shown_time(reminders) if reminders.on else "off"),
            ("Where", capital(reminders.platform or reached[0])),
            ("Quiet hours", words.hours([clock_face(edge) for edge in reminders.quiet])),
            ("Cards are back", "yes" if reminders.ready else "no"),
            ("Sunday summary", "yes" if reminders.weekly else "no"),
        )
    )
    body = (Line(words.TITLE), Line(words.ABOUT), table)
    return Reply(screen=Screen.SETTINGS, body=body, rows=_setting_rows(reminders, reached), toast=toast)


def when(reminders: Reminders) -> str:
    """ "at 18:30", or the learned hour."""
    if reminders.time == USUAL:
        return words.usually(clock_face(reminders.usual))
    return words.at(clock_face(reminders.time))


def _shown_time(reminders: Reminders) -> str:
    clock = clock_face(reminders.usual if reminders.time == USUAL else reminders.time)
    return words.usual_hour(clock) if reminders.time == USUAL else clock


def reachable(accounts: Iterable[Account]) -> list[str]:
    """The platforms of these accounts that can be written to."""
    return [platform for platform in PLATFORMS if any(account.platform == platform for account in accounts)]


def notice(sentence: str, *buttons: Button) -> Reply:
    """One sentence, and what may be done about it."""
    return Reply(screen=Screen.NOTICE, body=(Line(sentence),), rows=(buttons,) if buttons else ())


def _times(minutes: Iterable[int]) -> list[Button]:
    return [Button(clock_face(minute), Set("remind-at", str(minute))) for minute in minutes]


def _setting_rows(reminders: Reminders, reached: Sequence[str]) -> Rows:
    quiet = f"{reminders.quiet[0]}-{reminders.quiet[1]}"
    following = QUIETS[(QUIETS.index(quiet) + 1) % len(QUIETS)] if quiet in QUIETS else QUIETS[0]
    others = [platform for platform in reached if platform != reminders.platform]
    first = (
        Button(words.TURN_OFF, Set("remind", "off")) if reminders.on else Button(words.TURN_ON, Set("remind", "on")),
        Button(words.ANOTHER_TIME, Set("remind-at", "")),
    )
    second = [Button(words.QUIET, Set("remind-quiet", following))]
    if others and reminders.platform:
        second.append(Button(f"On {capital(others[0])}", Set("remind-where", others[0])))
    third = (
        Button("Cards are back", Set("remind-ready", "no" if reminders.ready else "yes")),
        Button("Sunday summary", Set("remind-weekly", "no" if reminders.weekly else "yes")),
    )
    return (first, tuple(second), third, (Button("Settings", ShowSettings()),))
