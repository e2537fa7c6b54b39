"""The introduction's and the settings' screens: one question each, answered by a press, each skippable. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from bot.core import habit_words, words
from bot.core.actions import Browse, Link, Release, Set, ShowPrivacy, ShowSettings, Start
from bot.core.clock import city, wall_time, zones_showing
from bot.core.layout import rows_of
from bot.core.model import Hold, Learner
from bot.core.my_data_words import MY_DATA
from bot.core.reply import Block, Button, Items, Line, Marker, Reply, Screen, Table, Weight
from decks.model import Card, Catalogue
from decks.text import brief

CLOCKS = 3  # clock readings offered at once
CITIES = 6
HOUR = 3_600_000  # ms
HELD_SHOWN = 5


class Setting(NamedTuple):
    """What a setting's button says, what it is called in full, and the values offered, as `Set` takes them."""

    button: str
    title: str
    values: tuple[str, ...]


SKIP_CITY = Button(words.SKIP, Set("skip", "city"))
TO_SETTINGS = Button(words.SETTINGS, ShowSettings())
QUIZ_ANSWERS = "Quiz answers"  # on the screen only of those who keep them out of their drill

SETTINGS = {
    "minutes": Setting("Minutes", "Minutes a day", ("5", "10", "20", "40")),
    "new": Setting("New a day", "New cards a day", ("0", "5", "10", "20", "40")),
    "reviews": Setting("Reviews", "Reviews a day", ("50", "100", "200", "500")),
    "retention": Setting("Recall", "Recall aimed at", ("0.80", "0.85", "0.90", "0.95")),
    "buttons": Setting("Buttons", "Buttons", ("two", "four")),
    "choices": Setting("Choices", "New cards as a choice", ("no", "yes")),
    "day-start": Setting("Day start", "Day starts", ("0", "120", "240", "360")),
}

# Zones with the most inhabitants first, so that the cities offered are ones people know. Population order of the
# regions is general knowledge; a zone missing here is offered after them, or typed.
WELL_KNOWN = (
    "Asia/Kolkata", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Europe/London", "Africa/Lagos",
    "America/Sao_Paulo", "Asia/Jakarta", "America/Chicago", "America/Los_Angeles", "Europe/Paris", "Asia/Tokyo",
    "Asia/Karachi", "Asia/Dhaka", "Europe/Moscow", "Europe/Istanbul", "Africa/Cairo", "Africa/Nairobi",
    "America/Mexico_City", "Asia/Manila", "Asia/Ho_Chi_Minh", "Asia/Tehran", "Asia/Seoul", "Australia/Sydney",
    "America/Bogota", "America/Denver", "Africa/Johannesburg", "Europe/Madrid", "Europe/Warsaw", "Europe/Kyiv",
    "Asia/Dubai", "Asia/Singapore", "America/Argentina/Buenos_Aires", "Asia/Bangkok", "Asia/Kathmandu",
    "Australia/Adelaide", "Australia/Brisbane", "Australia/Perth", "Pacific/Auckland", "America/Halifax",
    "America/Anchorage", "Pacific/Honolulu", "America/St_Johns", "Asia/Kabul", "Asia/Yangon", "Asia/Tashkent",
    "Europe/Lisbon", "Europe/Dublin", "Africa/Casablanca", "Africa/Accra", "Africa/Dakar", "Atlantic/Azores",
)  # fmt: skip


def welcome(catalogue: Catalogue, toast: str = "") -> Reply:
    """What this is, and what to work towards."""
    body = (Line(words.WELCOME), Line(words.WHAT_GOAL))
    return Reply(screen=Screen.WELCOME, body=body, rows=_goals(catalogue), toast=toast)


def ask_goal(catalogue: Catalogue, toast: str = "") -> Reply:
    """What to work towards from now on."""
    rows = (*_goals(catalogue), (TO_SETTINGS,))
    return Reply(screen=Screen.SETUP, body=(Line(words.WHAT_GOAL),), rows=rows, toast=toast)


def _goals(catalogue: Catalogue) -> tuple[tuple[Button, ...], ...]:
    goals = [Button(track.title, Set("goal", track.slug)) for track in catalogue.tracks.values()]
    goals += [
        Button(deck.title, Set("goal", deck.slug))
        for deck in catalogue.decks.values()
        if len(goals) + len(catalogue.decks) <= 8
    ]
    return (*((button,) for button in goals), (Button(words.BROWSE, Browse()),))


def ask_minutes(title: str, about: str) -> Reply:
    """How much on an ordinary day; the answer brings the first card."""
    body = (Line(f"**{title}**"), Line(about), Line(words.HOW_MUCH))
    minutes = [Button(words.minutes_a_day(count), Set("minutes", str(count))) for count in words.MINUTES_OFFERED]
    return Reply(screen=Screen.SETUP, body=body, rows=(tuple(minutes),))


def ask_clock(now: int, learner: Learner, *, shift: int = 0, before: tuple[Block, ...] = (), toast: str = "") -> Reply:
    """What the learner's clock shows; `shift` moves the readings offered by hours."""
    guess = wall_time(now + shift * HOUR, learner.zone)
    readings = [guess.hour * 60 + guess.minute + step * 60 for step in range(-1, CLOCKS - 1)]
    buttons = [Button(clock_face(minutes % 1440), Set("clock", clock_face(minutes % 1440))) for minutes in readings]
    rows = (
        tuple(buttons),
        (
            Button(words.EARLIER, Set("clock-shift", str(shift - CLOCKS))),
            Button(words.LATER, Set("clock-shift", str(shift + CLOCKS))),
        ),
        (Button(words.ANOTHER_CITY, Set("city", "")), Button(words.SKIP, Set("skip", "clock"))),
    )
    return Reply(screen=Screen.SETUP, body=(*before, Line(words.WHAT_CLOCK)), rows=rows, toast=toast, answers=True)


def ask_city(
    now: int,
    minutes: int | None,
    found: Sequence[str] = (),
    before: tuple[Block, ...] = (),
    *,
    leave: Button = SKIP_CITY,
) -> Reply:
    """Which city is nearest, among the zones showing that time, or those found by name; `leave` answers nothing."""
    zones = list(found) or (_known_first(zones_showing(now, minutes)) if minutes is not None else [])
    cities = [Button(city(zone), Set("zone", zone)) for zone in zones[:CITIES]]
    question = Line(words.WHICH_CITY if cities else words.TYPE_CITY)
    rest = (Button(words.ANOTHER_CITY, Set("city", "")),) if cities else ()
    rows = (*rows_of(cities), (*rest, leave))
    return Reply(screen=Screen.SETUP, body=(*before, question), rows=rows, answers=True)


def all_set(tomorrow: int, toast: str = "") -> Reply:
    """The introduction is over."""
    more = Button(words.more_cards(5), Start(extra=5), weight=Weight.PRIMARY, key=" ")
    enough = Button(words.ENOUGH, Set("enough", ""))
    body = (Line(words.all_set(tomorrow)),)
    return Reply(screen=Screen.SETUP, body=body, rows=((more, enough),), toast=toast)


def settings(learner: Learner, catalogue: Catalogue, holds: Mapping[str, Hold], toast: str = "") -> Reply:
    """Every setting with its value, and a button to what it would become next."""
    goal = catalogue.tracks.get(learner.goal) or catalogue.decks.get(learner.goal)
    policy = learner.policy
    table = Table(
        (
            ("Working towards", goal.title if goal else words.EVERYTHING),
            (SETTINGS["minutes"].title, str(learner.minutes)),
            (SETTINGS["new"].title, str(policy.new_per_day)),
            (SETTINGS["reviews"].title, str(policy.reviews_per_day)),
            (SETTINGS["retention"].title, f"{policy.retention:.0%}"),
            (SETTINGS["buttons"].title, "two" if learner.two_buttons else "four"),
            (SETTINGS["choices"].title, "yes" if learner.choices else "no"),
            ("Time zone", city(learner.zone)),
            (SETTINGS["day-start"].title, clock_face(learner.day_start)),
            (habit_words.REST_DAY, habit_words.weekday(learner.rest)),
            *(((QUIZ_ANSWERS, "kept separate"),) if learner.separate else ()),
        )
    )
    held = [catalogue.cards[card] for card in holds if card in catalogue.cards][:HELD_SHOWN]
    body: list[Block] = [Line(words.SETTINGS_TITLE), table]
    if held:
        body += [Line(words.HELD_TITLE), Items(tuple(brief(card.front, 60) for card in held), Marker.NUMBER)]
    return Reply(screen=Screen.SETTINGS, body=tuple(body), rows=_setting_rows(learner, held), toast=toast)


def setting_choices() -> tuple[Button, ...]:
    """Every value a setting may be given, for a surface with drop-down lists: "Minutes a day: 20"."""
    return tuple(
        Button(f"{setting.title}: {_shown(name, value)}", Set(name, value))
        for name, setting in SETTINGS.items()
        for value in setting.values
    )


def clock_face(minutes: int) -> str:
    """Minutes after midnight as "18:42"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def short(card: str) -> str:
    """A card id short enough for a button: 12 hexadecimal digits of BLAKE2b."""
    return blake2b(card.encode(), digest_size=6).hexdigest()


def _known_first(zones: Sequence[str]) -> list[str]:
    rank = {zone: place for place, zone in enumerate(WELL_KNOWN)}
    return sorted(zones, key=lambda zone: (rank.get(zone, len(rank)), zone))


def _setting_rows(learner: Learner, held: Sequence[Card]) -> tuple[tuple[Button, ...], ...]:
    policy = learner.policy
    now = {
        "minutes": str(learner.minutes),
        "new": str(policy.new_per_day),
        "reviews": str(policy.reviews_per_day),
        "retention": f"{policy.retention:.2f}",
        "buttons": "two" if learner.two_buttons else "four",
        "choices": "yes" if learner.choices else "no",
        "day-start": str(learner.day_start),
    }
    next_ones = {
        name: Button(setting.button, Set(name, _following(now[name], setting.values)))
        for name, setting in SETTINGS.items()
    }
    start = next_ones.pop("day-start")
    goal, zone = Button("Goal", Set("goal", "")), Button("Zone", Set("city", ""))
    streak = Button(habit_words.STREAK, Set("streak", ""))
    quizzes = (Button(QUIZ_ANSWERS, Set("quizzes", "count")),) if learner.separate else ()
    changes = rows_of((goal, *next_ones.values(), zone, start, streak, *quizzes))
    back = [Button(f"{words.BRING_BACK} {place}", Release(short(card.id))) for place, card in enumerate(held, 1)]
    return (
        *changes,
        *rows_of(back),
        (Button(words.REMINDERS, Set("reminders", "")), Button(words.LINK, Link())),
        (Button(words.DRILL, Start(), key=" "), Button(MY_DATA, ShowPrivacy())),
    )


def _shown(name: str, value: str) -> str:
    match name:
        case "retention":
            return f"{float(value):.0%}"
        case "day-start":
            return clock_face(int(value))
        case _:
            return value


def _following(value: str, values: Sequence[str]) -> str:
    """The value after this one, round and round; the first for a value not among them."""
    return values[(values.index(value) + 1) % len(values)] if value in values else values[0]
