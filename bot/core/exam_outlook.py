"""What other screens say of an exam: the summary, the menu, the introduction. Pure."""

from __future__ import annotations

from collections.abc import Container

from bot.core import exam_words as words
from bot.core.actions import ShowExam
from bot.core.desk import Desk
from bot.core.exam_pace import met_by
from bot.core.model import Learner, Stage
from bot.core.reply import Block, Button, Line
from decks.model import Track

PASSED_SHOWN = 14  # days after an exam on which the menu still says so


def asks_on(desk: Desk, learner: Learner) -> Track | None:
    """The track whose date the introduction still has to ask for, once the clock is known."""
    if desk.learner.stage is Stage.EXAM or learner.booking is not None:
        return None
    track = desk.catalogue.tracks.get(learner.goal)
    return track if track is not None and track.exam else None


def outlook(desk: Desk, known: Container[str]) -> list[Block]:
    """The summary's line: by when every exam card will have been met. `known` are cards met in this turn too."""
    exam = desk.exam
    if exam is None or exam.track is None:
        return []
    left = sum(card.id not in exam.known and card.id not in known for card in exam.cards)
    booking = desk.learner.booking
    ahead = booking.day if booking and booking.track == exam.track.slug and booking.day >= desk.today else None
    days = (*(day for day in desk.pace if day.study_day != desk.today), desk.counters)
    day = met_by(left, days, desk.today) if left else None
    return [Line(words.met_by(day, desk.today, ahead))] if day is not None else []


def exam_button(desk: Desk) -> tuple[Button, ...]:
    """The way to the exam view, for whoever prepares for one."""
    track = desk.exam.track if desk.exam else None
    return (Button(words.EXAM_VIEW, ShowExam(track.slug)),) if track else ()


def passed(desk: Desk) -> list[Block]:
    """The menu's line after an exam, for a while."""
    booking = desk.learner.booking
    if booking is None or not 0 < desk.today - booking.day <= PASSED_SHOWN:
        return []
    return [Line(words.passed(booking.day, desk.today))]
