"""What a log adds up to: days, holds and progress, as folds of its entries. Pure.

These define the cached tables: `check` compares against them, undo replays through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from bot.core.evidence import event as weighed
from bot.core.model import Carried, Day, Evidence, Hold, HoldSet, LogEntry, Reset, Reviewed, Undone, Wanted
from scheduler import schedule
from scheduler.model import Policy, Progress, Rating


def standing(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """The entries that count, in order of (at, id): without those taken back, and without the taking back."""
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.id))
    gone: set[str] = set()
    for entry in reversed(ordered):  # latest first: an Undone that was itself taken back takes nothing back
        if isinstance(entry, Undone) and entry.id not in gone:
            gone.add(entry.entry)
    return [entry for entry in ordered if entry.id not in gone and not isinstance(entry, Undone)]


def fold_progress(entries: Iterable[LogEntry], policies: Mapping[str, Policy], card: str) -> Progress | None:
    """The progress one card's entries add up to, None while it is new. Entries of other cards are passed over.

    `policies` are looked up by the digest an entry names; a missing one is a KeyError.
    """
    progress: Progress | None = None
    for entry in _remembered(entries, card):
        match entry:
            case Reviewed():
                moment = schedule.Moment(entry.at, entry.study_day)
                event: schedule.Event | None = schedule.Review(moment, entry.rating, policies[entry.policy])
            case Carried():
                event = entry.progress
            case Evidence() | Wanted():
                event = weighed(entry, progress, policies)
            case _:
                assert_never(entry)
        progress = schedule.advance(progress, event, card) if event is not None else progress
    return progress


Moving = Reviewed | Carried | Evidence | Wanted
"""Entries that may move a card; practice never counts, and holds, flags and settings move no due date."""


def _remembered(entries: Iterable[LogEntry], card: str) -> list[Moving]:
    """The entries that move a card and that no reset after them forgets. Where two logs have become one, what one of
    them had learnt afresh already stays when the other starts afresh."""
    moving: list[Moving] = []
    for entry in standing(entries):
        match entry:
            case Reset() if entry.card == card:
                last = max((n for n, learnt in enumerate(moving, 1) if _day(learnt) < entry.before), default=0)
                moving = moving[last:] if entry.before else []
            case Reviewed() | Carried() | Evidence() | Wanted() if entry.card == card:
                moving.append(entry)
            case _:
                pass
    return moving


def _day(entry: Moving) -> int:
    """The study day on which what an entry says was learnt."""
    return entry.progress.reviewed_day if isinstance(entry, Carried) else entry.study_day


def fold_holds(entries: Iterable[LogEntry]) -> dict[str, Hold]:
    """Card -> the hold its latest HoldSet put on it; released cards are absent."""
    holds: dict[str, Hold] = {}
    for entry in standing(entries):
        if not isinstance(entry, HoldSet):
            continue
        if entry.kind is None:
            holds.pop(entry.card, None)
        else:
            holds[entry.card] = Hold(entry.kind, entry.until)
    return holds


def fold_days(entries: Iterable[LogEntry]) -> tuple[Day, ...]:
    """Counters of every study day on which a rating stands, in order."""
    days: dict[int, Day] = {}
    for entry in standing(entries):
        if isinstance(entry, Reviewed):
            day = days.get(entry.study_day) or Day(study_day=entry.study_day)
            days[entry.study_day] = _counted(day, entry)
    return tuple(days[day] for day in sorted(days))


def _counted(day: Day, entry: Reviewed) -> Day:
    met = entry.phase == "review"
    return Day(
        study_day=day.study_day,
        reviews=day.reviews + 1,
        new=day.new + (entry.phase == "new"),
        due=day.due + met,
        kept=day.kept + (met and entry.rating > Rating.AGAIN),
        took=day.took + entry.took,
    )
