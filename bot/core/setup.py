"""The introduction and the settings: what each answer changes. Pure.

The second press shows a card. The clock is asked after the fifth card; everything can be skipped and changed later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bot.core import habit, reminder_steps, words
from bot.core.actions import Release, Set
from bot.core.clock import city, find_zone, is_zone
from bot.core.desk import Desk, Outcome
from bot.core.exam_outlook import asks_on
from bot.core.exam_screens import is_it_booked
from bot.core.model import Change, HoldSet, Learner, PolicySet, Stage
from bot.core.reminder_model import PLATFORMS
from bot.core.reminder_screens import ask_consent
from bot.core.reply import Block, Line, Reply
from bot.core.setup_screens import (
    TO_SETTINGS,
    all_set,
    ask_city,
    ask_clock,
    ask_goal,
    ask_minutes,
    settings,
    short,
    welcome,
)
from bot.core.sitting import entry_id, nothing_open, resume
from scheduler.model import Policy

INTRODUCING = (Stage.CLOCK, Stage.CITY)


def change(desk: Desk, action: Set) -> Outcome:
    """Take one answer of the introduction, or change one setting."""
    match action.name, action.value:
        case "goal", "":
            return Outcome(reply=_goals(desk))
        case "goal", slug:
            return _goal(desk, slug)
        case "clock", reading:
            return _clock(desk, reading)
        case "clock-shift", shift if _is_whole(shift, -24, 24):
            return Outcome(reply=ask_clock(desk.now, desk.learner, shift=int(shift)))
        case "city", "":
            return _ask_city(desk, None)
        case "zone", zone if is_zone(zone):
            return _zone(desk, zone)
        case "streak" | "streaks" | "rest", _:
            return habit.change(desk, action)
        case "skip", _:
            return introduced(desk, desk.learner)
        case "enough", _:
            return Outcome(reply=nothing_open(words.tomorrow(desk.due_tomorrow, 0).split(",")[0] + "."))
        case name, _ if name.startswith("remind"):
            return _reminders(desk, reminder_steps.change(desk, action))
        case name, value:
            return _setting(desk, name, value)


def typed_place(desk: Desk, text: str) -> Outcome:
    """A city, what the clock shows, or a time for reminders, typed while the introduction asks for it."""
    if reminder_steps.is_asking(desk.learner) and not desk.learner.placing:
        return _reminders(desk, reminder_steps.typed_time(desk, text))
    reading = text.strip().replace(".", ":")
    if re.fullmatch(r"\d{1,2}:\d\d", reading):
        return _clock(desk, reading)
    zones = find_zone(text)
    if len(zones) == 1:
        return _zone(desk, zones[0])
    sorry = () if zones else (Line(words.no_such_city(text)),)
    return _ask_city(desk, None, zones, before=sorry)


def release(desk: Desk, action: Release) -> Outcome:
    """Let a held card come back."""
    card = next((held for held in desk.holds if action.card in (held, short(held))), None)
    if card is None:
        return Outcome(reply=settings(desk.learner, desk.catalogue, desk.holds, words.NOTHING_HELD))
    entry = HoldSet(id=entry_id(desk), at=desk.now, study_day=desk.today, card=card, kind=None)
    left = {held: hold for held, hold in desk.holds.items() if held != card}
    reply = settings(desk.learner, desk.catalogue, left, words.RELEASED)
    return Outcome(reply=reply, change=Change(entries=(entry,)))


def _goal(desk: Desk, slug: str) -> Outcome:
    track, deck = desk.catalogue.tracks.get(slug), desk.catalogue.decks.get(slug)
    if track is None and deck is None:
        return Outcome(reply=_goals(desk, words.no_such_deck(slug)))
    learner = replace(desk.learner, goal=slug)
    if not _is_newcomer(learner):
        return _saved(desk, learner, settings(learner, desk.catalogue, desk.holds, words.CHANGED))
    learner = replace(learner, stage=Stage.MINUTES)
    title = track.title if track else deck.title if deck else ""
    about = words.track_line(len(track.decks)) if track else deck.about if deck else ""
    return _saved(desk, learner, ask_minutes(title, about))


def _goals(desk: Desk, toast: str = "") -> Reply:
    return (welcome if _is_newcomer(desk.learner) else ask_goal)(desk.catalogue, toast)


def _is_newcomer(learner: Learner) -> bool:
    return learner.stage in (Stage.GOAL, Stage.MINUTES)


def _clock(desk: Desk, reading: str) -> Outcome:
    hours, _, minutes = reading.partition(":")
    if not (_is_whole(hours, 0, 23) and _is_whole(minutes, 0, 59)):
        return _refused(desk, "clock")
    return _ask_city(desk, int(hours) * 60 + int(minutes))


def _ask_city(desk: Desk, minutes: int | None, found: Sequence[str] = (), before: tuple[Block, ...] = ()) -> Outcome:
    """Ask for a city, as the next step of the introduction or for the settings; a text is the answer then."""
    if desk.learner.stage in INTRODUCING:
        learner = replace(desk.learner, stage=Stage.CITY)
        return _saved(desk, learner, ask_city(desk.now, minutes, found, before))
    learner = replace(desk.learner, placing=True)
    return _saved(desk, learner, ask_city(desk.now, minutes, found, before, leave=TO_SETTINGS))


def _zone(desk: Desk, zone: str) -> Outcome:
    learner = replace(desk.learner, zone=zone, placing=False)
    if desk.learner.stage in INTRODUCING:
        return introduced(desk, learner, words.zone_set(city(zone)))
    return _saved(desk, learner, settings(learner, desk.catalogue, desk.holds, words.zone_set(city(zone))))


def introduced(desk: Desk, learner: Learner, toast: str = "") -> Outcome:
    """The last question is answered: on with the sitting that waits behind it, or the end of the introduction.

    Where the tutor can write it asks first whether it may; who learns for an exam is asked for its date."""
    writes = desk.account.platform in PLATFORMS and desk.reminders is None
    if writes and not reminder_steps.is_asking(desk.learner) and desk.learner.stage is not Stage.EXAM:
        return _saved(desk, replace(learner, stage=Stage.REMIND), ask_consent(toast))
    if (track := asks_on(desk, learner)) is not None:
        asked = replace(is_it_booked(track), toast=toast)
        return _saved(desk, replace(learner, stage=Stage.EXAM), asked)
    learner = replace(learner, stage=Stage.DONE)
    if desk.session is not None and not desk.session.closed:
        ongoing = replace(desk, learner=learner)
        outcome = resume(ongoing, desk.session, toast)
        return replace(outcome, change=replace(outcome.change, learner=learner))
    return _saved(desk, learner, all_set(desk.due_tomorrow, toast))


def _reminders(desk: Desk, answered: Outcome) -> Outcome:
    """A setting of reminders; in the introduction its last question, after which it is over."""
    settled = answered.change.reminders
    if settled is None or not reminder_steps.is_asking(desk.learner):
        return answered
    outcome = introduced(replace(desk, reminders=settled), desk.learner, answered.reply.toast)
    return replace(outcome, change=replace(outcome.change, reminders=settled))


def _setting(desk: Desk, name: str, value: str) -> Outcome:
    read = _SETTINGS.get(name)
    learner = read(desk.learner, value) if read else None
    if learner is None:
        return _refused(desk, name)
    said = words.CHANGED if learner.policy.retention == desk.learner.policy.retention else words.RECALL_CHANGED
    return _saved(desk, learner, settings(learner, desk.catalogue, desk.holds, said))


def _saved(desk: Desk, learner: Learner, reply: Reply) -> Outcome:
    """Save changed settings; changed rules of scheduling are a log entry as well."""
    entries: tuple[PolicySet, ...] = ()
    if learner.policy != desk.learner.policy:
        entries = (PolicySet(id=entry_id(desk), at=desk.now, study_day=desk.today, policy=learner.policy),)
    return Outcome(reply=reply, change=Change(entries=entries, learner=learner))


def _refused(desk: Desk, name: str) -> Outcome:
    return Outcome(reply=settings(desk.learner, desk.catalogue, desk.holds, words.no_such_setting(name)))


def _is_whole(text: str, low: int, high: int) -> bool:
    try:
        return low <= int(text) <= high
    except ValueError:
        return False


def _number(low: int, high: int, put: Callable[[Learner, int], Learner]) -> Callable[[Learner, str], Learner | None]:
    return lambda learner, value: put(learner, int(value)) if _is_whole(value, low, high) else None


def _policy(learner: Learner, **changes: object) -> Learner:
    policy: Policy = replace(learner.policy, **changes)
    return replace(learner, policy=policy)


def _retention(learner: Learner, value: str) -> Learner | None:
    try:
        wanted = float(value)
    except ValueError:
        return None
    return _policy(learner, retention=round(wanted, 2)) if 0.7 <= wanted <= 0.97 else None


# Anki offers 0.70-0.99 for desired retention; above 0.97 the workload grows out of proportion.
_SETTINGS: dict[str, Callable[[Learner, str], Learner | None]] = {
    "minutes": _number(1, 240, lambda learner, count: replace(learner, minutes=count)),
    "new": _number(0, 200, lambda learner, count: _policy(learner, new_per_day=count)),
    "reviews": _number(1, 9999, lambda learner, count: _policy(learner, reviews_per_day=count)),
    "day-start": _number(0, 719, lambda learner, count: replace(learner, day_start=count)),
    "retention": _retention,
    "buttons": lambda learner, value: (
        replace(learner, two_buttons=value == "two") if value in ("two", "four") else None
    ),
    "quizzes": lambda learner, value: (
        replace(learner, separate=value == "separate") if value in ("count", "separate") else None
    ),
    "choices": lambda learner, value: replace(learner, choices=value == "yes") if value in ("yes", "no") else None,
}
