"""An exam's date and how ready a learner is: what each step answers and changes. Pure.

One exam is prepared for at a time. A date makes its track the goal: its cards are what the pace counts.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from bot.core import exam_words as words
from bot.core.actions import Book, ShowExam, Type
from bot.core.dates import TwoDays, Unreadable, read_day
from bot.core.desk import Desk, Outcome
from bot.core.exam_desk import ExamDesk, exam_tracks
from bot.core.exam_screens import exam_view, is_it_booked, no_exam, pick_day, pick_month, pick_week, which_exam
from bot.core.model import Booking, Change, Stage
from bot.core.setup import introduced
from bot.core.spoken import two_days
from decks.model import Track

FARTHEST = 731  # days ahead that an exam may be: two years
_LATER = re.compile(r"\+(\d{1,2})")
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_WEEK = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])-(1|8|15|22|29)w")
_DAY = re.compile(r"20\d\d-\d\d-\d\d")


def step(desk: Desk, action: ShowExam | Book | Type) -> Outcome:
    """What a step about the exam answers and changes. Text is a date, typed where one is asked for."""
    exam = desk.exam or ExamDesk(track=None)
    if exam.track is None:
        slug = getattr(action, "slug", "")
        return Outcome(reply=which_exam(desk.catalogue) if exam_tracks(desk.catalogue) and not slug else no_exam())
    match action:
        case ShowExam():
            return Outcome(reply=exam_view(desk.learner, exam, desk.today, desk.counters.new))
        case Type(text=text):
            return _typed(desk, exam, exam.track, text.strip().removeprefix("/exam"))
        case Book(day=wanted):
            return _picked(desk, exam, exam.track, wanted)


def question(desk: Desk) -> Outcome:
    """What the introduction asks at this stage; it is over when the exam has left the decks since."""
    track = desk.catalogue.tracks.get(desk.learner.goal)
    if track is None or track.exam is None:
        return introduced(desk, desk.learner)
    return Outcome(reply=is_it_booked(track))


def _picked(desk: Desk, exam: ExamDesk, track: Track, wanted: str) -> Outcome:
    learner, today = desk.learner, desk.today
    if later := _LATER.fullmatch(wanted):
        return Outcome(reply=pick_month(learner, track, today, int(later[1])))
    if month := _MONTH.fullmatch(wanted):
        return Outcome(reply=pick_week(learner, track, int(month[1]), int(month[2]), today))
    if week := _WEEK.fullmatch(wanted):
        return Outcome(reply=pick_day(learner, track, int(week[1]), int(week[2]), int(week[3]), today))
    match wanted:
        case "":
            return Outcome(reply=pick_month(learner, track, today))
        case "none":
            return _forgotten(desk, exam)
        case "not-yet" if learner.stage is Stage.EXAM:
            return introduced(desk, learner)
        case _ if _DAY.fullmatch(wanted):
            return _typed(desk, exam, track, wanted)
        case _:
            return Outcome(reply=pick_month(learner, track, today, said=words.UNREADABLE))


def _typed(desk: Desk, exam: ExamDesk, track: Track, text: str) -> Outcome:
    """A whole date, by a press or in words."""
    match read_day(text, desk.today):
        case Unreadable():
            said = words.UNREADABLE
        case TwoDays(one=one, other=other):
            said = two_days(text, one, other)
        case day if day < desk.today:
            said = words.in_the_past(day, desk.today)
        case day if day > desk.today + FARTHEST:
            said = words.too_far(day)
        case day:
            return _booked(desk, exam, track, day)
    return Outcome(reply=pick_month(desk.learner, track, desk.today, said=said))


def _booked(desk: Desk, exam: ExamDesk, track: Track, day: int) -> Outcome:
    learner = replace(desk.learner, booking=Booking(track.slug, day), goal=track.slug)
    said = words.booked(day, desk.today)
    if desk.learner.stage is Stage.EXAM:
        return introduced(desk, learner, said)
    if desk.learner.goal != track.slug:
        said = f"{said} {words.also_goal(track.title)}"
    reply = exam_view(learner, exam, desk.today, desk.counters.new, said)
    return Outcome(reply=reply, change=Change(learner=learner))


def _forgotten(desk: Desk, exam: ExamDesk) -> Outcome:
    """No date: the pace is the learner's own again."""
    learner = replace(desk.learner, booking=None)
    if desk.learner.booking is None:
        return Outcome(reply=exam_view(learner, exam, desk.today, desk.counters.new, words.NOTHING_BOOKED))
    reply = exam_view(learner, exam, desk.today, desk.counters.new, words.FORGOTTEN)
    return Outcome(reply=reply, change=Change(learner=learner))
