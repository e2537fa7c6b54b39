"""What a learner does about reminders, and what every other step means for them. Pure.

Rules kept here:
- Whatever a learner does anywhere answers the messages before it. A rating ends the need for one that day.
- Reminders go only where they were asked for: to the platform they were switched on at, or chosen for.
- Where a platform delivers nothing any more they are off until the learner is heard from there again.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from bot.core import reminder_screens as screens
from bot.core import reminder_words as words
from bot.core.actions import Remind, Set
from bot.core.clock import study_day, wall_time
from bot.core.desk import Desk, Outcome
from bot.core.model import Change, Learner, Practised, Reviewed, Undone
from bot.core.reminder_model import PLATFORMS, USUAL, Kind, Letter, Reminders, asked_key
from bot.core.reminders import HOUR, LATE, MINUTE, MONTH, is_quiet, local_date, planned, usual_time
from bot.core.reply import Button, Line, Reply
from bot.core.setup_screens import clock_face
from bot.core.sitting import finish, nothing_open
from bot.core.supply import LATER

SNOOZE = HOUR
READY_LEAST = 5 * MINUTE  # cards that come back sooner are worth no message


def step(desk: Desk, action: Remind) -> Outcome:
    """A button below a letter."""
    before = desk.reminders
    if before is None:
        return Outcome(reply=nothing_open(words.NO_REMINDERS))
    match action.what:
        case "later" if desk.account.platform in PLATFORMS:
            return _later(desk, before)
        case "today":
            return _put_away(desk, before, screens.notice(words.TODAY))
        case "month":
            day = local_date(desk.now, desk.learner.zone) + MONTH
            after = replace(before, stopped=False, ignored=0, first_date=day, promised=True)
            return _put_away(desk, after, screens.notice(words.again_on(day)))
        case "off":
            back = Button(words.BACK_ON, Remind("on"))
            return _put_away(desk, replace(before, on=False), screens.notice(words.OFF, back))
        case "on":
            after = _switched_on(desk, before)
            return _put_away(desk, after, screens.notice(words.on_at(screens.when(after))))
        case _:
            return Outcome(reply=nothing_open())


def change(desk: Desk, action: Set) -> Outcome:
    """One setting of reminders; without a value the screen that asks for it."""
    before = desk.reminders or Reminders()
    match action.name, action.value:
        case "remind", "off":
            return _settled(desk, replace(before, on=False), words.OFF)
        case "remind", "on":
            after = _switched_on(desk, before)
            return _settled(desk, after, words.on_at(screens.when(after)))
        case "remind-at", "":
            return Outcome(reply=screens.ask_time(typing=is_asking(desk.learner)))
        case "remind-at", value if (time := _time(value)) is not None:
            after = _switched_on(desk, replace(before, time=time, usual=_usual(desk, before)))
            return _settled(desk, after, words.on_at(screens.when(after)))
        case "remind-where", platform if platform in screens.reachable(desk.accounts):
            return _settled(desk, replace(before, platform=platform, closed="", channel=""), "")
        case "remind-quiet", value if (quiet := _quiet(value)) is not None:
            return _settled(desk, replace(before, quiet=quiet), "")
        case "remind-ready", "yes" | "no" as value:
            return _settled(desk, replace(before, ready=value == "yes"), "")
        case "remind-weekly", "yes" | "no" as value:
            return _settled(desk, replace(before, weekly=value == "yes"), "")
        case _:
            return Outcome(reply=screens.reminder_settings(before, desk.accounts))


def typed_time(desk: Desk, text: str) -> Outcome:
    """A time of day, typed while the introduction asks for one."""
    found = re.fullmatch(r"(\d{1,2})[:.h ]?(\d\d)?", text.strip())
    minutes = int(found[1]) * 60 + int(found[2] or 0) if found else 1440
    if not found or minutes >= 1440 or int(found[2] or 0) >= 60:
        return Outcome(reply=screens.ask_time(typing=True, sorry=words.NO_SUCH_TIME))
    return change(desk, Set("remind-at", str(minutes)))


def is_asking(learner: Learner) -> bool:
    """Whether the introduction is at the question of reminders."""
    return learner.stage == "remind"


def follow(desk: Desk, outcome: Outcome) -> Outcome:
    """The same step with what it means for reminders; nothing is added where nothing changes."""
    given = outcome.change.reminders
    if given is None and desk.reminders is None:
        return outcome
    before = given or desk.reminders or Reminders()
    learner = outcome.change.learner or desk.learner
    rated = any(isinstance(entry, Reviewed | Practised) for entry in outcome.change.entries)
    after = _heard(before, desk, rated=rated)
    moved = (learner.zone, learner.day_start) != (desk.learner.zone, desk.learner.day_start)
    spent = rated and after.next_at is not None and study_day(after.next_at, learner.zone, learner.day_start)
    undone = any(isinstance(entry, Undone) for entry in outcome.change.entries)  # of the day's only rating, it may be
    stale = given is not None or after != before or moved or undone or after.next_at is None
    if stale or (spent and spent <= desk.today):
        after = planned(after, learner, desk.now, desk.today if rated else 0)
    letters = (*outcome.change.letters, *_ready(desk, outcome, after))
    reply = _told(desk, before, outcome.reply)
    if after == desk.reminders and letters == outcome.change.letters:
        return replace(outcome, change=replace(outcome.change, reminders=None))
    return replace(outcome, reply=reply, change=replace(outcome.change, reminders=after, letters=letters))


# --- buttons -----------------------------------------------------------------------------------------------------


def _later(desk: Desk, before: Reminders) -> Outcome:
    """In an hour, once for each message that asks: pressed twice, the key is the same."""
    at = desk.now + SNOOZE
    day = local_date(desk.now, desk.learner.zone)
    account = desk.account
    letter = Letter(
        learner=desk.learner.id,
        key=asked_key(Kind.SNOOZE, day, wall_time(at, desk.learner.zone).hour),
        kind=Kind.SNOOZE,
        platform=account.platform,
        external=account.external,
        at=at,
        expires_at=at + LATE,
    )
    wall = wall_time(at, desk.learner.zone)
    outcome = _put_away(desk, before, screens.notice(words.again_at(clock_face(wall.hour * 60 + wall.minute))))
    return replace(outcome, change=replace(outcome.change, letters=(letter,)))


def _put_away(desk: Desk, after: Reminders, reply: Reply) -> Outcome:
    """The card that came with a letter leaves the screen; a sitting in which cards were rated goes on."""
    session = desk.session
    change = Change(reminders=after)
    if session is None or session.closed or session.seen or session.account != desk.account:
        return Outcome(reply=reply, change=change)
    ended = finish(desk, session).change
    return Outcome(reply=reply, change=replace(ended, reminders=after))


# --- settings ----------------------------------------------------------------------------------------------------


def _switched_on(desk: Desk, before: Reminders) -> Reminders:
    """On, and on the platform this was asked for at, if that can be written to."""
    here = desk.account.platform
    platform = here if here in PLATFORMS else before.platform or next(iter(screens.reachable(desk.accounts)), "")
    channel = before.channel if platform == before.platform else ""
    return replace(
        before, on=True, platform=platform, channel=channel, stopped=False, closed="", ignored=0, first_date=0
    )


def _settled(desk: Desk, after: Reminders, toast: str) -> Outcome:
    reply = screens.reminder_settings(after, desk.accounts, toast)
    return Outcome(reply=reply, change=Change(reminders=after))


def _time(value: str) -> int | None:
    if value == "usual":
        return USUAL
    return int(value) if value.isascii() and value.isdigit() and int(value) < 1440 else None


def _usual(desk: Desk, before: Reminders) -> int:
    return usual_time(desk.starts) if desk.starts else before.usual


def _quiet(value: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", value, re.ASCII)
    edges = (int(found[1]), int(found[2])) if found else (1440, 1440)
    return edges if max(edges) < 1440 else None


# --- every other step --------------------------------------------------------------------------------------------


def _heard(before: Reminders, desk: Desk, *, rated: bool) -> Reminders:
    after = before
    if before.ignored and not (before.stopped and not rated):
        after = replace(after, ignored=0, first_date=0)
    if before.stopped and rated:
        after = replace(after, stopped=False)
    if before.closed and desk.account.platform == before.platform:
        after = replace(after, closed="", on=before.on and before.platform == "telegram")
    return after


def _told(desk: Desk, before: Reminders, reply: Reply) -> Reply:
    """On Discord nobody can see why messages do not come: it is said once."""
    if before.closed and desk.account.platform == before.platform == "discord" and before.on:
        return replace(reply, body=(*reply.body, Line(words.NOT_DELIVERED)))
    return reply


def _ready(desk: Desk, outcome: Outcome, reminders: Reminders) -> tuple[Letter, ...]:
    """A letter for when the cards of a sitting that just ended are back, once a day, if that is wanted."""
    session = outcome.change.session
    if not (reminders.ready and reminders.are_wanted and session and session.closed and session.seen):
        return ()
    known = {**dict(desk.ready), **dict(outcome.change.progress)}
    back = [one.due_at for one in known.values() if one is not None and one.due_at is not None]
    at = max((due for due in back if due <= desk.now + LATER), default=0)
    account = next((one for one in desk.accounts if one.platform == reminders.platform), None)
    wall = wall_time(at, desk.learner.zone)
    if at < desk.now + READY_LEAST or account is None or is_quiet(wall.hour * 60 + wall.minute, reminders.quiet):
        return ()
    letter = Letter(
        learner=desk.learner.id,
        key=asked_key(Kind.READY, local_date(at, desk.learner.zone), 0),
        kind=Kind.READY,
        platform=account.platform,
        external=account.external,
        at=at,
        expires_at=at + LATE,
    )
    return (letter,)
